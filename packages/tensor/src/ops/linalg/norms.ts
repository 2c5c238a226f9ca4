/** @file How large matrices are, how near to singular ones, and of what rank. */
import { zeros } from "../../core/create.ts";
import { show, TensorError } from "../../core/errors.ts";
import { eye } from "../../core/grids.ts";
import { reduceShape, resolveAxes, resolveAxis } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { div, mul } from "../arithmetic.ts";
import { sum } from "../broadcast.ts";
import { equal, greater, less, where } from "../compare.ts";
import { max, min } from "../extremes.ts";
import { abs, stopGradient } from "../piecewise.ts";
import { sqrt, square } from "../powers.ts";
import { permute, reshape } from "../shape.ts";
import { slice } from "../slice.ts";
import { slogdet } from "./determinant.ts";
import { toleranceFor } from "./leastSquares.ts";
import { asMatrix, asScalars, asSquare } from "./matrices.ts";
import { inv } from "./solve.ts";
import { svdvals } from "./svd.ts";

/** √(Σ x²) for each matrix: of x brought to size 1, so that squares neither over- nor underflow; 0 where all is 0. */
function frobenius(x: Tensor): Tensor {
  if (x.size === 0) return sum(x, [-2, -1]);
  const most = stopGradient(max(abs(x), [-2, -1]));
  const size = where(mul(greater(most, 0), less(most, Number.POSITIVE_INFINITY)), most, 1);
  const total = sum(square(div(x, asScalars(size))), [-2, -1]);
  const zero = equal(total, 0);
  return mul(size, where(zero, 0, sqrt(where(zero, 1, total))));
}

const at = (x: Tensor, place: number): Tensor => slice(x, ...x.shape.slice(0, -1).map(() => null), place);

/** ±1 take the sums of columns, ±∞ those of rows, ±2 the singular values: the largest, or the smallest. */
const norms = {
  fro: frobenius,
  nuc: (x: Tensor): Tensor => sum(svdvals(x), -1),
  1: (x: Tensor): Tensor => max(sum(abs(x), -2), -1),
  "-1": (x: Tensor): Tensor => min(sum(abs(x), -2), -1),
  2: (x: Tensor): Tensor => at(svdvals(x), 0),
  "-2": (x: Tensor): Tensor => at(svdvals(x), -1),
  Infinity: (x: Tensor): Tensor => max(sum(abs(x), -1), -1),
  "-Infinity": (x: Tensor): Tensor => min(sum(abs(x), -1), -1),
} as const;

/** Which norm: Frobenius, nuclear, or that of operators on vectors with the norm 1, 2 or ∞; negative: the smallest. */
export type MatrixNorm = "fro" | "nuc" | number;

function normBy(op: string, x: Tensor, ord: MatrixNorm): (x: Tensor) => Tensor {
  if (!Object.hasOwn(norms, ord) || (typeof ord === "string" && ord !== "fro" && ord !== "nuc"))
    throw new TensorError(op, `there is no matrix norm ${String(ord)}`, 'use "fro", "nuc", ±1, ±2 or ±Infinity', [x]);
  if (x.shape.slice(-2).includes(0) && typeof ord === "number")
    throw new TensorError(
      op,
      `${show(x)} has no elements to find an extreme of`,
      'only "fro" and "nuc" have a value for it',
      [x],
    );
  return norms[ord as keyof typeof norms];
}

export interface MatrixNormOptions {
  /** The axes of rows and columns. */
  readonly axis?: readonly [rows: number, columns: number];
  readonly keepDims?: boolean;
}

/**
 * A norm of each matrix: "fro" √(Σ x²), "nuc" the sum of the singular values, 2 and −2 the largest and the smallest of
 * them, 1 and −1 the largest and the smallest sum of magnitudes in a column, ±Infinity in a row.
 *
 * Shapes: [..., m, n] → [...], or [..., 1, 1] with keepDims.
 * Dtype: whole numbers give float64.
 * Derivative: that of the parts; 0 at 0 for "fro"; at ties sums share, of equal singular values the first counts.
 * At the edges: 0 for a matrix without elements by "fro" and "nuc".
 * Throws: TensorError for any other norm, or one that is an extreme of no elements.
 *
 * @example
 * matrixNorm(tensor([[3, 0], [0, 4]])).item();             // => 5
 * matrixNorm(tensor([[3, 0], [0, -4]]), "nuc").item();     // => 7
 * matrixNorm(tensor([[1, -2], [3, 4]]), Infinity).item();   // => 7
 */
