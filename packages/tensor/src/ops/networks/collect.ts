/**
 * @file The loop under convolution: a matrix product whose second factor is read where two tables of offsets point.
 * Each element is a sum over k in ascending order, every step rounded to the dtype: the order is part of the contract.
 * One loop for each dtype, because an engine compiles one well only for arrays of one kind; two rows by two columns
 * at once, because an element that is read then serves twice. At an odd end the last one is done twice, alike.
 */
import type { DType, Storage } from "../../core/dtype.ts";

/**
 * out[o + i·J + j] += Σₖ a[p + i·K + k] · x[q + u[j] + v[k]] for `rows` rows i; J and K are the lengths of u and v.
 */
export type Collect = (
  rows: number,
  out: Storage,
  o: number,
  a: Storage,
  p: number,
  x: Storage,
  q: number,
  u: Int32Array,
  v: Int32Array,
) => void;

const float64: Collect = (rows, out, o, a, p, x, q, u, v) => {
  const [J, K] = [u.length, v.length];
  for (let i = 0; i < rows; i += 2) {
    const [a0, a1] = [p + i * K, p + Math.min(i + 1, rows - 1) * K];
    const [o0, o1] = [o + i * J, o + Math.min(i + 1, rows - 1) * J];
    for (let j = 0; j < J; j += 2) {
      const l = Math.min(j + 1, J - 1);
      const [x0, x1] = [q + u[j]!, q + u[l]!];
      let s = out[o0 + j]!;
      let t = out[o0 + l]!;
      let y = out[o1 + j]!;
      let z = out[o1 + l]!;
      for (let k = 0; k < K; k++) {
        const at = v[k]!;
        s += a[a0 + k]! * x[x0 + at]!;
        t += a[a0 + k]! * x[x1 + at]!;
        y += a[a1 + k]! * x[x0 + at]!;
        z += a[a1 + k]! * x[x1 + at]!;
      }
      out[o0 + j] = s;
      out[o0 + l] = t;
      out[o1 + j] = y;
      out[o1 + l] = z;
    }
  }
};

const float32: Collect = (rows, out, o, a, p, x, q, u, v) => {
  const [J, K] = [u.length, v.length];
  const f = Math.fround;
  for (let i = 0; i < rows; i += 2) {
    const [a0, a1] = [p + i * K, p + Math.min(i + 1, rows - 1) * K];
    const [o0, o1] = [o + i * J, o + Math.min(i + 1, rows - 1) * J];
    for (let j = 0; j < J; j += 2) {
      const l = Math.min(j + 1, J - 1);
      const [x0, x1] = [q + u[j]!, q + u[l]!];
      let s = out[o0 + j]!;
      let t = out[o0 + l]!;
      let y = out[o1 + j]!;
      let z = out[o1 + l]!;
      for (let k = 0; k < K; k++) {
        const at = v[k]!;
        s = f(s + f(a[a0 + k]! * x[x0 + at]!));
        t = f(t + f(a[a0 + k]! * x[x1 + at]!));
        y = f(y + f(a[a1 + k]! * x[x0 + at]!));
        z = f(z + f(a[a1 + k]! * x[x1 + at]!));
      }
      out[o0 + j] = s;
      out[o0 + l] = t;
      out[o1 + j] = y;
      out[o1 + l] = z;
    }
  }
};

/** Wraps modulo 2³² as int32 arithmetic does; whole numbers are not what training is for, so plainly. */
const int32: Collect = (rows, out, o, a, p, x, q, u, v) => {
  const [J, K] = [u.length, v.length];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < J; j++)
      for (let k = 0; k < K; k++) out[o + i * J + j]! += Math.imul(a[p + i * K + k]!, x[q + u[j]! + v[k]!]!);
};

export const collects: Readonly<Record<Exclude<DType, "bool">, Collect>> = { float64, float32, int32 };
