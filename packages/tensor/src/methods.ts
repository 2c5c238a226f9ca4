/** @file The everyday operations as methods, because JavaScript has no operators: one table that delegates to the functions. */
import type { DType, Storage } from "./core/dtype.ts";
import { item, named, toArray, toJSON, toPrimitive, toText, toTypedArray } from "./core/reading.ts";
import type { Shape } from "./core/shape.ts";
import type {
  Broadcast,
  Broadcastable,
  JSONData,
  Known,
  MatMul,
  Multipliable,
  Nested,
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
  /**
   * The value of a tensor of one element; bool as 0 or 1.
   *
   * Throws: TensorError when there is not exactly one element.
   *
   * @example
   * tensor([[3]]).item();   // => 3
   */
  item(): number;
  /**
   * The values as nested plain arrays (a number for a scalar); bool as 0 and 1.
   *
   * @example
   * tensor([[1, 2], [3, 4]]).toArray();   // => [[1, 2], [3, 4]]
   */
  toArray(): Nested<S>;
  /**
   * A copy of the values in row-major order: Float64Array, Float32Array, Int32Array, or Uint8Array for bool. With
   * `copy: false`, the tensor's own memory where they lie in that order: to be read, never written to.
   *
   * @example
   * tensor([[1, 2], [3, 4]]).toTypedArray();   // => Float64Array [1, 2, 3, 4]
   */
  toTypedArray(options?: { readonly copy?: boolean }): Storage;
  /**
   * The same tensor under a name, which errors, graphs and reports will show.
   *
   * Derivative: passes through; the result is watched as the original is.
   */
  named(label: string): Tensor<S>;
  /** The values as NumPy prints them, with shape and dtype; long axes are shortened. */
  toString(): string;
  /**
   * For `JSON.stringify`: the values as nested arrays, with "NaN", "Infinity" and "-Infinity" for what JSON has no
   * number for. `fromJSON` reads it.
   *
   * @example
   * JSON.stringify(tensor([1, Number.NaN]));   // => '[1,"NaN"]'
   */
  toJSON(): JSONData;
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
  item,
  toArray,
  toTypedArray,
  named,
  toString: toText,
  toJSON,
} satisfies Record<Exclude<keyof TensorMethods, "T">, unknown>;

let installed = false;

/** Gives tensors their methods, once. */
function install(): void {
  if (installed) return;
  installed = true;
  const method = (name: string | symbol, call: (x: Tensor, ...rest: never[]) => unknown): void => {
    const value = function (this: Tensor, ...rest: never[]): unknown {
      return call(this, ...rest);
    };
    Object.defineProperty(value, "name", { value: name });
    Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
  };
  for (const [name, call] of Object.entries(table)) method(name, call as (x: Tensor, ...rest: never[]) => unknown);
  method(Symbol.for("nodejs.util.inspect.custom"), toText);
  method(Symbol.toPrimitive, toPrimitive);
  Object.defineProperty(Tensor.prototype, "T", {
    get(this: Tensor): Tensor {
      return transpose(this);
    },
    configurable: true,
  });
}

/**
 * A function that makes first tensors, as it is; where a program has one, its tensors have methods. A bundle that
 * makes none (a library of functions on tensors of others) does not carry the operations of the table.
 */
// @__NO_SIDE_EFFECTS__
export function withMethods<F>(make: F): F {
  install();
  return make;
}
