/** @file Entry "@deltagrad/tensor/extend": what it takes to add operations and watchers of your own. */
export { Tensor } from "./core/tensor.ts";
export type { Spec, Watched } from "./core/tensor.ts";
export { apply } from "./core/primitive.ts";
export type { Kind, Primitive, Rule } from "./core/primitive.ts";
export { bilinear, linear, looking } from "./core/kinds.ts";
export { pointwise } from "./ops/arithmetic.ts";
export type { Binary, Derivative, PartialDerivative, PointwiseOptions, Unary } from "./ops/arithmetic.ts";
export { seenBy, Trace } from "./core/trace.ts";
