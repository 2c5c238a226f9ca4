/** @file Installs the dependencies when they are missing or out of date. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const stamp = join(root, "node_modules/.installed");

/** How to call the pinned pnpm, which need not be on the machine: a command and its first arguments. */
export function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // npm hands the log level of .npmrc down to everything it starts: say here that errors are to be seen.
  return { command: "npx", args: ["--yes", "--loglevel=error", packageManager, "--loglevel=error"] };
}

/** Spawn options for npm and npx, which are batch files on Windows. */
export const shell = process.platform === "win32";

/** A hash of all files that decide what is installed. */
function wanted() {
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}`);
  const manifests = [".", ...packages, "examples", "bench"].map((folder) => join(folder, "package.json"));
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests])
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** Installs what the lockfile says unless that was already done; ends the process when it fails. */
export function ensureInstalled() {
  const hash = wanted();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  console.error("installing dependencies…");
  const { command, args } = pnpm();
  const { status, error } = spawnSync(command, [...args, "install", "--frozen-lockfile"], {
    cwd: root,
    shell,
    // Without a terminal pnpm asks nobody before it replaces node_modules; stdout belongs to the program that follows.
    env: { ...process.env, CI: "true" },
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    console.error(`installing dependencies failed: ${error?.message ?? `pnpm ended with exit code ${status}`}`);
    process.exit(status || 1);
  }
  writeFileSync(stamp, hash);
}
