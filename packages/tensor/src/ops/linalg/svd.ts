/** @file Singular values and vectors. */
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Spec, Tensor } from "../../core/tensor.ts";
import { add, mul, sub } from "../arithmetic.ts";
import { matmul } from "../matmul.ts";
import { expandDims, matrixTranspose, reshape } from "../shape.ts";
import { concat } from "../slice.ts";
import { reciprocalOrZero } from "./eigen.ts";
import { singularValues } from "./kernels/singular.ts";
import {
  asMatrix,
  asRow,
  checkConverged,
  checkFlags,
  diagonalMatrices,
  diagonalsOf,
  offDiagonal,
  onMatrices,
  rowsOf,
} from "./matrices.ts";
import { completed } from "./qr.ts";

const extents = ({ shape }: Spec): [m: number, n: number, k: number] => {
  const [m, n] = shape.slice(-2) as [number, number];
  return [m, n, Math.min(m, n)];
};

interface Singular {
  readonly u: Tensor;
  readonly s: Tensor;
  readonly v: Tensor;
}

/** The parts of the result for m × n matrices: U, S and V have k columns all, and stand on top of each other. */
function singularParts(y: Tensor, m: number): Singular {
  const [rows, k] = y.shape.slice(-2) as [number, number];
  const s = reshape(rowsOf(y, m, m + 1), [...y.shape.slice(0, -2), k]);
  return { u: rowsOf(y, 0, m), s, v: rowsOf(y, m + 1, rows) };
}

/** 1/(sⱼ − sᵢ) and 1/(sⱼ + sᵢ) off the diagonal, and 1/sᵢ; 0 where there is none. */
function reciprocals(s: Tensor, extent: number): { differences: Tensor; sums: Tensor; singles: Tensor } {
  const [across, down] = [asRow(s), expandDims(s, -1)];
  return {
    differences: reciprocalOrZero(sub(across, down), s, extent),
    sums: offDiagonal(reciprocalOrZero(add(across, down), s, extent)),
    singles: reciprocalOrZero(across, s, extent),
  };
}

/** x less what of it lies in the span of the orthonormal columns of q; 0 where that is everything. */
const beyond = (q: Tensor, x: Tensor): Tensor => sub(x, matmul(q, matmul(matrixTranspose(q), x)));

const antisymmetric = (x: Tensor): Tensor => sub(x, matrixTranspose(x));

/**
 * With P = UᵀdA·V, dS is the diagonal of P; UᵀdU and VᵀdV are skew, and their sum and difference are
 * (P + Pᵀ)/(sⱼ − sᵢ) and (P − Pᵀ)/(sⱼ + sᵢ): the second is finite at equal singular values, as functions of U·Vᵀ need.
 */
const svdOp: Primitive<null> = onMatrices<null>({
  name: "svd",
  shape([a]) {
    const [m, n, k] = extents(a!);
    return { shape: [...a!.shape.slice(0, -2), m + 1 + n, k], dtype: a!.dtype };
  },
  kernel(out, element) {
    const [m, n, k] = extents(element.inputs[0]!);
    const [u, s, v] = [out.subarray(0, m * k), out.subarray(m * k, (m + 1) * k), out.subarray((m + 1) * k)];
    checkConverged("svd", singularValues(s, { u, v }, element.take(0), m, n), element);
  },
  vjp: [
    (ct, y, [a]) => {
      const [m, n, k] = extents(a!);
      const { u, s, v } = singularParts(y, m);
      const { u: cu, s: cs, v: cv } = singularParts(ct, m);
      const { differences, sums, singles } = reciprocals(s, Math.max(m, n));
      const [x, z] = [matmul(matrixTranspose(u), cu), matmul(matrixTranspose(v), cv)];
      const skew = add(mul(differences, antisymmetric(add(x, z))), mul(sums, antisymmetric(sub(x, z))));
      const inside = matmul(u, matmul(add(mul(0.5, skew), diagonalMatrices(cs)), matrixTranspose(v)));
      const [tall, wide] = [m > k, n > k];
      const left = tall ? add(inside, matmul(mul(beyond(u, cu), singles), matrixTranspose(v))) : inside;
      return wide ? add(left, matmul(mul(u, singles), matrixTranspose(beyond(v, cv)))) : left;
    },
  ],
  jvp: [
    (t, y, [a]) => {
      const [m, n, k] = extents(a!);
      const { u, s, v } = singularParts(y, m);
      const { differences, sums, singles } = reciprocals(s, Math.max(m, n));
      const [tv, tu] = [matmul(t, v), matmul(matrixTranspose(t), u)];
      const p = matmul(matrixTranspose(u), tv);
      const sum = mul(differences, add(p, matrixTranspose(p)));
      const difference = mul(sums, antisymmetric(p));
      const du = matmul(u, mul(0.5, add(sum, difference)));
      const dv = matmul(v, mul(0.5, sub(sum, difference)));
      return concat(
        [
          m > k ? add(du, mul(beyond(u, tv), singles)) : du,
          asRow(diagonalsOf(p)),
          n > k ? add(dv, mul(beyond(v, tu), singles)) : dv,
        ],
        -2,
      );
    },
  ],
});

