/** @file Powers with a fixed exponent, closed under differentiation. */
import * as elementary from "../core/elementary.ts";
import * as loops from "../core/loops.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { add, div, mul, neg, pointwise, ratio } from "./arithmetic.ts";

/**
 * 1/x, for each element.
 *
 * Derivative: −1/x².
 *
 * @example
 * reciprocal(tensor([2, 4])).toArray();   // => [0.5, 0.25]
 */
export const reciprocal = pointwise("reciprocal", loops.reciprocal, (_x, y) => neg(mul(y, y)), {
  rounding: 1,
  reads: "output",
  formula: (x) => div(1, x),
  ...byVectors("reciprocal"),
});

/**
 * x², for each element.
 *
 * Dtype: int32 wraps; bool stays as it is.
 * Derivative: 2x.
 *
 * @example
 * square(tensor([2, -3])).toArray();   // => [4, 9]
 */
export const square = pointwise("square", loops.square, (x) => mul(2, x), {
  result: "same",
  int32: (x: number) => Math.imul(x, x),
  rounding: 1,
  formula: (x) => mul(x, x),
  ...byVectors("square"),
});

/**
 * The square root, for each element.
 *
 * Derivative: 1/(2√x), ∞ at 0.
 * At the edges: negative x gives NaN.
 *
 * @example
 * sqrt(tensor([4, 9])).toArray();   // => [2, 3]
 */
export const sqrt = pointwise("sqrt", loops.sqrt, (_x, y) => div(0.5, y), {
  increasing: true,
  rounding: 1,
  scalar: "sqrt",
  ...byVectors("sqrt"),
  reads: "output",
});

/**
 * 1/√x, for each element.
 *
 * Derivative: −1/(2x√x).
 * At the edges: 0 gives ∞, ∞ gives 0, negative x gives NaN.
 *
 * @example
 * rsqrt(tensor([4, 0.25])).toArray();   // => [0.5, 2]
 */
export const rsqrt = pointwise(
  "rsqrt",
  (x) => 1 / Math.sqrt(x),
  (_x, y) => mul(mul(-0.5, y), mul(y, y)),
  { rounding: 3, reads: "output", formula: (x) => reciprocal(sqrt(x)) },
);

/**
 * The cube root, for each element, of negative numbers too.
 *
 * Derivative: 1/(3·∛x²), ∞ at 0.
 *
 * @example
 * cbrt(tensor([8, -27])).toArray();   // => [2, -3]
 */
export const cbrt = pointwise("cbrt", elementary.cbrt, (_x, y) => reciprocal(mul(3, mul(y, y))), {
  rounding: 2,
  increasing: true,
  reads: "output",
});

/**
 * √(a² + b²), for each element, with broadcasting, without overflow or underflow on the way.
 *
 * Derivative: a/y to a, b/y to b; 0 at the origin, where there is a kink.
 * At the edges: ∞ where either is infinite, though the other be NaN.
 *
 * @example
 * hypot(tensor([3, 1e300]), 4).toArray();   // => [5, 1e+300]
 */
export const hypot = pointwise("hypot", elementary.hypot, [(a, _b, y) => ratio(a, y), (_a, b, y) => ratio(b, y)], {
  lipschitz: 1,
  rounding: 2,
  formula: (a, b) => sqrt(add(square(a), square(b))),
});
