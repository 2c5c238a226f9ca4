/**
 * @file The kernels of the matrix product. Each element is the sum over k in ascending order, from 0, each step rounded
 * to the dtype: the order is part of the contract, so that a faster kernel gives the same bits.
 */
import type { DType, Storage } from "./dtype.ts";

/** A matrix in a storage: element i, j at `start + i·down + j·right`. */
export interface Matrix<T extends Storage = Storage> {
  readonly data: T;
  readonly start: number;
  readonly down: number;
  readonly right: number;
}

/** A matrix of m rows and k columns times one of k rows and n columns. */
export interface Sizes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Writes a·b over what is in `out`. */
type Product<T extends Storage> = (out: Matrix<T>, a: Matrix<T>, b: Matrix<T>, sizes: Sizes) => void;

// Tiles of two rows and four columns, whose eight sums stay in registers. Where a row or column of the last tile is not
// there, the last one is done again in its place and comes out the same. The two kernels differ in the rounding alone:
// one function for both types would be slow for both.

const float64: Product<Float64Array> = (out, a, b, { m, k, n }) => {
  const [z, x, y] = [out.data, a.data, b.data];
  const [dx, dy] = [a.right, b.down];
  for (let j = 0; j < n; j += 4) {
    const [c1, c2, c3] = [Math.min(1, n - 1 - j), Math.min(2, n - 1 - j), Math.min(3, n - 1 - j)];
    const [y1, y2, y3] = [c1 * b.right, c2 * b.right, c3 * b.right];
    for (let i = 0; i < m; i += 2) {
      const next = Math.min(1, m - 1 - i);
      const x1 = next * a.down;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let l = 0, p = a.start + i * a.down, q = b.start + j * b.right; l < k; l++, p += dx, q += dy) {
        const u = x[p]!;
        const v = x[p + x1]!;
        const b0 = y[q]!;
        const b1 = y[q + y1]!;
        const b2 = y[q + y2]!;
        const b3 = y[q + y3]!;
        s0 += u * b0;
        s1 += u * b1;
        s2 += u * b2;
        s3 += u * b3;
        t0 += v * b0;
        t1 += v * b1;
        t2 += v * b2;
        t3 += v * b3;
      }
      const first = out.start + i * out.down + j * out.right;
      const second = first + next * out.down;
      z[first] = s0;
      z[first + c1 * out.right] = s1;
      z[first + c2 * out.right] = s2;
      z[first + c3 * out.right] = s3;
      z[second] = t0;
      z[second + c1 * out.right] = t1;
      z[second + c2 * out.right] = t2;
      z[second + c3 * out.right] = t3;
    }
  }
};

const float32: Product<Float32Array> = (out, a, b, { m, k, n }) => {
  const { fround } = Math;
  const [z, x, y] = [out.data, a.data, b.data];
  const [dx, dy] = [a.right, b.down];
  for (let j = 0; j < n; j += 4) {
    const [c1, c2, c3] = [Math.min(1, n - 1 - j), Math.min(2, n - 1 - j), Math.min(3, n - 1 - j)];
    const [y1, y2, y3] = [c1 * b.right, c2 * b.right, c3 * b.right];
    for (let i = 0; i < m; i += 2) {
      const next = Math.min(1, m - 1 - i);
      const x1 = next * a.down;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let l = 0, p = a.start + i * a.down, q = b.start + j * b.right; l < k; l++, p += dx, q += dy) {
        const u = x[p]!;
        const v = x[p + x1]!;
        const b0 = y[q]!;
        const b1 = y[q + y1]!;
        const b2 = y[q + y2]!;
        const b3 = y[q + y3]!;
        s0 = fround(s0 + fround(u * b0));
        s1 = fround(s1 + fround(u * b1));
        s2 = fround(s2 + fround(u * b2));
        s3 = fround(s3 + fround(u * b3));
        t0 = fround(t0 + fround(v * b0));
        t1 = fround(t1 + fround(v * b1));
        t2 = fround(t2 + fround(v * b2));
        t3 = fround(t3 + fround(v * b3));
      }
      const first = out.start + i * out.down + j * out.right;
      const second = first + next * out.down;
      z[first] = s0;
      z[first + c1 * out.right] = s1;
      z[first + c2 * out.right] = s2;
      z[first + c3 * out.right] = s3;
      z[second] = t0;
      z[second + c1 * out.right] = t1;
      z[second + c2 * out.right] = t2;
      z[second + c3 * out.right] = t3;
    }
  }
};

/** Wraps modulo 2³², as int32 arithmetic does. */
const int32: Product<Int32Array> = (out, a, b, { m, k, n }) => {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let l = 0; l < k; l++) {
        const x = a.data[a.start + i * a.down + l * a.right]!;
        const y = b.data[b.start + l * b.down + j * b.right]!;
        total = (total + Math.imul(x, y)) | 0;
      }
      out.data[out.start + i * out.down + j * out.right] = total;
    }
  }
};

const products = { float64, float32, int32 } as { readonly [T in Exclude<DType, "bool">]: Product<Storage> };

const transposed = (x: Matrix): Matrix => ({ ...x, down: x.right, right: x.down });

/** Writes a·b over what is in `out`: the longer of its sides goes along the four columns of a tile. */
export function multiply(dtype: Exclude<DType, "bool">, out: Matrix, a: Matrix, b: Matrix, { m, k, n }: Sizes): void {
  if (n < m) products[dtype](transposed(out), transposed(b), transposed(a), { m: n, k, n: m });
  else products[dtype](out, a, b, { m, k, n });
}