/** U, S and V (not transposed) on top of each other, for float matrices. */
export const singularDecomposition = (a: Tensor): Tensor => apply(svdOp, [a], null);

/**
 * The singular value decomposition: orthonormal columns U and V and numbers S ≥ 0 in descending order, with
 * U·diag(S)·Vᵀ = x. The third result is Vᵀ, as NumPy and PyTorch have it.
 *
 * Signs: in each column of U the first of its largest elements is positive.
 * Shapes: x [..., m, n] → U [..., m, k], S [..., k], Vᵀ [..., k, n], with k = min(m, n); with `fullMatrices` U and Vᵀ are
 * square, [..., m, m] and [..., n, n].
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: at equal or vanishing singular values (to max(m, n) units of rounding of the largest) that of any
 * function which does not depend on the choice of vectors among them, such as U·Vᵀ; second derivatives leave out what
 * turns these into each other. The columns that `fullMatrices` adds are any orthonormal ones, and so with them.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when x is no matrix, or the rotations do not converge.
 * Source: Drmač & Veselić (2008), one-sided Jacobi rotations after QR with exchanges of columns.
 *
 * @example
 * const [u, s, vt] = svd(tensor([[0, 2], [1, 0]]));
 * u.toArray();    // => [[1, 0], [0, 1]]
 * s.toArray();    // => [2, 1]
 * vt.toArray();   // => [[0, 1], [1, 0]]
 */
export function svd(
  x: Tensor,
  { fullMatrices = false }: { readonly fullMatrices?: boolean } = {},
): readonly [u: Tensor, s: Tensor, vt: Tensor] {
  checkFlags("svd", { fullMatrices });
  const a = asMatrix("svd", x);
  const [m, n] = extents(a);
  const { u, s, v } = singularParts(singularDecomposition(a), m);
  if (!fullMatrices) return [u, s, matrixTranspose(v)];
  return [m > n ? completed(u) : u, s, matrixTranspose(n > m ? completed(v) : v)];
}

const svdvalsOp: Primitive<null> = onMatrices<null>({
  name: "svdvals",
  shape: ([a]) => ({ shape: [...a!.shape.slice(0, -2), extents(a!)[2]], dtype: a!.dtype }),
  kernel(out, element) {
    const [m, n] = extents(element.inputs[0]!);
    checkConverged("svdvals", singularValues(out, null, element.take(0), m, n), element);
  },
  vjp: [
    (ct, _y, [a]) => {
      const { u, v } = singularParts(singularDecomposition(a!), extents(a!)[0]);
      return matmul(mul(u, asRow(ct)), matrixTranspose(v));
    },
  ],
  jvp: [
    (t, _y, [a]) => {
      const { u, v } = singularParts(singularDecomposition(a!), extents(a!)[0]);
      return diagonalsOf(matmul(matmul(matrixTranspose(u), t), v));
    },
  ],
});

/**
 * The singular values in descending order, without the cost of the vectors; those are computed when a derivative is
 * asked for.
 *
 * Shapes: [..., m, n] → [..., min(m, n)].
 * Derivative: Σ ctᵢ·uᵢ·vᵢᵀ; at a singular value of 0, a kink, with the signs that svd gives.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when x is no matrix, or the rotations do not converge.
 *
 * @example
 * svdvals(tensor([[0, -2], [1, 0]])).toArray();   // => [2, 1]
 */
export const svdvals = (x: Tensor): Tensor => apply(svdvalsOp, [asMatrix("svdvals", x)], null);
