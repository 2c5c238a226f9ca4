/** @file Hyperbolic functions of eˣ in two parts, and their inverses by logarithms; near 0 by polynomials. */
import { COUNT, LOW, productRest, rest, sumRest, timesPower } from "./bits.ts";
import { expParts } from "./exponential.ts";
import { log1pParts, logParts } from "./logarithm.ts";

/** (e^size + sign·e^−size)/2 for size > 0. */
function halfSum(size: number, sign: number): number {
  const large = expParts(Math.min(size, 712), 0);
  const k = rest[COUNT]!;
  const low = rest[LOW]!;
  // Half of 1/(large + low), beside the other on its scale: beyond k = 60 it is nothing.
  const inverse = timesPower(sign / large, k < 60 ? -2 * k : -120);
  return timesPower(large + (low + inverse - (inverse * low) / large), k - 1);
}

/** sinh x. */
export function sinh(x: number): number {
  const size = Math.abs(x);
  if (size < 1) {
    const z = x * x;
    const q = z * z;
    const p =
      0.16666666666666666 +
      z * 0.008333333333333333 +
      q * (0.00019841269841269773 + z * 2.755731922404034e-6) +
      q *
        q *
        (2.505210836405804e-8 + z * 1.6059048396350562e-10 + q * (7.646625361656656e-13 + z * 2.8445264169895616e-15));
    return x === 0 ? x : x + x * z * p;
  }
  if (!(size < Number.POSITIVE_INFINITY)) return x;
  const y = halfSum(size, -1);
  return x < 0 ? -y : y;
}

/** cosh x. */
export function cosh(x: number): number {
  const size = Math.abs(x);
  return size < Number.POSITIVE_INFINITY ? halfSum(size, 1) : size;
}

/** The coefficients of x³, x⁵, … in tanh x, for |x| < 0.55. */
export const TANH = [
  -0.3333333333333333, 0.13333333333332714, -0.05396825396743174, 0.021869488493563037, -0.008863234395418095,
  0.003592110347096176, -0.0014556615775702321, 0.0005889348072446843, -0.0002346310452829557, 8.510707927347019e-5,
  -2.0598556673230578e-5,
] as const;

/** tanh x: from ½ on 1 − 2/(e²ˣ + 1). */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 0.55) {
    const z = x * x;
    const q = z * z;
    const low = TANH[0] + z * TANH[1] + q * (TANH[2] + z * TANH[3]);
    const middle = TANH[4] + z * TANH[5] + q * (TANH[6] + z * TANH[7]);
    const high = TANH[8] + z * TANH[9] + q * TANH[10];
    return x === 0 ? x : x + x * z * (low + q * q * (middle + q * q * high));
  }
  if (Number.isNaN(x)) return x;
  const power = expParts(size < 22 ? 2 * size : 44, 0);
  const k = rest[COUNT]!;
  const e = timesPower(power, k);
  const sum = e + 1;
  const missing = 1 - (sum - e) + timesPower(rest[LOW]!, k);
  const part = 2 / sum;
  const lead = 1 - part;
  const y = lead + (1 - lead - part + (part * missing) / sum);
  return x < 0 ? -y : y;
}

/** √(a + low) in two parts, a > 0. */
function rootParts(a: number, low: number): number {
  const root = Math.sqrt(a);
  const square = root * root;
  rest[LOW] = (a - square - productRest(root, root, square) + low) / (2 * root);
  return root;
}

/** log 2 in two parts. */
const LN2_LOW = 2.3190468138462996e-17;

/** log 2x in two parts summed, for large x. */
function logOfTwice(x: number): number {
  const high = logParts(x);
  const low = rest[LOW]!;
  const sum = high + Math.LN2;
  return sum + (sumRest(high, Math.LN2, sum) + (low + LN2_LOW));
}

/** log(x + √(x² ± 1)), x ≥ ½ and x ≤ 2²⁸. */
function logOfBoth(x: number, one: number): number {
  const square = x * x;
  const total = square + one;
  const root = rootParts(total, sumRest(square, one, total) + productRest(x, x, square));
  const low = rest[LOW]!;
  const sum = x + root;
  const high = logParts(sum);
  return high + (rest[LOW]! + (sumRest(x, root, sum) + low) / sum);
}

/** The inverse of sinh. */
export function asinh(x: number): number {
  const size = Math.abs(x);
  if (size < 0.5) {
    const z = x * x;
    const q = z * z;
    const low = -0.16666666666666666 + z * 0.0749999999999864 + q * (-0.044642857140252436 + z * 0.030381944248546365);
    const middle =
      -0.022372151449922602 + z * 0.017352587715192564 + q * (-0.013962235682232248 + z * 0.011526210169674886);
    const high =
      -0.009591452221670122 + z * 0.0076223094274731834 + q * (-0.0049927171981288725 + z * 0.0018854117654944328);
    return x === 0 ? x : x + x * z * (low + q * q * (middle + q * q * high));
  }
  if (!(size < Number.POSITIVE_INFINITY)) return x;
  const y = size < 2 ** 28 ? logOfBoth(size, 1) : logOfTwice(size);
  return x < 0 ? -y : y;
}

/** The inverse of cosh; near 1 by log(1 + (t + √(2t + t²))) with t = x − 1, which is exact. */
export function acosh(x: number): number {
  if (!(x > 1 && x < Number.POSITIVE_INFINITY)) return x === 1 ? 0 : x > 1 ? x : Number.NaN;
  if (x >= 2 ** 28) return logOfTwice(x);
  if (x >= 2) return logOfBoth(x, -1);
  const t = x - 1;
  const square = t * t;
  const total = 2 * t + square;
  const root = rootParts(total, square - (total - 2 * t) + productRest(t, t, square));
  const low = rest[LOW]!;
  const sum = root + t;
  return log1pParts(sum, t - (sum - root) + low);
}

/** The inverse of tanh: half of log(1 + x) − log(1 − x), which have opposite signs. */
export function atanh(x: number): number {
  if (x === 0) return x;
  if (!(Math.abs(x) < 1)) return Math.abs(x) === 1 ? x / 0 : Number.NaN;
  const a = log1pParts(x, 0);
  const low = rest[LOW]!;
  const b = log1pParts(-x, 0);
  const difference = a - b;
  return 0.5 * (difference + (sumRest(a, -b, difference) + (low - rest[LOW]!)));
}
