/** @file Installs the dependencies when they are missing or out of date. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** How to call the pinned pnpm, which need not be on the machine: a command and its first arguments. */
export function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // npm hands the log level of .npmrc down to everything it starts: say here that errors are to be seen.
  return { command: "npx", args: ["--yes", "--loglevel=error", packageManager, "--loglevel=error"] };
}

/** Spawn options for npm and npx, which are batch files on Windows. */
export const shell = process.platform === "win32";

/** Installs the dependencies unless that was already done; ends the process when it fails. */
export function ensureInstalled() {
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}`);
  const manifests = [".", ...packages, "examples", "bench"].map((folder) => join(folder, "package.json"));
  install("dependencies", root, ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests], []);
}

/** Installs what exported networks are checked with: 290 MB, which nothing but tests needs. */
export function ensureOnnxRuntime() {
  // Its own script would fetch what graphics cards need.
  const options = ["--ignore-workspace", "--ignore-scripts"];
  install("ONNX Runtime", join(root, "scripts/onnx"), ["pnpm-lock.yaml", "package.json"], options);
}

/**
 * Installs what the lockfile of a folder says, unless that was done since one of the files was changed.
 *
 * @param {string} what
 * @param {string} folder
 * @param {readonly string[]} files
 * @param {readonly string[]} options
 */
function install(what, folder, files, options) {
  const stamp = join(folder, "node_modules/.installed");
  const hash = createHash("sha256");
  for (const file of files)
    if (existsSync(join(folder, file))) hash.update(file).update(readFileSync(join(folder, file)));
  const wanted = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error(`installing ${what}…`);
  const { command, args } = pnpm();
  const { status, error } = spawnSync(command, [...args, "install", "--frozen-lockfile", ...options], {
    cwd: folder,
    shell,
    // Without a terminal pnpm asks nobody before it replaces node_modules; stdout belongs to the program that follows.
    env: { ...process.env, CI: "true" },
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    console.error(`installing ${what} failed: ${error?.message ?? `pnpm ended with exit code ${status}`}`);
    process.exit(status || 1);
  }
  writeFileSync(stamp, wanted);
}