export function matrixNorm(
  x: Tensor,
  ord: MatrixNorm = "fro",
  { axis = [-2, -1], keepDims = false }: MatrixNormOptions = {},
): Tensor {
  const op = "matrixNorm";
  const a = asMatrix(op, x);
  if (!Array.isArray(axis) || axis.length !== 2)
    throw new TensorError(
      op,
      `the axes are ${String(axis)}`,
      "give two: those of rows and columns, by default [-2, -1]",
      [x],
    );
  const axes = resolveAxes(op, axis, a.rank);
  const order = [...a.shape.keys()].filter((i) => !axes.includes(i));
  const matrices = permute(a, [...order, ...axis.map((i) => resolveAxis(op, i, a.rank))]);
  const norm = normBy(op, matrices, ord)(matrices);
  return keepDims ? reshape(norm, reduceShape(a.shape, axes, true)) : norm;
}

/** a/b, ∞ where b is 0: with no derivative there. */
function ratio(a: Tensor, b: Tensor): Tensor {
  const zero = equal(b, 0);
  return where(zero, Number.POSITIVE_INFINITY, div(a, where(zero, 1, b)));
}

/**
 * The condition number of each matrix: ‖x‖·‖x⁻¹‖, for the norm 2 the ratio of the largest to the smallest singular
 * value, which matrices that are not square have, too. Solving with x loses about log₁₀ of it digits.
 *
 * Shapes: [..., m, n] → [...].
 * Dtype: whole numbers give float64.
 * Derivative: that of the parts; 0 where the number is ∞.
 * At the edges: ∞ for a singular matrix; NaN where an element is.
 * Throws: TensorError for a norm that there is not, or a matrix without elements; for norms other than ±2 when x is
 * not square.
 *
 * @example
 * cond(tensor([[1, 0], [0, 4]])).item();   // => 4
 * cond(tensor([[1, 1], [1, 1]]), 1).item();   // => Infinity
 */
export function cond(x: Tensor, ord: MatrixNorm = 2): Tensor {
  const op = "cond";
  const spectral = ord === 2 || ord === -2;
  const a = spectral ? asMatrix(op, x) : asSquare(op, x);
  const norm = normBy(op, a, ord);
  if (a.shape.slice(-2).includes(0)) throw new TensorError(op, `${show(x)} has no elements`, "give at least one", [x]);
  if (spectral) {
    const s = svdvals(a);
    return ord === 2 ? ratio(at(s, 0), at(s, -1)) : ratio(at(s, -1), at(s, 0));
  }
  const singular = equal(slogdet(a)[0], 0);
  const regular = where(asScalars(singular), eye(a.shape.at(-1)!, { dtype: a.dtype }), a);
  return where(singular, Number.POSITIVE_INFINITY, mul(norm(regular), norm(inv(regular))));
}

/**
 * How many singular values of each matrix are larger than `rtol` times the largest: int32. By default rtol is
 * max(m, n) units of rounding of the dtype.
 *
 * Shapes: [..., m, n] → [...].
 * Derivative: none.
 * At the edges: 0 for a matrix without elements, and for one with NaN.
 * Throws: TensorError when x is no matrix, or rtol is no number ≥ 0.
 *
 * @example
 * matrixRank(tensor([[1, 2], [2, 4]])).item();   // => 1
 */
export function matrixRank(x: Tensor, { rtol }: { readonly rtol?: number } = {}): Tensor {
  const a = asMatrix("matrixRank", stopGradient(x));
  const tolerance = toleranceFor("matrixRank", a, rtol);
  const s = svdvals(a);
  if (s.shape.at(-1) === 0) return zeros(s.shape.slice(0, -1), { dtype: "int32" });
  return sum(greater(s, mul(tolerance, max(s, -1, { keepDims: true }))), -1);
}
