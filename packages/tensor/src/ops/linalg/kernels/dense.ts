/** @file What the kernels of linear algebra share: scaling by exact powers of two, norms, products and signs of row-major arrays. */
import * as elementary from "../../../core/elementary.ts";

/** The largest magnitude; NaN or ∞ if there is one among the elements. */
export function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const size = Math.abs(a[i]!);
    if (Number.isNaN(size)) return size;
    if (size > most) most = size;
  }
  return most;
}

/** A power of two near `size` (1 for 0): dividing by it is exact, and squares of what it divides do not overflow. */
export function powerNear(size: number): number {
  if (size === 0) return 1;
  return 2 ** Math.min(1022, Math.max(-1022, Math.floor(elementary.log2(size))));
}

/** √(Σ x²) of `count` elements, without overflow or underflow on the way. */
export function norm2(x: Float64Array, start: number, step: number, count: number): number {
  let most = 0;
  for (let i = 0, p = start; i < count; i++, p += step) most = Math.max(most, Math.abs(x[p]!));
  if (most === 0 || !Number.isFinite(most)) return most;
  // Squares of numbers in this range neither overflow nor lose bits that count.
  const scale = most > 1e-140 && most < 1e140 ? 1 : powerNear(most);
  let total = 0;
  for (let i = 0, p = start; i < count; i++, p += step) total += (x[p]! / scale) * (x[p]! / scale);
  return scale * Math.sqrt(total);
}

/** out = a·b for n × n matrices; `out` is another array. */
export function multiply(out: Float64Array, a: Float64Array, b: Float64Array, n: number): void {
  out.fill(0);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let p = 0; p < n; p++) {
      const x = a[row + p]!;
      const from = p * n;
      for (let j = 0; j < n; j++) out[row + j]! += x * b[from + j]!;
    }
  }
}

/** The m × n matrix in `a`, turned over: n × m. */
export function transposed(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j]!;
  return out;
}

const HIGH = 2 ** 300;
const LOW = 2 ** -300;
const STEP = 2 ** 600;

/** The product of `count` numbers except the one at `skip` (−1: of all): only the result over- or underflows. */
export function product(factors: Float64Array, start: number, step: number, count: number, skip = -1): number {
  let [result, exponent] = [1, 0];
  const settle = (x: number): number => {
    let y = x;
    for (; Math.abs(y) > HIGH && Number.isFinite(y); exponent++) y /= STEP;
    for (; Math.abs(y) < LOW && y !== 0; exponent--) y *= STEP;
    return y;
  };
  for (let i = 0; i < count; i++) if (i !== skip) result = settle(result * settle(factors[start + i * step]!));
  for (; exponent > 0 && Number.isFinite(result) && result !== 0; exponent--) result *= STEP;
  for (; exponent < 0 && result !== 0; exponent++) result /= STEP;
  return result;
}

/**
 * Gives each column of `v`, which has `columns` of them, its sign: the first of its largest elements, to one part in
 * a million, is positive. The same columns of `w` go with it.
 */
export function fixSigns(v: Float64Array, columns: number, w?: Float64Array): void {
  for (let j = 0; j < columns; j++) {
    let most = 0;
    for (let p = j; p < v.length; p += columns) most = Math.max(most, Math.abs(v[p]!));
    let lead = j;
    while (lead < v.length && Math.abs(v[lead]!) < most * (1 - 1e-6)) lead += columns;
    if (!(v[lead]! < 0)) continue;
    for (let p = j; p < v.length; p += columns) v[p] = -v[p]!;
    if (w !== undefined) for (let p = j; p < w.length; p += columns) w[p] = -w[p]!;
  }
}
