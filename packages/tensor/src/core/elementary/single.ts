/**
 * @file The elementary functions of float32: in float64 arithmetic, with polynomials of just the degree that float32
 * needs. A result, rounded to float32, is off by little more than half an ulp. Arguments are float32 numbers.
 *
 * Each is one formula for all arguments but for its edges: float64 has room for whatever overflows float32, and
 * rounding makes the rest. The polynomials are least-maximum fits; beside each, how far they are off.
 */
import { highWord, powers, TO_WHOLE } from "./bits.ts";
import { cos as cosine, sin as sine } from "./circular.ts";
import { pow as power } from "./pow.ts";

/** log 2. */
export const LN2 = Math.LN2;
/** Beyond, powers of e are 0 or ∞ in float32. */
export const FAR = 104;
/** The same for powers of 2. */
export const FAR2 = 151;

/** eʳ = 1 + r + r²·(…) for |r| ≤ 0.3466, to 2⁻²⁹ of it. */
export const EXP = [
  0.4999999345096796, 0.16666520679001898, 0.041668387491215805, 0.008368711136666714, 0.0013814610389607958,
] as const;

/** eʳ of x = k·log 2 + r. */
function expOfRest(r: number): number {
  const s = r * r;
  return 1 + (r + s * (EXP[0] + r * EXP[1] + s * (EXP[2] + r * EXP[3] + s * EXP[4])));
}

/** eʳ − 1 = r + r²·(…), to 2⁻³² of it. */
export const EXPM1 = [
  0.5000000046391317, 0.1666666681701234, 0.04166635476473401, 0.008333273067980934, 0.0013940999835352244,
  0.00019914158915927213,
] as const;

function expm1OfRest(r: number): number {
  const s = r * r;
  return r + s * (EXPM1[0] + r * EXPM1[1] + s * (EXPM1[2] + r * EXPM1[3] + s * (EXPM1[4] + r * EXPM1[5])));
}

const clamped = (x: number, limit: number): number => Math.max(-limit, Math.min(x, limit));

/** 2ᵏ. */
const powerOfTwo = (k: number): number => powers[k + 1074]!;

/** eˣ for |x| ≤ 104, not rounded. */
function expWithin(x: number): number {
  const k = x * Math.LOG2E + TO_WHOLE - TO_WHOLE;
  return expOfRest(x - k * LN2) * powerOfTwo(k);
}

/** eˣ − 1 for |x| ≤ 104, not rounded. */
function expm1Within(x: number): number {
  const k = x * Math.LOG2E + TO_WHOLE - TO_WHOLE;
  const scale = powerOfTwo(k);
  return scale * expm1OfRest(x - k * LN2) + (scale - 1);
}

/** eˣ. */
export const exp = (x: number): number => expWithin(clamped(x, FAR));

/** 2ˣ: exact at whole numbers. */
export function exp2(x: number): number {
  const within = clamped(x, FAR2);
  const k = within + TO_WHOLE - TO_WHOLE;
  return expOfRest((within - k) * LN2) * powerOfTwo(k);
}

/** eˣ − 1. */
export const expm1 = (x: number): number => (x === 0 ? x : expm1Within(clamped(x, FAR)));

/** 1/(1 + e⁻ˣ). */
export const sigmoid = (x: number): number => 1 / (1 + expWithin(-clamped(x, FAR)));

/** tanh x = t/(t + 2) of t = e²ˣ − 1. */
export function tanh(x: number): number {
  const t = expm1Within(2 * clamped(x, FAR));
  return x === 0 ? x : t / (t + 2);
}

/** log(1 + t) = 2s + s³·(…) of s = t/(t + 2) for 0 ≤ t ≤ 1, to 2⁻³³ of it. */
export const SOFT = [
  0.6666667562191539, 0.39998877746726436, 0.28616884730951175, 0.2142765832871657, 0.2430093350416282,
] as const;

/** log(1 + eˣ) for x ≤ 0. */
function softplusBelow(x: number): number {
  const t = expWithin(Math.max(x, -FAR));
  const s = t / (t + 2);
  const z = s * s;
  return s * (2 + z * (SOFT[0] + z * SOFT[1] + z * z * (SOFT[2] + z * SOFT[3] + z * z * SOFT[4])));
}

/** log(1 + eˣ). */
export const softplus = (x: number): number => Math.max(x, 0) + softplusBelow(-Math.abs(x));

/** log(1/(1 + e⁻ˣ)). */
export const logSigmoid = (x: number): number => 0 - Math.fround(softplus(-x));

/** Cross-entropy of a target y and the logit z: −y log σ(z) − (1 − y) log(1 − σ(z)), two terms that do not cancel. */
export const sigmoidCrossEntropy = (z: number, y: number): number =>
  (z < 0 ? -z * y : z * (1 - y)) + softplusBelow(-Math.abs(z));

