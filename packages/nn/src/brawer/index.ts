/** @file Entry "@deltagrad/nn/brawer": S. Brawer, Derivation of Back Propagation Equations (2017), as functions. */
export { activations, biasColumn, forward, fromStack, toStack, withoutBias } from "./network.ts";
export type { Activation, Network } from "./network.ts";
export { eq5, eq18, eq42, eq43, eq44, eq45, eq46, eq47, equations, sigma, valuesOf } from "./equations.ts";
export type { Equations, Indexed, Values } from "./equations.ts";
export { closedForm, vectorized } from "./vectorized.ts";
export type { ClosedForm, VectorizedEquations } from "./vectorized.ts";
export { witness } from "./witness.ts";
export type { Witness } from "./witness.ts";
export { compare } from "./compare.ts";
export type { CompareOptions, Comparison } from "./compare.ts";
export type { Entry, Row } from "./judge.ts";
