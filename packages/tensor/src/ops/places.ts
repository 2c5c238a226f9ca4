/** @file Places: which elements of a tensor an index names, and where they lie. Everything that reads or writes at places shares it. */
import { show, TensorError } from "../core/errors.ts";
import { type Layout, resolveAxis, rowMajor, type Shape, sizeOf } from "../core/shape.ts";
import { contiguous, type Tensor } from "../core/tensor.ts";
import { rows } from "../core/walk.ts";
import { reshape } from "./shape.ts";

/**
 * Where along one axis of x: at start + step·i, with i the place on axis `along` of the result (null: at start, the
 * same for all), or where index tensor number `by` says.
 */
export type Axis =
  | { readonly start: number; readonly step: number; readonly along: number | null }
  | { readonly by: number; readonly shown: string };

/** One place in x for each element of a result. */
export interface Places {
  /** The operation that was called, which errors name. */
  readonly op: string;
  /** The shape of the result. Index tensors have its rank, and its extents or 1. */
  readonly shape: Shape;
  /** One for each axis of x. */
  readonly axes: readonly Axis[];
  /** Whether negative numbers in index tensors count from the end. */
  readonly fromEnd: boolean;
}

/** Places, and the index tensors that they speak of. */
export type Indexed = readonly [places: Places, indices: readonly Tensor[]];

/** The same places in each element of a new leading axis. */
export const batched = (places: Places, size: number): Places => ({
  ...places,
  shape: [size, ...places.shape],
  axes: [
    { start: 0, step: 1, along: 0 },
    ...places.axes.map((axis) => ("by" in axis || axis.along === null ? axis : { ...axis, along: axis.along + 1 })),
  ],
});

/** All of one axis of x, along an axis of the result. */
export const whole = (along: number): Axis => ({ start: 0, step: 1, along });

/** Throws unless the tensor can be an index. */
export function checkIndex(op: string, index: Tensor): void {
  if (index.dtype === "int32") return;
  const problem = `the index ${show(index)} is ${index.dtype}`;
  throw new TensorError(op, problem, 'indices are int32: cast(index, "int32")', [index]);
}

/** One axis of x read by an index tensor of its rank, whose other axes run along those of x from their start. */
export function placesAlong(op: string, x: Tensor, index: Tensor, axis: number): Indexed {
  const place = resolveAxis(op, axis, x.rank);
  checkIndex(op, index);
  const fits = index.rank === x.rank && index.shape.every((extent, i) => i === place || extent <= x.shape[i]!);
  if (!fits)
    throw new TensorError(
      op,
      `index ${show(index)} does not fit ${show(x)}`,
      `it needs ${x.rank} axes, none but ${place} longer than that of the tensor`,
      [x, index],
    );
  const axes = x.shape.map((_, i): Axis => (i === place ? { by: 0, shown: show(index) } : whole(i)));
  return [{ op, shape: index.shape, axes, fromEnd: false }, [index]];
}

/** One axis of x read by an index tensor of any rank, whose axes come in that one's place; all of the others. */
export function placesOn(op: string, x: Tensor, index: Tensor, axis: number, fromEnd: boolean): Indexed {
  const place = resolveAxis(op, axis, x.rank);
  checkIndex(op, index);
  const [before, after] = [x.shape.slice(0, place), x.shape.slice(place + 1)];
  const shape = [...before, ...index.shape, ...after];
  const axes = x.shape.map((_, i): Axis => {
    if (i === place) return { by: 0, shown: show(index) };
    return whole(i < place ? i : i + index.rank - 1);
  });
  return [{ op, shape, axes, fromEnd }, [within(index, shape.length, place)]];
}

/** An index tensor with axes of extent 1 around its own, which begin at `start`, up to the rank of the result. */
export const within = (index: Tensor, rank: number, start: number): Tensor =>
  reshape(
    index,
    Array.from({ length: rank }, (_, axis) => index.shape[axis - start] ?? 1),
  );

/** Where elements lie as far as no index tensor has a say: that is all of it where there are none. */
export function layoutOf({ shape, axes }: Places, { strides, offset }: Layout): Layout {
  const along = shape.map(() => 0);
  let start = offset;
  axes.forEach((axis, i) => {
    if ("by" in axis) return;
    start += axis.start * strides[i]!;
    if (axis.along !== null) along[axis.along]! += axis.step * strides[i]!;
  });
  return sizeOf(shape) === 0 ? { strides: rowMajor(shape), offset: 0 } : { strides: along, offset: start };
}

/** Offsets in storage: that of element (h, t) of a result is head[h] + tail[t]. The tail's axes are read whole. */
export interface Offsets {
  readonly head: Int32Array | Float64Array;
  readonly tail: Int32Array | Float64Array;
}

/**
 * The offsets of places in a tensor of `shape` that lies in a storage of `length` elements as `layout` says.
 * Throws: TensorError for an index that points outside.
 */
export function offsetsOf(
  places: Places,
  indices: readonly Tensor[],
  shape: Shape,
  layout: Layout,
  length: number,
): Offsets {
  let split = indices.length === 0 ? 0 : places.shape.length;
  while (split > 0 && indices.every((index) => index.shape[split - 1] === 1)) split--;
  const { strides, offset } = layoutOf(places, layout);
  const affine = (extents: Shape, steps: readonly number[], start: number): Int32Array | Float64Array => {
    const out = new (length < 2 ** 31 ? Int32Array : Float64Array)(sizeOf(extents));
    const { inner, steps: by, visit } = rows(extents, [{ strides: steps, offset: start }]);
    const step = by[0]!;
    visit((position, [from]) => {
      for (let i = 0, at = from!; i < inner; i++, at += step) out[position + i] = at;
    });
    return out;
  };
  const headShape = places.shape.slice(0, split);
  const head = affine(headShape, strides.slice(0, split), offset);
  places.axes.forEach((axis, i) => {
    if (!("by" in axis)) return;
    const index = indices[axis.by]!;
    const [values, extent, stride] = [checked(places, axis.shown, index, i, shape[i]!), shape[i]!, layout.strides[i]!];
    const steps = rowMajor(index.shape).map((step, k) => (index.shape[k] === 1 ? 0 : step));
    const { inner, steps: by, visit } = rows(headShape, [{ strides: steps.slice(0, split), offset: 0 }]);
    const step = by[0]!;
    visit((position, [from]) => {
      for (let k = 0, at = from!; k < inner; k++, at += step) {
        const value = values[at]!;
        head[position + k]! += (value < 0 ? value + extent : value) * stride;
      }
    });
  });
  return { head, tail: affine(places.shape.slice(split), strides.slice(split), 0) };
}

/** The values of an index tensor, all of which lie on the axis. */
function checked({ op, fromEnd }: Places, shown: string, index: Tensor, axis: number, extent: number) {
  const values = contiguous(op, index);
  const lowest = fromEnd ? -extent : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= lowest && value < extent) continue;
    const problem = `index ${value} (element ${i} of ${shown}) is out of range on axis ${axis} of extent ${extent}`;
    throw new TensorError(op, problem, extent === 0 ? "there is nothing on it" : `use ${lowest} to ${extent - 1}`, [
      index,
    ]);
  }
  return values;
}
