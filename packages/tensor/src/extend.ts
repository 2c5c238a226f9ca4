/** @file Entry "@deltagrad/tensor/extend": what it takes to add operations and watchers of your own. */

export { bilinear, linear, looking } from "./core/kinds.ts";
export type { Kind, Primitive, Rule } from "./core/primitive.ts";
export { apply } from "./core/primitive.ts";
export type { Spec, Watched } from "./core/tensor.ts";
export { Tensor } from "./core/tensor.ts";
export { seenBy, Trace } from "./core/trace.ts";
export type { Binary, Derivative, PartialDerivative, PointwiseOptions, Unary } from "./ops/arithmetic.ts";
export { pointwise } from "./ops/arithmetic.ts";
