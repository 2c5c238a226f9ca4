/** @file The Cholesky factor. */

/**
 * L with L·Lᵀ = A into `l` (zeroed), from the lower triangle of A (n × n), row by row. Returns the order of the first
 * leading minor that is not positive-definite, with l holding that pivot on the diagonal; 0 if all are.
 *
 * Source: Golub & Van Loan, Matrix Computations (2013), section 4.2.
 */
export function choleskyFactor(l: Float64Array, a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!;
      for (let p = i * n, q = j * n; q < j * n + j; p++, q++) rest -= l[p]! * l[q]!;
      if (j < i) l[i * n + j] = rest / l[j * n + j]!;
      else {
        l[i * n + i] = rest > 0 ? Math.sqrt(rest) : rest;
        if (!(rest > 0)) return i + 1;
      }
    }
  }
  return 0;
}
