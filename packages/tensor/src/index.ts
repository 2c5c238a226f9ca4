/** @file The public surface of @deltagrad/tensor, in reading order. */

// Tensors
export { Tensor } from "./core/tensor.ts";
export {
  arange,
  eye,
  fromFunction,
  fromJSON,
  full,
  linspace,
  logspace,
  ones,
  rng,
  tensor,
  tri,
  zeros,
} from "./create.ts";
export { fullLike, onesLike, zerosLike } from "./core/create.ts";
export type { NestedData, TensorOptions } from "./core/create.ts";
export type { Rng, RngState } from "./core/random.ts";
export type { DType } from "./core/dtype.ts";
export type { Shape } from "./core/shape.ts";
export type { Broadcast, Join, JSONData, MatMul, Operand, ShapeError, ShapeOf, Unknown } from "./core/shape-types.ts";
export { TensorError } from "./core/errors.ts";
export { backend, setBackend } from "./wasm/machine.ts";
export type { Backend } from "./wasm/machine.ts";
export { setThreads, threads } from "./wasm/pool/threads.ts";

// Operations
export { add, div, mul, neg, sub } from "./ops/arithmetic.ts";
export { exp, exp2, expm1, pow } from "./ops/exponential.ts";
export { log, log10, log1p, log2, xlogy } from "./ops/logarithmic.ts";
export { cbrt, hypot, reciprocal, rsqrt, sqrt, square } from "./ops/powers.ts";
export { acos, asin, atan, atan2, cos, deg2rad, rad2deg, sin, sinc, tan } from "./ops/trigonometric.ts";
export { acosh, asinh, atanh, cosh, sinh, tanh } from "./ops/hyperbolic.ts";
export { logaddexp, logaddexp2, logit, logSigmoid, sigmoid, softplus } from "./ops/logistic.ts";
export { digamma, erf, erfc, erfinv, lgamma, polygamma } from "./ops/special.ts";
export { ceil, floor, floorDivide, fmod, frac, remainder, round, trunc, truncDivide } from "./ops/rounding.ts";
export { abs, clamp, copysign, nanToNum, sign, stopGradient } from "./ops/piecewise.ts";
export { addcdiv, addcmul, lerp } from "./ops/fused.ts";
export { celu, elu, gelu, glu, mish, selu, silu, softsign, tanhshrink } from "./ops/activations.ts";
export {
  hardshrink,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  relu,
  relu6,
  softshrink,
  threshold,
} from "./ops/rectifiers.ts";
export { equal, fmax, fmin, greater, greaterEqual, less, lessEqual } from "./ops/compare.ts";
export { maximum, minimum, notEqual, where } from "./ops/compare.ts";
export { isClose, isFinite, isInf, isNaN, logicalAnd, logicalNot, logicalOr, logicalXor } from "./ops/logical.ts";
export { bitwiseAnd, bitwiseNot, bitwiseOr, bitwiseXor, leftShift, rightShift } from "./ops/bitwise.ts";
export { meshgrid } from "./ops/meshgrid.ts";
export { matmul } from "./ops/matmul.ts";
export { addmm, baddbmm, dot, inner, kron, matvec, outer, tensordot, vdot, vecdot } from "./ops/products.ts";
export type { ContractedAxes, Scales } from "./ops/products.ts";
export { multiDot } from "./ops/chain.ts";
export { einsum } from "./ops/einsum.ts";
export { broadcastTensors, broadcastTo, cast, sum, sumTo } from "./ops/broadcast.ts";
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
export { expandDims, matrixTranspose, permute, reshape, squeeze, transpose } from "./ops/shape.ts";
export {
  atLeast1d,
  atLeast2d,
  atLeast3d,
  flatten,
  flip,
  moveAxis,
  ravel,
  rot90,
  swapAxes,
  unflatten,
} from "./ops/rearrange.ts";
export { concat, slice, stack } from "./ops/slice.ts";
export type { Range, Span } from "./ops/slice.ts";
export { dstack, hstack, vstack } from "./ops/join.ts";
export { chunk, split, tensorSplit, unstack } from "./ops/split.ts";
export { repeat, roll, tile } from "./ops/repeat.ts";
export { pad } from "./ops/pad.ts";
export type { Margins, PadMode, PadOptions } from "./ops/pad.ts";
export { slidingWindows } from "./ops/windows.ts";
export type { WindowOptions } from "./ops/windows.ts";
export { diag, diagEmbed, diagonal, trace, tril, triu } from "./ops/diagonal.ts";
export type { MatrixAxes } from "./ops/diagonal.ts";
export { at } from "./ops/at.ts";
export type { At, Place } from "./ops/at.ts";
export { gather, indexSelect, take, takeAlongAxis } from "./ops/gather.ts";
export { indexAdd, indexFill, oneHot, scatter, scatterAdd } from "./ops/scatter.ts";
export { scatterReduce } from "./ops/combine.ts";
export type { ScatterReduction } from "./ops/combine.ts";
export { argWhere, maskedFill, maskedSelect, nonzero } from "./ops/mask.ts";

