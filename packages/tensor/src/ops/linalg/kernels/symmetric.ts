/** @file Eigenvalues and eigenvectors of a symmetric matrix: tridiagonal by reflections, then diagonal by rotations. */
import * as elementary from "../../../core/elementary.ts";
import { fixSigns, largest, powerNear } from "./dense.ts";
import { reflector } from "./householder.ts";

const EPSILON = 2 ** -52;

/** Steps of the iteration for each eigenvalue; two or three are usual. */
const MAX_STEPS = 60;

/** Turns rows i and i + 1 of `v` (n wide) by the angle whose cosine is c and sine s. */
function rotateRows(v: Float64Array, n: number, i: number, c: number, s: number): void {
  for (let p = i * n, q = p + n, end = q; p < end; p++, q++) {
    const [x, y] = [v[p]!, v[q]!];
    v[p] = c * x + s * y;
    v[q] = c * y - s * x;
  }
}

/**
 * H·A·H for the reflection that clears column k below the subdiagonal, on the lower triangle. What the reflection was
 * stays in that column (v₀ = 1 not stored), the new subdiagonal element goes to e[k]. Returns τ.
 */
function reflectBothSides(a: Float64Array, n: number, k: number, e: Float64Array, w: Float64Array): number {
  const tau = reflector(a, (k + 1) * n + k, n, n - k - 1);
  e[k] = a[(k + 1) * n + k]!;
  if (tau === 0) return tau;
  a[(k + 1) * n + k] = 1;
  const v = (i: number): number => a[i * n + k]!;
  // w = τ·A·v from the lower triangle: each element below the diagonal serves twice.
  w.fill(0);
  for (let i = k + 1; i < n; i++) {
    const x = v(i);
    let total = 0;
    for (let j = k + 1, p = i * n + k + 1; j < i; j++, p++) {
      total += a[p]! * v(j);
      w[j]! += a[p]! * x;
    }
    w[i]! += total + a[i * n + i]! * x;
  }
  let dot = 0;
  for (let i = k + 1; i < n; i++) dot += w[i]! * v(i);
  for (let i = k + 1; i < n; i++) w[i] = tau * (w[i]! - 0.5 * tau * dot * v(i));
  for (let i = k + 1; i < n; i++) {
    const [x, y] = [v(i), w[i]!];
    for (let j = k + 1, p = i * n + k + 1; j <= i; j++, p++) a[p]! -= x * w[j]! + y * v(j);
  }
  return tau;
}

/** The product of the reflections, transposed, into `v`: row j is what becomes eigenvector j. */
function accumulate(v: Float64Array, a: Float64Array, n: number, taus: Float64Array): void {
  v.fill(0);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const u = new Float64Array(n);
  for (let k = n - 3; k >= 0; k--) {
    const tau = taus[k]!;
    if (tau === 0) continue;
    for (let j = k + 1; j < n; j++) u[j] = j === k + 1 ? 1 : a[j * n + k]!;
    // v ← v·H: each row less τ·(row · u)·u. Rows up to k are still those of the identity.
    for (let i = k + 1; i < n; i++) {
      let dot = 0;
      for (let j = k + 1, p = i * n + k + 1; j < n; j++, p++) dot += v[p]! * u[j]!;
      dot *= tau;
      for (let j = k + 1, p = i * n + k + 1; j < n; j++, p++) v[p]! -= dot * u[j]!;
    }
  }
}

/** The diagonal element (of the last two rows of a tridiagonal block) to shift by: the eigenvalue nearer to the last. */
function wilkinsonShift(p: number, q: number, e: number): number {
  if (e === 0) return q;
  const half = (p - q) / 2;
  return q - (e * e) / (half + (half < 0 ? -1 : 1) * elementary.hypot(half, e));
}

