/** @file Writes the page of operations straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/compatibility/main.ts");
