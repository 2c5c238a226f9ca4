/** @file Coordinates of grids, as views. */

import { checkOneOf } from "../core/checks.ts";
import { asTensor } from "../core/create.ts";
import { show, TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { reshape } from "./shape.ts";

/**
 * The coordinates of all points of a grid: for each vector (or scalar) a tensor of the grid's shape in which it varies
 * along its own axis. Views; nothing is copied. "xy", NumPy's default, exchanges the first two axes, as for pictures:
 * rows are y. "ij" does not.
 *
 * Shapes: x [n], y [m] → each [m, n], or [n, m] with "ij".
 * Derivative: the cotangent summed over the other axes.
 * Throws: TensorError when an input has more than one axis, or the indexing is neither "xy" nor "ij".
 *
 * @example
 * const [x, y] = meshgrid([tensor([1, 2, 3]), tensor([4, 5])]);
 * x.toArray();   // => [[1, 2, 3], [1, 2, 3]]
 * y.toArray();   // => [[4, 4, 4], [5, 5, 5]]
 */
export function meshgrid(
  xs: readonly Tensor[],
  { indexing = "xy" }: { readonly indexing?: "xy" | "ij" } = {},
): Tensor[] {
  checkOneOf("meshgrid", "indexing", indexing, ["xy", "ij"]);
  if (!Array.isArray(xs)) throw new TensorError("meshgrid", "the vectors are no list", "give them as [x, y]");
  const vectors = xs.map((x): Tensor => asTensor("meshgrid", x));
  for (const x of vectors)
    if (x.rank > 1) throw new TensorError("meshgrid", `${show(x)} is no vector`, "give tensors with one axis", [x]);
  const axisOf = (i: number): number => (indexing === "xy" && vectors.length > 1 && i < 2 ? 1 - i : i);
  const shape = vectors.map((_, axis) => vectors[axisOf(axis)]!.size);
  return vectors.map((x, i) => {
    const along = shape.map((_, axis) => (axis === axisOf(i) ? x.size : 1));
    return broadcastTo(reshape(x, along), shape);
  });
}
