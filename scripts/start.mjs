/** @file Runs the digits example straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("examples/digits/main.ts");
