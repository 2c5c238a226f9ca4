/** @file Runs the ledger of the derivation straight from the sources. */
import { runSource } from "./run.mjs";

await runSource("examples/ledger/main.ts");