/** One implicit step of QR on rows `low` to `high` of the tridiagonal matrix (d, e). */
function chase(d: Float64Array, e: Float64Array, low: number, high: number, n: number, v: Float64Array | null): void {
  let x = d[low]! - wilkinsonShift(d[high - 1]!, d[high]!, e[high - 1]!);
  let bulge = e[low]!;
  for (let k = low; k < high; k++) {
    const r = elementary.hypot(x, bulge);
    const [c, s] = r === 0 ? [1, 0] : [x / r, bulge / r];
    if (k > low) e[k - 1] = r;
    const [p, q, t] = [d[k]!, e[k]!, d[k + 1]!];
    const shift = s * (s * (t - p) + 2 * c * q);
    d[k] = p + shift;
    d[k + 1] = t - shift;
    e[k] = c * s * (t - p) + (c - s) * (c + s) * q;
    if (k + 1 < high) {
      x = e[k]!;
      bulge = s * e[k + 1]!;
      e[k + 1]! *= c;
    }
    if (v !== null) rotateRows(v, n, k, c, s);
  }
}

/** Two rows that are apart from all others, by the one rotation that it takes: Jacobi's, which keeps whole numbers. */
function finishPair(d: Float64Array, e: Float64Array, i: number, n: number, v: Float64Array | null): void {
  const zeta = (d[i + 1]! - d[i]!) / (2 * e[i]!);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + elementary.hypot(1, zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  d[i]! -= t * e[i]!;
  d[i + 1]! += t * e[i]!;
  e[i] = 0;
  if (v !== null) rotateRows(v, n, i, c, -c * t);
}

/** Brings the tridiagonal matrix to the diagonal; false if it does not get there. */
function diagonalise(d: Float64Array, e: Float64Array, n: number, v: Float64Array | null): boolean {
  // What is this small beside the largest element changes no eigenvalue by a rounding.
  const floor = EPSILON * EPSILON * Math.max(largest(d), largest(e));
  const negligible = (i: number): boolean =>
    Math.abs(e[i]!) <= EPSILON * (Math.abs(d[i]!) + Math.abs(d[i + 1]!)) || Math.abs(e[i]!) <= floor;
  for (let high = n - 1, steps = 0; high > 0; ) {
    if (negligible(high - 1)) {
      e[high - 1] = 0;
      high--;
      steps = 0;
      continue;
    }
    let low = high - 1;
    while (low > 0 && !negligible(low - 1)) low--;
    if (++steps > MAX_STEPS) return false;
    if (low + 1 === high) finishPair(d, e, low, n, v);
    else chase(d, e, low, high, n, v);
  }
  return true;
}

/**
 * The eigenvalues of the symmetric A (n × n, its lower triangle is read and used up) in ascending order into `d`, and
 * the eigenvectors as the columns of `v`, unless it is null, with signs from `fixSigns`. NaN or ∞ in A give NaN. Returns false if the iteration
 * did not converge.
 *
 * Source: Golub & Van Loan, Matrix Computations (2013), algorithms 8.3.1 (tridiagonal) and 8.3.3 (implicit QR steps
 * with Wilkinson's shift).
 */
export function symmetricEigen(d: Float64Array, v: Float64Array | null, a: Float64Array, n: number): boolean {
  const most = largest(a);
  if (!Number.isFinite(most)) {
    d.fill(Number.NaN);
    v?.fill(Number.NaN);
    return true;
  }
  const scale = powerNear(most);
  for (let i = 0; i < a.length; i++) a[i]! /= scale;
  const e = new Float64Array(n);
  const [work, taus] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k + 2 < n; k++) taus[k] = reflectBothSides(a, n, k, e, work);
  if (n > 1) e[n - 2] = a[(n - 1) * n + n - 2]!;
  for (let i = 0; i < n; i++) d[i] = a[i * n + i]!;
  const rows = v === null ? null : new Float64Array(n * n);
  if (rows !== null) accumulate(rows, a, n, taus);
  if (!diagonalise(d, e, n, rows)) return false;
  const order = Array.from(d.keys()).sort((i, j) => d[i]! - d[j]!);
  const values = order.map((i) => d[i]! * scale);
  d.set(values);
  if (v !== null && rows !== null) {
    for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) v[i * n + j] = rows[order[j]! * n + i]!;
    fixSigns(v, n);
  }
  return true;
}
