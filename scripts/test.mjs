/** @file Runs every check of the repository, one after another, up to the first that fails. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();

const results = join(root, "out/tests.json");
mkdirSync(join(root, "out"), { recursive: true });
rmSync(results, { force: true });

const tsc = "node_modules/typescript/bin/tsc";
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json"];
/** @type {[name: string, ...commands: string[][]][]} */
const steps = [
  ["typecheck", [tsc, "-p", "tsconfig.src.json"], [tsc, "-p", "tsconfig.json"]],
  ["lint and format", ["node_modules/@biomejs/biome/bin/biome", "ci", "."]],
  ["tests", [...vitest, `--outputFile.json=${results}`]],
  ["build", ["scripts/build.mjs"]],
  ["built packages", ["scripts/check-packages.mjs"]],
];

let status = 0;
/** @type {string[]} */
const summary = [];
for (const [name, ...commands] of steps) {
  console.log(`\n— ${name}`);
  const begin = performance.now();
  for (const command of commands) status ||= spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" }).status ?? 1;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  summary.push(`${name.padEnd(16)} ${seconds.padStart(6)} s  ${status === 0 ? "ok" : `FAILED, exit code ${status}`}`);
  if (status !== 0) break;
}
console.log(`\n${summary.join("\n")}\n${counts()}`);
process.exitCode = status;

/** How many tests passed and failed, if the run came that far. */
function counts() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(results, "utf8"));
    return `tests: ${numPassedTests} passed, ${numFailedTests} failed${numPendingTests ? `, ${numPendingTests} skipped` : ""}`;
  } catch {
    return "no test was run";
  }
}
