/** @file Gaussian elimination, and substitution in the triangles that it leaves. */
import * as elementary from "../../../core/elementary.ts";
import { largest, product } from "./dense.ts";

/** Which triangular matrix T of `a` is meant. */
export interface Triangle {
  readonly upper: boolean;
  /** Solve Tᵀx = b. */
  readonly transposed: boolean;
  /** The diagonal is taken to be ones, and is not read. */
  readonly unitDiagonal: boolean;
}

/**
 * b ← T⁻¹b or T⁻ᵀb for b of n × k, T the triangle of the rows of `a`, which are `width` apart. The other triangle is
 * not read. Returns the place of the first 0 on the diagonal, with b as it was; −1 if there is none.
 */
export function substitute(
  a: Float64Array,
  width: number,
  b: Float64Array,
  n: number,
  k: number,
  { upper, transposed, unitDiagonal }: Triangle,
): number {
  for (let i = 0; i < n && !unitDiagonal; i++) if (a[i * width + i] === 0) return i;
  const ascending = upper === transposed;
  for (let step = 0; step < n; step++) {
    const i = ascending ? step : n - 1 - step;
    // Columns of row i beside the diagonal.
    const [from, to] = upper ? [i + 1, n] : [0, i];
    const [row, target] = [i * width, i * k];
    if (!transposed) {
      for (let j = from; j < to; j++) {
        const x = a[row + j]!;
        for (let c = 0, p = j * k; c < k; c++, p++) b[target + c]! -= x * b[p]!;
      }
    }
    if (!unitDiagonal) {
      const pivot = a[row + i]!;
      for (let c = 0; c < k; c++) b[target + c]! /= pivot;
    }
    if (transposed) {
      for (let j = from; j < to; j++) {
        const x = a[row + j]!;
        for (let c = 0, p = j * k; c < k; c++, p++) b[p]! -= x * b[target + c]!;
      }
    }
  }
  return -1;
}

/**
 * P·A = L·U by rows, with partial pivoting, in place: the rows of `f` are n + 1 wide, A (n × n) gives way to U and,
 * below the diagonal, L without its ones; the last column says which row of A each row was. NaN or ∞ in A makes
 * all elements of the factors NaN.
 *
 * Source: Golub & Van Loan, Matrix Computations (2013), algorithm 3.4.1.
 */
function eliminate(f: Float64Array, n: number): void {
  const width = n + 1;
  for (let i = 0; i < n; i++) f[i * width + n] = i;
  if (!Number.isFinite(largest(f))) {
    for (let i = 0; i < n; i++) f.fill(Number.NaN, i * width, i * width + n);
    return;
  }
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(f[i * width + k]!) > Math.abs(f[best * width + k]!)) best = i;
    if (best !== k) {
      for (let j = 0; j < width; j++) {
        const kept = f[k * width + j]!;
        f[k * width + j] = f[best * width + j]!;
        f[best * width + j] = kept;
      }
    }
    const pivot = f[k * width + k]!;
    // Nothing below it either: there is nothing to eliminate.
    if (pivot === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const row = i * width;
      const factor = f[row + k]! / pivot;
      f[row + k] = factor;
      for (let j = k + 1, p = k * width + k + 1; j < n; j++, p++) f[row + j]! -= factor * f[p]!;
    }
  }
}

/** The factors of `a` (n × n) into `f`, as `eliminate` leaves them. */
export function factorInto(f: Float64Array, a: Float64Array, n: number): void {
  for (let i = 0, from = 0; i < n; i++) for (let j = 0, to = i * (n + 1); j < n; j++, from++, to++) f[to] = a[from]!;
  eliminate(f, n);
}

/** The same in an array of their own. */
export function factorsOf(a: Float64Array, n: number): Float64Array {
  const f = new Float64Array(n * (n + 1));
  factorInto(f, a, n);
  return f;
}

const lower: Triangle = { upper: false, transposed: false, unitDiagonal: true };
const upper: Triangle = { upper: true, transposed: false, unitDiagonal: false };
const lowerTransposed: Triangle = { upper: false, transposed: true, unitDiagonal: true };
const upperTransposed: Triangle = { upper: true, transposed: true, unitDiagonal: false };

/**
 * x ← A⁻¹b or A⁻ᵀb (n × k) from the factors of A; b is used up. Returns the place of the first pivot that is 0, −1 if
 * there is none.
 */
export function solveFactored(
  f: Float64Array,
  x: Float64Array,
  b: Float64Array,
  n: number,
  k: number,
  transposed: boolean,
): number {
  const width = n + 1;
  if (transposed) {
    const singular = substitute(f, width, b, n, k, upperTransposed);
    substitute(f, width, b, n, k, lowerTransposed);
    for (let i = 0; i < n; i++)
      for (let c = 0, from = i * k, to = f[i * width + n]! * k; c < k; c++, from++, to++) x[to] = b[from]!;
    return singular;
  }
  for (let i = 0; i < n; i++)
    for (let c = 0, to = i * k, from = f[i * width + n]! * k; c < k; c++, from++, to++) x[to] = b[from]!;
  substitute(f, width, x, n, k, lower);
  return substitute(f, width, x, n, k, upper);
}

/** The sign of the permutation in the last column, 1 or −1: by the number of pairs in the wrong order. */
export function parity(f: Float64Array, n: number): number {
  let sign = 1;
  const [width, last] = [n + 1, n * (n + 1)];
  for (let i = n; i < last; i += width) for (let j = i + width; j < last; j += width) if (f[j]! < f[i]!) sign = -sign;
  return sign;
}

/** The determinant: the product of the pivots, with the sign of the exchanges. */
export const determinantOf = (f: Float64Array, n: number): number => parity(f, n) * product(f, 0, n + 2, n);

/** The sign of the determinant: −1, 0, 1, or NaN. */
export function signOf(f: Float64Array, n: number): number {
  let sign = parity(f, n);
  for (let i = 0; i < n; i++) sign *= Math.sign(f[i * (n + 2)]!);
  return sign;
}

/** log |det|: −∞ where it is 0. */
export function logAbsOf(f: Float64Array, n: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += elementary.log(Math.abs(f[i * (n + 2)]!));
  return total;
}
