/** @file `npm run faults`: kills a training that saves continuously, a hundred times at random moments. */
import { ensureInstalled, root } from "./install.mjs";
import { runNode } from "./run.mjs";

ensureInstalled();
process.exitCode = await runNode(
  ["node_modules/vitest/vitest.mjs", "run", "packages/nn/test/save.test.ts", "-t", "random moments"],
  {
    cwd: root,
    env: { ...process.env, DELTAGRAD_KILLS: process.argv[2] ?? "100" },
  },
);
