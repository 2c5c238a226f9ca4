/**
 * @file The loop under a convolution's transpose: what one channel of results adds to the images, tap by tap in
 * ascending order, every step rounded to the dtype. One loop for each dtype, because an engine compiles one well only for
 * arrays of one kind.
 */
import type { DType, Storage } from "../../core/dtype.ts";

/** x[q + v[k] + u[j]] += a[p + k] · y[o + j] for all k and j; J and K are the lengths of u and v. */
export type Distribute = (
  x: Storage,
  q: number,
  v: Int32Array,
  u: Int32Array,
  a: Storage,
  p: number,
  y: Storage,
  o: number,
) => void;

const float64: Distribute = (x, q, v, u, a, p, y, o) => {
  for (let k = 0; k < v.length; k++) {
    const [start, factor] = [q + v[k]!, a[p + k]!];
    for (let j = 0; j < u.length; j++) x[start + u[j]!]! += factor * y[o + j]!;
  }
};

const float32: Distribute = (x, q, v, u, a, p, y, o) => {
  for (let k = 0; k < v.length; k++) {
    const [start, factor] = [q + v[k]!, a[p + k]!];
    for (let j = 0; j < u.length; j++) x[start + u[j]!]! += Math.fround(factor * y[o + j]!);
  }
};

/** Wraps modulo 2³² as int32 arithmetic does. */
const int32: Distribute = (x, q, v, u, a, p, y, o) => {
  for (let k = 0; k < v.length; k++) {
    const [start, factor] = [q + v[k]!, a[p + k]!];
    for (let j = 0; j < u.length; j++) x[start + u[j]!]! += Math.imul(factor, y[o + j]!);
  }
};

export const distributes: Readonly<Record<Exclude<DType, "bool">, Distribute>> = { float64, float32, int32 };
