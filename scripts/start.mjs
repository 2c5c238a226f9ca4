/** @file Runs the digits example straight from the sources. */
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";
import { runNode } from "./run.mjs";

ensureInstalled();

const program = join(root, "examples/digits/main.ts");
const sources = ["--conditions=deltagrad-source", "--import", import.meta.resolve("tsx")];
process.exitCode = await runNode([...sources, program, ...process.argv.slice(2)]);
