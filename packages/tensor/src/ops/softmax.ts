/** @file Sums of exponentials, and what is made of them: with the largest taken out first, none overflows. */
import { zerosLike } from "../core/create.ts";
import { reduceShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, div, sub } from "./arithmetic.ts";
import { type Along, along, type Reduction, reduction } from "./axes.ts";
import { broadcastTo, sum, toFloat } from "./broadcast.ts";
import { equal, less, where } from "./compare.ts";
import { exp } from "./exponential.ts";
import { max } from "./extremes.ts";
import { log } from "./logarithmic.ts";
import { abs, stopGradient } from "./piecewise.ts";
import { reshape } from "./shape.ts";

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
 * Derivative: softmax(x); 0 where all are −∞; NaN at ∞.
 * At the edges: of nothing, or of −∞ alone, it is −∞.
 *
 * @example
 * logSumExp(tensor([1000, 1000])).item();   // => 1000.6931471805599
 */
export const logSumExp: Reduction = reduction("logSumExp", (x, axes) => {
  const floats = toFloat(x);
  const shift = shiftOf(floats, axes);
  const total: Tensor = sum(exp(sub(floats, shift)), axes, { keepDims: true });
  // Only −∞ alone sums to 0 (the largest gives 1): no logarithm, and no derivative of one, is taken there.
  const none = equal(total, 0);
  const y = add(log(where(none, 1, total)), where(none, Number.NEGATIVE_INFINITY, shift)) as Tensor;
  return reshape(y, reduceShape(x.shape, axes, false));
});

/**
 * x − logSumExp(x) along an axis: the logarithm of softmax, without overflow.
 *
 * Derivative: ct − softmax(x)·Σct.
 *
 * @example
 * logSoftmax(tensor([0, 0])).toArray();   // => [-0.6931471805599453, -0.6931471805599453]
 */
export const logSoftmax: Along = along("logSoftmax", (x, axis) => {
  const floats = toFloat(x);
  const shifted: Tensor = sub(floats, shiftOf(floats, [axis]));
  return sub(shifted, log(sum(exp(shifted), axis, { keepDims: true }) as Tensor));
});

/**
 * eˣ / Σ eˣ along an axis: positive numbers that sum to 1, without overflow.
 *
 * Derivative: y·(ct − Σ ct·y).
 *
 * @example
 * softmax(tensor([1000, 1000])).toArray();   // => [0.5, 0.5]
 */
export const softmax: Along = along("softmax", (x, axis) => {
  const floats = toFloat(x);
  const weights: Tensor = exp(sub(floats, shiftOf(floats, [axis])));
  return div(weights, sum(weights, axis, { keepDims: true }) as Tensor);
});
