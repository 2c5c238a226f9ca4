/** @file Programs that are installed beside the repository's own dependencies, each in a folder of its own. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, shell } from "./install.mjs";

/**
 * Installs what the folder's package.json names, unless that was already done; a folder that was left half-done is done
 * again. Throws when the packages cannot be had.
 */
export async function installIn(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  const stamp = join(modules, ".complete");
  const wanted = createHash("sha256")
    .update(readFileSync(join(folder, "package.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(modules, { recursive: true, force: true });
  const args = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", "--fetch-retries=0"];
  const npm = spawn("npm", args, { cwd: folder, shell, stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  npm.stderr.on("data", (chunk) => {
    complaint += chunk;
  });
  const stop = () => npm.kill();
  process.on("exit", stop);
  const [code] = await once(npm, "close");
  process.off("exit", stop);
  if (code !== 0)
    throw new Error(`npm install failed: ${/error (?!code)(.*)/.exec(complaint)?.[1] ?? complaint.trim()}`);
  writeFileSync(stamp, wanted);
}

/** The binary of the newest Node of a major version, from the npm package that carries it. */
export async function nodeEngine(major: number): Promise<string> {
  const folder = join(root, `out/engines/node-${major}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { node: `${major}` } }));
  await installIn(folder);
  return join(folder, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");
}
