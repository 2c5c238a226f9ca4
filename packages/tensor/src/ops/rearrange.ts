/** @file The same elements with other axes: named ones moved, joined, parted, added in front, reversed. Views. */
import { checkNumber, checkTensor } from "../core/checks.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { resolveAxes, resolveAxis, resolveDistinct, type Shape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { permute, reshape, resolveShape } from "./shape.ts";
import { type Range, slice } from "./slice.ts";

/**
 * Axes moved to other places, the rest in their order: axis `from` of x is axis `to` of the result (one, or lists).
 *
 * Derivative: the cotangent with its axes put back.
 * Throws: TensorError for axes out of range or named twice, or lists of different lengths.
 *
 * @example
 * moveAxis(zeros([2, 3, 4]), 0, -1).shape;            // => [3, 4, 2]
 * moveAxis(zeros([2, 3, 4]), [0, 1], [2, 0]).shape;   // => [3, 4, 2]
 */
export function moveAxis(x: Tensor, from: number | readonly number[], to: number | readonly number[]): Tensor {
  checkTensor("moveAxis", x);
  const [sources, places] = [resolveDistinct("moveAxis", from, x.rank), resolveDistinct("moveAxis", to, x.rank)];
  if (sources.length !== places.length)
    throw new TensorError(
      "moveAxis",
      `${sources.length} axes ${formatShape(sources)} to ${places.length} places ${formatShape(places)}`,
      "give one place for each axis",
      [x],
    );
  const order = [...x.shape.keys()].filter((axis) => !sources.includes(axis));
  const moves = places.map((place, i) => [place, sources[i]!] as const).sort(([a], [b]) => a - b);
  for (const [place, source] of moves) order.splice(place, 0, source);
  return permute(x, order);
}

/**
 * x with two axes exchanged (PyTorch's `transpose(dim0, dim1)`).
 *
 * Derivative: the cotangent with them exchanged.
 * Throws: TensorError for an axis out of range.
 *
 * @example
 * swapAxes(zeros([2, 3, 4]), 0, -1).shape;   // => [4, 3, 2]
 */
export function swapAxes(x: Tensor, a: number, b: number): Tensor {
  checkTensor("swapAxes", x);
  const [first, second] = [resolveAxis("swapAxes", a, x.rank), resolveAxis("swapAxes", b, x.rank)];
  const order = [...x.shape.keys()];
  [order[first], order[second]] = [second, first];
  return permute(x, order);
}

/**
 * x with the axes from `first` to `last` joined into one, all of them by default.
 *
 * Shapes: [a, b, c, d], first 1, last 2 → [a, b·c, d]; [] → [1].
 * Derivative: the cotangent in the old shape.
 * Throws: TensorError for an axis out of range, or the last before the first.
 *
 * @example
 * flatten(zeros([2, 3, 4])).shape;      // => [24]
 * flatten(zeros([2, 3, 4]), 1).shape;   // => [2, 12]
 */
export function flatten(x: Tensor, first = 0, last = -1): Tensor {
  checkTensor("flatten", x);
  const rank = Math.max(1, x.rank);
  const [from, to] = [resolveAxis("flatten", first, rank), resolveAxis("flatten", last, rank)];
  if (to < from)
    throw new TensorError(
      "flatten",
      `axis ${last} comes before axis ${first} in ${show(x)}`,
      "name the first one first",
      [x],
    );
  return reshape(x, [...x.shape.slice(0, from), sizeOf(x.shape.slice(from, to + 1)), ...x.shape.slice(to + 1)]);
}

/**
 * All elements in one row, as NumPy's `ravel`.
 *
 * Derivative: the cotangent in the old shape.
 *
 * @example
 * ravel(tensor([[1, 2], [3, 4]])).toArray();   // => [1, 2, 3, 4]
 */
export function ravel(x: Tensor): Tensor<readonly [number]> {
  checkTensor("ravel", x);
  return reshape(x, [x.size]);
}

/**
 * x with one axis parted into several; one extent may be −1: whatever is left.
 *
 * Shapes: [a, b·c, d], axis 1, [b, c] → [a, b, c, d].
 * Derivative: the cotangent in the old shape.
 * Throws: TensorError when the extents do not multiply to that of the axis.
 *
 * @example
 * unflatten(zeros([2, 12]), 1, [3, -1]).shape;   // => [2, 3, 4]
 */
