/** @file Reading at places that are data, and adding and setting at them: each is a transpose of another. */

import { asTensor, full } from "../core/create.ts";
import { allocate, type DType, type Storage } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { exact } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { toTypedArray } from "../core/reading.ts";
import { resolveAxis, rowMajor, type Shape, sizeOf } from "../core/shape.ts";
import { contiguous, fromStorage, type Tensor, valuesOf } from "../core/tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { equal, where } from "./compare.ts";
import {
  type Axis,
  batched,
  checkIndex,
  type Indexed,
  layoutOf,
  type Offsets,
  offsetsOf,
  type Places,
  placesAlong,
  placesOn,
  whole,
} from "./places.ts";
import { reshape } from "./shape.ts";

/** One number that looks like many. */
export const filledOf = (shape: Shape, value: number, dtype: DType): Tensor =>
  broadcastTo(full([], value, { dtype }), shape);
export const zerosOf = (shape: Shape, dtype: DType): Tensor => filledOf(shape, 0, dtype);

/** What is at places: inputs are x and the index tensors. */
export const gatherOp: Primitive<Places> = {
  name: "gather",
  kind: "linear",
  reads: "indices",
  shape: ([x], { shape }) => ({ shape, dtype: x!.dtype }),
  view: (x, _result, places) => (places.axes.some((axis) => "by" in axis) ? null : layoutOf(places, x)),
  run([x, ...indices], result, places) {
    const data = valuesOf(places.op, x!);
    const { head, tail } = offsetsOf(places, indices, x!.shape, x!, data.length);
    const out = allocate(result.dtype, sizeOf(result.shape), places.op);
    if (tail.length === 1) for (let h = 0; h < head.length; h++) out[h] = data[head[h]!]!;
    else
      for (let h = 0, position = 0; h < head.length; h++) {
        const start = head[h]!;
        for (let t = 0; t < tail.length; t++) out[position++] = data[start + tail[t]!]!;
      }
    return out;
  },
  vjp: [
    (ct, _y, [x, ...indices], places) => apply(scatterAddOp, [zerosOf(x!.shape, ct.dtype), ct, ...indices], places),
    null,
  ],
  jvp: [(t, _y, [, ...indices], places) => apply(gatherOp, [t, ...indices], places), null],
  batch: batched,
  rounding: exact,
};

/** The elements in storage of their own. One number that looks like many is not read again and again. */
function copyOf(op: string, x: Tensor): Storage {
  if (x.size === 0 || x.strides.some((stride) => stride !== 0)) return toTypedArray(x);
  const value = valuesOf(op, x)[x.offset]!;
  const out = allocate(x.dtype, x.size, op);
  return value === 0 && !Object.is(value, -0) ? out : out.fill(value);
}

/** Writes `values`, those at 0, step, 2·step, … , into `out` at offsets, in order. */
type Write = (out: Storage, offsets: Offsets, values: Storage, step: number) => void;

/** Shape and values of an operation that copies x and writes at places of the copy. */
// @__NO_SIDE_EFFECTS__
export const writing = (name: string, write: Write): Pick<Primitive<Places>, "name" | "shape" | "run" | "batch"> => ({
  name,
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  run([x, source, ...indices], _result, places) {
    const out = copyOf(places.op, x!);
    const offsets = offsetsOf(places, indices, x!.shape, { strides: rowMajor(x!.shape), offset: 0 }, out.length);
    // One number that looks like many is not spread out.
    const single = source!.strides.every((stride) => stride === 0);
    const values = single ? valuesOf(places.op, source!).subarray(source!.offset) : contiguous(places.op, source!);
    write(out, offsets, values, single ? 0 : 1);
    return out;
  },
  batch: batched,
});

/** x with what is at places replaced; inputs are x, the source and the index tensors. */
export const scatterOp: Primitive<Places> = {
  ...writing("scatter", (out, { head, tail }, values, step) => {
    for (let h = 0, from = 0; h < head.length; h++)
      for (let t = 0; t < tail.length; t++, from += step) out[head[h]! + tail[t]!] = values[from]!;
  }),
  kind: "linear",
  reads: "indices",
  vjp: [
    (ct, _y, [, , ...indices], places) => apply(scatterOp, [ct, zerosOf(places.shape, ct.dtype), ...indices], places),
    (ct, _y, [x, , ...indices], places) => seenFrom(ct, x!.shape, indices, places),
    null,
  ],
  jvp: [
    (t, _y, [, source, ...indices], places) =>
      apply(scatterOp, [t, zerosOf(source!.shape, t.dtype), ...indices], places),
    (t, y, [, , ...indices], places) => apply(scatterOp, [zerosOf(y.shape, t.dtype), t, ...indices], places),
    null,
  ],
  rounding: exact,
};

/** What is at places of ct, and 0 for those that a later one has overwritten. */
function seenFrom(ct: Tensor, shape: Shape, indices: readonly Tensor[], places: Places): Tensor {
  const read = apply(gatherOp, [ct, ...indices], places);
  if (indices.length === 0) return read;
  const numbers = Int32Array.from({ length: sizeOf(places.shape) }, (_, i) => i);
  const order: Tensor = fromStorage(places.shape, "int32", numbers);
  const last = apply(scatterOp, [zerosOf(shape, "int32"), order, ...indices], places);
  return where(equal(apply(gatherOp, [last, ...indices], places), order), read, zerosOf(places.shape, ct.dtype));
}

