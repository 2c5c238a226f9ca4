/** @file Differences of neighbours, which undo sums. */
import { checkOptions, checkTensor, checkWhole } from "../core/checks.ts";
import { asTensor, full } from "../core/create.ts";
import { promote, promoteScalar } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { resolveAxis } from "../core/shape.ts";
import type { Operand } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { sub } from "./arithmetic.ts";
import { cast } from "./broadcast.ts";
import { notEqual } from "./compare.ts";
import { concat, sliceAlong } from "./slice.ts";

export interface DiffOptions {
  /** How many times over: 1 unless told. */
  readonly n?: number;
  /** What to put before x along the axis first, or after it: a tensor, or one number. */
  readonly prepend?: Operand;
  readonly append?: Operand;
}

/**
 * The differences xᵢ₊₁ − xᵢ along an axis (the last), n times over; of bools, whether neighbours differ.
 *
 * Shapes: [a, b] → [a, b − n], or [a, 0] where n ≥ b.
 * Derivative: the cotangent's own differences.
 * Throws: TensorError unless n is a whole number ≥ 0 and what is put before or after fits.
 *
 * @example
 * diff(tensor([1, 4, 9, 16])).toArray();                      // => [3, 5, 7]
 * diff(tensor([1, 4, 9, 16]), 0, { n: 2 }).toArray();         // => [2, 2]
 * diff(tensor([1, 4, 9]), 0, { prepend: 0 }).toArray();       // => [1, 3, 5]
 */
export function diff(x: Tensor, axis = -1, options: DiffOptions = {}): Tensor {
  checkTensor("diff", x);
  checkOptions("diff", options);
  const { n = 1, prepend, append } = options;
  checkWhole("diff", "n", n, 0);
  const place = resolveAxis("diff", axis, x.rank);
  if (n === 0) return x;
  let y = withEnds(x, prepend, append, place);
  const apart = y.dtype === "bool" ? notEqual : sub;
  for (let times = Math.min(n, y.shape[place]!); times > 0; times--)
    y = apart(sliceAlong(y, place, [1]), sliceAlong(y, place, [0, -1])) as Tensor;
  return y;
}

/** What stands at an end of x along an axis: a number is one layer of it. */
function layerOf(end: Operand, x: Tensor, axis: number): Tensor {
  const shape = x.shape.map((extent, i) => (i === axis ? 1 : extent));
  if (typeof end === "number" || typeof end === "boolean")
    return full(shape, end, { dtype: promoteScalar(x.dtype, end) });
  const y = asTensor("diff", end);
  if (y.rank !== x.rank || y.shape.some((extent, i) => i !== axis && extent !== x.shape[i]))
    throw new TensorError(
      "diff",
      `${show(y)} does not stand beside ${show(x)} along axis ${axis}`,
      "only the extent of that axis may differ",
      [y, x],
    );
  return y;
}

function withEnds(x: Tensor, prepend: Operand | undefined, append: Operand | undefined, axis: number): Tensor {
  if (prepend === undefined && append === undefined) return x;
  const parts = [prepend, x, append].flatMap((part) => (part === undefined ? [] : [layerOf(part, x, axis)]));
  const dtype = parts.map((part) => part.dtype).reduce(promote);
  return concat(
    parts.map((part) => cast(part, dtype)),
    axis,
  );
}
