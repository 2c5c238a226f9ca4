/** @file The exponential of a matrix. */
import * as elementary from "../../../core/elementary.ts";
import { multiply } from "./dense.ts";
import { factorsOf, solveFactored } from "./lu.ts";

const DEGREE = 13;

/** Up to this 1-norm the approximant is exact to 2⁻⁵³ (Higham 2005, table 2.3). */
const THETA = 5.371920351148152;

/** b₀ … b₁₃ of the numerator, with b₁₃ = 1: bⱼ = bⱼ₊₁·(2m − j)(j + 1)/(m − j), all whole numbers. */
function coefficients(): Float64Array {
  const b = new Float64Array(DEGREE + 1).fill(1);
  for (let j = DEGREE - 1; j >= 0; j--) b[j] = (b[j + 1]! * (j + 1) * (2 * DEGREE - j)) / (DEGREE - j);
  return b;
}

/** The largest sum of magnitudes in a column; NaN if there is one. */
function norm1(a: Float64Array, n: number): number {
  let most = 0;
  for (let j = 0; j < n; j++) {
    let total = 0;
    for (let p = j; p < a.length; p += n) total += Math.abs(a[p]!);
    if (Number.isNaN(total)) return total;
    most = Math.max(most, total);
  }
  return most;
}

/**
 * e^A into `out` for A (n × n, used up), by scaling and squaring with the Padé approximant of degree 13. NaN or ∞ in A
 * give NaN.
 *
 * Source: Higham, The Scaling and Squaring Method for the Matrix Exponential Revisited (2005), algorithm 2.3.
 */
export function exponential(out: Float64Array, a: Float64Array, n: number): void {
  const size = norm1(a, n);
  if (!Number.isFinite(size)) {
    out.fill(Number.NaN);
    return;
  }
  const squarings = Math.max(0, Math.ceil(elementary.log2(size / THETA)));
  for (let i = 0; i < a.length; i++) a[i]! *= 2 ** -squarings;
  const b = coefficients();
  const times = (x: Float64Array, y: Float64Array): Float64Array => {
    const product = new Float64Array(n * n);
    multiply(product, x, y, n);
    return product;
  };
  const a2 = times(a, a);
  const a4 = times(a2, a2);
  const a6 = times(a4, a2);
  /** A⁶(b₁₂A⁶ + b₁₀A⁴ + b₈A²) + b₆A⁶ + b₄A⁴ + b₂A² + b₀I, or the same with the odd coefficients. */
  const half = (odd: 0 | 1): Float64Array => {
    const [b0, b2, b4, b6, b8, b10, b12] = b.filter((_, j) => j % 2 === odd) as unknown as number[] & { length: 7 };
    const x = times(
      a6,
      a6.map((y, i) => b12! * y + b10! * a4[i]! + b8! * a2[i]!),
    );
    for (let i = 0; i < x.length; i++) x[i]! += b6! * a6[i]! + b4! * a4[i]! + b2! * a2[i]!;
    for (let i = 0; i < x.length; i += n + 1) x[i]! += b0!;
    return x;
  };
  const even = half(0);
  const odd = times(a, half(1));
  const denominator = even.map((x, i) => x - odd[i]!);
  solveFactored(
    factorsOf(denominator, n),
    out,
    even.map((x, i) => x + odd[i]!),
    n,
    n,
    false,
  );
  const squared = new Float64Array(n * n);
  for (let k = 0; k < squarings; k++) {
    multiply(squared, out, out, n);
    out.set(squared);
  }
}
