/** @file Orthogonal bases: of what the columns of a matrix span (QR), and of what they do not. */
import { zeros } from "../../core/create.ts";
import { TensorError } from "../../core/errors.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add, neg, sub } from "../arithmetic.ts";
import { matmul } from "../matmul.ts";
import { matrixTranspose } from "../shape.ts";
import { concat } from "../slice.ts";
import { orthogonalComplement, orthogonalise } from "./kernels/householder.ts";
import { asMatrix, columnsOf, onMatrices, rowsOf, triangleOf } from "./matrices.ts";
import { substituted } from "./triangular.ts";

/** x·R⁻¹, or x·R⁻ᵀ, for an upper triangular R. */
const overTriangle = (x: Tensor, r: Tensor, transposed: boolean): Tensor =>
  matrixTranspose(substituted(r, matrixTranspose(x), { op: "qr", upper: true, transposed: !transposed }));

/** Q and R of m × n matrices, m ≥ n, have n columns both: the one result is Q on top of R. */
const qrOp: Primitive<null> = onMatrices<null>({
  name: "qr",
  shape([a]) {
    const [m, n] = a!.shape.slice(-2) as [number, number];
    return { shape: [...a!.shape.slice(0, -2), m + n, n], dtype: a!.dtype };
  },
  kernel(out, { take, inputs }) {
    const [m, n] = inputs[0]!.shape.slice(-2) as [number, number];
    orthogonalise(out.subarray(0, m * n), out.subarray(m * n), take(0), m, n);
  },
  // With C = dA·R⁻¹ and M = QᵀC: QᵀdQ is skew and dR·R⁻¹ upper triangular, so below the diagonal QᵀdQ is that of M.
  vjp: [
    (ct, y, [a]) => {
      const m = a!.shape.at(-2)!;
      const [[q, r], [cq, cr]] = [parts(y, m), parts(ct, m)];
      const w = sub(matmul(r, matrixTranspose(cr)), matmul(matrixTranspose(cq), q));
      const symmetric = add(triangleOf(w, false), matrixTranspose(triangleOf(w, false, true)));
      return overTriangle(add(cq, matmul(q, symmetric)), r, true);
    },
  ],
  jvp: [
    (t, y, [a]) => {
      const [q, r] = parts(y, a!.shape.at(-2)!);
      const c = overTriangle(t, r, false);
      const w = matmul(matrixTranspose(q), c);
      const below = triangleOf(w, false, true);
      const triangle = sub(w, sub(below, matrixTranspose(below)));
      return concat([sub(c, matmul(q, triangle)), matmul(triangle, r)], -2);
    },
  ],
});

const parts = (y: Tensor, m: number): [q: Tensor, r: Tensor] => [rowsOf(y, 0, m), rowsOf(y, m, y.shape.at(-2)!)];

/** For Q of orthonormal columns, m × n: an orthonormal basis of the rest, m × (m − n). */
const complementOp: Primitive<null> = onMatrices<null>({
  name: "orthogonalComplement",
  shape([q]) {
    const [m, n] = q!.shape.slice(-2) as [number, number];
    return { shape: [...q!.shape.slice(0, -1), m - n], dtype: q!.dtype };
  },
  kernel(out, { take, inputs }) {
    const [m, n] = inputs[0]!.shape.slice(-2) as [number, number];
    orthogonalComplement(out, take(0), m, n);
  },
  // The basis is kept orthogonal to Q, and is not turned within itself: QᵀdY = −dQᵀY and YᵀdY = 0.
  vjp: [(ct, y, [q]) => neg(matmul(y, matmul(matrixTranspose(ct), q!)))],
  jvp: [(t, y, [q]) => neg(matmul(q!, matmul(matrixTranspose(t), y)))],
});

/** Orthonormal columns made a whole square orthogonal matrix by more of them. */
export const completed = (q: Tensor): Tensor => concat([q, apply(complementOp, [q], null)], -1);

/**
 * Orthonormal columns Q and an upper triangular R, whose diagonal is ≥ 0, with Q·R = x: for columns that are
 * independent there is just one such pair.
 *
 * Shapes: x [..., m, n] → Q [..., m, k] and R [..., k, n], with k = min(m, n); k = m in mode "complete".
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: where the first k columns are independent. The columns that "complete" adds are any orthonormal ones:
 * only of functions that do not depend on which, such as their projector, is the derivative meant.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when x is no matrix; when the derivative is asked for where R is singular.
 * Source: Householder's reflections; Walter & Lehmann, Algorithmic differentiation of linear algebra functions (2010).
 *
 * @example
 * const [q, r] = qr(tensor([[0, 1], [2, 3]]));
 * q.toArray();   // => [[0, 1], [1, 0]]
 * r.toArray();   // => [[2, 3], [0, 1]]
 */
export function qr(
  x: Tensor,
  { mode = "reduced" }: { readonly mode?: "reduced" | "complete" } = {},
): readonly [q: Tensor, r: Tensor] {
  if (mode !== "reduced" && mode !== "complete")
    throw new TensorError("qr", `there is no mode ${String(mode)}`, 'use "reduced" or "complete"');
  const a = asMatrix("qr", x);
  const [m, n] = a.shape.slice(-2) as [number, number];
  if (m < n) {
    // Q is that of the first m columns; of the others R has the coordinates.
    const [q, r] = parts(apply(qrOp, [columnsOf(a, 0, m)], null), m);
    return [q, concat([r, matmul(matrixTranspose(q), columnsOf(a, m, n))], -1)];
  }
  const [q, r] = parts(apply(qrOp, [a], null), m);
  if (mode === "reduced" || m === n) return [q, r];
  const below = zeros([...a.shape.slice(0, -2), m - n, n], { dtype: a.dtype });
  return [completed(q), concat([r, below], -2)];
}
