/**
 * @file The vector forms of pointwise operations, by the name that an operation gives: its `vector`, else its `scalar`.
 * Each computes the same bits as the operation's definition, in every lane.
 */
import * as basic from "./basic.ts";
import type { VectorForm } from "./emitter.ts";
import * as single from "./single.ts";

/** The vector form of each name. Comparisons leave lane masks; `where` takes one. */
export const vectorForms = {
  ...basic.forms,
  exp: { float32: single.exp },
  exp2: { float32: single.exp2 },
  expm1: { float32: single.expm1 },
  log: { float32: single.log },
  log1p: { float32: single.log1p },
  log2: { float32: single.log2 },
  log10: { float32: single.log10 },
  sigmoid: { float32: single.sigmoid },
  softplus: { float32: single.softplus },
  logSigmoid: { float32: single.logSigmoid },
  sigmoidCrossEntropy: { float32: single.sigmoidCrossEntropy },
  tanh: { float32: single.tanh },
  sin: { float32: single.sin },
  cos: { float32: single.cos },
  pow: { float32: single.pow },
} satisfies Readonly<Record<string, VectorForm>>;

/** What has a vector form. */
export type VectorName = keyof typeof vectorForms;
