/** @file Entry "@deltagrad/tensor/extend": what it takes to add operations and watchers of your own. */
import * as functions from "./core/elementary.ts";

/**
 * The elementary functions of one number. (An object spelled out: bundlers can drop it, and a namespace they cannot.)
 *
 * @example
 * elementary.exp(1);   // => 2.718281828459045
 */
export const elementary = {
  acos: functions.acos,
  acosh: functions.acosh,
  asin: functions.asin,
  asinh: functions.asinh,
  atan: functions.atan,
  atan2: functions.atan2,
  atanh: functions.atanh,
  cbrt: functions.cbrt,
  cos: functions.cos,
  cosh: functions.cosh,
  exp: functions.exp,
  exp2: functions.exp2,
  expm1: functions.expm1,
  hypot: functions.hypot,
  log: functions.log,
  log10: functions.log10,
  log1p: functions.log1p,
  log2: functions.log2,
  pow: functions.pow,
  sigmoid: functions.sigmoid,
  sin: functions.sin,
  sinh: functions.sinh,
  softplus: functions.softplus,
  tan: functions.tan,
  tanh: functions.tanh,
};
export { contiguous, Tensor } from "./core/tensor.ts";
export type { Spec, Watched } from "./core/tensor.ts";
export { allocate } from "./core/dtype.ts";
export type { Storage } from "./core/dtype.ts";
export { sameShape } from "./core/shape.ts";
export type { Layout } from "./core/shape.ts";
export { apply, unchanged } from "./core/primitive.ts";
export type { Kind, Primitive, Rule, ScalarFunction } from "./core/primitive.ts";
export { bilinear, exact, linear, looking } from "./core/kinds.ts";
export { sigmoidCrossEntropy } from "./ops/logistic.ts";
export { ratio, parametric, pointwise, scale } from "./ops/arithmetic.ts";
export type { Binary, Derivative, PartialDerivative, PartialDerivative3 } from "./ops/arithmetic.ts";
export type { Parametric, PointwiseOptions, Ternary, Unary } from "./ops/arithmetic.ts";
export { seenBy, Trace } from "./core/trace.ts";
export { mapLeaves, tensorsOf } from "./core/tree.ts";
export type { Way } from "./core/tree.ts";
