/** @file Products of vectors and matrices, over named axes, of many. */
import * as fc from "fast-check";
import type { Tensor } from "../../src/index.ts";
import * as api from "../../src/index.ts";
import { extent, type Family, type Sample, shape } from "./draws.ts";

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

/** Extents for the letters of a formula: "ij,j" becomes [i, j], [j]. */
const named = (terms: string, f: (...xs: Tensor[]) => Tensor): fc.Arbitrary<Sample> =>
  fc.array(extent, { minLength: 26, maxLength: 26 }).map((extents) => ({
    f,
    inputs: terms.split(",").map((term) => ({ shape: [...term].map((letter) => extents[letter.charCodeAt(0) - 97]!) })),
  }));

/** Each formula with the terms that its ellipses stand for. */
const formulas: readonly (readonly [formula: string, terms: string])[] = [
  ["ij,jk->ik", "ij,jk"],
  ["ij,kj", "ij,kj"],
  ["bij,bjk->bik", "bij,bjk"],
  ["bij,bij->ij", "bij,bij"],
  ["ii->i", "ii"],
  ["iji,j", "iji,j"],
  ["ij,j,k->ki", "ij,j,k"],
  ["...ij,...jk", "abij,bjk"],
  ["ab,bc,cd,de->ae", "ab,bc,cd,de"],
  ["a,ab,bb,c->", "a,ab,bb,c"],
  [",ij", ",ij"],
];

export const matrices: Family = {
  differentiable: {
    matmul: products,
    dot: named("n,n", api.dot),
    vdot: named("mn,mn", api.vdot),
    vecdot: named("abn,bn", (a, b) => api.vecdot(a, b)),
    matvec: named("bmn,n", api.matvec),
    outer: named("m,n", (a, b) => api.outer(a, b) as Tensor),
    inner: named("abn,cn", api.inner),
    tensordot: fc.oneof(
      named("amn,mnb", (a, b) => api.tensordot(a, b)),
      named("man,bnm", (a, b) =>
        api.tensordot(a, b, [
          [0, -1],
          [-1, 1],
        ]),
      ),
      named("a,b", (a, b) => api.tensordot(a, b, 0)),
    ),
    kron: fc.tuple(shape(2), shape(3)).map(([a, b]) => ({ f: api.kron, inputs: [{ shape: a }, { shape: b }] })),
    addmm: named("n,mk,kn", (x, a, b) => api.addmm(x, a, b, { alpha: 2, beta: -1 }) as Tensor),
    baddbmm: named("mn,bmk,bkn", (x, a, b) => api.baddbmm(x, a, b, { beta: 3 }) as Tensor),
    multiDot: fc.oneof(
      named("ab,bc,cd,de", (...xs) => api.multiDot(xs)),
      named("a,ab,b", (...xs) => api.multiDot(xs)),
    ),
    einsum: fc
      .constantFrom(...formulas)
      .chain(([formula, terms]) => named(terms, (...xs) => api.einsum(formula, ...xs))),
  },
};
