/** @file The elementary functions of one number: the same bits on every engine, within 1 ulp. */

export { cos, sin, tan } from "./elementary/circular.ts";
export { exp, exp2, expm1 } from "./elementary/exponential.ts";
export { acosh, asinh, atanh, cosh, sinh, tanh } from "./elementary/hyperbolic.ts";
export { acos, asin, atan, atan2 } from "./elementary/inverse.ts";
export { log, log1p, log2, log10 } from "./elementary/logarithm.ts";
export { sigmoid, softplus } from "./elementary/logistic.ts";
export { pow } from "./elementary/pow.ts";
export { cbrt, hypot } from "./elementary/roots.ts";
