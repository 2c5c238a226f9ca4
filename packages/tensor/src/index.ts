/** @file The public surface of @deltagrad/tensor, in reading order. */
import "./methods.ts";

// Tensors
export { Tensor } from "./core/tensor.ts";
export { arange, eye, full, linspace, ones, onesLike, tensor, zeros, zerosLike } from "./core/create.ts";
export type { NestedData, TensorOptions } from "./core/create.ts";
export { rng } from "./core/random.ts";
export type { Rng } from "./core/random.ts";
export type { DType } from "./core/dtype.ts";
export type { Shape } from "./core/shape.ts";
export type { Broadcast, Join, MatMul, Operand, ShapeError, ShapeOf, Unknown } from "./core/shape-types.ts";
export { TensorError } from "./core/errors.ts";

// Operations
export { add, div, mul, neg, sub } from "./ops/arithmetic.ts";
export { exp, expm1, log, log1p, pow, reciprocal, sigmoid, softplus, sqrt, square, tanh } from "./ops/exponential.ts";
export { cos, sin } from "./ops/trigonometric.ts";
export { abs, relu, sign, stopGradient } from "./ops/piecewise.ts";
export { equal, greater, greaterEqual, less, lessEqual, maximum, minimum, notEqual, where } from "./ops/compare.ts";
export { matmul } from "./ops/matmul.ts";
export { broadcastTo, cast, sum, sumTo } from "./ops/broadcast.ts";
export { argMax, argMin, max, min } from "./ops/extremes.ts";
export { mean, nanmean, nansum, std, variance } from "./ops/moments.ts";
export { norm, normalize } from "./ops/norm.ts";
export { logSoftmax, logSumExp, softmax } from "./ops/softmax.ts";
export { all, any, countNonZero } from "./ops/count.ts";
export { cumprod, prod } from "./ops/product.ts";
export { cummax, cummin, cumsum, logCumSumExp } from "./ops/cumulative.ts";
export type { Found } from "./ops/cumulative.ts";
export { diff } from "./ops/diff.ts";
export { argsort, sort, topK } from "./ops/sort.ts";
export { kthValue, median, nanmedian, quantile } from "./ops/quantile.ts";
export type { Interpolation } from "./ops/quantile.ts";
export { unique } from "./ops/unique.ts";
export type { Unique } from "./ops/unique.ts";
export { bincount, histogram, searchSorted } from "./ops/bins.ts";
export type { Histogram } from "./ops/bins.ts";
export { expandDims, permute, reshape, squeeze, transpose } from "./ops/shape.ts";
export { concat, pad, slice, stack } from "./ops/slice.ts";
export type { Range } from "./ops/slice.ts";
export { gather, scatterAdd } from "./ops/gather.ts";

// Derivatives
export { grad, valueAndGrad, vjp } from "./transforms/reverse.ts";
export type { Scalar } from "./transforms/reverse.ts";
export { jvp } from "./transforms/forward.ts";
export { Tape } from "./transforms/tape.ts";
export type { Cotangents, Unreached } from "./transforms/tape.ts";

// Trees and graphs
export { leaves, mapTree, zipTrees } from "./core/tree.ts";
export type { Leaf } from "./core/tree.ts";
export { record, replay } from "./graph/record.ts";
export type { Algebra, Graph, Node } from "./graph/record.ts";
