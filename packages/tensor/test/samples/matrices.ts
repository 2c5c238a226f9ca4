/** @file Products of matrices. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { extent, type Family, type Sample } from "./draws.ts";

const products = fc
  .tuple(extent, extent, extent, fc.array(extent, { maxLength: 1 }), fc.constantFrom(0, 1, 2, 3, 4))
  .map(([m, k, n, batch, form]): Sample => {
    const inputs: [number[], number[]][] = [
      [
        [m, k],
        [k, n],
      ],
      [
        [...batch, m, k],
        [k, n],
      ],
      [
        [m, k],
        [...batch, k, n],
      ],
      [[k], [...batch, k, n]],
      [[...batch, m, k], [k]],
    ];
    const [a, b] = inputs[form]!;
    return { f: (x, y) => api.matmul(x, y), inputs: [{ shape: a }, { shape: b }] };
  });

export const matrices: Family = {
  differentiable: {
    matmul: products,
  },
};
