/** @file Writes the page of compile straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/compile/main.ts");
