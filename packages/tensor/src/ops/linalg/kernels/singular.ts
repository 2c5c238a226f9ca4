/** @file Singular values and vectors: one-sided Jacobi rotations on the triangular factor. */
import * as elementary from "../../../core/elementary.ts";
import { fixSigns, largest, multiply, norm2, powerNear, transposed } from "./dense.ts";
import { applyReflections, orthogonalComplement, triangularise } from "./householder.ts";
import { symmetricEigen } from "./symmetric.ts";

/** Sweeps over all pairs of columns; after triangularisation with exchanges, seven are usual. */
const MAX_SWEEPS = 60;

/** Columns smaller than this, where the largest element is about 1, have no direction: their squares underflow. */
const VANISHING = 2 ** -500;

/** Turns rows p and q of `a` (n wide) by the angle whose cosine is c and sine s; their new squares go to `squares`. */
function turn(a: Float64Array, n: number, p: number, q: number, c: number, s: number, squares: Float64Array): void {
  let [alpha, beta] = [0, 0];
  for (let i = p * n, j = q * n, end = i + n; i < end; i++, j++) {
    const [x, y] = [c * a[i]! - s * a[j]!, s * a[i]! + c * a[j]!];
    a[i] = x;
    a[j] = y;
    alpha += x * x;
    beta += y * y;
  }
  squares[p] = alpha;
  squares[q] = beta;
}

/**
 * Turns the rows of `w` (n × n) until they are orthogonal to each other, to working precision relative to their own
 * lengths; the rows of `j` are turned along. Returns false if they are not after MAX_SWEEPS.
 */
function orthogonaliseRows(w: Float64Array, n: number, j: Float64Array | null): boolean {
  const enough = 2 ** -52 * Math.sqrt(n);
  const squares = new Float64Array(n);
  const unused = new Float64Array(n);
  for (let p = 0; p < n; p++) for (let i = p * n; i < (p + 1) * n; i++) squares[p]! += w[i]! * w[i]!;
  for (let sweep = 0, turned = true; turned; sweep++) {
    if (sweep === MAX_SWEEPS) return false;
    turned = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const [alpha, beta] = [squares[p]!, squares[q]!];
        // Squares this small have lost their digits, and such columns get other directions anyway.
        if (alpha < 2 ** -1000 || beta < 2 ** -1000) continue;
        let gamma = 0;
        for (let i = p * n, k = q * n, end = i + n; i < end; i++, k++) gamma += w[i]! * w[k]!;
        if (!(Math.abs(gamma) > enough * Math.sqrt(alpha) * Math.sqrt(beta))) continue;
        turned = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + elementary.hypot(1, zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        turn(w, n, p, q, c, c * t, squares);
        if (j !== null) turn(j, n, p, q, c, c * t, unused);
      }
    }
  }
  return true;
}

/** From this size on, most of the turning is done by another method. */
const LARGE = 16;

/** Rows whose lengths differ by more than this keep digits that sums of them would not. */
const STEEP = 2 ** -13;

/**
 * What brings rows that are far from orthogonal near to it: the eigenvectors of R·Rᵀ, as rows, by falling eigenvalue;
 * two sweeps are left to do then, not seven. Null where that would cost time, or the small rows their digits.
 */
function approach(r: Float64Array, n: number): Float64Array | null {
  if (n < LARGE || !(Math.abs(r[n * n - 1]!) > STEEP * Math.abs(r[0]!))) return null;
  const gram = new Float64Array(n * n);
  multiply(gram, r, transposed(r, n, n), n);
  const v = new Float64Array(n * n);
  if (!symmetricEigen(new Float64Array(n), v, gram, n)) return null;
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) rows[(n - 1 - k) * n + i] = v[i * n + k]!;
  return rows;
}

