/** @file Systems of equations by elimination: the factors are computed once, and ride along to every derivative. */

import { TensorError } from "../../core/errors.ts";
import { eye } from "../../core/grids.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { neg } from "../arithmetic.ts";
import { broadcastTo, cast } from "../broadcast.ts";
import { matmul } from "../matmul.ts";
import { stopGradient } from "../piecewise.ts";
import { matrixTranspose } from "../shape.ts";
import { factorInto, solveFactored } from "./kernels/lu.ts";
import { asSquare, type Element, onMatrices, withRightHandSide } from "./matrices.ts";

const eliminationOp = onMatrices<null>({
  name: "eliminate",
  shape: ([a]) => ({ shape: [...a!.shape.slice(0, -1), a!.shape.at(-1)! + 1], dtype: "float64" }),
  kernel: (out, { take, inputs }) => factorInto(out, take(0), inputs[0]!.shape.at(-1)!),
  vjp: [null],
  jvp: [null],
});

/**
 * The factors of square matrices, [..., n, n] → [..., n, n + 1] in float64: what `factorInto` leaves. They are a
 * constant to all transforms: an operation that takes the matrix and its factors has a derivative with respect to the
 * matrix alone, which uses the same factors again.
 */
export const eliminated = (a: Tensor): Tensor => apply(eliminationOp, [cast(stopGradient(a), "float64")], null);

interface Solving {
  /** On whose behalf: what an error names. */
  readonly op: string;
  /** Solve Aᵀx = b. */
  readonly transposed: boolean;
  /** What a singular matrix gives. */
  readonly singular: "throw" | "NaN";
}

function solveOne(out: Float64Array, { take, inputs, params, name }: Element<Solving>): void {
  const [n, k] = inputs[1]!.shape.slice(-2) as [number, number];
  const pivot = solveFactored(take(2), out, take(1), n, k, params.transposed);
  if (pivot < 0) return;
  if (params.singular === "throw")
    throw new TensorError(
      params.op,
      `${name()} is singular: pivot ${pivot} is 0`,
      "pinv and lstsq take singular matrices",
      inputs.slice(0, 1),
    );
  out.fill(Number.NaN);
}

/** A⁻¹b from A, b and the factors of A. */
const solveOp: Primitive<Solving> = onMatrices<Solving>({
  name: "solve",
  shape: ([, b]) => ({ shape: b!.shape, dtype: b!.dtype }),
  kernel: solveOne,
  // x = A⁻¹b: dx = A⁻¹(db − dA·x).
  vjp: [
    (ct, x, [a, , factors], params) => {
      const back = apply(solveOp, [a!, ct, factors!], { ...params, transposed: !params.transposed });
      return neg(params.transposed ? matmul(x, matrixTranspose(back)) : matmul(back, matrixTranspose(x)));
    },
    (ct, _x, [a, , factors], params) =>
      apply(solveOp, [a!, ct, factors!], { ...params, transposed: !params.transposed }),
    null,
  ],
  jvp: [
    (t, x, [a, , factors], params) => {
      const change = matmul(params.transposed ? matrixTranspose(t) : t, x);
      return neg(apply(solveOp, [a!, change, factors!], params));
    },
    (t, _x, [a, , factors], params) => apply(solveOp, [a!, t, factors!], params),
    null,
  ],
});

/** A⁻¹, or A⁻ᵀ, from A and its factors. */
export const inverseOf = (a: Tensor, factors: Tensor, params: Solving): Tensor =>
  apply(solveOp, [a, broadcastTo(eye(a.shape.at(-1)!, { dtype: a.dtype }), a.shape), factors], params);

/**
 * The x with a·x = b, for one right-hand side (a vector) or several (the columns of a matrix); batches broadcast.
 *
 * Shapes: a [..., n, n], b [n] → [..., n], or b [..., n, k] → [..., n, k]. A batch of vectors is given as columns.
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: with w = a⁻ᵀ·ct, w to b and −w·xᵀ to a. a is factored once, for the value and all derivatives.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when a is not square, rows do not fit, or a matrix of the batch is exactly singular. One that is
 * so only up to rounding is not noticed: see `cond`.
 * Source: elimination with partial pivoting; Giles, Collected matrix derivative results (2008), section 2.3.
 *
 * @example
 * solve(tensor([[2, 0], [0, 4]]), tensor([2, 2])).toArray();   // => [1, 0.5]
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  const params: Solving = { op: "solve", transposed: false, singular: "throw" };
  return withRightHandSide("solve", asSquare("solve", a), b, (matrix, columns, stretch) =>
    apply(solveOp, [stretch(matrix), columns, stretch(eliminated(matrix))], params),
  );
}

/**
 * The inverse of a square matrix, or of each in a batch. To solve equations, `solve` is faster and more accurate.
 *
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: −yᵀ·ct·yᵀ.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when x is not square, or a matrix of the batch is exactly singular.
 *
 * @example
 * inv(tensor([[1, 2], [0, 4]])).toArray();   // => [[1, -0.5], [0, 0.25]]
 */
export function inv<S extends Shape>(x: Tensor<S>): Tensor<S> {
  const a = asSquare("inv", x);
  return inverseOf(a, eliminated(a), { op: "inv", transposed: false, singular: "throw" });
}
