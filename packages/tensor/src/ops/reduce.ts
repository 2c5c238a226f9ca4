/** @file Means, extremes and their places, and the sums of exponentials that need an extreme to be safe. */
import { zerosLike } from "../core/create.ts";
import { type DType, isFloat } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { exact } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { argExtreme, type Reducer, reduceAxes } from "../core/reduce.ts";
import { reduceShape, resolveAxes, resolveAxis, type Shape, sizeOf } from "../core/shape.ts";
import type { Reduce } from "../core/shape-types.ts";
import type { Spec, Tensor } from "../core/tensor.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { broadcastTo, cast, sum } from "./broadcast.ts";
import { equal, less, where } from "./compare.ts";
import { exp, log } from "./exponential.ts";
import { abs, stopGradient } from "./piecewise.ts";
import { reshape } from "./shape.ts";

interface KeepDims<K extends boolean> {
  readonly keepDims?: K;
}

/** A reduction over an axis, several, or all. */
export type Reduction = <
  S extends Shape,
  const A extends number | Shape | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis?: A,
  options?: KeepDims<K>,
) => Tensor<Reduce<S, A, K>>;

/**
 * The mean over an axis, several, or all: the sum divided by the count; whole numbers give float64.
 *
 * Derivative: the cotangent, repeated, divided by the count.
 * At the edges: the mean of nothing is NaN.
 *
 * @example
 * mean(tensor([[1, 2], [3, 6]]), 1).toArray();   // => [1.5, 4.5]
 */
export const mean: Reduction = (x, axis, options) => {
  const axes = resolveAxes("mean", axis, x.rank);
  const count = sizeOf(axes.map((i) => x.shape[i]!));
  return div(sum(isFloat(x.dtype) ? x : cast(x, "float64"), axis, options) as Tensor, count) as Tensor;
};

interface Axes {
  readonly axes: readonly number[];
}

function checkNotEmpty(op: string, x: Spec, axes: readonly number[], result: Shape): void {
  const empty = axes.find((axis) => x.shape[axis] === 0);
  if (empty !== undefined && sizeOf(result) > 0)
    throw new TensorError(op, `axis ${empty} of ${show(x)} has no elements`, "an extreme needs at least one", [x]);
}

/** What reductions to an extreme, or to its place, have in common; `dtype`: the result's, if not the input's. */
const reducing = (
  name: string,
  reducer: Reducer,
  dtype?: DType,
): Pick<Primitive<Axes>, "name" | "kind" | "shape" | "run" | "rounding"> => ({
  name,
  kind: "general",
  shape([x], { axes }) {
    const shape = reduceShape(x!.shape, axes, false);
    checkNotEmpty(name, x!, axes, shape);
    return { shape, dtype: dtype ?? x!.dtype };
  },
  run: ([x], result, { axes }) => reduceAxes(name, x!, axes, result, reducer),
  rounding: exact,
});

// @__NO_SIDE_EFFECTS__
function extreme(name: "max" | "min", beats: (x: number, best: number) => boolean): Reduction {
  const place = argExtreme(beats);
  const reducer: Reducer = (data, start, step, count) => data[start + place(data, start, step, count) * step]!;
  /** 1/n at each of n equal extremes, 0 elsewhere, in the shape of x. */
  const share = (x: Tensor, y: Tensor, axes: readonly number[]): Tensor => {
    const kept = reduceShape(x.shape, axes, true);
    const ties = cast(equal(x, reshape(y, kept)), x.dtype);
    return div(ties, sum(ties, axes, { keepDims: true }) as Tensor);
  };
  const op: Primitive<Axes> = {
    ...reducing(name, reducer),
    increasing: true,
    vjp: [(ct, y, [x], { axes }) => mul(reshape(ct, reduceShape(x!.shape, axes, true)), share(x!, y, axes))],
    jvp: [(t, y, [x], { axes }) => sum(mul(t, share(x!, y, axes)), axes)],
  };
  return (x, axis, { keepDims } = {}) => {
    const axes = resolveAxes(name, axis, x.rank);
    const y = apply(op, [x], { axes });
    return keepDims ? reshape(y, reduceShape(x.shape, axes, true)) : y;
  };
}

/**
 * The largest element over an axis, several, or all; NaN where there is one.
 *
 * Derivative: to the largest element; equal ones share evenly.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * max(tensor([[1, 5], [7, 3]]), 1).toArray();   // => [5, 7]
 */