/** x with a source added at places; inputs are x, the source and the index tensors. */
export const scatterAddOp: Primitive<Places> = {
  ...writing("scatterAdd", (out, { head, tail }, values, step) => {
    for (let h = 0, from = 0; h < head.length; h++)
      for (let t = 0; t < tail.length; t++, from += step) out[head[h]! + tail[t]!]! += values[from]!;
  }),
  kind: "linear",
  reads: "indices",
  vjp: [(ct) => ct, (ct, _y, [, , ...indices], places) => apply(gatherOp, [ct, ...indices], places), null],
  jvp: [
    (t) => t,
    (t, y, [, , ...indices], places) => apply(scatterAddOp, [zerosOf(y.shape, t.dtype), t, ...indices], places),
    null,
  ],
  rounding: ([, source]) => sizeOf(source!.shape),
};

const read = (x: Tensor, [places, indices]: Indexed): Tensor => apply(gatherOp, [x, ...indices], places);

/**
 * The elements of x that an index tensor points at along one axis, as PyTorch's `gather`:
 * for axis 1 of a matrix, y[i][j] = x[i][index[i][j]].
 *
 * Shapes: x [a, b, c], index [a′, n, c′] with a′ ≤ a and c′ ≤ c, axis 1 → [a′, n, c′].
 * Derivative: the cotangent added where it was read; none to the index.
 * Throws: TensorError for an index that is not int32, does not fit, or points outside; −1 is outside here.
 *
 * @example
 * gather(tensor([[1, 2], [3, 4]]), tensor([[1], [0]], { dtype: "int32" }), 1).toArray();   // => [[2], [3]]
 */
export function gather(x: Tensor, index: Tensor, axis: number): Tensor {
  const from = asTensor("gather", x);
  return read(from, placesAlong("gather", from, asTensor("gather", index), axis));
}

/**
 * The elements of x that an index tensor points at along one axis, as NumPy's `take_along_axis`: the other axes
 * broadcast, negative numbers count from the end. With argSort or argMax (and its axis kept) it finds what they found.
 *
 * Shapes: x [a, b, c], index [a or 1, n, c or 1], axis 1 → [a, n, c].
 * Derivative: the cotangent added where it was read; none to the index.
 * Throws: TensorError for an index that is not int32, does not broadcast, or points outside.
 *
 * @example
 * const x = tensor([[1, 5, 2], [9, 4, 7]]);
 * takeAlongAxis(x, argMax(x, 1).expandDims(1), 1).toArray();   // => [[5], [9]]
 */
export function takeAlongAxis(x: Tensor, index: Tensor, axis: number): Tensor {
  const op = "takeAlongAxis";
  const [from, at] = [asTensor(op, x), asTensor(op, index)];
  const place = resolveAxis(op, axis, from.rank);
  checkIndex(op, at);
  const fits =
    at.rank === from.rank &&
    at.shape.every((n, i) => i === place || n === from.shape[i] || n === 1 || from.shape[i] === 1);
  if (!fits)
    throw new TensorError(
      op,
      `index ${show(at)} does not broadcast with ${show(from)}`,
      `it needs ${from.rank} axes, all but ${place} equal or 1`,
      [from, at],
    );
  const shape = at.shape.map((n, i) => (i === place || n !== 1 ? n : from.shape[i]!));
  const axes = from.shape.map((n, i): Axis => {
    if (i === place) return { by: 0, shown: show(at) };
    return n === 1 ? { start: 0, step: 0, along: null } : whole(i);
  });
  return read(from, [{ op, shape, axes, fromEnd: true }, [at]]);
}

/**
 * What an index tensor of any shape points at along one axis, or in row-major order where no axis is named. Negative
 * numbers count from the end. Rows of a table: take(table, labels, 0).
 *
 * Shapes: x [a, b, c], index [n, m], axis 1 → [a, n, m, c]; without an axis → [n, m].
 * Derivative: the cotangent added where it was read; none to the index.
 * Throws: TensorError for an index that is not int32 or points outside.
 *
 * @example
 * const index = tensor([2, 0, -1], { dtype: "int32" });
 * take(tensor([10, 20, 30]), index).toArray();                // => [30, 10, 30]
 * take(tensor([[1, 2], [3, 4], [5, 6]]), index, 0).toArray();   // => [[5, 6], [1, 2], [5, 6]]
 */
export function take(x: Tensor, index: Tensor, axis?: number): Tensor {
  const from = asTensor("take", x);
  const flat = axis === undefined ? reshape(from, [from.size]) : from;
  return read(flat, placesOn("take", flat, asTensor("take", index), axis ?? 0, true));
}

/**
 * The slices of x along an axis that a list of numbers names, as PyTorch's `index_select`.
 *
 * Shapes: x [a, b, c], index [n], axis 1 → [a, n, c].
 * Derivative: the cotangent added where it was read; none to the index.
 * Throws: TensorError for an index that is not int32 [n] or points outside; −1 is outside here.
 *
 * @example
 * indexSelect(tensor([[1, 2, 3]]), tensor([2, 0], { dtype: "int32" }), 1).toArray();   // => [[3, 1]]
 */
export function indexSelect(x: Tensor, index: Tensor, axis: number): Tensor {
  const from = asTensor("indexSelect", x);
  return read(from, placesOfList("indexSelect", from, index, axis));
}

/** Whole slices along an axis, named by a list. */
export function placesOfList(op: string, x: Tensor, index: Tensor, axis: number): Indexed {
  const list = asTensor(op, index);
  if (list.rank !== 1) throw new TensorError(op, `the index ${show(list)} is no list`, "give it one axis", [list]);
  return placesOn(op, x, list, axis, false);
}
