/** @file Runs every check of the repository, one after another, up to the first that fails. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ensureInstalled, ensureOnnxRuntime, root } from "./install.mjs";
import { runNode } from "./run.mjs";

ensureInstalled();
ensureOnnxRuntime();

const results = join(root, "out/tests.json");
mkdirSync(join(root, "out"), { recursive: true });
rmSync(results, { force: true });

const tsc = "node_modules/typescript/bin/tsc";
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json"];
/** @type {[name: string, ...commands: string[][]][]} */
const steps = [
  ["typecheck", [tsc, "-p", "tsconfig.src.json"], [tsc, "-p", "tsconfig.json"]],
  ["lint", ["node_modules/@biomejs/biome/bin/biome", "ci", "."]],
  ["unused", ["node_modules/knip/bin/knip.js", "--no-progress", "--treat-config-hints-as-errors"]],
  ["test", [...vitest, `--outputFile.json=${results}`]],
  ["build", ["scripts/build.mjs"]],
  ["api", ["scripts/api.mjs"]],
  ["packages", ["scripts/check-packages.mjs"]],
];

const begin = performance.now();
for (const [name, ...commands] of steps) {
  console.log(`\n— ${name}`);
  const stepBegin = performance.now();
  for (const command of commands) {
    const code = await runNode(command, { cwd: root });
    if (code !== 0) {
      console.log(`\n${name} FAILED with exit code ${code} after ${since(stepBegin)}\n${counts()}`);
      process.exit(code);
    }
  }
  console.log(`— ${name}: ok, ${since(stepBegin)}`);
}
console.log(`\nall ${steps.length} steps passed in ${since(begin)}\n${counts()}\n${slowest(8)}`);

/** @param {number} time */
function since(time) {
  return `${((performance.now() - time) / 1000).toFixed(1)} s`;
}

/**
 * The files of tests that took longest.
 *
 * @param {number} most
 */
function slowest(most) {
  /** @type {{ testResults: { name: string, startTime: number, endTime: number }[] }} */
  const { testResults } = JSON.parse(readFileSync(results, "utf8"));
  const files = testResults
    .map(({ name, startTime, endTime }) => ({ file: relative(root, name), time: endTime - startTime }))
    .sort((a, b) => b.time - a.time)
    .slice(0, most);
  return [
    "the slowest files:",
    ...files.map(({ file, time }) => `${(time / 1000).toFixed(1).padStart(7)} s  ${file}`),
  ].join("\n");
}

/** How many tests passed and failed, if the run came that far. */
function counts() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(results, "utf8"));
    return `tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`;
  } catch {
    return "no test was run";
  }
}
