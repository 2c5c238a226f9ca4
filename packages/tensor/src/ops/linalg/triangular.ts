/** @file Triangular systems, and the Cholesky factor, whose derivative is made of them. */
import { TensorError } from "../../core/errors.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add, mul, neg, sub } from "../arithmetic.ts";
import { matmul } from "../matmul.ts";
import { matrixTranspose } from "../shape.ts";
import { choleskyFactor } from "./kernels/cholesky.ts";
import { substitute, type Triangle } from "./kernels/lu.ts";
import {
  asSquare,
  checkFlags,
  diagonalMatrices,
  diagonalsOf,
  onMatrices,
  triangleOf,
  withRightHandSide,
} from "./matrices.ts";

interface Substitution extends Triangle {
  /** On whose behalf: what an error names. */
  readonly op: string;
}

const substitutionOp: Primitive<Substitution> = onMatrices<Substitution>({
  name: "triangularSolve",
  shape: ([, b]) => ({ shape: b!.shape, dtype: b!.dtype }),
  kernel(out, { take, inputs, params, name }) {
    const [n, k] = inputs[1]!.shape.slice(-2) as [number, number];
    out.set(take(1));
    const place = substitute(take(0), n, out, n, k, params);
    if (place >= 0)
      throw new TensorError(
        params.op,
        `${name()} is singular: its diagonal is 0 at ${place}`,
        "a triangular matrix is solved only if no diagonal element is 0",
        inputs,
      );
  },
  vjp: [
    (ct, x, [a], params) => {
      const back = matrixTranspose(apply(substitutionOp, [a!, ct], { ...params, transposed: !params.transposed }));
      const all = params.transposed ? matmul(x, back) : matrixTranspose(matmul(x, back));
      return neg(triangleOf(all, params.upper, params.unitDiagonal));
    },
    (ct, _x, [a], params) => apply(substitutionOp, [a!, ct], { ...params, transposed: !params.transposed }),
  ],
  jvp: [
    (t, x, [a], params) => {
      const change = triangleOf(t, params.upper, params.unitDiagonal);
      return neg(apply(substitutionOp, [a!, matmul(params.transposed ? matrixTranspose(change) : change, x)], params));
    },
    (t, _x, [a], params) => apply(substitutionOp, [a!, t], params),
  ],
});

/** T⁻¹b for a triangular T, on behalf of another operation; float matrices of one batch and dtype. */
export const substituted = (a: Tensor, b: Tensor, params: Omit<Substitution, "unitDiagonal">): Tensor =>
  apply(substitutionOp, [a, b], { unitDiagonal: false, ...params });

export interface TriangularOptions {
  /** The upper triangle of a is meant, not the lower. */
  readonly upper?: boolean;
  /** The diagonal is taken to be ones, and is not read. */
  readonly unitDiagonal?: boolean;
  /** Solve with aᵀ. */
  readonly transposed?: boolean;
  /** false: x·a = b. */
  readonly left?: boolean;
}

/**
 * The x with a·x = b, where only one triangle of a counts; the other is not read. b is a vector or a matrix; batches
 * broadcast.
 *
 * Shapes: a [..., n, n], b [n] or [..., n, k] (for x·a = b, [..., k, n]) → that of b.
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: with w = a⁻ᵀ·ct, w to b and −w·xᵀ to the triangle of a, 0 to the other.
 * Throws: TensorError when rows do not fit, or there is a 0 on a diagonal.
 *
 * @example
 * triangularSolve(tensor([[2, 9], [1, 4]]), tensor([2, 5])).toArray();                    // => [1, 1]
 * triangularSolve(tensor([[2, 1], [9, 4]]), tensor([3, 4]), { upper: true }).toArray();   // => [1, 1]
 */
export function triangularSolve(
  a: Tensor,
  b: Tensor,
  { upper = false, unitDiagonal = false, transposed = false, left = true }: TriangularOptions = {},
): Tensor {
  const op = "triangularSolve";
  checkFlags(op, { upper, unitDiagonal, transposed, left });
  const square = asSquare(op, a);
  const solve = (right: Tensor, params: Substitution): Tensor =>
    withRightHandSide(op, square, right, (matrix, columns, stretch) =>
      apply(substitutionOp, [stretch(matrix), columns], params),
    );
  if (left) return solve(b, { op, upper, unitDiagonal, transposed });
  // x·a = b is aᵀ·xᵀ = bᵀ; a vector is its own transpose.
  const turn = (x: Tensor): Tensor => (b.rank < 2 ? x : matrixTranspose(x));
  return turn(solve(turn(b), { op, upper, unitDiagonal, transposed: !transposed }));
}

