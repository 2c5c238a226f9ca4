/** @file The everyday operations as methods, because JavaScript has no operators: one table that delegates to the functions. */
import type { DType } from "./core/dtype.ts";
import type { Shape } from "./core/shape.ts";
import type {
  Broadcast,
  Broadcastable,
  Known,
  MatMul,
  Multipliable,
  Operand,
  Permute,
  Reduce,
  Resolved,
  ShapeOf,
  Transpose,
  Unknown,
} from "./core/shape-types.ts";
import { Tensor } from "./core/tensor.ts";
import { add, div, mul, neg, sub } from "./ops/arithmetic.ts";
import { type At, at, type Place } from "./ops/at.ts";
import { broadcastTo, cast, sum } from "./ops/broadcast.ts";
import { equal, greater, greaterEqual, less, lessEqual, maximum, minimum, notEqual } from "./ops/compare.ts";
import { exp, pow } from "./ops/exponential.ts";
import { argMax, argMin, max, min } from "./ops/extremes.ts";
import { tanh } from "./ops/hyperbolic.ts";
import { log } from "./ops/logarithmic.ts";
import { sigmoid, softplus } from "./ops/logistic.ts";
import { matmul } from "./ops/matmul.ts";
import { mean } from "./ops/moments.ts";
import { abs, sign } from "./ops/piecewise.ts";
import { reciprocal, sqrt, square } from "./ops/powers.ts";
import { relu } from "./ops/rectifiers.ts";
import { expandDims, permute, reshape, squeeze, transpose } from "./ops/shape.ts";
import { type Range, slice } from "./ops/slice.ts";
import { logSoftmax, logSumExp, softmax } from "./ops/softmax.ts";
import { cos, sin } from "./ops/trigonometric.ts";

type BinaryMethod<S extends Shape> = <B extends Operand>(
  other: B & Broadcastable<S, ShapeOf<B>>,
) => Tensor<Broadcast<S, ShapeOf<B>>>;
type ReductionMethod<S extends Shape> = <
  const A extends number | Shape | undefined = undefined,
  const K extends boolean = false,
>(
  axis?: A,
  options?: { readonly keepDims?: K },
) => Tensor<Reduce<S, A, K>>;
type PlaceMethod<S extends Shape> = <const A extends number | undefined = undefined>(
  axis?: A,
) => Tensor<Reduce<S, A, false>>;

/** What a tensor can do by itself; each method is the function of that name with the tensor as its first argument. */
export interface TensorMethods<out S extends Shape = Unknown> {
  add: BinaryMethod<S>;
  sub: BinaryMethod<S>;
  mul: BinaryMethod<S>;
  div: BinaryMethod<S>;
  pow: BinaryMethod<S>;
  maximum: BinaryMethod<S>;
  minimum: BinaryMethod<S>;
  equal: BinaryMethod<S>;
  notEqual: BinaryMethod<S>;
  less: BinaryMethod<S>;
  lessEqual: BinaryMethod<S>;
  greater: BinaryMethod<S>;
  greaterEqual: BinaryMethod<S>;
  neg(): Tensor<S>;
  exp(): Tensor<S>;
  log(): Tensor<S>;
  sqrt(): Tensor<S>;
  square(): Tensor<S>;
  reciprocal(): Tensor<S>;
  abs(): Tensor<S>;
  sign(): Tensor<S>;
  sin(): Tensor<S>;
  cos(): Tensor<S>;
  tanh(): Tensor<S>;
  sigmoid(): Tensor<S>;
  softplus(): Tensor<S>;
  relu(): Tensor<S>;
  sum: ReductionMethod<S>;
  mean: ReductionMethod<S>;
  max: ReductionMethod<S>;
  min: ReductionMethod<S>;
  logSumExp: ReductionMethod<S>;
  argMax: PlaceMethod<S>;
  argMin: PlaceMethod<S>;
  softmax(axis?: number): Tensor<S>;
  logSoftmax(axis?: number): Tensor<S>;
  matmul<B extends Tensor>(other: B & Multipliable<S, ShapeOf<B>>): Tensor<MatMul<S, ShapeOf<B>>>;
  reshape<const T extends Shape>(shape: T): Tensor<Known<Resolved<T>>>;
  permute<const A extends Shape>(axes: A): Tensor<Permute<S, A>>;
  transpose(): Tensor<Transpose<S>>;
  /** The axes reversed, as `transpose()`. */
  readonly T: Tensor<Transpose<S>>;
  broadcastTo<const T extends Shape>(shape: T): Tensor<Known<T>>;
  expandDims(axis: number): Tensor;
  squeeze(axis?: number): Tensor;
  slice(...ranges: readonly Range[]): Tensor;
  at(...places: readonly Place[]): At<S>;
  cast(dtype: DType): Tensor<S>;
}

const table = {
  add,
  sub,
  mul,
  div,
  pow,
  maximum,
  minimum,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  neg,
  exp,
  log,
  sqrt,
  square,
  reciprocal,
  abs,
  sign,
  sin,
  cos,
  tanh,
  sigmoid,
  softplus,
  relu,
  sum,
  mean,
  max,
  min,
  logSumExp,
  argMax,
  argMin,
  softmax,
  logSoftmax,
  matmul,
  reshape,
  permute,
  transpose,
  broadcastTo,
  expandDims,
  squeeze,
  slice,
  at,
  cast,
} satisfies Record<Exclude<keyof TensorMethods, "T">, unknown>;

for (const [name, operation] of Object.entries(table)) {
  const call = operation as (x: Tensor, ...rest: unknown[]) => Tensor;
  Object.defineProperty(Tensor.prototype, name, {
    value: {
      [name](this: Tensor, ...rest: unknown[]): Tensor {
        return call(this, ...rest);
      },
    }[name],
    writable: true,
    configurable: true,
  });
}
Object.defineProperty(Tensor.prototype, "T", {
  get(this: Tensor): Tensor {
    return transpose(this);
  },
  configurable: true,
});
