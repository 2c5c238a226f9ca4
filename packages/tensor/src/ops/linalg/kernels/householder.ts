/** @file Orthogonal triangularisation by reflections H = I − τ·v·vᵀ. */
import * as elementary from "../../../core/elementary.ts";
import { norm2 } from "./dense.ts";

/**
 * Makes x (`count` elements, `step` apart) into the v of the reflection that takes x to (β, 0, …, 0), with v₀ = 1 not
 * stored: β is left in its place. Returns τ, 0 where x needs no reflection.
 */
export function reflector(x: Float64Array, start: number, step: number, count: number): number {
  const first = x[start]!;
  const rest = norm2(x, start + step, step, count - 1);
  if (rest === 0) return 0;
  const beta = first > 0 ? -elementary.hypot(first, rest) : elementary.hypot(first, rest);
  for (let i = 1, p = start + step; i < count; i++, p += step) x[p]! /= first - beta;
  x[start] = beta;
  return (beta - first) / beta;
}

/** The rows from `row` on, columns `from` to `to`, of `a` (n wide) reflected by v: v₀ = 1, the rest in column `place` of `f`. */
function reflect(
  f: Float64Array,
  width: number,
  place: number,
  tau: number,
  a: Float64Array,
  m: number,
  n: number,
  from: number,
  work: Float64Array,
): void {
  if (tau === 0) return;
  const v = (i: number): number => (i === place ? 1 : f[i * width + place]!);
  work.fill(0, from, n);
  for (let i = place; i < m; i++) {
    const x = v(i);
    for (let j = from, p = i * n + from; j < n; j++, p++) work[j]! += x * a[p]!;
  }
  for (let i = place; i < m; i++) {
    const x = tau * v(i);
    for (let j = from, p = i * n + from; j < n; j++, p++) a[p]! -= x * work[j]!;
  }
}

/** Brings the column with the largest rest (rows from k on) to place k. */
function exchangeColumns(a: Float64Array, m: number, n: number, k: number, order: Int32Array): void {
  const sizes = new Float64Array(n);
  for (let i = k; i < m; i++) for (let j = k; j < n; j++) sizes[j]! += a[i * n + j]! * a[i * n + j]!;
  let best = k;
  for (let j = k + 1; j < n; j++) if (sizes[j]! > sizes[best]!) best = j;
  if (best === k) return;
  for (let i = 0; i < m; i++) {
    const kept = a[i * n + k]!;
    a[i * n + k] = a[i * n + best]!;
    a[i * n + best] = kept;
  }
  [order[k], order[best]] = [order[best]!, order[k]!];
}

/**
 * A (m × n) = H₀·H₁·…·R in place: R in the upper triangle, the v of each reflection below it in its column. Returns
 * the τ. With `order` the columns are exchanged, so that the diagonal falls: column j of Q·R is order[j] of A.
 *
 * Source: Golub & Van Loan, Matrix Computations (2013), algorithms 5.2.1 and 5.4.1.
 */
export function triangularise(a: Float64Array, m: number, n: number, order?: Int32Array): Float64Array {
  const taus = new Float64Array(Math.min(m, n));
  const work = new Float64Array(n);
  for (let k = 0; k < taus.length; k++) {
    if (order !== undefined) exchangeColumns(a, m, n, k, order);
    taus[k] = reflector(a, k * n + k, n, m - k);
    reflect(a, n, k, taus[k]!, a, m, n, k + 1, work);
  }
  return taus;
}

/** q ← H₀·H₁·…·q for q of m rows and `columns` columns; the reflections are those in `f`, which is `width` wide. */
export function applyReflections(
  f: Float64Array,
  width: number,
  taus: Float64Array,
  q: Float64Array,
  m: number,
  columns: number,
): void {
  const work = new Float64Array(columns);
  for (let k = taus.length - 1; k >= 0; k--) reflect(f, width, k, taus[k]!, q, m, columns, 0, work);
}

/** Q (m × n) and R (n × n, zeroed) of A (m × n, m ≥ n, used up), such that the diagonal of R is ≥ 0. */
export function orthogonalise(q: Float64Array, r: Float64Array, a: Float64Array, m: number, n: number): void {
  const taus = triangularise(a, m, n);
  q.fill(0);
  for (let j = 0; j < n; j++) q[j * n + j] = 1;
  applyReflections(a, n, taus, q, m, n);
  for (let i = 0; i < n; i++) {
    const flip = a[i * n + i]! < 0;
    for (let j = i; j < n; j++) r[i * n + j] = flip ? -a[i * n + j]! : a[i * n + j]!;
    if (flip) for (let p = i; p < m * n; p += n) q[p] = -q[p]!;
  }
}

/** An orthonormal basis (m × (m − n)) of all that is orthogonal to the columns of `a` (m × n, used up). */
export function orthogonalComplement(out: Float64Array, a: Float64Array, m: number, n: number): void {
  const taus = triangularise(a, m, n);
  const columns = m - n;
  out.fill(0);
  for (let j = 0; j < columns; j++) out[(n + j) * columns + j] = 1;
  applyReflections(a, n, taus, out, m, columns);
}