export function unflatten(x: Tensor, axis: number, shape: Shape): Tensor {
  checkTensor("unflatten", x);
  const place = resolveAxis("unflatten", axis, x.rank);
  const parts = resolveShape(shape, x.shape[place]!);
  if (parts === null)
    throw new TensorError(
      "unflatten",
      `axis ${place} of ${show(x)} has extent ${x.shape[place]}, not ${Array.isArray(shape) ? shape.join(" · ") : String(shape)}`,
      "give extents whose product it is; one may be −1",
      [x],
    );
  return reshape(x, [...x.shape.slice(0, place), ...parts, ...x.shape.slice(place + 1)]);
}

/**
 * x with at least one axis: a scalar becomes a list of one.
 *
 * @example
 * atLeast1d(tensor(3)).shape;   // => [1]
 */
export function atLeast1d(x: Tensor): Tensor {
  checkTensor("atLeast1d", x);
  return x.rank === 0 ? reshape(x, [1]) : x;
}

/**
 * x with at least two axes: a vector becomes a row.
 *
 * @example
 * atLeast2d(tensor([1, 2, 3])).shape;   // => [1, 3]
 */
export function atLeast2d(x: Tensor): Tensor {
  checkTensor("atLeast2d", x);
  return x.rank < 2 ? reshape(x, [1, x.size]) : x;
}

/**
 * x with at least three axes: a vector [n] becomes [1, n, 1], a matrix [m, n] becomes [m, n, 1].
 *
 * @example
 * atLeast3d(tensor([1, 2, 3])).shape;   // => [1, 3, 1]
 */
export function atLeast3d(x: Tensor): Tensor {
  checkTensor("atLeast3d", x);
  return x.rank === 2 ? reshape(x, [...x.shape, 1]) : x.rank < 2 ? reshape(x, [1, x.size, 1]) : x;
}

/** x with axes reversed that are known to be its own. */
const reversed = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : slice(x, ...x.shape.map((_, axis): Range => (axes.includes(axis) ? [null, null, -1] : null)));

/**
 * The elements in reverse order along an axis, several, or all. A view.
 *
 * Derivative: the cotangent, reversed.
 * Throws: TensorError for an axis out of range or named twice.
 *
 * @example
 * flip(tensor([[1, 2], [3, 4]])).toArray();      // => [[4, 3], [2, 1]]
 * flip(tensor([[1, 2], [3, 4]]), 0).toArray();   // => [[3, 4], [1, 2]]
 */
export function flip<S extends Shape>(x: Tensor<S>, axis?: number | readonly number[]): Tensor<S> {
  checkTensor("flip", x);
  return reversed(x, resolveAxes("flip", axis, x.rank));
}

/**
 * x turned by `turns` quarter turns, from the first of two axes towards the second. A view.
 *
 * Derivative: the cotangent turned back.
 * Throws: TensorError unless `turns` is a whole number and the axes are two.
 *
 * @example
 * rot90(tensor([[1, 2], [3, 4]])).toArray();       // => [[2, 4], [1, 3]]
 * rot90(tensor([[1, 2], [3, 4]]), -1).toArray();   // => [[3, 1], [4, 2]]
 */
export function rot90(x: Tensor, turns = 1, axes: readonly [first: number, second: number] = [0, 1]): Tensor {
  checkTensor("rot90", x);
  checkNumber("rot90", "turns", turns, Number.isInteger, "give a whole number");
  const plane = resolveDistinct("rot90", axes, x.rank);
  const [first, second] = plane as [number, number];
  if (plane.length !== 2)
    throw new TensorError("rot90", `${plane.length} axes ${formatShape(plane)} are no plane`, "give two axes", [x]);
  const quarter = ((turns % 4) + 4) % 4;
  if (quarter === 0) return x;
  if (quarter === 2) return reversed(x, plane);
  return quarter === 1
    ? swapAxes(reversed(x, [second]), first, second)
    : reversed(swapAxes(x, first, second), [second]);
}
