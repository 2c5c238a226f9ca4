/** @file What the tests of linear algebra share: drawn matrices, and the size of an error. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { rng, type Tensor } from "../../src/index.ts";

export const U = 2 ** -53;

/** The largest magnitude. */
export const size = (x: Tensor): number => Math.max(0, ...x.toTypedArray().map(Math.abs));

/** The largest difference; NaN if there is one. */
export const distance = (a: Tensor, b: Tensor): number => size(api.sub(a, b) as Tensor);

/** The last two axes exchanged. */
export const mT = (x: Tensor): Tensor => {
  const order = [...x.shape.keys()];
  return api.permute(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
};

export const product = (...xs: Tensor[]): Tensor => xs.reduce((a, b) => api.matmul(a, b) as Tensor);

/** x·diag(d). */
export const scaled = (x: Tensor, d: Tensor): Tensor => api.mul(x, api.expandDims(d, -2)) as Tensor;

export const normal = (name: string, shape: readonly number[]): Tensor => rng(name).normal([...shape]) as Tensor;

/** Normally distributed matrices of any size up to `most`, in a batch or not, some without elements. */
export const anyMatrix = (most = 6): fc.Arbitrary<Tensor> =>
  fc
    .tuple(fc.nat(1000), fc.constantFrom<number[]>([], [2], [0], [2, 1]), fc.nat(most), fc.nat(most))
    .map(([seed, batch, m, n]) => normal(`matrix ${seed}`, [...batch, m, n]));

export const squareMatrix = (most = 6): fc.Arbitrary<Tensor> =>
  fc
    .tuple(fc.nat(1000), fc.constantFrom<number[]>([], [2], [0], [2, 1]), fc.nat(most))
    .map(([seed, batch, n]) => normal(`square ${seed}`, [...batch, n, n]));

/** Matrices of less than full rank, whole numbers, so that they are so exactly. */
export const deficient = (most = 5): fc.Arbitrary<Tensor> =>
  fc.tuple(fc.nat(1000), fc.nat(most), fc.nat(most), fc.nat(2)).map(([seed, m, n, rank]) => {
    const whole = (name: string, shape: number[]): Tensor =>
      api.cast(rng(`${name} ${seed}`).uniform(shape, { low: -4, high: 5 }) as Tensor, "int32");
    return api.cast(api.matmul(whole("left", [m, rank]), whole("right", [rank, n])), "float64") as Tensor;
  });

/** The identity for matrices like x·xᵀ. */
export const identityFor = (x: Tensor): Tensor => {
  const n = x.shape.at(-2)!;
  return api.broadcastTo(api.eye(n), [...x.shape.slice(0, -2), n, n]) as Tensor;
};
