/** @file Masks: where something holds, what is there, and something else there. Shapes that depend on values live here. */
import { asTensor } from "../core/create.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply } from "../core/primitive.ts";
import { broadcastShapes, type Shape, sameShape } from "../core/shape.ts";
import type { Operand } from "../core/shape-types.ts";
import { contiguous, fromStorage, type Tensor } from "../core/tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { where } from "./compare.ts";
import { gatherOp } from "./gather.ts";
import type { Axis } from "./places.ts";
import { fitted } from "./scatter.ts";

/** The places of elements that are not 0, in row-major order: one list of numbers for each axis, and how many. */
export function truePlaces(op: string, x: Tensor): { count: number; columns: Int32Array[] } {
  const values = contiguous(op, x);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
  const flat = new Float64Array(count);
  for (let i = 0, n = 0; i < values.length; i++) if (values[i] !== 0) flat[n++] = i;
  const columns = x.shape.map(() => new Int32Array(count));
  for (let axis = x.rank - 1; axis >= 0; axis--) {
    const [extent, column] = [x.shape[axis]!, columns[axis]!];
    for (let n = 0; n < count; n++) {
      column[n] = flat[n]! % extent;
      flat[n] = Math.floor(flat[n]! / extent);
    }
  }
  return { count, columns };
}

/**
 * Where x is not 0, in row-major order: one list of places for each axis, as NumPy's `nonzero`.
 * `x.at(...nonzero(x))` are those elements. (For PyTorch's `nonzero`, a row for each place, see argWhere.)
 *
 * Dtype: int32.
 * Derivative: none.
 * At the edges: NaN is not 0; a scalar has no axes and gives no lists.
 * Throws: TensorError while a graph is recorded: the shape depends on values.
 *
 * @example
 * nonzero(tensor([[3, 0], [0, 4]])).map((list) => list.toArray());   // => [[0, 1], [0, 1]]
 */
export function nonzero(x: Tensor): Tensor[] {
  const { count, columns } = truePlaces("nonzero", asTensor("nonzero", x));
  return columns.map((column) => fromStorage([count], "int32", column) as Tensor);
}

/**
 * Where x is not 0, in row-major order: one row for each place, as NumPy's and JAX's `argwhere`, PyTorch's `nonzero`.
 *
 * Shapes: x of rank r → [n, r].
 * Dtype: int32.
 * Derivative: none.
 * At the edges: NaN is not 0; a scalar gives [1, 0] or [0, 0].
 * Throws: TensorError while a graph is recorded: the shape depends on values.
 *
 * @example
 * argWhere(greater(tensor([[3, 0], [1, 4]]), 2)).toArray();   // => [[0, 0], [1, 1]]
 */
export function argWhere(x: Tensor): Tensor {
  const { count, columns } = truePlaces("argWhere", asTensor("argWhere", x));
  const out = new Int32Array(count * columns.length);
  columns.forEach((column, axis) => {
    for (let n = 0; n < count; n++) out[n * columns.length + axis] = column[n]!;
  });
  return fromStorage([count, columns.length], "int32", out);
}

function checkMask(op: string, mask: Tensor): void {
  if (mask.dtype === "bool") return;
  throw new TensorError(op, `the mask ${show(mask)} is ${mask.dtype}, not bool`, "compare first, e.g. greater(x, 0)", [
    mask,
  ]);
}

/**
 * The elements of x where a mask holds, in row-major order; x and the mask broadcast.
 *
 * Shapes: → [n], n places where the mask holds.
 * Derivative: the cotangent set where it was read, 0 elsewhere; none to the mask.
 * Throws: TensorError for a mask that is not bool or does not broadcast, or has no value while a graph is recorded.
 *
 * @example
 * const x = tensor([3, -1, 2]);
 * maskedSelect(x, greater(x, 0)).toArray();   // => [3, 2]
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  const op = "maskedSelect";
  const [from, where] = [asTensor(op, x), asTensor(op, mask)];
  checkMask(op, where);
  const shape = broadcastShapes(op, from.shape, where.shape);
  const { count, columns } = truePlaces(op, broadcastTo(where, shape));
  const axes = columns.map((_, by): Axis => ({ by, shown: "the mask" }));
  const indices = columns.map((column): Tensor => fromStorage([count], "int32", column));
  return apply(gatherOp, [broadcastTo(from, shape), ...indices], { op, shape: [count], axes, fromEnd: false });
}

/**
 * x with a value where a mask holds, which stretches to the shape of x.
 *
 * Derivative: to x the cotangent with 0 where the mask holds; to the value the sum of what lies there.
 * Throws: TensorError for a mask that is not bool or does not stretch to x, or a value that its dtype cannot hold.
 *
 * @example
 * const x = tensor([3, -1, 2]);
 * maskedFill(x, less(x, 0), 0).toArray();   // => [3, 0, 2]
 */
export function maskedFill<S extends Shape>(x: Tensor<S>, mask: Tensor, value: Operand): Tensor<S> {
  const op = "maskedFill";
  const [into, holds] = [asTensor(op, x), asTensor(op, mask)];
  checkMask(op, holds);
  if (!sameShape(broadcastShapes(op, holds.shape, into.shape), into.shape))
    throw new TensorError(
      op,
      `the mask ${show(holds)} does not stretch to ${formatShape(into.shape)}`,
      "only axes of extent 1 stretch",
      [into, holds],
    );
  return where(holds, fitted(op, into, value, into.shape), into) as Tensor;
}
