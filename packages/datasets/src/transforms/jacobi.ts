/** @file Eigenvectors of a small symmetric matrix. */

/**
 * The eigenvalues of a symmetric matrix, largest first, and its eigenvectors as rows in the same order.
 *
 * Each rotation makes one pair of elements zero; the sum of squares beside the diagonal falls with each, at last
 * quadratically. Source: Golub, Van Loan, Matrix Computations (4th ed.), 8.5.
 */
export function eigenSymmetric(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * (n + 1)] = 1;
  const scale = largest(a);
  const negligible = (p: number, q: number): boolean => Math.abs(a[p * n + q]!) <= Number.EPSILON * 2 ** -8 * scale;
  let rotated = n > 1;
  while (rotated) {
    rotated = false;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (negligible(p, q)) continue;
        rotated = true;
        rotate(a, v, n, p, q);
      }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * (n + 1)]! - a[i * (n + 1)]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * (n + 1)]!), vectors };
}

function largest(a: Float64Array): number {
  let magnitude = 0;
  for (const x of a) magnitude = Math.max(magnitude, Math.abs(x));
  return magnitude;
}

/** Turns axes p and q so that a[p][q] becomes 0; the rows of v turn with them. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const [pp, qq, pq] = [a[p * (n + 1)]!, a[q * (n + 1)]!, a[p * n + q]!];
  const theta = (qq - pp) / (2 * pq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [a[k * n + p]!, a[k * n + q]!];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [a[p * n + k]!, a[q * n + k]!];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const [vp, vq] = [v[p * n + k]!, v[q * n + k]!];
    v[p * n + k] = c * vp - s * vq;
    v[q * n + k] = s * vp + c * vq;
  }
  a[p * (n + 1)] = pp - t * pq;
  a[q * (n + 1)] = qq + t * pq;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}
