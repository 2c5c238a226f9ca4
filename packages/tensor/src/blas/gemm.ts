/** @file Our matrices as CBLAS takes them: where they lie, with a leading dimension and perhaps transposed. */
import type { Gemm } from "../core/blas.ts";
import type { Storage } from "../core/dtype.ts";
import type { Matrices } from "../core/product.ts";

/** cblas_sgemm or cblas_dgemm. */
export type CblasGemm = (
  order: number,
  transA: number,
  transB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Storage,
  lda: number,
  b: Storage,
  ldb: number,
  beta: number,
  c: Storage,
  ldc: number,
) => unknown;

const ROW_MAJOR = 101;
const AS_IT_IS = 111;
const TRANSPOSED = 112;

/** What an extent or a stride may be at most: CBLAS counts in int32. */
const MOST = 2 ** 31 - 1;

/** The work m·k·n below which a call costs more than the product: 0.3 µs are 16³ steps of our own kernels. */
const LEAST_WORK = 4096;

/** How far apart the rows of a matrix lie, each contiguous and apart from the next: CBLAS's leading dimension, or 0. */
const leading = (rows: number, columns: number, down: number, right: number): number => {
  if (right !== 1 && columns !== 1) return 0;
  const step = rows === 1 ? columns : down;
  return step >= columns && step <= MOST ? step : 0;
};

/** A product of ours by CBLAS, for the layouts it can take and, from `leastWork` on, where its call pays. */
export function gemmOf(sgemm: CblasGemm, dgemm: CblasGemm, leastWork = LEAST_WORK): Gemm {
  return (out, a, b, { count, m, k, n }) => {
    const float32 = out.data instanceof Float32Array;
    if (m * k * n < Math.max(1, leastWork) || !(float32 || out.data instanceof Float64Array)) return false;
    if (m > MOST || k > MOST || n > MOST) return false;
    const ldc = leading(m, n, out.down, out.right);
    const [rowsA, rowsB] = [leading(m, k, a.down, a.right), leading(k, n, b.down, b.right)];
    const lda = rowsA || leading(k, m, a.right, a.down);
    const ldb = rowsB || leading(n, k, b.right, b.down);
    if (ldc === 0 || lda === 0 || ldb === 0) return false;

    const product = float32 ? sgemm : dgemm;
    const [transA, transB] = [rowsA === 0 ? TRANSPOSED : AS_IT_IS, rowsB === 0 ? TRANSPOSED : AS_IT_IS];
    for (let g = 0; g < count; g++) {
      const [x, y, z] = [from(a, g), from(b, g), from(out, g)];
      product(ROW_MAJOR!, transA!, transB!, m, n, k, 1, x, lda, y, ldb, 0, z, ldc);
    }
    return true;
  };
}

/** The storage from the first element of matrix g on: koffi passes on where a typed array begins. */
const from = ({ data, start, next }: Matrices, g: number): Storage =>
  start + g * next === 0 ? data : data.subarray(start + g * next);
