/**
 * @file The kernels of the matrix product. Each element is the sum over k in ascending order, from 0, each step rounded
 * to the dtype: the order is part of the contract, so that a faster kernel gives the same bits.
 */
import type { DType, Storage } from "./dtype.ts";

/** Matrices in a storage: element i, j of number g at `start + g·next + i·down + j·right`. */
export interface Matrices<T extends Storage = Storage> {
  readonly data: T;
  readonly start: number;
  readonly next: number;
  readonly down: number;
  readonly right: number;
}

/** So many matrices of m rows and k columns, each times one of k rows and n columns. */
export interface Sizes {
  readonly count: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Writes a·b over what is in `out`. */
type Product<T extends Storage> = (out: Matrices<T>, a: Matrices<T>, b: Matrices<T>, sizes: Sizes) => void;

// Tiles of two rows and four columns, whose eight sums stay in registers. Where a row or column of the last tile is not
// there, the last one is done again in its place and comes out the same. The two kernels differ in the rounding alone:
// one function for both types would be slow for both.

const float64: Product<Float64Array> = (out, a, b, { count, m, k, n }) => {
  const [z, x, y] = [out.data, a.data, b.data];
  const [dx, dy, dz] = [a.right, b.down, out.right];
  for (let g = 0; g < count; g++) {
    for (let j = 0; j < n; j += 4) {
      const [c1, c2, c3] = [Math.min(1, n - 1 - j), Math.min(2, n - 1 - j), Math.min(3, n - 1 - j)];
      const [y1, y2, y3] = [c1 * b.right, c2 * b.right, c3 * b.right];
      const column = b.start + g * b.next + j * b.right;
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
        for (let l = 0, p = a.start + g * a.next + i * a.down, q = column; l < k; l++, p += dx, q += dy) {
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
        const first = out.start + g * out.next + i * out.down + j * dz;
        const second = first + next * out.down;
        z[first] = s0;
        z[first + c1 * dz] = s1;
        z[first + c2 * dz] = s2;
        z[first + c3 * dz] = s3;
        z[second] = t0;
        z[second + c1 * dz] = t1;
        z[second + c2 * dz] = t2;
        z[second + c3 * dz] = t3;
      }
    }
  }
};

const float32: Product<Float32Array> = (out, a, b, { count, m, k, n }) => {
  const { fround } = Math;
  const [z, x, y] = [out.data, a.data, b.data];
  const [dx, dy, dz] = [a.right, b.down, out.right];
  for (let g = 0; g < count; g++) {
    for (let j = 0; j < n; j += 4) {
      const [c1, c2, c3] = [Math.min(1, n - 1 - j), Math.min(2, n - 1 - j), Math.min(3, n - 1 - j)];
      const [y1, y2, y3] = [c1 * b.right, c2 * b.right, c3 * b.right];
      const column = b.start + g * b.next + j * b.right;
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
        for (let l = 0, p = a.start + g * a.next + i * a.down, q = column; l < k; l++, p += dx, q += dy) {
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
        const first = out.start + g * out.next + i * out.down + j * dz;
        const second = first + next * out.down;
        z[first] = s0;
        z[first + c1 * dz] = s1;
        z[first + c2 * dz] = s2;
        z[first + c3 * dz] = s3;
        z[second] = t0;
        z[second + c1 * dz] = t1;
        z[second + c2 * dz] = t2;
        z[second + c3 * dz] = t3;
      }
    }
  }
};

/** Wraps modulo 2³², as int32 arithmetic does. */
const int32: Product<Int32Array> = (out, a, b, { count, m, k, n }) => {
  for (let g = 0; g < count; g++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let [total, p, q] = [0, a.start + g * a.next + i * a.down, b.start + g * b.next + j * b.right];
        for (let l = 0; l < k; l++, p += a.right, q += b.down) total = (total + Math.imul(a.data[p]!, b.data[q]!)) | 0;
        out.data[out.start + g * out.next + i * out.down + j * out.right] = total;
      }
    }
  }
};

const products = { float64, float32, int32 } as { readonly [T in Exclude<DType, "bool">]: Product<Storage> };

const transposed = (x: Matrices): Matrices => ({ ...x, down: x.right, right: x.down });

/** Writes a·b over what is in `out`: the longer of its sides goes along the four columns of a tile. */
export function multiply(dtype: Exclude<DType, "bool">, out: Matrices, a: Matrices, b: Matrices, sizes: Sizes): void {
  const { m, n } = sizes;
  if (n < m) products[dtype](transposed(out), transposed(b), transposed(a), { ...sizes, m: n, n: m });
  else products[dtype](out, a, b, sizes);
}
