/** @file Decompositions, solutions and functions of matrices. */
import {
  cholesky,
  choleskySolve,
  cross,
  det,
  eigh,
  eigvalsh,
  expandDims,
  inv,
  logDet,
  lstsq,
  matrixExp,
  pinv,
  qr,
  slogdet,
  solve,
  squeeze,
  svd,
  svdvals,
  type Tensor,
  triangularSolve,
} from "@deltagrad/tensor";
import { type Family, unary } from "../adapt.ts";
import type { Kwargs } from "../compare.ts";

/** PyTorch's parameters of these operations. */
interface Parameters extends Kwargs {
  readonly upper?: boolean;
  readonly transpose?: boolean;
  readonly unitriangular?: boolean;
  readonly full_matrices?: boolean;
  readonly dim?: number;
}

/** To PyTorch, b of the shape of a without its last axis is a batch of vectors, which are columns here. */
const isVectors = (a: Tensor, b: Tensor): boolean =>
  b.rank > 1 && b.rank + 1 === a.rank && b.shape.every((extent, i) => extent === a.shape[i]);

export const linalg: Family = {
  adapters: {
    "linalg.inv": unary(inv),
    "linalg.det": unary(det),
    "linalg.slogdet": (_kwargs, a) => slogdet(a!),
    logdet: unary(logDet),
    "linalg.solve": (_kwargs, a, b) => (isVectors(a!, b!) ? squeeze(solve(a!, expandDims(b!, -1)), -1) : solve(a!, b!)),
    triangular_solve: ({ upper = true, transpose = false, unitriangular = false }: Parameters, b, a) =>
      triangularSolve(a!, b!, { upper, transposed: transpose, unitDiagonal: unitriangular }),
    cholesky_solve: ({ upper = false }: Parameters, b, factor) => choleskySolve(factor!, b!, { upper }),
    "linalg.cholesky": ({ upper = false }: Parameters, a) => cholesky(a!, { upper }),
    "linalg.qr": (_kwargs, a) => qr(a!),
    "linalg.eigh": (_kwargs, a) => eigh(a!),
    "linalg.eigvalsh": (_kwargs, a) => eigvalsh(a!),
    "linalg.svd": ({ full_matrices: fullMatrices = true }: Parameters, a) => svd(a!, { fullMatrices }),
    "linalg.svdvals": (_kwargs, a) => svdvals(a!),
    "linalg.pinv": (_kwargs, a) => pinv(a!),
    "linalg.lstsq": (_kwargs, a, b) => lstsq(a!, b!),
    "linalg.cross": ({ dim: axis = -1 }: Parameters, a, b) => cross(a!, b!, { axis }),
    matrix_exp: unary(matrixExp),
  },
  names: { logdet: "logDet" },
};
