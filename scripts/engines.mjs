/** @file `npm run engines`: asks other engines what a seed draws, straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/engines.ts");
