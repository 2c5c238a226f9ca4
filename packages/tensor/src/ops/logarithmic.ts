/** @file Logarithms to several bases. */

import * as single from "../core/elementary/single.ts";
import * as elementary from "../core/elementary.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { add, div, mul, pointwise, ratio } from "./arithmetic.ts";
import { equal, lessEqual, where } from "./compare.ts";
import { logicalAnd } from "./logical.ts";
import { reciprocal } from "./powers.ts";

/**
 * The natural logarithm, for each element.
 *
 * Derivative: 1/x.
 * At the edges: 0 gives −∞, negative x gives NaN.
 *
 * @example
 * log(tensor([1, 0])).toArray();   // => [0, -Infinity]
 */
export const log = pointwise("log", elementary.log, (x) => reciprocal(x), {
  rounding: 2,
  float32: single.log,
  ...byVectors("log"),
  scalar: "log",
  increasing: true,
});

/**
 * log(1 + x), accurate for small x.
 *
 * Derivative: 1/(1 + x).
 *
 * @example
 * log1p(tensor(1e-300)).item();   // => 1e-300
 */
export const log1p = pointwise("log1p", elementary.log1p, (x) => reciprocal(add(1, x)), {
  rounding: 2,
  float32: single.log1p,
  ...byVectors("log1p"),
  increasing: true,
  scalar: "log1p",
  formula: (x) => log(add(1, x)),
});

/**
 * The logarithm to base 2, for each element; exact at powers of 2.
 *
 * Derivative: 1/(x·log 2).
 *
 * @example
 * log2(tensor([1, 1024])).toArray();   // => [0, 10]
 */
export const log2 = pointwise("log2", elementary.log2, (x) => div(Math.LOG2E, x), {
  rounding: 2,
  float32: single.log2,
  ...byVectors("log2"),
  increasing: true,
  formula: (x) => mul(Math.LOG2E, log(x)),
});

/**
 * The logarithm to base 10, for each element.
 *
 * Derivative: 1/(x·log 10).
 *
 * @example
 * log10(tensor([1, 1000])).toArray();   // => [0, 3]
 */
export const log10 = pointwise("log10", elementary.log10, (x) => div(Math.LOG10E, x), {
  rounding: 2,
  float32: single.log10,
  ...byVectors("log10"),
  increasing: true,
  formula: (x) => mul(Math.LOG10E, log(x)),
});

/**
 * x·log y, for each element, with broadcasting; 0 where x is 0, though y be 0 too.
 *
 * Derivative: log y to x (0 where x = 0 and y ≤ 0), x/y to y (0 where x = 0).
 * At the edges: NaN where y is NaN.
 *
 * @example
 * xlogy(tensor([0, 2]), tensor([0, 1])).toArray();   // => [0, 0]
 */
export const xlogy = pointwise(
  "xlogy",
  (x, y) => (x === 0 && !Number.isNaN(y) ? 0 : x * elementary.log(y)),
  [(x, y) => where(logicalAnd(equal(x, 0), lessEqual(y, 0)), 0, log(y)), (x, y) => ratio(x, y)],
  { rounding: 3, formula: (x, y) => mul(x, log(y)) },
);
