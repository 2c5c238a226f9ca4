/** @file Equations without, or with many, solutions: least squares, and the pseudoinverse, which is their matrix. */

import { TensorError } from "../../core/errors.ts";
import { eye } from "../../core/grids.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add, sub } from "../arithmetic.ts";
import { broadcastTo, cast } from "../broadcast.ts";
import { matmul } from "../matmul.ts";
import { stopGradient } from "../piecewise.ts";
import { matrixTranspose } from "../shape.ts";
import { asMatrix, onMatrices, withRightHandSide } from "./matrices.ts";
import { singularDecomposition } from "./svd.ts";

interface LeastSquares {
  /** Singular values up to this times the largest count as 0. */
  readonly rtol: number;
  /** Solve with Aᵀ. */
  readonly transposed: boolean;
}

/** x = Σ vᵢ·(uᵢ·b)/sᵢ over what does not count as 0; the U, S, V (k columns each) of `usv` stand on top of each other. */
function pseudoSolve(
  x: Float64Array,
  usv: Float64Array,
  b: Float64Array,
  [m, n, columns]: readonly [number, number, number],
  { rtol, transposed }: LeastSquares,
): void {
  const k = Math.min(m, n);
  const [from, to] = transposed ? [(m + 1) * k, 0] : [0, (m + 1) * k];
  const [rows, results] = transposed ? [n, m] : [m, n];
  const limit = rtol * (usv[m * k] ?? 0);
  if (Number.isNaN(limit)) x.fill(Number.NaN);
  const part = new Float64Array(columns);
  for (let i = 0; i < k; i++) {
    const s = usv[m * k + i]!;
    if (!(s > limit)) return;
    part.fill(0);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) part[c]! += usv[from + r * k + i]! * b[r * columns + c]!;
    for (let r = 0; r < results; r++)
      for (let c = 0; c < columns; c++) x[r * columns + c]! += usv[to + r * k + i]! * (part[c]! / s);
  }
}

/** A⁺b, or A⁺ᵀb, from A, b and the singular value decomposition of A, which is a constant to all transforms. */
const leastSquaresOp: Primitive<LeastSquares> = onMatrices<LeastSquares>({
  name: "lstsq",
  shape([a, b], { transposed }) {
    const extent = a!.shape.at(transposed ? -2 : -1)!;
    return { shape: [...b!.shape.slice(0, -2), extent, b!.shape.at(-1)!], dtype: b!.dtype };
  },
  kernel(out, { take, inputs, params }) {
    const [m, n] = inputs[0]!.shape.slice(-2) as [number, number];
    pseudoSolve(out, take(2), take(1), [m, n, inputs[1]!.shape.at(-1)!], params);
  },
  // dA⁺ = −A⁺·dA·A⁺ + A⁺A⁺ᵀ·dAᵀ·(I − AA⁺) + (I − A⁺A)·dAᵀ·A⁺ᵀA⁺ where the rank does not change.
  vjp: [
    (ct, x, [a, b, usv], params) => {
      const { along, across, matrix } = directions(a!, usv!, params);
      const w = across(ct);
      const residual = sub(b!, matmul(matrix, x));
      const change = add(
        sub(outer(residual, along(w)), outer(w, x)),
        outer(across(x), sub(ct, along(matmul(matrix, ct)))),
      );
      return params.transposed ? matrixTranspose(change) : change;
    },
    (ct, _x, [a, , usv], params) => directions(a!, usv!, params).across(ct),
    null,
  ],
  jvp: [
    (t, x, [a, b, usv], params) => {
      const { along, across, matrix } = directions(a!, usv!, params);
      const [dA, dAt] = params.transposed ? [matrixTranspose(t), t] : [t, matrixTranspose(t)];
      const residual = sub(b!, matmul(matrix, x));
      const sideways = matmul(dAt, across(x));
      return add(
        sub(along(across(matmul(dAt, residual))), along(matmul(dA, x))),
        sub(sideways, along(matmul(matrix, sideways))),
      );
    },
    (t, _x, [a, , usv], params) => directions(a!, usv!, params).along(t),
    null,
  ],
});

