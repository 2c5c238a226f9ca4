/** @file Trigonometric functions, closed under differentiation. */
import { neg, pointwise, type Unary } from "./arithmetic.ts";

/**
 * The sine of x radians, for each element.
 *
 * Derivative: cos x.
 *
 * @example
 * sin(tensor([0, Math.PI / 2])).toArray();   // => [0, 1]
 */
export const sin: Unary = pointwise("sin", Math.sin, (x) => cos(x), { scalar: "sin" });

/**
 * The cosine of x radians, for each element.
 *
 * Derivative: −sin x.
 *
 * @example
 * cos(tensor([0, Math.PI])).toArray();   // => [1, -1]
 */
export const cos: Unary = pointwise("cos", Math.cos, (x) => neg(sin(x)), { scalar: "cos" });
