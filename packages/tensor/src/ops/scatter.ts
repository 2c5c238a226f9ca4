/** @file Writing with index tensors: copies of a tensor with something else at places of it. */

import { asTensor } from "../core/create.ts";
import { checkDType, type DType, isFloat, promote, promoteScalar } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { item } from "../core/reading.ts";
import { broadcastShapes, type Shape, sameShape } from "../core/shape.ts";
import type { Operand } from "../core/shape-types.ts";
import { Tensor, valuesOf } from "../core/tensor.ts";
import { broadcastTo, cast } from "./broadcast.ts";
import { max } from "./extremes.ts";
import { filledOf, placesOfList, scatterAddOp, scatterOp, zerosOf } from "./gather.ts";
import { type Axis, checkIndex, type Indexed, type Places, placesAlong, whole } from "./places.ts";
import { expandDims } from "./shape.ts";

/** x after `op` has written `source` at places. */
export const write = (op: Primitive<Places>, x: Tensor, source: Tensor, [places, indices]: Indexed): Tensor =>
  apply(op, [x, source, ...indices], places);

/** Throws for sums of bools, which are counts. */
export function checkAddable(op: string, x: Tensor): void {
  if (x.dtype === "bool") throw new TensorError(op, "is not defined for bool", "cast to int32 first", [x]);
}

/**
 * A value to be written into x: in its dtype, which is kept, and stretched to `shape`. Floats are rounded to float32;
 * nothing else is lost without a word.
 */
export function fitted(op: string, x: Tensor, value: Operand, shape: Shape): Tensor {
  const given = asTensor(op, value);
  const dtype = value instanceof Tensor ? promote(x.dtype, value.dtype) : promoteScalar(x.dtype, value as number);
  if (dtype !== x.dtype && !(isFloat(x.dtype) && isFloat(given.dtype))) {
    const shown = value instanceof Tensor ? `${show(value)} ${value.dtype}` : String(value);
    throw new TensorError(op, `${shown} does not go into ${x.dtype} ${show(x)}`, "cast one of them first", [x, given]);
  }
  if (!sameShape(broadcastShapes(op, given.shape, shape), shape))
    throw new TensorError(
      op,
      `${show(given)} does not stretch to the places of shape ${formatShape(shape)}`,
      "only axes of extent 1 stretch",
      [given, { shape }],
    );
  return broadcastTo(cast(given, x.dtype), shape);
}

/** A source of the index's shape and the tensor's dtype, or a number in place of one. */
export function sourceFor(op: string, x: Tensor, index: Tensor, source: Operand): Tensor {
  if (!(source instanceof Tensor)) return fitted(op, x, source, index.shape);
  if (sameShape(source.shape, index.shape) && source.dtype === x.dtype) return source;
  throw new TensorError(
    op,
    `source ${show(source)} ${source.dtype} beside index ${show(index)} and ${x.dtype}`,
    "give a source of the index's shape and the tensor's dtype",
    [source, index],
  );
}

/**
 * x with the elements that an index tensor points at along one axis replaced, as PyTorch's `scatter`; of several
 * written to one place, the last (in row-major order) stays.
 *
 * Shapes: x [a, b, c], index and source [a′, n, c′] with a′ ≤ a and c′ ≤ c, axis 1 → [a, b, c]; source may be a number.
 * Derivative: to x the cotangent with 0 at the places; to the source what lies there, 0 where it was overwritten.
 * Throws: TensorError for an index that is not int32, does not fit, or points outside, and for a source that does not fit.
 *
 * @example
 * scatter(zeros([3]), tensor([0, 2, 0], { dtype: "int32" }), tensor([1, 2, 3]), 0).toArray();   // => [3, 0, 2]
 */
export function scatter(x: Tensor, index: Tensor, source: Operand, axis: number): Tensor {
  const [into, at] = [asTensor("scatter", x), asTensor("scatter", index)];
  const places = placesAlong("scatter", into, at, axis);
  return write(scatterOp, into, sourceFor("scatter", into, at, source), places);
}