// Linear algebra
export { inv, solve } from "./ops/linalg/solve.ts";
export { cholesky, choleskySolve, triangularSolve } from "./ops/linalg/triangular.ts";
export { det, logDet, slogdet } from "./ops/linalg/determinant.ts";
export { qr } from "./ops/linalg/qr.ts";
export { eigh, eigvalsh } from "./ops/linalg/eigen.ts";
export { svd, svdvals } from "./ops/linalg/svd.ts";
export { lstsq, pinv } from "./ops/linalg/leastSquares.ts";
export { matrixExp, matrixPower } from "./ops/linalg/functions.ts";
export { cond, matrixNorm, matrixRank } from "./ops/linalg/norms.ts";
export { cross } from "./ops/linalg/cross.ts";
// Networks
export {
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from "./ops/networks/convolution.ts";
export type { ConvOptions, ConvTransposeOptions } from "./ops/networks/convolution.ts";
export type { PerAxis } from "./ops/networks/windows.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
} from "./ops/networks/pooling.ts";
export type { AvgPoolOptions, MaxPoolOptions, OutputExtents } from "./ops/networks/pooling.ts";
export { col2im, im2col } from "./ops/networks/im2col.ts";
export type { Im2colOptions } from "./ops/networks/im2col.ts";
export {
  batchNorm,
  batchStatistics,
  groupNorm,
  instanceNorm,
  layerNorm,
  rmsNorm,
} from "./ops/networks/normalization.ts";
export type { BatchNormOptions, NormOptions, ScaleOptions, Statistics } from "./ops/networks/normalization.ts";
export { linear } from "./ops/networks/linear.ts";
export { embedding } from "./ops/networks/embedding.ts";
export { dropout } from "./ops/networks/dropout.ts";
export { scaledDotProductAttention } from "./ops/networks/attention.ts";
export type { AttentionOptions } from "./ops/networks/attention.ts";

// Derivatives
export { grad, valueAndGrad, vjp } from "./transforms/reverse.ts";
export type { Scalar } from "./transforms/reverse.ts";
export { jvp } from "./transforms/forward.ts";
export { hessian, hvp, jacobian } from "./transforms/higher.ts";
export type { JacobianOptions } from "./transforms/higher.ts";
export { vmap } from "./transforms/vmap.ts";
export type { VmapOptions } from "./transforms/vmap.ts";
export { checkpoint, withDerivative } from "./transforms/custom.ts";
export type { OwnDerivative } from "./transforms/custom.ts";
export { NotFinite, watchNaN } from "./transforms/watch.ts";
export { Tape } from "./transforms/tape.ts";
export type { Cotangents, Unreached } from "./transforms/recording.ts";

// Trees and graphs
export { leaves, mapTree, zipTrees } from "./core/tree.ts";
export type { Leaf } from "./core/tree.ts";
export { record, replay } from "./graph/record.ts";
export type { Algebra } from "./graph/record.ts";
export type { Graph, Node } from "./graph/graph.ts";
export { toDot, toMermaid } from "./graph/print.ts";
export { toLatex } from "./graph/latex.ts";
export type { LatexEquation, LatexNames } from "./graph/latex.ts";
