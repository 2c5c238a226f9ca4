/** @file Moving axes and extents without arithmetic: each operation here is its own or its neighbour's transpose. */
import { show, TensorError } from "../core/errors.ts";
import { looking } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { isRowMajor, resolveAxis, rowMajor, type Shape, sameShape, sizeOf } from "../core/shape.ts";
import type { Known, Permute, Resolved, Transpose } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";

const reshapeOp = looking<{ readonly shape: Shape }>(
  {
    name: "reshape",
    shape: ([x], { shape }) => ({ shape, dtype: x!.dtype }),
    view: (x, { shape }) => (isRowMajor(x.shape, x.strides) ? { strides: rowMajor(shape), offset: x.offset } : null),
  },
  (ct, x) => reshape(ct, x.shape),
);

/**
 * The same elements in row-major order under another shape; one extent may be −1: whatever is left.
 *
 * Shapes: [a, b, …] → shape, of the same size.
 * Derivative: the cotangent in the old shape.
 * Throws: TensorError when the sizes differ.
 *
 * @example
 * reshape(tensor([1, 2, 3, 4]), [2, -1]).toArray();   // => [[1, 2], [3, 4]]
 */
export function reshape<const T extends Shape>(x: Tensor, shape: T): Tensor<Known<Resolved<T>>> {
  const open = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, axis) => axis !== open));
  const extent = known === 0 ? 0 : x.size / known;
  const target = open < 0 ? [...shape] : shape.map((given, axis) => (axis === open ? extent : given));
  if (!target.every(Number.isInteger) || target.some((e) => e < 0) || sizeOf(target) !== x.size) {
    throw new TensorError(
      "reshape",
      `${show(x)} has ${x.size} elements, [${shape.join(", ")}] does not`,
      "sizes must agree; at most one extent may be −1",
      [x, { shape }],
    );
  }
  return sameShape(target, x.shape) ? x : apply(reshapeOp, [x], { shape: target });
}

/** Where `order` puts each axis. */
const inverse = (order: readonly number[]): number[] => order.map((_, axis) => order.indexOf(axis));

const permuteOp: Primitive<{ readonly order: readonly number[] }> = looking(
  {
    name: "permute",
    shape: ([x], { order }) => ({ shape: order.map((axis) => x!.shape[axis]!), dtype: x!.dtype }),
    view: (x, _result, { order }) => ({ strides: order.map((axis) => x.strides[axis]!), offset: x.offset }),
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
  const order = axes.map((axis) => resolveAxis("permute", axis, x.rank));
  if (order.length !== x.rank || new Set(order).size !== x.rank)
    throw new TensorError(
      "permute",
      `[${axes.join(", ")}] is no order of the ${x.rank} axes of ${show(x)}`,
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
  return apply(permuteOp, [x], { order: Array.from({ length: x.rank }, (_, axis) => x.rank - 1 - axis) });
}

/** The last two axes exchanged, in a batch of matrices. A view. */
export function matrixTranspose(x: Tensor): Tensor {
  const { rank } = x;
  const order = Array.from({ length: rank }, (_, axis) => axis);
  return apply(permuteOp, [x], { order: [...order.slice(0, -2), rank - 1, rank - 2] });
}

/**
 * x with a new axis of extent 1 at place `axis` of the result.
 *
 * @example
 * expandDims(zeros([2, 3]), 1).shape;    // => [2, 1, 3]
 * expandDims(zeros([2, 3]), -1).shape;   // => [2, 3, 1]
 */
export function expandDims(x: Tensor, axis: number): Tensor {
  const place = resolveAxis("expandDims", axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, place), 1, ...x.shape.slice(place)]);
}

/**
 * x without axes of extent 1: without `axis`, or without all of them.
 *
 * Throws: TensorError when the extent of `axis` is not 1.
 *
 * @example
 * squeeze(zeros([1, 2, 1])).shape;      // => [2]
 * squeeze(zeros([1, 2, 1]), 0).shape;   // => [2, 1]
 */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined)
    return reshape(
      x,
      x.shape.filter((extent) => extent !== 1),
    );
  const place = resolveAxis("squeeze", axis, x.rank);
  if (x.shape[place] !== 1)
    throw new TensorError(
      "squeeze",
      `axis ${axis} of ${show(x)} has extent ${x.shape[place]}, not 1`,
      "slice or reduce it instead",
      [x],
    );
  return reshape(
    x,
    x.shape.filter((_, i) => i !== place),
  );
}
