/** @file Entry "@deltagrad/tensor/check": instruments that judge a derivative, or any computation. */
export { proveEqual } from "./prove.ts";
export type { ProofOptions } from "./prove.ts";
export type { Parting, Proof, ProvedQuantity, Verdict } from "./proof.ts";
export { roundingBound } from "./bound.ts";
export { enclose } from "./enclose.ts";
export { preciseValue } from "./precise.ts";
export type { Precise } from "./precise.ts";
export { checkGradient } from "./gradient.ts";
export type { GradientOptions } from "./gradient.ts";
export type { GradientCheck, GradientProblem, GradientReport, Kink } from "./gradient/report.ts";
export { compareDerivation } from "./derivation.ts";
export type { ClosedFormOf, Derivation, DerivationReport, DerivationRow } from "./derivation.ts";
export { compareEntries } from "./entries.ts";
export type { Entries, Entry, Summary } from "./entries.ts";
export { explain } from "./explain.ts";
export type { Explanation, Step } from "./explain.ts";
export { ulps } from "./ulps.ts";