/**
 * x with the elements of `source` added where an index tensor points along one axis; repeated places add up, in order.
 *
 * Shapes: x [a, b, c], index and source [a′, n, c′] with a′ ≤ a and c′ ≤ c, axis 1 → [a, b, c]; source may be a number.
 * Derivative: the cotangent to x; what `gather` reads of it to the source; none to the index.
 * Rounding: one for each element added, in row-major order of the source.
 * Throws: TensorError for an index that is not int32, does not fit, or points outside, and for a source that does not fit.
 *
 * @example
 * scatterAdd(zeros([3]), tensor([0, 2, 0], { dtype: "int32" }), tensor([1, 2, 3]), 0).toArray();   // => [4, 0, 2]
 */
export function scatterAdd(x: Tensor, index: Tensor, source: Operand, axis: number): Tensor {
  const [into, at] = [asTensor("scatterAdd", x), asTensor("scatterAdd", index)];
  const places = placesAlong("scatterAdd", into, at, axis);
  const values = sourceFor("scatterAdd", into, at, source);
  checkAddable("scatterAdd", into);
  return write(scatterAddOp, into, values, places);
}

/**
 * x with slices of `source` added to its slices along an axis, those that a list of numbers names; repeated ones add up.
 *
 * Shapes: x [a, b, c], index [n], source [a, n, c], axis 1 → [a, b, c]; source broadcasts.
 * Derivative: the cotangent to x; its slices to the source; none to the index.
 * Throws: TensorError for an index that is not int32 [n] or points outside, and for a source that does not fit.
 *
 * @example
 * indexAdd(zeros([3]), tensor([2, 2], { dtype: "int32" }), tensor([1, 10]), 0).toArray();   // => [0, 0, 11]
 */
export function indexAdd(x: Tensor, index: Tensor, source: Operand, axis: number): Tensor {
  const into = asTensor("indexAdd", x);
  const indexed = placesOfList("indexAdd", into, index, axis);
  checkAddable("indexAdd", into);
  return write(scatterAddOp, into, fitted("indexAdd", into, source, indexed[0].shape), indexed);
}

/**
 * x with one value in its slices along an axis, those that a list of numbers names.
 *
 * Derivative: to x the cotangent with 0 in those slices; to the value the sum of what lies in them.
 * Throws: TensorError for an index that is not int32 [n] or points outside.
 *
 * @example
 * indexFill(tensor([[1, 2], [3, 4]]), tensor([1], { dtype: "int32" }), 0, 1).toArray();   // => [[1, 0], [3, 0]]
 */
export function indexFill(x: Tensor, index: Tensor, value: Operand, axis: number): Tensor {
  const into = asTensor("indexFill", x);
  const indexed = placesOfList("indexFill", into, index, axis);
  return write(scatterOp, into, fitted("indexFill", into, value, indexed[0].shape), indexed);
}

/**
 * Labels as rows with a 1 in the place of the label and 0 elsewhere, along a new last axis.
 *
 * Shapes: labels [a, b] → [a, b, classes]; without `classes`, one more than the largest label.
 * Dtype: float64, or `dtype`.
 * Derivative: none.
 * Throws: TensorError for labels that are not int32 or not 0 … classes − 1.
 *
 * @example
 * oneHot(tensor([2, 0], { dtype: "int32" }), 3).toArray();   // => [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(
  labels: Tensor,
  classes?: number,
  { dtype = "float64" }: { readonly dtype?: DType } = {},
): Tensor {
  const at = asTensor("oneHot", labels);
  checkIndex("oneHot", at);
  checkDType("oneHot", dtype);
  const count = classes ?? countOf(at);
  if (!Number.isInteger(count) || count < 0)
    throw new TensorError("oneHot", `${count} is no number of classes`, "give a whole number ≥ 0");
  const axes = [...at.shape.map((_, axis) => whole(axis)), { by: 0, shown: show(at) }] satisfies Axis[];
  const shape = [...at.shape, 1];
  const indexed: Indexed = [{ op: "oneHot", shape, axes, fromEnd: false }, [expandDims(at, -1)]];
  return write(scatterOp, zerosOf([...at.shape, count], dtype), filledOf(shape, 1, dtype), indexed);
}

function countOf(labels: Tensor): number {
  if (labels.size === 0)
    throw new TensorError("oneHot", "no labels say how many classes there are", "give the number of classes", [labels]);
  valuesOf("oneHot", labels);
  return Math.max(0, item(max(labels))) + 1;
}
