/** @file How far numbers are from what they should be. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import { checkSame, metric, numbersOf } from "./metric.ts";

/** Of the differences and of the truth: sums, and for the truth mean and Σ(y − mean)², kept as it grows. */
interface Sums {
  readonly count: number;
  readonly absolute: number;
  readonly squared: number;
  readonly mean: number;
  readonly spread: number;
}

function addSums(op: string, state: Sums, p: Tensor, a: Tensor): Sums {
  checkSame(op, p, a);
  const [predicted, actual] = [numbersOf(p), numbersOf(a)];
  let { count, absolute, squared, mean, spread } = state;
  for (let i = 0; i < actual.length; i++) {
    const [y, error] = [actual[i]!, predicted[i]! - actual[i]!];
    if (Number.isNaN(y)) throw new TensorError(op, `actual ${i} is NaN`, "leave out what is not known", [a]);
    absolute += Math.abs(error);
    squared += error * error;
    // Welford (1962): no difference of large sums.
    const before = mean;
    mean += (y - mean) / ++count;
    spread += (y - before) * (y - mean);
  }
  return { count, absolute, squared, mean, spread };
}

// @__NO_SIDE_EFFECTS__
const score = (op: string, value: (sums: Sums) => number) =>
  metric<Record<never, never>, Sums, number>(op, {
    init: () => ({ count: 0, absolute: 0, squared: 0, mean: 0, spread: 0 }),
    add: (state, p, a) => addSums(op, state, p, a),
    value,
  });

/**
 * The mean of |predicted − actual|.
 *
 * @example
 * metrics.mae(tensor([1, 4]), tensor([1, 2]));   // => 1
 */
export const mae = /* @__PURE__ */ score("mae", ({ absolute, count }) => absolute / count);

/**
 * The mean of (predicted − actual)².
 *
 * @example
 * metrics.mse(tensor([1, 4]), tensor([1, 2]));   // => 2
 */
export const mse = /* @__PURE__ */ score("mse", ({ squared, count }) => squared / count);

/**
 * The root of `mse`, in the units of the numbers.
 *
 * @example
 * metrics.rmse(tensor([1, 5]), tensor([1, 1]));   // => 2.8284271247461903
 */
export const rmse = /* @__PURE__ */ score("rmse", ({ squared, count }) => Math.sqrt(squared / count));

/**
 * The share of the variance of the truth that the predictions explain: 1 − Σ(p − y)² / Σ(y − ȳ)².
 *
 * At the edges: of a truth that is all the same, 1 if it is met and −∞ if not; NaN of no examples.
 *
 * @example
 * metrics.r2(tensor([1, 2, 2]), tensor([1, 2, 3]));   // => 0.5
 */
export const r2 = /* @__PURE__ */ score("r2", ({ count, squared, spread }) =>
  count === 0 ? Number.NaN : squared === 0 ? 1 : 1 - squared / spread,
);