const outer = (x: Tensor, y: Tensor): Tensor => matmul(x, matrixTranspose(y));

/** What the rules need, for A or its transpose, as it was solved with: A itself, A⁺ and A⁺ᵀ. */
function directions(a: Tensor, usv: Tensor, params: LeastSquares) {
  const matrix = params.transposed ? matrixTranspose(a) : a;
  return {
    matrix,
    along: (b: Tensor): Tensor => apply(leastSquaresOp, [a, b, usv], params),
    across: (b: Tensor): Tensor => apply(leastSquaresOp, [a, b, usv], { ...params, transposed: !params.transposed }),
  };
}

const decomposed = (a: Tensor): Tensor => singularDecomposition(cast(stopGradient(a), "float64"));

interface RelativeTolerance {
  /** Singular values up to this times the largest count as 0. */
  readonly rtol?: number;
}

/** The tolerance, by default max(m, n) units of rounding of the dtype. */
export function toleranceFor(op: string, a: Tensor, rtol: number | undefined): number {
  if (rtol === undefined) {
    const unit = a.dtype === "float32" ? 2 ** -23 : 2 ** -52;
    return Math.max(...a.shape.slice(-2)) * unit;
  }
  if (typeof rtol !== "number" || !(rtol >= 0) || rtol === Number.POSITIVE_INFINITY)
    throw new TensorError(
      op,
      `rtol is ${String(rtol)}`,
      "it is a finite number ≥ 0, relative to the largest singular value",
    );
  return rtol;
}

/**
 * The x with the smallest ‖a·x − b‖, and of several such the one with the smallest ‖x‖; for one right-hand side (a
 * vector) or several (the columns of a matrix); batches broadcast. a may be of any shape and rank.
 *
 * Shapes: a [..., m, n], b [m] → [..., n], or b [..., m, k] → [..., n, k].
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: with respect to both, where the rank does not change. a is decomposed once, for the value and all
 * derivatives.
 * At the edges: NaN or ∞ in a gives NaN.
 * Throws: TensorError when rows do not fit, or rtol is no number ≥ 0.
 * Source: by singular values; Golub & Pereyra, The differentiation of pseudo-inverses and nonlinear least squares
 * problems whose variables separate (1973).
 *
 * @example
 * lstsq(tensor([[1, 0], [0, 2], [0, 0]]), tensor([1, 2, 3])).toArray();   // => [1, 1]
 * lstsq(tensor([[1, 0]]), tensor([2])).toArray();                         // => [2, 0]
 */
export function lstsq(a: Tensor, b: Tensor, { rtol }: RelativeTolerance = {}): Tensor {
  return withRightHandSide("lstsq", a, b, (matrix, columns, stretch) => {
    const params = { rtol: toleranceFor("lstsq", matrix, rtol), transposed: false };
    return apply(leastSquaresOp, [stretch(matrix), columns, stretch(decomposed(matrix))], params);
  });
}

/**
 * The pseudoinverse of Moore and Penrose: pinv(x)·b is what lstsq(x, b) gives.
 *
 * Shapes: [..., m, n] → [..., n, m].
 * Dtype: computed in float64; float32 is rounded once; whole numbers give float64.
 * Derivative: where the rank does not change.
 * At the edges: NaN or ∞ in a matrix gives NaN.
 * Throws: TensorError when x is no matrix, or rtol is no number ≥ 0.
 *
 * @example
 * pinv(tensor([[2, 0], [0, 0]])).toArray();   // => [[0.5, 0], [0, 0]]
 */
export function pinv(x: Tensor, { rtol }: RelativeTolerance = {}): Tensor {
  const a = asMatrix("pinv", x);
  const m = a.shape.at(-2)!;
  const identity = broadcastTo(eye(m, { dtype: a.dtype }), [...a.shape.slice(0, -2), m, m]);
  const params = { rtol: toleranceFor("pinv", a, rtol), transposed: false };
  return apply(leastSquaresOp, [a, identity, decomposed(a)], params);
}
