/** @file Measures the elementary functions against exact values, straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/ulps/main.ts");
