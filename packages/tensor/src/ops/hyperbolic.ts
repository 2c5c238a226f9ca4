/** @file Hyperbolic functions and their inverses, closed under differentiation. */
import { add, mul, pointwise, sub, type Unary } from "./arithmetic.ts";
import { hypot, reciprocal, sqrt } from "./powers.ts";

/**
 * The hyperbolic sine, for each element.
 *
 * Derivative: cosh x.
 *
 * @example
 * sinh(tensor([0, 1e-300])).toArray();   // => [0, 1e-300]
 */
export const sinh: Unary = pointwise("sinh", Math.sinh, (x) => cosh(x));

/**
 * The hyperbolic cosine, for each element.
 *
 * Derivative: sinh x.
 *
 * @example
 * cosh(tensor([0, 1000])).toArray();   // => [1, Infinity]
 */
export const cosh: Unary = pointwise("cosh", Math.cosh, (x) => sinh(x));

/**
 * The hyperbolic tangent, for each element.
 *
 * Derivative: 1 − tanh²x.
 *
 * @example
 * tanh(tensor([0, 1000])).toArray();   // => [0, 1]
 */
export const tanh = pointwise("tanh", Math.tanh, (_x, y) => sub(1, mul(y, y)));

/**
 * The inverse of sinh, for each element, without overflow.
 *
 * Derivative: 1/√(x² + 1).
 *
 * @example
 * asinh(tensor([0, 1e-300])).toArray();   // => [0, 1e-300]
 */
export const asinh = pointwise("asinh", Math.asinh, (x) => reciprocal(hypot(x, 1)));

/**
 * The inverse of cosh that is ≥ 0, for each element.
 *
 * Derivative: 1/√(x² − 1), ∞ at 1.
 * At the edges: x < 1 gives NaN.
 *
 * @example
 * acosh(tensor([1, 0])).toArray();   // => [0, NaN]
 */
export const acosh = pointwise("acosh", Math.acosh, (x) => reciprocal(mul(sqrt(sub(x, 1)), sqrt(add(x, 1)))));

/**
 * The inverse of tanh, for each element.
 *
 * Derivative: 1/(1 − x²).
 * At the edges: ±1 give ±∞, all beyond NaN.
 *
 * @example
 * atanh(tensor([0, 1])).toArray();   // => [0, Infinity]
 */
export const atanh = pointwise("atanh", Math.atanh, (x) => reciprocal(mul(sub(1, x), add(1, x))));