/** Which factor is given or wanted: U with A = UᵀU, rather than L with A = LLᵀ. */
interface Upper {
  readonly upper?: boolean;
}

/**
 * The x with A·x = b, where A = L·Lᵀ is given by its Cholesky factor, of which the other triangle is not read.
 *
 * Shapes: factor [..., n, n], b [n] or [..., n, k] → that of b.
 * Derivative: that of the two triangular systems.
 * Throws: TensorError when rows do not fit, or there is a 0 on a diagonal.
 *
 * @example
 * choleskySolve(cholesky(tensor([[4, 2], [2, 5]])), tensor([8, 12])).toArray();   // => [1, 2]
 */
export function choleskySolve(factor: Tensor, b: Tensor, { upper = false }: Upper = {}): Tensor {
  const op = "choleskySolve";
  checkFlags(op, { upper });
  return withRightHandSide(op, asSquare(op, factor), b, (matrix, columns, stretch) => {
    const triangle = stretch(matrix);
    const half = substituted(triangle, columns, { op, upper, transposed: upper });
    return substituted(triangle, half, { op, upper, transposed: !upper });
  });
}

/** The lower triangle with half of the diagonal: what of a symmetric matrix S is in S = P + Pᵀ. */
const halved = (x: Tensor): Tensor => sub(triangleOf(x, false), diagonalMatrices(mul(0.5, diagonalsOf(x))));

/** L⁻¹·x·L⁻ᵀ, or L⁻ᵀ·x·L⁻¹, for a lower triangular L and a symmetric result up to what x is. */
function congruent(factor: Tensor, x: Tensor, transposed: boolean): Tensor {
  const solve = (b: Tensor): Tensor => substituted(factor, b, { op: "cholesky", upper: false, transposed });
  return matrixTranspose(solve(matrixTranspose(solve(x))));
}

const choleskyOp: Primitive<null> = onMatrices<null>({
  name: "cholesky",
  shape: ([a]) => ({ shape: a!.shape, dtype: a!.dtype }),
  kernel(out, { take, inputs, name }) {
    const n = inputs[0]!.shape.at(-1)!;
    const order = choleskyFactor(out, take(0), n);
    if (order > 0)
      throw new TensorError(
        "cholesky",
        `${name()} is not positive-definite: its leading minor of order ${order} is not (pivot ${out[(order - 1) * (n + 1)]})`,
        "for other symmetric matrices use eigh",
        inputs,
      );
  },
  // L⁻¹·dA·L⁻ᵀ = L⁻¹·dL + (L⁻¹·dL)ᵀ, and L⁻¹·dL is lower triangular.
  vjp: [
    (ct, y) => {
      const half = congruent(y, halved(matmul(matrixTranspose(y), ct)), true);
      return mul(0.5, add(half, matrixTranspose(half)));
    },
  ],
  jvp: [(t, y) => matmul(y, halved(congruent(y, t, false)))],
});

/** (x + xᵀ)/2: what is symmetric of it. */
export function symmetrised(x: Tensor): Tensor {
  const half = mul(0.5, x);
  return add(half, matrixTranspose(half));
}

/**
 * The lower triangular L with positive diagonal and L·Lᵀ = x; with `upper`, U = Lᵀ, so that Uᵀ·U = x. Of an x that is
 * not symmetric, (x + xᵀ)/2 is factored.
 *
 * Shapes: [..., n, n] → the same.
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: symmetric; L⁻ᵀ·P·L⁻¹ with P the lower triangle of Lᵀ·ct, its diagonal halved.
 * Throws: TensorError when x is not square, or a matrix of the batch is not positive-definite (NaN is not): it names
 * the first leading minor that fails.
 * Source: Murray, Differentiation of the Cholesky decomposition (2016).
 *
 * @example
 * cholesky(tensor([[4, 2], [2, 5]])).toArray();   // => [[2, 0], [1, 2]]
 */
export function cholesky<S extends Shape>(x: Tensor<S>, { upper = false }: Upper = {}): Tensor<S> {
  checkFlags("cholesky", { upper });
  const factor = apply(choleskyOp, [symmetrised(asSquare("cholesky", x))], null);
  return upper ? matrixTranspose(factor) : factor;
}
