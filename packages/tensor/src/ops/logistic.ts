/** @file The logistic function, its inverse, and the logarithms of sums of exponentials around it. */
import { checkNumber } from "../core/checks.ts";
import * as single from "../core/elementary/single.ts";
import * as elementary from "../core/elementary.ts";
import type { Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { add, div, mul, neg, parametric, pointwise, sub } from "./arithmetic.ts";
import { equal, greaterEqual, lessEqual, maximum, minimum, where } from "./compare.ts";
import { exp } from "./exponential.ts";
import { log } from "./logarithmic.ts";
import { isInf, logicalAnd } from "./logical.ts";
import { reciprocal } from "./powers.ts";

/**
 * The logistic sigmoid 1/(1 + e⁻ˣ), for each element, without overflow.
 *
 * Derivative: y(1 − y), with y = sigmoid(x).
 * At the edges: −∞ gives 0, ∞ gives 1, NaN stays NaN.
 * Source: Brawer (2017), eq. 2 and 15a.
 *
 * @example
 * sigmoid(tensor([-1000, 0, 1000])).toArray();   // => [0, 0.5, 1]
 */
export const sigmoid = pointwise("sigmoid", elementary.sigmoid, (_x, y) => mul(y, sub(1, y)), {
  increasing: true,
  rounding: 2,
  scalar: "sigmoid",
  float32: single.sigmoid,
  ...byVectors("sigmoid"),
  reads: "output",
  formula: (x) => reciprocal(add(1, exp(neg(x)))),
});

/**
 * log(1 + eˣ), for each element, without overflow.
 *
 * Derivative: sigmoid(x).
 * At the edges: x → ∞ gives x, x → −∞ gives 0, NaN stays NaN.
 *
 * @example
 * softplus(tensor([-1000, 0, 1000])).toArray();   // => [0, 0.6931471805599453, 1000]
 */
export const softplus = pointwise("softplus", elementary.softplus, (x) => sigmoid(x), {
  rounding: 2,
  scalar: "softplus",
  float32: single.softplus,
  ...byVectors("softplus"),
  increasing: true,
  formula: (x) => log(add(1, exp(x))),
});

/**
 * log sigmoid(x) = −log(1 + e⁻ˣ), for each element, without overflow or loss.
 *
 * Derivative: sigmoid(−x).
 * At the edges: −∞ gives −∞, ∞ gives 0.
 *
 * @example
 * logSigmoid(tensor([-1000, 0])).toArray();   // => [-1000, -0.6931471805599453]
 */
export const logSigmoid = pointwise(
  "logSigmoid",
  (x) => 0 - elementary.softplus(-x),
  (x) => sigmoid(neg(x)),
  {
    increasing: true,
    rounding: 2,
    formula: (x) => neg(softplus(neg(x))),
    float32: single.logSigmoid,
    ...byVectors("logSigmoid"),
  },
);

/**
 * −y·log σ(z) − (1 − y)·log(1 − σ(z)) for each element, with broadcasting: two terms ≥ 0 (for targets y from 0 to 1), so
 * that nothing cancels.
 *
 * Derivative: σ(z) − y to z, −z to y.
 */
export const sigmoidCrossEntropy = pointwise(
  "sigmoidCrossEntropy",
  (z, y) => (z > 0 ? z * (1 - y) : -z * y) + elementary.softplus(-Math.abs(z)),
  [(z, y) => sub(sigmoid(z), y), (z) => neg(z)],
  {
    rounding: 8,
    formula: (z, y) => sub(softplus(z), mul(z, y)),
    float32: single.sigmoidCrossEntropy,
    ...byVectors("sigmoidCrossEntropy"),
  },
);

/** log(p/(1 − p)); around ½, where both logarithms are alike, by the inverse hyperbolic tangent. */
const logOdds = (p: number): number =>
  p > 0.25 && p < 0.75 ? 2 * elementary.atanh(2 * p - 1) : elementary.log(p) - elementary.log1p(-p);

interface Margin {
  /** How near to 0 and 1 x may come; null: it is taken as it is. */
  readonly eps: number | null;
}

const logitOp = parametric<Margin>(
  "logit",
  ({ eps }) => (eps === null ? logOdds : (x) => logOdds(Math.min(Math.max(x, eps), 1 - eps))),
  (x, { eps }) => {
    const slope = reciprocal(mul(x, sub(1, x)));
    return eps === null ? slope : where(logicalAnd(greaterEqual(x, eps), lessEqual(x, 1 - eps)), slope, 0);
  },
  {
    rounding: 6,
    formula(x, { eps }) {
      const p = eps === null ? x : maximum(minimum(x, 1 - eps), eps);
      return log(div(p, sub(1, p)));
    },
  },
);

/**
 * The inverse of the sigmoid, log(x/(1 − x)), for each element. With `eps`, x is first brought into [eps, 1 − eps].
 *
 * Derivative: 1/(x(1 − x)); 0 where x was brought into the interval.
 * At the edges: 0 gives −∞, 1 gives ∞, all outside of [0, 1] NaN, unless there is an eps.
 * Throws: TensorError unless 0 ≤ eps ≤ ½.
 *
 * @example
 * logit(tensor([0.5, 1])).toArray();                // => [0, Infinity]
 * logit(tensor([0, 1]), { eps: 0.5 }).toArray();    // => [0, 0]
 */
export function logit<A extends Operand>(x: A, { eps = null }: Partial<Margin> = {}): Tensor<ShapeOf<A>> {
  if (eps !== null) checkNumber("logit", "eps", eps, (e) => e >= 0 && e <= 0.5, "use 0 to 0.5");
  return logitOp(x, { eps });
}

/** a − b, but 0 where both are the same infinity. */
const difference = (a: Tensor, b: Tensor): Tensor => {
  const same = logicalAnd(equal(a, b), isInf(a));
  return sub(where(same, 0, a), where(same, 0, b));
};

const logAddExp = (a: number, b: number): number =>
  a === b ? a + Math.LN2 : Math.max(a, b) + elementary.softplus(-Math.abs(a - b));

/**
 * log(eᵃ + eᵇ), for each element, with broadcasting, without overflow.
 *
 * Derivative: sigmoid(a − b) to a, sigmoid(b − a) to b; half to each where both are the same infinity.
 *
 * @example
 * logaddexp(tensor([1000, -Infinity]), tensor([0, 2])).toArray();   // => [1000, 2]
 */
export const logaddexp = pointwise(
  "logaddexp",
  logAddExp,
  [(a, b) => sigmoid(difference(a, b)), (a, b) => sigmoid(difference(b, a))],
  { increasing: true, rounding: null, formula: (a, b) => add(a, softplus(sub(b, a))) },
);

/**
 * log₂(2ᵃ + 2ᵇ), for each element, with broadcasting, without overflow.
 *
 * Derivative: 2ᵃ/(2ᵃ + 2ᵇ) to a, the rest to b; half to each where both are the same infinity.
 *
 * @example
 * logaddexp2(tensor([3, 2000]), tensor([3, 0])).toArray();   // => [4, 2000]
 */
export const logaddexp2 = pointwise(
  "logaddexp2",
  (a, b) => (a === b ? a + 1 : Math.max(a, b) + elementary.log1p(elementary.exp2(-Math.abs(a - b))) * Math.LOG2E),
  [(a, b) => sigmoid(mul(Math.LN2, difference(a, b))), (a, b) => sigmoid(mul(Math.LN2, difference(b, a)))],
  { increasing: true, rounding: null, formula: (a, b) => add(a, div(softplus(mul(Math.LN2, sub(b, a))), Math.LN2)) },
);
