/** @file eˣ and its kin: x = k·log 2 + r with |r| ≤ (log 2)/2, and a polynomial for eʳ. */
import { COUNT, LOW, rest, sumRest, TO_WHOLE, timesPower } from "./bits.ts";

// log 2 in two parts. The first has 32 bits: its products with whole numbers below 2²¹ are exact.
export const LN2_HIGH = 0.6931471806019545;
export const LN2_LOW = -4.2009150726810846e-11;

// log 2 again, its first part in 26 bits, for products with numbers of 26 bits.
const LN2_SHORT = 0.6931471824645996;
const LN2_SHORT_LOW = -1.904654299957768e-9;

/** The coefficients of r³ to r¹² in eʳ. */
export const EXP = [
  0.1666666666666667, 0.04166666666666667, 0.008333333333326112, 0.001388888888888373, 0.00019841269874903077,
  2.480158732560662e-5, 2.755725529566513e-6, 2.7557273568456466e-7, 2.510526049680846e-8, 2.0914718026087793e-9,
] as const;

/** eʳ − 1 − r for |r| ≤ 0.3467, by interpolation at Chebyshev's nodes: 2⁻⁶¹ of 1. The square keeps its own rounding. */
function tail(r: number): number {
  const s = r * r;
  const q = s * s;
  const low = EXP[0] + r * EXP[1] + s * (EXP[2] + r * EXP[3]);
  const middle = EXP[4] + r * EXP[5] + s * (EXP[6] + r * EXP[7]);
  const high = EXP[8] + r * EXP[9];
  return 0.5 * s + r * s * (low + q * (middle + q * high));
}

/** e^(r + low) in two parts, for |r| ≤ 0.3467. */
function reducedParts(r: number, low: number): number {
  const lead = 1 + r;
  const t = 1 - lead + r + (tail(r + low) + low);
  const high = lead + t;
  rest[LOW] = t - (high - lead);
  return high;
}

/** e^(x + low)·2⁻ᵏ in two parts, to 2⁻⁵⁶; k is left in rest[COUNT]. For |x| ≤ 1200 and |low| ≤ 2⁻³⁰. */
export function expParts(x: number, low: number): number {
  const k = x * Math.LOG2E + TO_WHOLE - TO_WHOLE;
  rest[COUNT] = k;
  return reducedParts(x - k * LN2_HIGH, low - k * LN2_LOW);
}

/** e^(x + low) for any x, |low| ≤ 2⁻³⁰. */
export function expOfParts(x: number, low: number): number {
  const high = expParts(x > 712 ? 712 : Math.max(x, -750), low);
  return timesPower(high, rest[COUNT]!);
}

/** eˣ. */
export const exp = (x: number): number => expOfParts(x, 0);

/** 2ˣ: exact at whole numbers. */
export function exp2(x: number): number {
  const within = x > 1030 ? 1030 : Math.max(x, -1080);
  const k = within + TO_WHOLE - TO_WHOLE;
  const r = within - k;
  const upper = r + TO_WHOLE * 2 ** -26 - TO_WHOLE * 2 ** -26;
  const low = (r - upper) * LN2_SHORT + r * LN2_SHORT_LOW;
  return timesPower(reducedParts(upper * LN2_SHORT, low), k);
}

/** eˣ − 1. */
export function expm1(x: number): number {
  if (x === 0) return x;
  if (Math.abs(x) < 0.3465) return x + tail(x);
  if (x > 40) return exp(x);
  const high = expParts(Math.max(x, -40), 0);
  const k = rest[COUNT]!;
  const power = timesPower(high, k);
  const y = power - 1;
  return y + (timesPower(rest[LOW]!, k) + sumRest(power, -1, y));
}
