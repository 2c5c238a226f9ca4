/** @file Hyperbolic functions and their inverses, closed under differentiation. */

import * as single from "../core/elementary/single.ts";
import * as elementary from "../core/elementary.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { add, div, mul, neg, pointwise, sub, type Unary } from "./arithmetic.ts";
import { exp } from "./exponential.ts";
import { log } from "./logarithmic.ts";
import { hypot, reciprocal, sqrt, square } from "./powers.ts";

/**
 * The hyperbolic sine, for each element.
 *
 * Derivative: cosh x.
 *
 * @example
 * sinh(tensor([0, 1e-300])).toArray();   // => [0, 1e-300]
 */
export const sinh: Unary = pointwise("sinh", elementary.sinh, (x) => cosh(x), {
  rounding: 2,
  increasing: true,
  formula: (x) => mul(0.5, sub(exp(x), exp(neg(x)))),
});

/**
 * The hyperbolic cosine, for each element.
 *
 * Derivative: sinh x.
 *
 * @example
 * cosh(tensor([0, 1000])).toArray();   // => [1, Infinity]
 */
export const cosh: Unary = pointwise("cosh", elementary.cosh, (x) => sinh(x), {
  rounding: 2,
  formula: (x) => mul(0.5, add(exp(x), exp(neg(x)))),
});

/**
 * The hyperbolic tangent, for each element.
 *
 * Derivative: 1 − tanh²x.
 *
 * @example
 * tanh(tensor([0, 1000])).toArray();   // => [0, 1]
 */
export const tanh = pointwise("tanh", elementary.tanh, (_x, y) => sub(1, mul(y, y)), {
  rounding: 2,
  increasing: true,
  scalar: "tanh",
  float32: single.tanh,
  ...byVectors("tanh"),
  reads: "output",
  formula: (x) => sub(1, div(2, add(exp(mul(2, x)), 1))),
});

/**
 * The inverse of sinh, for each element, without overflow.
 *
 * Derivative: 1/√(x² + 1).
 *
 * @example
 * asinh(tensor([0, 1e-300])).toArray();   // => [0, 1e-300]
 */
export const asinh = pointwise("asinh", elementary.asinh, (x) => reciprocal(hypot(x, 1)), {
  rounding: 2,
  increasing: true,
  formula: (x) => log(add(x, sqrt(add(1, square(x))))),
});

/**
 * The inverse of cosh that is ≥ 0, for each element.
 *
 * Derivative: 1/√(x² − 1), ∞ at 1.
 * At the edges: x < 1 gives NaN.
 *
 * @example
 * acosh(tensor([1, 0])).toArray();   // => [0, NaN]
 */
export const acosh = pointwise("acosh", elementary.acosh, (x) => reciprocal(mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))), {
  rounding: 2,
  increasing: true,
  formula: (x) => log(add(x, sqrt(sub(square(x), 1)))),
});

/**
 * The inverse of tanh, for each element.
 *
 * Derivative: 1/(1 − x²).
 * At the edges: ±1 give ±∞, all beyond NaN.
 *
 * @example
 * atanh(tensor([0, 1])).toArray();   // => [0, Infinity]
 */
export const atanh = pointwise("atanh", elementary.atanh, (x) => reciprocal(mul(sub(1, x), add(1, x))), {
  rounding: 2,
  increasing: true,
  formula: (x) => mul(0.5, log(div(add(1, x), sub(1, x)))),
});
