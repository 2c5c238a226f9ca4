/** @file What a constant of a program stands for: the simplest fraction that rounds to it. */

/** A decimal with this many digits was written down by someone: 0.1 means 1/10. */
const WRITTEN = { float64: 12, float32: 6 } as const;

/** A fraction with a denominator up to this is taken for a quotient that was rounded: 1/3, 1/48. */
const LARGEST_DENOMINATOR = 1e5;

/** numerator / denominator · 10^ten. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
  readonly ten: number;
}

type Rounding = (x: number) => number;

/** The decimal number with so few digits that x is. */
function decimal(x: number, digits: number, round: Rounding): Fraction | null {
  const text = x.toExponential(digits - 1);
  if (round(Number(text)) !== x) return null;
  const [mantissa, power] = text.split("e") as [string, string];
  const [head, tail = ""] = mantissa.replace(/\.?0+$/, "").split(".");
  return { numerator: Number(head! + tail), denominator: 1, ten: Number(power) - tail.length };
}

/** The first convergent of the continued fraction of x > 0 that rounds to it. */
function quotient(x: number, round: Rounding): Fraction | null {
  let [p, before] = [Math.floor(x), 1];
  let [q, beforeQ] = [1, 0];
  let rest = x - p;
  while (q <= LARGEST_DENOMINATOR && Number.isSafeInteger(p)) {
    if (round(p / q) === x) return { numerator: p, denominator: q, ten: 0 };
    if (rest === 0) return null;
    const term = Math.floor(1 / rest);
    rest = 1 / rest - term;
    [p, before] = [term * p + before, p];
    [q, beforeQ] = [term * q + beforeQ, q];
  }
  return null;
}

/**
 * The fraction that a constant stands for: a short decimal (0.1 is 1/10), or one with a small denominator
 * (0.3333333333333333 is 1/3), that rounds to it; null if there is none. Different constants stand for different ones.
 */
export function simplestFraction(x: number, dtype: "float64" | "float32"): Fraction | null {
  if (Number.isSafeInteger(x)) return { numerator: x, denominator: 1, ten: 0 };
  if (!Number.isFinite(x)) return null;
  const round: Rounding = dtype === "float32" ? Math.fround : (value) => value;
  const magnitude = Math.abs(x);
  const found = decimal(magnitude, WRITTEN[dtype], round) ?? quotient(magnitude, round);
  return found && { ...found, numerator: x < 0 ? -found.numerator : found.numerator };
}
