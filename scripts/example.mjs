/** @file `npm run example -- NAME`: runs one of the examples straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("scripts/example.ts");
