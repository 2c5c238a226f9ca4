/** @file Decompositions, solutions and functions of matrices, at matrices that are well-conditioned by construction. */
import * as fc from "fast-check";
import type { Tensor } from "../../src/index.ts";
import * as api from "../../src/index.ts";
import { extent, type Family, fixed, type Sample } from "./draws.ts";

type F1 = (x: Tensor) => Tensor;
type F2 = (a: Tensor, b: Tensor) => Tensor;

const batch = fc.array(fc.constantFrom(0, 1, 2), { maxLength: 1 });

/** The matrix 4·diag(1, …, n), or its upper left part: what lies on it with less than 1 a row is far from singular. */
function ladder(m: number, n: number): Tensor {
  const data = new Float64Array(m * n);
  for (let i = 0; i < Math.min(m, n); i++) data[i * n + i] = 4 * (i + 1);
  return api.tensor(data, { shape: [m, n] }) as Tensor;
}

/** x, small, on a ladder: singular values and eigenvalues lie about 4 apart, and stay in the dtype of x. */
const spread = (x: Tensor): Tensor => {
  const dtype = x.dtype === "float32" ? "float32" : "float64";
  const [m, n] = x.shape.slice(-2) as [number, number];
  return api.add(api.cast(x, dtype), api.cast(ladder(m, n), dtype)) as Tensor;
};

const small = { min: -0.5, max: 0.5 };
const aboveZero = { min: 0.125, max: 0.5 };

/** A function of square matrices. */
const ofSquare = (f: F1): fc.Arbitrary<Sample> =>
  fc.tuple(batch, extent).map(([b, n]) => ({ f: (x) => f(spread(x)), inputs: [{ shape: [...b, n, n], ...small }] }));

/** A function of matrices of any shape. */
const ofAny = (f: F1): fc.Arbitrary<Sample> =>
  fc
    .tuple(batch, extent, extent)
    .map(([b, m, n]) => ({ f: (x) => f(spread(x)), inputs: [{ shape: [...b, m, n], ...small }] }));

/** A function of a matrix and a right-hand side: a vector, columns, or columns for each of a batch. */
const withRight = (f: F2, square: boolean): fc.Arbitrary<Sample> =>
  fc.tuple(batch, batch, extent, extent, extent, fc.boolean()).map(([b, c, m, n, k, vector]) => ({
    f: (x, y) => f(spread(x), y),
    inputs: [
      { shape: [...(b[0] === c[0] ? b : []), m, square ? m : n], ...small },
      { shape: vector ? [m] : [...c, m, k] },
    ],
  }));

