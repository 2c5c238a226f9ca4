/** @file Functions of a square matrix: whole powers and the exponential. */
import { asTensor, zerosLike } from "../../core/create.ts";
import { TensorError } from "../../core/errors.ts";
import { eye } from "../../core/grids.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { div, mul } from "../arithmetic.ts";
import { broadcastTo } from "../broadcast.ts";
import { greater, where } from "../compare.ts";
import { max } from "../extremes.ts";
import { matmul } from "../matmul.ts";
import { abs, stopGradient } from "../piecewise.ts";
import { matrixTranspose } from "../shape.ts";
import { concat } from "../slice.ts";
import { exponential } from "./kernels/exponential.ts";
import { asSquare, columnsOf, onMatrices, rowsOf } from "./matrices.ts";
import { eliminated, inverseOf } from "./solve.ts";

/**
 * The n-th power of a square matrix, for a whole n; x⁰ is the identity, x⁻ⁿ = (x⁻¹)ⁿ. It takes about log₂|n| products.
 *
 * Dtype: int32 stays int32 for n ≥ 0, and wraps; with n < 0 it gives float64, as does bool.
 * Derivative: that of the products.
 * Throws: TensorError when x is not square, n is not a whole number, or n < 0 and a matrix is exactly singular.
 *
 * @example
 * matrixPower(tensor([[1, 1], [1, 0]]), 10).toArray();   // => [[89, 55], [55, 34]]
 * matrixPower(tensor([[2, 0], [0, 4]]), -1).toArray();   // => [[0.5, 0], [0, 0.25]]
 */
export function matrixPower<S extends Shape>(x: Tensor<S>, n: number): Tensor<S> {
  const op = "matrixPower";
  if (!Number.isSafeInteger(n))
    throw new TensorError(op, `the power is ${String(n)}`, "it is a whole number; for others see eigh");
  const whole = asTensor(op, x).dtype === "int32" && n >= 0;
  const a = asSquare(op, x);
  if (n < 0) return power(inverseOf(a, eliminated(a), { op, transposed: false, singular: "throw" }), -n);
  return power(whole ? x : a, n);
}

function power(base: Tensor, n: number): Tensor {
  let result: Tensor | null = null;
  for (let square = base, rest = n; rest > 0; ) {
    if (rest % 2 === 1) result = result === null ? square : matmul(result, square);
    rest = Math.floor(rest / 2);
    if (rest > 0) square = matmul(square, square);
  }
  return result ?? broadcastTo(eye(base.shape.at(-1)!, { dtype: base.dtype }), base.shape);
}

const matrixExpOp: Primitive<null> = onMatrices<null>({
  name: "matrixExp",
  shape: ([a]) => ({ shape: a!.shape, dtype: a!.dtype }),
  kernel: (out, { take, inputs }) => exponential(out, take(0), inputs[0]!.shape.at(-1)!),
  vjp: [(ct, _y, [a]) => alongDirection(matrixTranspose(a!), ct)],
  jvp: [(t, _y, [a]) => alongDirection(a!, t)],
});

/**
 * The derivative of the exponential at a along e: the corner of the exponential of [[a, e], [0, a]]. It is linear in
 * e, which is brought to size 1 first: its size would be taken for that of a.
 *
 * Source: Van Loan, Computing integrals involving the matrix exponential (1978).
 */
function alongDirection(a: Tensor, e: Tensor): Tensor {
  const n = a.shape.at(-1)!;
  if (e.size === 0) return e;
  const most = stopGradient(max(abs(e), [-2, -1], { keepDims: true }));
  const size = where(greater(most, 0), most, 1);
  const block = concat([concat([a, div(e, size)], -1), concat([zerosLike(a), a], -1)], -2);
  return mul(columnsOf(rowsOf(apply(matrixExpOp, [block], null), 0, n), n, 2 * n), size);
}

/**
 * The exponential of a square matrix, Σ xᵏ/k!.
 *
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: Fréchet's, ∫₀¹ e^(sx)·t·e^((1−s)x) ds, by the exponential of a matrix of twice the size.
 * At the edges: NaN or ∞ in a matrix gives NaN; what overflows on the way is ∞ or NaN.
 * Throws: TensorError when x is not square.
 * Source: Higham, The scaling and squaring method for the matrix exponential revisited (2005).
 *
 * @example
 * matrixExp(tensor([[0, 1], [0, 0]])).toArray();   // => [[1, 1], [0, 1]]
 */
export function matrixExp<S extends Shape>(x: Tensor<S>): Tensor<S> {
  return apply(matrixExpOp, [asSquare("matrixExp", x)], null);
}
