/** @file Products of vectors and matrices. */
import {
  addmm,
  baddbmm,
  dot,
  inner,
  kron,
  matmul,
  outer,
  type Scales,
  type Tensor,
  tensordot,
} from "@deltagrad/tensor";
import { binary, type Family } from "../adapt.ts";
import type { Adapter } from "../compare.ts";

const adding =
  (f: (x: Tensor, a: Tensor, b: Tensor, scales: Scales) => Tensor): Adapter =>
  ({ alpha, beta }, x, a, b) =>
    f(x!, a!, b!, {
      ...(alpha === undefined ? {} : { alpha: alpha as number }),
      ...(beta === undefined ? {} : { beta }),
    });

export const matrices: Family = {
  adapters: {
    matmul: binary(matmul),
    mm: binary(matmul),
    bmm: binary(matmul),
    dot: binary(dot),
    inner: binary(inner),
    outer: binary(outer),
    kron: binary(kron),
    tensordot: ({ dims }, a, b) => tensordot(a!, b!, dims as unknown as number),
    addmm: adding(addmm),
    baddbmm: adding(baddbmm),
  },
  names: { mm: "matmul", bmm: "matmul" },
  exceptions: {
    "alpha and beta that are fractions make float64 of int32 here; PyTorch cuts them to 0": [
      "addmm/8 value[0]",
      ...[0, 1, 2, 3, 4, 5].map((i) => `addmm/8 value[0][${i}]`),
    ],
  },
};
