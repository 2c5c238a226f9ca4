/** @file Eigenvalues and eigenvectors of symmetric matrices. */
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add, mul, sub } from "../arithmetic.ts";
import { broadcastTo } from "../broadcast.ts";
import { greater, where } from "../compare.ts";
import { max } from "../extremes.ts";
import { matmul } from "../matmul.ts";
import { abs } from "../piecewise.ts";
import { reciprocal } from "../powers.ts";
import { expandDims, matrixTranspose, reshape } from "../shape.ts";
import { concat } from "../slice.ts";
import { symmetricEigen } from "./kernels/symmetric.ts";
import { asRow, asSquare, checkConverged, diagonalMatrices, diagonalsOf, onMatrices, rowsOf } from "./matrices.ts";
import { symmetrised } from "./triangular.ts";

/**
 * 1/x where x counts beside the largest of `values`, [..., k] for matrices x, and 0 where it does not: what differs by
 * rounding only is taken for equal, and no turning of equals into each other has an effect that could be meant.
 */
export function reciprocalOrZero(x: Tensor, values: Tensor, extent: number): Tensor {
  if (values.size === 0) return x;
  const unit = x.dtype === "float32" ? 2 ** -23 : 2 ** -52;
  const limit = mul(extent * unit, max(abs(values), -1, { keepDims: true })) as Tensor;
  const counts = greater(abs(x), broadcastTo(reshape(limit, [...limit.shape, 1]), x.shape));
  return where(counts, reciprocal(where(counts, x, 1)), 0);
}

/** 1/(λⱼ − λᵢ), 0 where they are equal. */
function gaps(values: Tensor): Tensor {
  const n = values.shape.at(-1)!;
  return reciprocalOrZero(sub(asRow(values), expandDims(values, -1)), values, n);
}

/** Eigenvalues as row 0, eigenvectors below it. */
const parts = (y: Tensor): [values: Tensor, vectors: Tensor] => {
  const n = y.shape.at(-1)!;
  return [reshape(rowsOf(y, 0, 1), [...y.shape.slice(0, -2), n]), rowsOf(y, 1, n + 1)];
};

const eighOp: Primitive<null> = onMatrices<null>({
  name: "eigh",
  shape([a]) {
    const n = a!.shape.at(-1)!;
    return { shape: [...a!.shape.slice(0, -2), n + 1, n], dtype: a!.dtype };
  },
  kernel(out, element) {
    const n = element.inputs[0]!.shape.at(-1)!;
    const converged = symmetricEigen(out.subarray(0, n), out.subarray(n), element.take(0), n);
    checkConverged("eigh", converged, element);
  },
  // With K = VᵀdA·V: dλ = diag K, and VᵀdV = K ∘ 1/(λⱼ − λᵢ).
  vjp: [
    (ct, y) => {
      const [[values, vectors], [cv, cw]] = [parts(y), parts(ct)];
      const turning = mul(gaps(values), matmul(matrixTranspose(vectors), cw));
      return matmul(matmul(vectors, add(diagonalMatrices(cv), turning)), matrixTranspose(vectors));
    },
  ],
  jvp: [
    (t, y) => {
      const [values, vectors] = parts(y);
      const k = matmul(matmul(matrixTranspose(vectors), t), vectors);
      return concat([asRow(diagonalsOf(k)), matmul(vectors, mul(gaps(values), k))], -2);
    },
  ],
});

/**
 * The eigenvalues λ of a symmetric matrix in ascending order, and an orthonormal eigenvector for each, as the columns
 * of V: V·diag(λ)·Vᵀ = x. Of an x that is not symmetric, (x + xᵀ)/2 is decomposed.
 *
 * Signs: in each eigenvector the first of its largest elements is positive.
 * Shapes: [..., n, n] → λ [..., n] and V [..., n, n].
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: symmetric. At equal eigenvalues (to n units of rounding of the largest) that of any function which does
 * not depend on the choice of eigenvectors among them; second derivatives leave out what turns these into each other.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when x is not square, or the iteration does not converge.
 * Source: Golub & Van Loan, Matrix Computations (2013), section 8.3; Giles (2008), section 3.1.
 *
 * @example
 * const [values, vectors] = eigh(tensor([[2, 0], [0, 1]]));
 * values.toArray();    // => [1, 2]
 * vectors.toArray();   // => [[0, 1], [1, 0]]
 */
export function eigh(x: Tensor): readonly [values: Tensor, vectors: Tensor] {
  return parts(apply(eighOp, [symmetrised(asSquare("eigh", x))], null));
}

const eigvalshOp: Primitive<null> = onMatrices<null>({
  name: "eigvalsh",
  shape: ([a]) => ({ shape: a!.shape.slice(0, -1), dtype: a!.dtype }),
  kernel(out, element) {
    checkConverged("eigvalsh", symmetricEigen(out, null, element.take(0), out.length), element);
  },
  vjp: [
    (ct, _y, [a]) => {
      const [, vectors] = parts(apply(eighOp, [a!], null));
      return matmul(mul(vectors, asRow(ct)), matrixTranspose(vectors));
    },
  ],
  jvp: [
    (t, _y, [a]) => {
      const [, vectors] = parts(apply(eighOp, [a!], null));
      return diagonalsOf(matmul(matmul(matrixTranspose(vectors), t), vectors));
    },
  ],
});

/**
 * The eigenvalues of a symmetric matrix in ascending order, without the cost of the eigenvectors; those are computed
 * when a derivative is asked for. Of an x that is not symmetric, (x + xᵀ)/2 is meant.
 *
 * Shapes: [..., n, n] → [..., n].
 * Derivative: Σ ctᵢ·vᵢ·vᵢᵀ; further as eigh.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when x is not square, or the iteration does not converge.
 *
 * @example
 * eigvalsh(tensor([[0, 2], [2, 0]])).toArray();   // => [-2, 2]
 */
export const eigvalsh = (x: Tensor): Tensor => apply(eigvalshOp, [symmetrised(asSquare("eigvalsh", x))], null);
