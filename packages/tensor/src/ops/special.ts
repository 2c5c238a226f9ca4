/** @file Special functions: the error function and the gamma function, with all their derivatives. */
import { checkNumber } from "../core/checks.ts";
import type { Operand, ShapeOf } from "../core/shape-types.ts";
import * as errorFunctions from "../core/special/erf.ts";
import * as gammaFunctions from "../core/special/gamma.ts";
import type { Tensor } from "../core/tensor.ts";
import { mul, neg, type Parametric, parametric, pointwise } from "./arithmetic.ts";
import { exp } from "./exponential.ts";
import { square } from "./powers.ts";

/** erf′ x = 2/√π · e^{−x²}. */
const bell = (x: Tensor): Tensor => mul(errorFunctions.TWO_OVER_ROOT_PI, exp(neg(square(x))));

/**
 * The error function 2/√π · ∫₀ˣ e^{−t²} dt, for each element, within 2 ulp.
 *
 * Derivative: 2/√π · e^{−x²}.
 *
 * @example
 * erf(tensor([0, Infinity])).toArray();   // => [0, 1]
 */
export const erf = pointwise("erf", errorFunctions.erf, (x) => bell(x), { increasing: true, rounding: 8 });

/**
 * 1 − erf x, for each element, within 3 ulp in the far tail too.
 *
 * Derivative: −2/√π · e^{−x²}.
 *
 * @example
 * erfc(tensor([0, 10])).toArray();   // => [1, 2.0884875837625452e-45]
 */
export const erfc = pointwise("erfc", errorFunctions.erfc, (x) => neg(bell(x)), { rounding: 8 });

/**
 * The x with erf x = y, for each element y, within 3 ulp.
 *
 * Derivative: √π/2 · e^{x²}.
 * At the edges: ±1 give ±∞, all beyond NaN.
 *
 * @example
 * erfinv(tensor([0, 0.5, 1])).toArray();   // => [0, 0.4769362762044699, Infinity]
 */
export const erfinv = pointwise(
  "erfinv",
  errorFunctions.erfinv,
  (_y, x) => mul(1 / errorFunctions.TWO_OVER_ROOT_PI, exp(square(x))),
  { increasing: true, rounding: 8, reads: "output" },
);

/**
 * The part of a standard normal distribution below x, ½ erfc(−x/√2), for each element.
 *
 * Derivative: e^{−x²/2}/√(2π).
 */
export const normalCdf = pointwise("normalCdf", errorFunctions.normalCdf, (x) => normalPdf(x), {
  increasing: true,
  rounding: 8,
});

/** The density of a standard normal distribution. */
export const normalPdf = (x: Tensor): Tensor =>
  mul((errorFunctions.TWO_OVER_ROOT_PI / 2) * Math.SQRT1_2, exp(mul(-0.5, square(x))));

/**
 * log |Γ(x)|, for each element: within 4 ulp for x > 0, and below within 3 ulp of the larger of the value and 1.
 *
 * Derivative: digamma(x).
 * At the edges: ∞ at the poles 0, −1, −2, … and at ±∞.
 *
 * @example
 * lgamma(tensor([1, 2, 5])).toArray();   // => [0, 0, 3.1780538303479458]
 */
export const lgamma = pointwise("lgamma", gammaFunctions.logGamma, (x) => digamma(x), { rounding: null });

/**
 * ψ(x), the derivative of log Γ(x), for each element: within 3 ulp for x > 0, also around its zero at 1.46.
 *
 * Derivative: polygamma(1, x).
 * At the edges: −∞ at 0, ∞ at −0, NaN at −1, −2, … and −∞.
 *
 * @example
 * digamma(tensor([0, 2])).toArray();   // => [-Infinity, 0.42278433509846713]
 */
export const digamma = pointwise("digamma", gammaFunctions.digamma, (x) => polygammaOp(x, { n: 1 }), {
  rounding: null,
});

const polygammaOp: Parametric<{ readonly n: number }> = parametric(
  "polygamma",
  ({ n }) =>
    (x) =>
      gammaFunctions.polygamma(n, x),
  (x, { n }) => polygammaOp(x, { n: n + 1 }),
  { rounding: null },
);

/**
 * ψ⁽ⁿ⁾(x), the n-th derivative of digamma, for each element; digamma itself for n = 0.
 *
 * Derivative: polygamma(n + 1, x).
 * At the edges: at the poles 0, −1, −2, … ∞ for odd n; for even n −∞ at 0 (∞ at −0), and NaN at the others.
 * Throws: TensorError unless n is a whole number from 0 to 100.
 *
 * @example
 * polygamma(1, tensor([1, 0])).toArray();   // => [1.6449340668482264, Infinity]
 */
export function polygamma<A extends Operand>(n: number, x: A): Tensor<ShapeOf<A>> {
  checkNumber(
    "polygamma",
    "n",
    n,
    (k) => Number.isInteger(k) && k >= 0 && k <= 100,
    "use a whole number from 0 to 100",
  );
  return polygammaOp(x, { n });
}
