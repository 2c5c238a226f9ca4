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
  ({ alpha, beta }, x, a, b) => {
    // PyTorch cuts the scales of whole numbers to whole numbers.
    const scale = (value: number): number => (x!.dtype === "int32" ? Math.trunc(value) : value);
    return f(x!, a!, b!, {
      ...(alpha === undefined ? {} : { alpha: scale(alpha as number) }),
      ...(beta === undefined ? {} : { beta: scale(beta) }),
    });
  };

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
};
