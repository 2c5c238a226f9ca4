/**
 * @file The elementary functions of one number, within 1 ulp and with the same bits on every engine, for kernels that
 * want to be repeatable: `elementary` of the entry "@deltagrad/tensor/extend". NaN gives NaN; where ECMAScript's Math has
 * the function, its edges hold.
 *
 * @example
 * [elementary.exp(1), elementary.log(0), elementary.pow(2, 0.5)];   // => [2.718281828459045, -Infinity, 1.4142135623730951]
 */

export { cos, sin, tan } from "./elementary/circular.ts";
export { exp, exp2, expm1 } from "./elementary/exponential.ts";
export { acosh, asinh, atanh, cosh, sinh, tanh } from "./elementary/hyperbolic.ts";
export { acos, asin, atan, atan2 } from "./elementary/inverse.ts";
export { log, log1p, log2, log10 } from "./elementary/logarithm.ts";
export { sigmoid, softplus } from "./elementary/logistic.ts";
export { pow } from "./elementary/pow.ts";
export { cbrt, hypot } from "./elementary/roots.ts";
