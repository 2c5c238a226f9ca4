/**
 * @file The seed of all property tests: one and the same, so that a run of the checks can be repeated; another one by
 * `FAST_CHECK_SEED=12345 npm test`, to look elsewhere.
 */
import * as fc from "fast-check";

const seed = Number(process.env.FAST_CHECK_SEED ?? 20_170_502);
if (!Number.isInteger(seed)) throw new Error(`FAST_CHECK_SEED is ${process.env.FAST_CHECK_SEED}: use a whole number`);
fc.configureGlobal({ seed });