/** The rows of w in the order of falling length, and those lengths. */
function byLength(w: Float64Array, n: number): { order: number[]; lengths: Float64Array } {
  const lengths = Float64Array.from({ length: n }, (_, i) => norm2(w, i * n, 1, n));
  return { order: Array.from(lengths.keys()).sort((i, j) => lengths[j]! - lengths[i]!), lengths };
}

/** Makes the rows of w, given in order of falling length, a whole orthonormal set: those that vanish are filled in. */
function orthonormalRows(w: Float64Array, n: number, { order, lengths }: ReturnType<typeof byLength>): Float64Array {
  const unit = new Float64Array(n * n);
  const rank = order.filter((i) => lengths[i]! > VANISHING * lengths[order[0]!]!).length;
  for (let k = 0; k < rank; k++) {
    const from = order[k]! * n;
    for (let i = 0; i < n; i++) unit[k * n + i] = w[from + i]! / lengths[order[k]!]!;
  }
  if (rank < n) {
    const rest = new Float64Array(n * (n - rank));
    orthogonalComplement(rest, transposed(unit.subarray(0, rank * n), rank, n), n, rank);
    unit.set(transposed(rest, n, n - rank), rank * n);
  }
  return unit;
}

/** Where singular vectors go: u is m × k, v is n × k, with k = min(m, n). */
export interface SingularVectors {
  readonly u: Float64Array;
  readonly v: Float64Array;
}

/**
 * The singular values of A (m × n, used up) in descending order into `s`, and the singular vectors as columns, unless
 * null, each with the sign that the column of u gets from `fixSigns`. NaN or ∞ in A give NaN. Returns false if the rotations did not converge.
 *
 * Source: Drmač & Veselić, New fast and accurate Jacobi SVD algorithm (2008): QR with exchanges, then Hestenes'
 * rotations on Rᵀ, after an approximate start. A·P = Q·R, and Rᵀ·J = W with orthogonal columns wⱼ = sⱼ·zⱼ, so A = (Q·J)·S·(P·Z)ᵀ.
 */
export function singularValues(
  s: Float64Array,
  vectors: SingularVectors | null,
  a: Float64Array,
  m: number,
  n: number,
): boolean {
  const turned = vectors === null ? null : { u: vectors.v, v: vectors.u };
  const converged = m < n ? tall(s, turned, transposed(a, m, n), n, m) : tall(s, vectors, a, m, n);
  if (vectors !== null) fixSigns(vectors.u, s.length, vectors.v);
  return converged;
}

function tall(s: Float64Array, vectors: SingularVectors | null, a: Float64Array, m: number, n: number): boolean {
  const most = largest(a);
  if (!Number.isFinite(most)) {
    for (const part of [s, vectors?.u, vectors?.v]) part?.fill(Number.NaN);
    return true;
  }
  const scale = powerNear(most);
  for (let i = 0; i < a.length; i++) a[i]! /= scale;
  const columns = Int32Array.from({ length: n }, (_, i) => i);
  const taus = triangularise(a, m, n, columns);
  // Row i of R is column i of Rᵀ: columns are turned as rows, where they lie together.
  const w = new Float64Array(n * n);
  for (let i = 0; i < n; i++) w.set(a.subarray(i * n + i, (i + 1) * n), i * n + i);
  const first = approach(w, n);
  if (first !== null) multiply(w, first, w.slice(), n);
  const j = first ?? new Float64Array(n * n);
  if (first === null) for (let i = 0; i < n; i++) j[i * n + i] = 1;
  if (!orthogonaliseRows(w, n, vectors === null ? null : j)) return false;
  const found = byLength(w, n);
  const { order, lengths } = found;
  for (let k = 0; k < n; k++) s[k] = lengths[order[k]!]! * scale;
  if (vectors === null) return true;
  const { u, v } = vectors;
  const z = orthonormalRows(w, n, found);
  u.fill(0);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      u[i * n + k] = j[order[k]! * n + i]!;
      v[columns[i]! * n + k] = z[k * n + i]!;
    }
  }
  applyReflections(a, n, taus, u, m, n);
  return true;
}