export const max = extreme("max", (x, best) => x > best);

/**
 * The smallest element over an axis, several, or all; NaN where there is one.
 *
 * Derivative: to the smallest element; equal ones share evenly.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * min(tensor([[1, 5], [7, 3]])).item();   // => 1
 */
export const min = extreme("min", (x, best) => x < best);

// @__NO_SIDE_EFFECTS__
function placeOfExtreme(name: string, beats: (x: number, best: number) => boolean) {
  const op: Primitive<Axes> = { ...reducing(name, argExtreme(beats), "int32"), vjp: [null], jvp: [null] };
  return <S extends Shape, const A extends number | undefined = undefined>(
    x: Tensor<S>,
    axis?: A,
  ): Tensor<Reduce<S, A, false>> =>
    apply(op, [x], { axes: axis === undefined ? resolveAxes(name, axis, x.rank) : [resolveAxis(name, axis, x.rank)] });
}

/**
 * Where the largest element is along an axis (in row-major order for all axes), int32: the first of equals, or the
 * first NaN.
 *
 * Derivative: none.
 *
 * @example
 * argMax(tensor([[1, 5], [7, 3]]), 1).toArray();   // => [1, 0]
 */
export const argMax = placeOfExtreme("argMax", (x, best) => x > best);

/**
 * Where the smallest element is along an axis (in row-major order for all axes), int32: the first of equals, or the
 * first NaN.
 *
 * Derivative: none.
 *
 * @example
 * argMin(tensor([[1, 5], [7, 3]]), 1).toArray();   // => [0, 1]
 */
export const argMin = placeOfExtreme("argMin", (x, best) => x < best);

/** The largest element kept as an axis of 1, as a constant: finite, so that x − shift is no NaN where x is ±∞. */
function shiftOf(x: Tensor, axes: readonly number[]): Tensor {
  const kept = reduceShape(x.shape, axes, true);
  if (x.size === 0) return broadcastTo(zerosLike(sum(x)), kept);
  const largest = stopGradient(max(x, axes, { keepDims: true }) as Tensor);
  return where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
}

/**
 * log Σ eˣ over an axis, several, or all, without overflow.
 *
 * Derivative: softmax(x).
 * At the edges: of nothing, or of −∞ alone, it is −∞.
 *
 * @example
 * logSumExp(tensor([1000, 1000])).item();   // => 1000.6931471805599
 */
export const logSumExp: Reduction = (x, axis, { keepDims } = {}) => {
  const axes = resolveAxes("logSumExp", axis, x.rank);
  const floats: Tensor = isFloat(x.dtype) ? x : cast(x, "float64");
  const shift = shiftOf(floats, axes);
  const y = add(log(sum(exp(sub(floats, shift)), axes, { keepDims: true }) as Tensor), shift) as Tensor;
  return keepDims ? y : reshape(y, reduceShape(x.shape, axes, false));
};

/**
 * x − logSumExp(x) along an axis: the logarithm of softmax, without overflow.
 *
 * Derivative: ct − softmax(x)·Σct.
 *
 * @example
 * logSoftmax(tensor([0, 0])).toArray();   // => [-0.6931471805599453, -0.6931471805599453]
 */
export function logSoftmax<S extends Shape>(x: Tensor<S>, axis = -1): Tensor<S> {
  const place = resolveAxis("logSoftmax", axis, x.rank);
  const floats: Tensor = isFloat(x.dtype) ? x : cast(x, "float64");
  const shifted: Tensor = sub(floats, shiftOf(floats, [place]));
  return sub(shifted, log(sum(exp(shifted), place, { keepDims: true }) as Tensor));
}

/**
 * eˣ / Σ eˣ along an axis: positive numbers that sum to 1, without overflow.
 *
 * Derivative: y·(ct − Σ ct·y).
 *
 * @example
 * softmax(tensor([1000, 1000])).toArray();   // => [0.5, 0.5]
 */
export function softmax<S extends Shape>(x: Tensor<S>, axis = -1): Tensor<S> {
  const place = resolveAxis("softmax", axis, x.rank);
  const floats: Tensor = isFloat(x.dtype) ? x : cast(x, "float64");
  const weights: Tensor = exp(sub(floats, shiftOf(floats, [place])));
  return div(weights, sum(weights, place, { keepDims: true }) as Tensor);
}
