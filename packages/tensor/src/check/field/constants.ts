/** @file What a float64 constant stands for in the field: the simplest fraction that rounds to it. */
import { type Digits, inverse, negative, scaled, times, wholeNumber } from "./limbs.ts";

/** A decimal with this many digits was written down by someone: 0.1 means 1/10. */
const WRITTEN = { float64: 12, float32: 6 } as const;

/** A fraction with a denominator up to this is taken for a quotient that was rounded: 1/3, 1/48. */
const LARGEST_DENOMINATOR = 1e5;

/** The digits and the power of ten of a number in shortest decimal form, if it is that short. */
function decimal(x: number, digits: number, round: (x: number) => number): { whole: number; power: number } | null {
  const text = x.toExponential(digits - 1);
  if (round(Number(text)) !== x) return null;
  const [mantissa, power] = text.split("e") as [string, string];
  const [head, tail = ""] = mantissa.replace(/\.?0+$/, "").split(".");
  return { whole: Number(head! + tail), power: Number(power) - tail.length };
}

/** The first convergent of the continued fraction of x that rounds to it. */
function fraction(x: number, round: (x: number) => number): readonly [number, number] | null {
  let [p, q, before, beforeQ, rest] = [Math.floor(x), 1, 1, 0, x - Math.floor(x)];
  while (rest > 0 && q <= LARGEST_DENOMINATOR && Number.isSafeInteger(p)) {
    if (round(p / q) === x) return [p, q];
    const term = Math.floor(1 / rest);
    rest = 1 / rest - term;
    [p, before] = [term * p + before, p];
    [q, beforeQ] = [term * q + beforeQ, q];
  }
  return q <= LARGEST_DENOMINATOR && round(p / q) === x ? [p, q] : null;
}

function power(base: Digits, exponent: number): Digits {
  let result = wholeNumber(1);
  for (let i = 0; i < exponent; i++) result = times(result, base);
  return result;
}

/** A whole number times a power of two: what any float64 number is exactly. */
function dyadic(x: number): Digits {
  let [whole, n] = [x, 0];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    n--;
  }
  while (whole >= 2 ** 53) {
    whole /= 2;
    n++;
  }
  return scaled(wholeNumber(whole), n);
}

function positive(x: number, dtype: "float64" | "float32"): Digits {
  if (Number.isSafeInteger(x)) return wholeNumber(x);
  const round = dtype === "float32" ? Math.fround : (value: number): number => value;
  const written = decimal(x, WRITTEN[dtype], round);
  if (written !== null) {
    const ten = power(wholeNumber(10), Math.abs(written.power));
    return times(wholeNumber(written.whole), written.power < 0 ? inverse(ten) : ten);
  }
  const ratio = fraction(x, round);
  return ratio === null ? dyadic(x) : times(wholeNumber(ratio[0]), inverse(wholeNumber(ratio[1])));
}

/**
 * The number of the field for a constant: that of a short decimal (0.1 is 1/10) or a fraction with a small denominator
 * (0.3333333333333333 is 1/3) that rounds to it, else of the float64 number itself. Different constants stay different.
 */
export function constantDigits(x: number, dtype: "float64" | "float32"): Digits {
  if (!Number.isFinite(x)) return [Number.NaN, 0, 0];
  return x < 0 ? negative(positive(-x, dtype)) : positive(x, dtype);
}
