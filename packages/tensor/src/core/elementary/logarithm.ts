/** @file Logarithms: x = 2ᵏ·m, a table of 64 reciprocals c of m in few bits, and log m = −log c + log(1 + (c·m − 1)). */
import { highWord, LOW, powers, productRest, rest } from "./bits.ts";
import { LOG_HIGH, LOG_LOW, RECIPROCALS } from "./logTable.ts";

// log 2 in two parts. The first is a multiple of 2⁻⁴², as those of the table are: sums of them are exact.
export const LN2_HIGH = 0.6931471805598903;
export const LN2_LOW = 5.497923018708371e-14;

/** Added and taken off again, it rounds a number from 1 to 2 to 20 bits. */
export const TO_TWENTY_BITS = 1.5 * 2 ** 33;

/** The coefficients of z³, z⁴, … in log(1 + z). */
export const LOG = [
  0.3333333333333333, -0.25, 0.20000000000033086, -0.16666666666696997, 0.14285713608136846, -0.12499999378884348,
  0.11115551292748509, -0.10004070181517845,
] as const;

/** log x in two parts, to 2⁻⁶⁴ of it, for 0 < x < ∞. */
export function logParts(x: number): number {
  const subnormal = x < 2 ** -1022;
  const normal = subnormal ? x * 2 ** 54 : x;
  const bits = highWord(normal);
  const exponent = (bits >> 20) - 1023;
  const k = subnormal ? exponent - 54 : exponent;
  const i = (bits >> 14) & 63;
  const m = normal * powers[1074 - exponent]!;
  // z = c·m − 1 of two parts, both exact, and z² /2 likewise.
  const head = m + TO_TWENTY_BITS - TO_TWENTY_BITS;
  const c = RECIPROCALS[i]!;
  const zh = head * c - 1;
  const zl = (m - head) * c;
  const z = zh + zl;
  const half = 0.5 * zh * zh;
  const s = z * z;
  const p = LOG[0] + z * LOG[1] + s * (LOG[2] + z * LOG[3]) + s * s * (LOG[4] + z * LOG[5] + s * (LOG[6] + z * LOG[7]));
  const base = k * LN2_HIGH + LOG_HIGH[i]!;
  const first = base + zh;
  const second = first + zl;
  const third = second - half;
  const lost = zh - (first - base) + (zl - (second - first)) + (second - third - half);
  const low = lost + (s * z * p - 0.5 * zl * (zh + z) + (LOG_LOW[i]! + k * LN2_LOW));
  const high = third + low;
  rest[LOW] = low - (high - third);
  return high;
}

/** log(1 + x + low) in two parts, for −1 < x < ∞ and |low| ≤ 2⁻⁵²·|x|. */
export function log1pParts(x: number, low: number): number {
  // What the sum leaves out is too large a part of a small x.
  const small = Math.abs(x) < 2 ** -36;
  const sum = 1 + x;
  const missing = (Math.abs(x) < 1 ? x - (sum - 1) : 1 - (sum - x)) + low;
  const first = small ? x : logParts(sum);
  const correction = small ? low - 0.5 * x * x : rest[LOW]! + missing / sum;
  const high = first + correction;
  rest[LOW] = correction - (high - first);
  return high;
}

/** Where logParts is not defined. */
const edge = (x: number): number =>
  x === 0 ? Number.NEGATIVE_INFINITY : x === Number.POSITIVE_INFINITY ? x : Number.NaN;

/** The natural logarithm. */
export const log = (x: number): number => (x > 0 && x < Number.POSITIVE_INFINITY ? logParts(x) : edge(x));

/** log(1 + x). */
export function log1p(x: number): number {
  if (x === 0) return x;
  return x > -1 && x < Number.POSITIVE_INFINITY ? log1pParts(x, 0) : edge(1 + x);
}

/** log x times a constant of two parts. */
function logTimes(x: number, factor: number, factorLow: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return edge(x);
  const high = logParts(x);
  const product = high * factor;
  return product + (productRest(high, factor, product) + (high * factorLow + rest[LOW]! * factor));
}

/** What Math.LOG2E and Math.LOG10E leave out. */
export const LOG2E_LOW = 2.0355273740931033e-17;
export const LOG10E_LOW = 1.098319650216765e-17;

/** The logarithm to base 2: exact at powers of 2. */
export const log2 = (x: number): number => logTimes(x, Math.LOG2E, LOG2E_LOW);

/** The logarithm to base 10: exact at powers of 10. */
export const log10 = (x: number): number => logTimes(x, Math.LOG10E, LOG10E_LOW);
