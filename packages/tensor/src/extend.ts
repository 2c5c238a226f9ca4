/** @file Entry "@deltagrad/tensor/extend": what it takes to add operations and watchers of your own. */
export * as elementary from "./core/elementary.ts";
export { contiguous, Tensor } from "./core/tensor.ts";
export type { Spec, Watched } from "./core/tensor.ts";
export { allocate } from "./core/dtype.ts";
export type { Storage } from "./core/dtype.ts";
export type { Layout } from "./core/shape.ts";
export { apply, unchanged } from "./core/primitive.ts";
export type { Kind, Primitive, Rule, ScalarFunction } from "./core/primitive.ts";
export { bilinear, exact, linear, looking } from "./core/kinds.ts";
export { ratio, parametric, pointwise, scale } from "./ops/arithmetic.ts";
export type { Binary, Derivative, PartialDerivative, PartialDerivative3 } from "./ops/arithmetic.ts";
export type { Parametric, PointwiseOptions, Ternary, Unary } from "./ops/arithmetic.ts";
export { seenBy, Trace } from "./core/trace.ts";
