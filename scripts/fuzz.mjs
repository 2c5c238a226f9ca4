/** @file Reads many damaged files of every format: 100,000 of each, or as many as the argument says. */
import { ensureInstalled, root } from "./install.mjs";
import { runNode } from "./run.mjs";

ensureInstalled();
const [, , inputs = "100000"] = process.argv;
process.exitCode = await runNode(["node_modules/vitest/vitest.mjs", "run", "packages/datasets/test/fuzz.test.ts"], {
  cwd: root,
  env: { ...process.env, FUZZ_INPUTS: inputs },
});
