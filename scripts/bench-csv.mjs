/** @file Measures how CSV streams, straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/bench/csv.ts");
