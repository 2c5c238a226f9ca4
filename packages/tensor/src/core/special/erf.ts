/** @file The error function and its kin, for one number, within a few ulp. */
import { productRest } from "../elementary/bits.ts";
import { expOfParts } from "../elementary/exponential.ts";
import { log } from "../elementary/logarithm.ts";
import { polynomial } from "./polynomial.ts";

/** 2/√π. */
export const TWO_OVER_ROOT_PI = 1.1283791670955126;

// erf x = 2/√π · x · Σₖ (−x²)ᵏ / (k!·(2k + 1)): to |x| = ½ the terms fall by 4 and more each.
const series = [
  1,
  -1 / 3,
  1 / 10,
  -1 / 42,
  1 / 216,
  -1 / 1320,
  1 / 9360,
  -1 / 75600,
  1 / 685440,
  -1 / 6894720,
  1 / 76204800,
  -1 / 918086400,
];

// (1 + 2x)·e^{x²}·erfc x for x ≥ ½ as a polynomial in (x − 4)/(x + 3), which runs from −1 to 1: its Chebyshev
// expansion (computed with 60 digits, the first term left out is 8·10⁻¹⁹), in powers.
const scaled = [
  1.2329951186255526, -0.12216847723549216, -0.003496013513368038, 0.04665458534673942, -0.04180651066502489,
  0.022801799598951192, -0.008073603938175784, 0.0013920612482762244, 0.00024740376448686123, -0.00019788758774368442,
  1.7479106593904733e-5, 1.8863176334576534e-5, -4.577269092079202e-6, -1.91349979221878e-6, 7.238739104902653e-7,
  2.407551509427643e-7, -1.0511438493965513e-7, -3.8240659543339904e-8, 1.448219496903576e-8, 6.7390541236444035e-9,
  -1.7665958819602618e-9, -1.0399737796333346e-9, 1.6242483762069316e-10, 9.398532376264554e-11, -7.839796597428872e-12,
];

/** e^{x²}·erfc x for x ≥ ½. */
function scaledErfc(x: number): number {
  return x > 1e16 ? TWO_OVER_ROOT_PI / (2 * x) : polynomial(scaled, (x - 4) / (x + 3)) / (1 + 2 * x);
}

/** e^{−x²·half}, where half is 1 or ½, of the square in two parts: one rounding of it would lose x² ulp. */
function gaussian(x: number, half: number): number {
  const square = x * x;
  return square > 1600 ? 0 : expOfParts(-square * half, -productRest(x, x, square) * half);
}

/** 2/√π · ∫₀ˣ e^{−t²} dt. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 0.5) return TWO_OVER_ROOT_PI * x * polynomial(series, x * x);
  const value = 1 - gaussian(size, 1) * scaledErfc(size);
  return x < 0 ? -value : value;
}

/** 1 − erf x. */
export function erfc(x: number): number {
  if (x >= 0.5) return gaussian(x, 1) * scaledErfc(x);
  return x <= -0.5 ? 2 - gaussian(x, 1) * scaledErfc(-x) : 1 - erf(x);
}

/** ½ erfc(−x/√2): the part of a standard normal distribution below x. */
export function normalCdf(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  if (z < 0.5) return 0.5 + 0.5 * erf(x * Math.SQRT1_2);
  // e^{−x²/2} is not taken of z: its rounding would be squared.
  const tail = 0.5 * gaussian(x, 0.5) * scaledErfc(z);
  return x > 0 ? 1 - tail : tail;
}

/** The x with erf x = y: a first guess, then two or three steps of Halley's, each of which triples the digits. */
export function erfinv(y: number): number {
  const size = Math.abs(y);
  if (size >= 1) return size === 1 ? y / 0 : Number.NaN;
  if (size < 1e-8) return y / TWO_OVER_ROOT_PI;
  let x = firstGuess(size);
  for (let step = 1; step > 1e-6; ) {
    // 1 − size is exact where it is needed, and erfc keeps its digits where erf is all but 1.
    const miss = size < 0.5 ? erf(x) - size : 1 - size - erfc(x);
    const newton = miss / (TWO_OVER_ROOT_PI * gaussian(x, 1));
    x -= newton / (1 + x * newton);
    step = Math.abs(newton) * Math.max(x, 1 / x);
  }
  return y < 0 ? -x : x;
}

/** erf⁻¹ to two digits or three, by its series or by a formula that inverts erf² ≈ 1 − e^{−x²·(4/π + a·x²)/(1 + a·x²)}. */
function firstGuess(y: number): number {
  if (y < 0.5) {
    const z = y / TWO_OVER_ROOT_PI;
    return z * polynomial([1, 1 / 3, 7 / 30, 127 / 630], z * z);
  }
  const a = 0.147;
  const l = log((1 - y) * (1 + y));
  const b = 2 / (Math.PI * a) + l / 2;
  return Math.sqrt(Math.sqrt(b * b - l / a) - b);
}
