/** @file Measures the packages beside their peers, as they are published. */
import { ensureBuilt } from "./built.mjs";
import { ensureInstalled } from "./install.mjs";
import { runSource } from "./run.mjs";

ensureInstalled();
await ensureBuilt();
await runSource("bench/main.ts");