/** Each sample with each of the variants of a function. */
const either = <T>(options: readonly T[], sample: (option: T) => fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  fc.constantFrom(...options).chain(sample);

/** x·diag(d)·y. */
const weighted = (x: Tensor, d: Tensor, y: Tensor): Tensor => api.matmul(api.mul(x, api.expandDims(d, -2)), y);

const transposed = (x: Tensor): Tensor => {
  const order = [...x.shape.keys()];
  return api.permute(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
};

const flags = [false, true];
const triangles = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((bits) => ({
  upper: (bits & 1) > 0,
  unitDiagonal: (bits & 2) > 0,
  transposed: (bits & 4) > 0,
  left: (bits & 8) > 0,
}));

export const linalg: Family = {
  differentiable: {
    inv: ofSquare(api.inv),
    solve: withRight(api.solve, true),
    // The right-hand side of x·a = b is b transposed, unless it is a vector.
    triangularSolve: either(triangles, (options) =>
      withRight((a, b) => api.triangularSolve(a, options.left || b.rank < 2 ? b : transposed(b), options), true),
    ),
    choleskySolve: either(flags, (upper) => withRight((a, b) => api.choleskySolve(a, b, { upper }), true)),
    cholesky: either(flags, (upper) => ofSquare((x) => api.cholesky(x, { upper }))),
    det: ofSquare(api.det),
    // The sign does not vary; both results are in the product.
    slogdet: ofSquare((x) => {
      const [sign, log] = api.slogdet(x);
      return api.mul(api.add(sign, 2), log);
    }),
    logDet: ofSquare(api.logDet),
    // Of what "complete" adds only the projector is determined.
    qr: either(["reduced", "complete"] as const, (mode) =>
      ofAny((x) => {
        const [q, r] = api.qr(x, { mode });
        if (mode === "reduced") return api.matmul(api.square(q), r);
        return api.concat([api.matmul(q, transposed(q)), r], -1);
      }),
    ),
    // Functions that do not depend on the signs of the vectors.
    eigh: ofSquare((x) => {
      const [values, vectors] = api.eigh(x);
      return weighted(api.mul(vectors, vectors), api.sin(values), transposed(vectors).mul(transposed(vectors)));
    }),
    eigvalsh: ofSquare(api.eigvalsh),
    svd: either(flags, (fullMatrices) =>
      ofAny((x) => {
        const [u, s, vt] = api.svd(x, { fullMatrices });
        if (fullMatrices)
          return api.matmul(api.matmul(transposed(u), u), api.matmul(x, api.matmul(transposed(vt), vt)));
        return api.add(weighted(u, api.sin(s), vt), weighted(api.mul(u, u), s, api.mul(vt, vt)));
      }),
    ),
    svdvals: ofAny(api.svdvals),
    pinv: ofAny(api.pinv),
    lstsq: withRight(api.lstsq, false),
    matrixPower: either([-3, -1, 0, 1, 2, 5], (n) => ofSquare((x) => api.matrixPower(api.mul(0.25, x), n))),
    matrixExp: ofSquare((x) => api.matrixExp(api.mul(0.25, x))),
    // Sums of rows and columns of square matrices do not tie on the ladder, and magnitudes have no kink above 0.
    matrixNorm: either(["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity] as const, (ord) =>
      either(flags, (keepDims) =>
        fc.tuple(batch, fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3), fc.boolean()).map(([b, m, n, turned]) => ({
          f: (x) => api.matrixNorm(spread(x), ord, { axis: turned ? [-1, -2] : [-2, -1], keepDims }),
          inputs: [{ shape: [...b, m, typeof ord === "string" || Math.abs(ord) === 2 ? n : m], ...aboveZero }],
        })),
      ),
    ),
    // Of a 1 × 1 matrix the condition is 1, and rounding is all that its derivative has.
    cond: either(["fro", "nuc", 1, 2, -2, Infinity] as const, (ord) =>
      fc.tuple(batch, fc.constantFrom(2, 3)).map(([b, n]) => ({
        f: (x) => api.cond(spread(x), ord),
        inputs: [{ shape: [...b, n, n], ...aboveZero }],
      })),
    ),
    cross: fc
      .constantFrom<readonly [number[], number[], number]>(
        [[3], [3], 0],
        [[2, 3], [1, 3], -1],
        [[3, 0], [3, 1], 0],
        [[2, 3, 2], [2, 3, 1], 1],
      )
      .map(
        ([a, b, axis]): Sample => ({ f: (x, y) => api.cross(x, y, { axis }), inputs: [{ shape: a }, { shape: b }] }),
      ),
  },
  constant: {
    matrixRank: fixed((x) => api.matrixRank(x), { shape: [2, 3, 2] }),
  },
  // Elimination, reflections and rotations have no running bound: their results are not sums of products.
  unbounded: [
    "inv",
    "solve",
    "triangularSolve",
    "choleskySolve",
    "cholesky",
    "det",
    "slogdet",
    "logDet",
    "qr",
    "eigh",
    "eigvalsh",
    "svd",
    "svdvals",
    "pinv",
    "lstsq",
    "matrixPower",
    "matrixExp",
    "matrixNorm",
    "cond",
  ],
};
