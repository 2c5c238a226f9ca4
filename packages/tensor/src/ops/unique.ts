/** @file The different elements of a tensor. How many there are depends on values, so no graph can be recorded. */
import { checkOptions, checkTensor } from "../core/checks.ts";
import type { Storage } from "../core/dtype.ts";
import { orderOf } from "../core/order.ts";
import { resolveAxis, sizeOf } from "../core/shape.ts";
import { contiguous, fromStorage, type Tensor } from "../core/tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { gather } from "./gather.ts";
import { permute, reshape } from "./shape.ts";

export interface Unique {
  /** What differs, in ascending order: [n], or with an axis in its place. */
  readonly values: Tensor;
  /** The place of the first of each in x (in row-major order), or along the axis: int32 [n]. */
  readonly indices: Tensor;
  /** Which of the values each element is, in the shape of x, or each layer along the axis: int32. */
  readonly inverse: Tensor;
  /** How many there are of each: int32 [n]. */
  readonly counts: Tensor;
}

export interface UniqueOptions {
  /** Compare whole layers along an axis instead of elements. */
  readonly axis?: number;
}

/**
 * The different elements of x in ascending order, the first place and the number of each, and which one every element
 * is; with an axis, the different layers along it, in lexicographic order.
 *
 * Derivative: of the values, to the first of equals.
 * At the edges: NaN equals NaN, and is last; 0 equals −0.
 * Throws: TensorError while a graph is recorded: the shape depends on values.
 *
 * @example
 * const { values, indices, inverse, counts } = unique(tensor([3, 1, 3]));
 * values.toArray();     // => [1, 3]
 * indices.toArray();    // => [1, 0]
 * inverse.toArray();    // => [1, 0, 1]
 * counts.toArray();     // => [1, 2]
 * unique(tensor([[1, 2], [0, 3], [1, 2]]), { axis: 0 }).values.toArray();   // => [[0, 3], [1, 2]]
 */
export function unique(x: Tensor, options: UniqueOptions = {}): Unique {
  checkTensor("unique", x);
  checkOptions("unique", options);
  const whole = options.axis === undefined;
  const axis = whole ? 0 : resolveAxis("unique", options.axis as number, x.rank);
  const layers = whole ? reshape(x, [x.size]) : x;
  const { places, inverse, counts } = compare(layers, axis);
  const list = (values: Int32Array): Tensor => fromStorage([values.length], "int32", values);
  const shape = layers.shape.map((extent, i) => (i === axis ? places.length : extent));
  const index = reshape(
    list(places),
    shape.map((extent, i) => (i === axis ? extent : 1)),
  );
  return {
    values: gather(layers, broadcastTo(index, shape), axis),
    indices: list(places),
    inverse: whole ? fromStorage(x.shape, "int32", inverse) : list(inverse),
    counts: list(counts),
  };
}

interface Comparison {
  readonly places: Int32Array;
  readonly inverse: Int32Array;
  readonly counts: Int32Array;
}

/** The first of each kind of layer along an axis, in lexicographic order; which kind each is; how many of each. */
function compare(x: Tensor, axis: number): Comparison {
  const others = x.shape.flatMap((_, i) => (i === axis ? [] : [i]));
  const layers = permute(x, [axis, ...others]);
  const data = contiguous("unique", layers);
  const count = x.shape[axis]!;
  const width = sizeOf(others.map((i) => x.shape[i]!));
  const order = orderOfRows(data, count, width);
  const same = (a: number, b: number): boolean => {
    for (let i = 0; i < width; i++) {
      const [x, y] = [data[a * width + i]!, data[b * width + i]!];
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false;
    }
    return true;
  };
  const [places, counts, inverse] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  let kinds = 0;
  for (let i = 0; i < count; i++) {
    const place = order[i]!;
    if (i === 0 || !same(place, order[i - 1]!)) places[kinds++] = place;
    inverse[place] = kinds - 1;
    counts[kinds - 1]!++;
  }
  return { places: places.slice(0, kinds), inverse, counts: counts.slice(0, kinds) };
}

/** The order of rows by their first elements, then their second, …: stable sorts from the last column to the first. */
function orderOfRows(data: Storage, count: number, width: number): Int32Array {
  let order = Int32Array.from({ length: count }, (_, i) => i);
  const keys = new Float64Array(count);
  const ascending = orderOf(count, count, false);
  for (let column = width - 1; column >= 0; column--) {
    for (let i = 0; i < count; i++) keys[i] = data[order[i]! * width + column]!;
    const rows = order;
    order = ascending(keys, 0, 1).map((i) => rows[i]!);
  }
  return order;
}
