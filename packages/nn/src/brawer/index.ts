/** @file Entry "@deltagrad/nn/brawer": S. Brawer, Derivation of Back Propagation Equations (2017), as functions. */
export { activations, biasColumn, forward, fromStack, toStack, withoutBias } from "./network.ts";
export type { Activation, Network } from "./network.ts";
export { each, index, kronecker, minus, on, over, plus, quantity, sigma, times } from "./notation.ts";
export type { Index, Indexed, Term } from "./notation.ts";
export type { Definition, Equation } from "./equation.ts";
export type { Quantities } from "./quantities.ts";
export { backPropagation, definitions, equation, everyEquation } from "./ledger.ts";
export { mistakes } from "./mistakes.ts";
export type { Mistake } from "./mistakes.ts";
export { witness } from "./witness.ts";
export type { Witness } from "./witness.ts";
export { compare } from "./compare.ts";
export type { CompareOptions, Comparison, Row, RowProof } from "./compare.ts";
export type { Absent } from "./tasks.ts";
export type { Entry, Judgement } from "./judge.ts";
