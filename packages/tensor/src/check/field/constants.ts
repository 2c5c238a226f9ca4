/** @file What a constant of a program is in the field. */
import { simplestFraction } from "../fraction.ts";
import { type Digits, integerPower, inverse, scaled, times, wholeNumber } from "./limbs.ts";

/** A whole number times a power of two: what any float64 number is exactly. */
function dyadic(x: number): Digits {
  let [whole, n] = [x, 0];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    n--;
  }
  while (Math.abs(whole) >= 2 ** 53) {
    whole /= 2;
    n++;
  }
  return scaled(wholeNumber(whole), n);
}

/** The simplest fraction that rounds to x, or x itself; NaN and ±∞ are no numbers of the field. */
export function constantDigits(x: number, dtype: "float64" | "float32"): Digits {
  if (!Number.isFinite(x)) return [Number.NaN, 0, 0];
  const fraction = simplestFraction(x, dtype);
  if (fraction === null) return dyadic(x);
  const { numerator, denominator, ten } = fraction;
  const ratio = times(wholeNumber(numerator), inverse(wholeNumber(denominator)));
  return ten === 0 ? ratio : times(ratio, integerPower(wholeNumber(10), ten));
}
