/** @file Measures what batches cost, straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/bench/batches.ts");
