/** @file Products of vectors and matrices. */
import { matmul } from "@deltagrad/tensor";
import { binary, type Family } from "../adapt.ts";

export const matrices: Family = {
  adapters: {
    matmul: binary(matmul),
    mm: binary(matmul),
    bmm: binary(matmul),
    dot: binary(matmul),
  },
  names: { mm: "matmul", bmm: "matmul", dot: "matmul" },
};
