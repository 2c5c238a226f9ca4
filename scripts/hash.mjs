/** @file Hashes trainings in every engine at hand, with the packages as they are published. */
import { ensureBuilt } from "./built.mjs";
import { ensureInstalled } from "./install.mjs";
import { runSource } from "./run.mjs";

ensureInstalled();
await ensureBuilt();
await runSource("scripts/hash/main.ts");
