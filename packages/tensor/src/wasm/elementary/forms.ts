/**
 * @file The vector forms of pointwise operations, by the name that an operation gives: its `vector`, else its `scalar`.
 * Each computes the same bits as the operation's definition, in every lane.
 */
import * as basic from "./basic.ts";
import * as double from "./double.ts";
import * as doubleLog from "./doubleLog.ts";
import type { VectorForm } from "./emitter.ts";
import * as single from "./single.ts";

/** The vector form of each name. Comparisons leave lane masks; `where` takes one. */
export const vectorForms = {
  ...basic.forms,
  exp: { float32: single.exp, float64: double.exp },
  exp2: { float32: single.exp2 },
  expm1: { float32: single.expm1, float64: double.expm1 },
  log: { float32: single.log, float64: doubleLog.log },
  log1p: { float32: single.log1p, float64: doubleLog.log1p },
  log2: { float32: single.log2, float64: doubleLog.log2 },
  log10: { float32: single.log10, float64: doubleLog.log10 },
  sigmoid: { float32: single.sigmoid, float64: double.sigmoid },
  softplus: { float32: single.softplus, float64: doubleLog.softplus },
  logSigmoid: { float32: single.logSigmoid, float64: doubleLog.logSigmoid },
  sigmoidCrossEntropy: { float32: single.sigmoidCrossEntropy, float64: doubleLog.sigmoidCrossEntropy },
  tanh: { float32: single.tanh, float64: double.tanh },
  sin: { float32: single.sin },
  cos: { float32: single.cos },
  pow: { float32: single.pow },
} satisfies Readonly<Record<string, VectorForm>>;

/** What has a vector form. */
export type VectorName = keyof typeof vectorForms;
