/** @file The same elements several times, or in another place of a ring. */
import { checkNumber, checkTensor, checkWhole } from "../core/checks.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { checkShape, resolveAxis, type Shape } from "../core/shape.ts";
import { fromStorage, type Tensor } from "../core/tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { indexSelect } from "./gather.ts";
import { ravel } from "./rearrange.ts";
import { reshape } from "./shape.ts";
import { concat, sliceAlong } from "./slice.ts";

/** x [a, b] with `before` copies of each axis around it and `after` within: [before·a·after, …]. */
const copies = (op: string, x: Tensor, before: Shape, after: Shape): Tensor => {
  const whole = x.shape.map((extent, axis) => before[axis]! * extent * after[axis]!);
  checkShape(op, whole);
  const apart = x.shape.flatMap((extent) => [1, extent, 1]);
  const stretched = x.shape.flatMap((extent, axis) => [before[axis]!, extent, after[axis]!]);
  return reshape(broadcastTo(reshape(x, apart), stretched), whole);
};

/**
 * The whole of x several times along each axis, as NumPy's `tile` and PyTorch's `Tensor.repeat`. Where there are fewer
 * counts than axes the leading axes are left alone; where there are more, x gets axes in front.
 *
 * Shapes: [a, b], [2, 3] → [2a, 3b].
 * Derivative: the cotangents of the copies, summed.
 * Throws: TensorError unless the counts are whole numbers ≥ 0.
 *
 * @example
 * tile(tensor([1, 2]), 2).toArray();        // => [1, 2, 1, 2]
 * tile(tensor([1, 2]), [2, 1]).toArray();   // => [[1, 2], [1, 2]]
 */
export function tile(x: Tensor, counts: number | readonly number[]): Tensor {
  checkTensor("tile", x);
  const given = [counts].flat();
  for (const count of given) checkWhole("tile", "a count", count, 0);
  const rank = Math.max(x.rank, given.length);
  const padded = (list: readonly number[]): number[] => [...new Array<number>(rank - list.length).fill(1), ...list];
  return copies("tile", reshape(x, padded(x.shape)), padded(given), new Array<number>(rank).fill(1));
}

/**
 * Each element several times along an axis, as NumPy's `repeat` and PyTorch's `repeat_interleave`: so many times each,
 * or as often as a list says. Without an axis: of all elements in one row. The whole several times is `tile`.
 *
 * Shapes: [a, b], 3, axis 1 → [a, 3b].
 * Derivative: the cotangents of the copies, summed.
 * Throws: TensorError unless the counts are whole numbers ≥ 0: one, or one for each element of the axis.
 *
 * @example
 * repeat(tensor([1, 2]), 2).toArray();                       // => [1, 1, 2, 2]
 * repeat(tensor([[1, 2], [3, 4]]), [2, 1], 0).toArray();     // => [[1, 2], [1, 2], [3, 4]]
 */
export function repeat(x: Tensor, counts: number | readonly number[], axis?: number): Tensor {
  checkTensor("repeat", x);
  if (axis === undefined) return repeat(ravel(x), counts, 0);
  const place = resolveAxis("repeat", axis, x.rank);
  for (const count of [counts].flat()) checkWhole("repeat", "a count", count, 0);
  const once = x.shape.map(() => 1);
  if (!Array.isArray(counts))
    return copies(
      "repeat",
      x,
      once,
      once.map((_, i) => (i === place ? (counts as number) : 1)),
    );
  if (counts.length !== x.shape[place])
    throw new TensorError(
      "repeat",
      `${counts.length} counts ${formatShape(counts)} for axis ${place} of ${show(x)}`,
      "give one for all, or one for each of its elements",
      [x],
    );
  const places = Int32Array.from(counts.flatMap((count, i) => new Array<number>(count).fill(i)));
  return indexSelect(x, fromStorage([places.length], "int32", places), place);
}

/** The ring of an axis turned so that element 0 comes to place `shift`. */
function turned(x: Tensor, axis: number, shift: number): Tensor {
  const extent = x.shape[axis]!;
  const start = extent === 0 ? 0 : ((shift % extent) + extent) % extent;
  if (start === 0) return x;
  return concat([sliceAlong(x, axis, [extent - start]), sliceAlong(x, axis, [0, extent - start])], axis);
}

/**
 * The elements moved along an axis, or several, by so many places; those pushed over the end come in at the start.
 * Without an axis: all elements in row-major order.
 *
 * Derivative: the cotangent, rolled back.
 * Throws: TensorError for shifts that are no whole numbers, or not one for each axis.
 *
 * @example
 * roll(tensor([1, 2, 3]), 1).toArray();                        // => [3, 1, 2]
 * roll(tensor([[1, 2], [3, 4]]), [1, -1], [0, 1]).toArray();   // => [[4, 3], [2, 1]]
 */
export function roll<S extends Shape>(
  x: Tensor<S>,
  shifts: number | readonly number[],
  axes?: number | readonly number[],
): Tensor<S>;
export function roll(x: Tensor, shifts: number | readonly number[], axes?: number | readonly number[]): Tensor {
  checkTensor("roll", x);
  const by = [shifts].flat();
  for (const shift of by) checkNumber("roll", "a shift", shift, Number.isInteger, "give a whole number");
  const places = axes === undefined ? [0] : [axes].flat().map((axis) => resolveAxis("roll", axis, x.rank));
  if (by.length !== places.length)
    throw new TensorError(
      "roll",
      `${by.length} shifts ${formatShape(by)} for ${axes === undefined ? "all elements" : `axes ${formatShape(places)}`}`,
      axes === undefined ? "give one shift, or say which axes" : "give one shift for each axis",
      [x],
    );
  if (axes === undefined) return reshape(turned(ravel(x), 0, by[0]!), x.shape);
  return places.reduce((y, place, i) => turned(y, place, by[i]!), x);
}
