/** @file Moving axes and extents without arithmetic: each operation here is its own or its neighbour's transpose. */
import { checkTensor } from "../core/checks.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { looking } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import {
  reshapeStrides,
  resolveAxes,
  resolveAxis,
  resolveDistinct,
  type Shape,
  sameShape,
  sizeOf,
  upTo,
} from "../core/shape.ts";
import type { Known, Permute, Resolved, Transpose } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";

const reshapeOp = looking<{ readonly shape: Shape }>(
  {
    name: "reshape",
    shape: ([x], { shape }) => ({ shape, dtype: x!.dtype }),
    view(x, { shape }) {
      const strides = reshapeStrides(x.shape, x.strides, shape);
      return strides === null ? null : { strides, offset: x.offset };
    },
    batch: ({ shape }, size) => ({ shape: [size, ...shape] }),
  },
  (ct, x) => reshaped(ct, x.shape),
);

/** `shape` with its −1, if it has one, worked out from how many elements there are; null where it does not fit. */
export function resolveShape(shape: Shape, size: number): Shape | null {
  if (!Array.isArray(shape)) return null;
  const open = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, axis) => axis !== open));
  const target = open < 0 ? [...shape] : shape.map((extent, axis) => (axis === open ? size / known : extent));
  const fits = target.every((extent) => Number.isInteger(extent) && extent >= 0) && sizeOf(target) === size;
  return fits ? target : null;
}

/**
 * The same elements in row-major order under another shape; one extent may be −1: whatever is left. A view where the
 * elements lie so that strides can say it.
 *
 * Shapes: [a, b, …] → shape, of the same size.
 * Derivative: the cotangent in the old shape.
 * Throws: TensorError when the sizes differ, or −1 could be anything (beside an extent of 0).
 *
 * @example
 * reshape(tensor([1, 2, 3, 4]), [2, -1]).toArray();   // => [[1, 2], [3, 4]]
 */
export function reshape<const T extends Shape>(x: Tensor, shape: T): Tensor<Known<Resolved<T>>> {
  checkTensor("reshape", x);
  const target = resolveShape(shape, x.size);
  if (target === null) {
    const asked = Array.isArray(shape) ? formatShape(shape) : String(shape);
    const open = x.size === 0 && asked.includes("-1");
    const problem = open ? `the -1 of ${asked} could be anything` : `${asked} does not`;
    const advice = open ? "say what it is" : "sizes must agree; at most one extent may be −1";
    throw new TensorError("reshape", `${show(x)} has ${x.size} elements, ${problem}`, advice, [x, { shape }]);
  }
  return reshaped(x, target);
}

/** `reshape` where the shape is known to fit: for rules. */
export const reshaped = (x: Tensor, shape: Shape): Tensor =>
  sameShape(shape, x.shape) ? x : apply(reshapeOp, [x], { shape });

/** Where `order` puts each axis. */
const inverse = (order: readonly number[]): number[] => order.map((_, axis) => order.indexOf(axis));

const permuteOp: Primitive<{ readonly order: readonly number[] }> = looking(
  {
    name: "permute",
    shape: ([x], { order }) => ({ shape: order.map((axis) => x!.shape[axis]!), dtype: x!.dtype }),
    view: (x, _result, { order }) => ({ strides: order.map((axis) => x.strides[axis]!), offset: x.offset }),
    batch: ({ order }) => ({ order: [0, ...order.map((axis) => axis + 1)] }),
  },
  (ct, _x, { order }) => apply(permuteOp, [ct], { order: inverse(order) }),
);

/**
 * The axes in another order: axis i of the result is axis `axes[i]` of x. A view; nothing is copied.
 *
 * Derivative: the cotangent with its axes put back.
 * Throws: TensorError unless every axis is named once.
 *
 * @example
 * permute(zeros([2, 3, 4]), [2, 0, 1]).shape;   // => [4, 2, 3]
 */
export function permute<S extends Shape, const A extends Shape>(x: Tensor<S>, axes: A): Tensor<Permute<S, A>> {
  checkTensor("permute", x);
  const named = [axes].flat();
  const order = named.map((axis) => resolveAxis("permute", axis, x.rank));
  if (order.length !== x.rank || new Set(order).size !== x.rank)
    throw new TensorError(
      "permute",
      `${formatShape(named)} is no order of the ${x.rank} axes of ${show(x)}`,
      "name every axis once",
      [x],
    );
  return apply(permuteOp, [x], { order });
}

/**
 * The axes reversed, as NumPy's `.T`: for a matrix, rows and columns change places. A view.
 *
 * Derivative: the transposed cotangent.
 *
 * @example
 * transpose(tensor([[1, 2, 3]])).toArray();   // => [[1], [2], [3]]
 */
export function transpose<S extends Shape>(x: Tensor<S>): Tensor<Transpose<S>> {
  checkTensor("transpose", x);
  return apply(permuteOp, [x], { order: upTo(x.rank).reverse() });
}

/**
 * The last two axes exchanged, in a batch of matrices. A view.
 *
 * Shapes: [b, m, n] → [b, n, m].
 * Derivative: the transposed cotangent.
 * Throws: TensorError for fewer than two axes.
 *
 * @example
 * matrixTranspose(zeros([5, 2, 3])).shape;   // => [5, 3, 2]
 */
export function matrixTranspose(x: Tensor): Tensor {
  checkTensor("matrixTranspose", x);
  const { rank } = x;
  if (rank < 2) throw new TensorError("matrixTranspose", `${show(x)} is no matrix`, "it takes two axes or more", [x]);
  return apply(permuteOp, [x], { order: [...upTo(rank - 2), rank - 1, rank - 2] });
}

/**
 * x with a new axis of extent 1 at place `axis` of the result, or at several places.
 *
 * Derivative: the cotangent without these axes.
 * Throws: TensorError for a place that the result does not have, or one named twice.
 *
 * @example
 * expandDims(zeros([2, 3]), 1).shape;         // => [2, 1, 3]
 * expandDims(zeros([2, 3]), -1).shape;        // => [2, 3, 1]
 * expandDims(zeros([2, 3]), [0, -1]).shape;   // => [1, 2, 3, 1]
 */
export function expandDims(x: Tensor, axis: number | readonly number[]): Tensor {
  checkTensor("expandDims", x);
  const rank = x.rank + [axis].flat().length;
  const places = resolveDistinct("expandDims", axis, rank);
  const extents = x.shape.values();
  return reshape(
    x,
    Array.from({ length: rank }, (_, place) => (places.includes(place) ? 1 : (extents.next().value as number))),
  );
}

/**
 * x without axes of extent 1: without `axis` (one or several), or without all of them.
 *
 * Derivative: the cotangent in the old shape.
 * Throws: TensorError when the extent of a named axis is not 1 (as NumPy; PyTorch leaves it).
 *
 * @example
 * squeeze(zeros([1, 2, 1])).shape;      // => [2]
 * squeeze(zeros([1, 2, 1]), 0).shape;   // => [2, 1]
 */
export function squeeze(x: Tensor, axis?: number | readonly number[]): Tensor {
  checkTensor("squeeze", x);
  const places =
    axis === undefined ? [...x.shape.keys()].filter((i) => x.shape[i] === 1) : resolveAxes("squeeze", axis, x.rank);
  const long = places.find((place) => x.shape[place] !== 1);
  if (long !== undefined)
    throw new TensorError(
      "squeeze",
      `axis ${long} of ${show(x)} has extent ${x.shape[long]}, not 1`,
      "slice or reduce it instead",
      [x],
    );
  return reshape(
    x,
    x.shape.filter((_, place) => !places.includes(place)),
  );
}