/** log m = 2s + s³·(…) of s = (m − 1)/(m + 1) for √½ ≤ m < √2, to 2⁻³⁷ of it. */
export const LOG = [0.6666666564414077, 0.4000033551592414, 0.2853728634215273, 0.23582599612498295] as const;

/** The high word of √½, below which a significand is doubled, taken from that of 1. */
export const ROOT_HALF = 0x3ff00000 - 0x3fe6a09e;

/** k and the significand m of x = 2ᵏ·m with √½ ≤ m < √2, for x > 0 that is a normal float64. */
const exponentOf = (x: number): number => ((highWord(x) + ROOT_HALF) >> 20) - 1023;

/** log(1 + f) for √½ ≤ 1 + f < √2. */
function logOfRest(f: number): number {
  const s = f / (f + 2);
  const z = s * s;
  return s * (2 + z * (LOG[0] + z * LOG[1] + z * z * (LOG[2] + z * LOG[3])));
}

/** Where logarithms are not finite. */
const edge = (x: number): number =>
  x === 0 ? Number.NEGATIVE_INFINITY : x === Number.POSITIVE_INFINITY ? x : Number.NaN;

const isInside = (x: number): boolean => x > 0 && x < Number.POSITIVE_INFINITY;

/** The natural logarithm. */
export function log(x: number): number {
  if (!isInside(x)) return edge(x);
  const k = exponentOf(x);
  return k * LN2 + logOfRest(x * powers[1074 - k]! - 1);
}

/** log(1 + x). */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (!isInside(sum)) return edge(sum);
  const k = exponentOf(sum);
  const f = k === 0 ? x : sum * powers[1074 - k]! - 1;
  return x === 0 ? x : k * LN2 + logOfRest(f);
}

/** The logarithm to base 2: exact at powers of 2. */
export function log2(x: number): number {
  if (!isInside(x)) return edge(x);
  const k = exponentOf(x);
  return k + logOfRest(x * powers[1074 - k]! - 1) * Math.LOG2E;
}

/** 1/log₂ 10. */
export const LOG10_2 = 0.3010299956639812;

/** The logarithm to base 10: exact at powers of 10. */
export function log10(x: number): number {
  if (!isInside(x)) return edge(x);
  const k = exponentOf(x);
  return k * LOG10_2 + logOfRest(x * powers[1074 - k]! - 1) * Math.LOG10E;
}

/** As LOG, to 2⁻⁵². */
export const LOG_LONG = [
  0.666666666665871, 0.4000000005232883, 0.2857141712138662, 0.22223372263741256, 0.18123623956986507,
  0.1682004875868008,
] as const;

/** x to the power y: 2^(y·log₂ x) for x > 0, and the edges of ECMAScript. */
export function pow(x: number, y: number): number {
  if (!(isInside(x) && x !== 1 && Math.abs(y) < Number.POSITIVE_INFINITY && y !== 0)) return power(x, y);
  const k = exponentOf(x);
  const f = x * powers[1074 - k]! - 1;
  const s = f / (f + 2);
  const z = s * s;
  const c = LOG_LONG;
  const p = c[0] + z * c[1] + z * z * (c[2] + z * c[3] + z * z * (c[4] + z * c[5]));
  return exp2(y * (k + s * (2 + z * p) * Math.LOG2E));
}

/** 2/π. */
export const TWO_OVER_PI = 0.6366197723675814;

/** π/2 in two parts; the first has 33 bits: its products with whole numbers below 2²⁰ are exact. */
export const QUARTER = [1.5707963267341256, 6.077100506506192e-11] as const;

/** Beyond, sine and cosine are those of float64. */
export const FAR_ROUND = 2 ** 20;

/** sin r = r + r³·(…) for |r| ≤ π/4, to 2⁻³⁷ of it. */
export const SINE = [
  -0.16666666641606992, 0.008333329383582192, -0.00019839334083122568, 2.718304230166266e-6,
] as const;

/** cos r = 1 − r²/2 + r⁴·(…), to 2⁻³³. */
export const COSINE = [0.04166664685458394, -0.001388736690921592, 2.443837939706701e-5] as const;

/** sin(x + quarters·π/2) for |x| < 2²⁰. */
function turned(x: number, quarters: number): number {
  const k = x * TWO_OVER_PI + TO_WHOLE - TO_WHOLE;
  const r = x - k * QUARTER[0] - k * QUARTER[1];
  const z = r * r;
  const quadrant = k + quarters;
  const value =
    quadrant & 1
      ? 1 - 0.5 * z + z * z * (COSINE[0] + z * COSINE[1] + z * z * COSINE[2])
      : r + r * z * (SINE[0] + z * SINE[1] + z * z * (SINE[2] + z * SINE[3]));
  return quadrant & 2 ? -value : value;
}

/** sin x. */
export const sin = (x: number): number => (x === 0 ? x : Math.abs(x) < FAR_ROUND ? turned(x, 0) : sine(x));

/** cos x. */
export const cos = (x: number): number => (Math.abs(x) < FAR_ROUND ? turned(x, 1) : cosine(x));
