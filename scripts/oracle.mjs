/** @file Runs the comparison with PyTorch straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/oracle/main.ts");
