/** @file Builds the packages when what is built is older than the sources. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./install.mjs";
import { runNode } from "./run.mjs";

/** @param {string} file */
const time = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether a file of a package's sources is newer than its build. @param {string} name */
function stale(name) {
  const folder = join(root, "packages", name);
  const sources = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" });
  const files = ["package.json", "tsup.config.ts", ...sources.map((file) => join("src", file))];
  const built = time(join(folder, "dist/index.d.cts"));
  return files.some((file) => time(join(folder, file)) > built);
}

/** Builds all packages unless they are up to date; what the build says goes to stderr. */
export async function ensureBuilt() {
  if (!readdirSync(join(root, "packages")).some(stale)) return;
  console.error("building the packages…");
  const code = await runNode([join(root, "scripts/build.mjs")], { stdio: ["ignore", 2, 2] });
  if (code !== 0) throw new Error(`the build ended with exit code ${code}`);
}
