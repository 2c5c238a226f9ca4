/** @file The product of a chain of matrices, in the order that costs least. */
import { promote } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./shape.ts";
import { checkTensors } from "./slice.ts";

/** For matrices first … last of a chain with these extents: where the last product of the cheapest order is. */
type Cut = (first: number, last: number) => number;

function cheapest(extents: Shape): Cut {
  const count = extents.length - 1;
  const costs = Array.from({ length: count }, () => new Float64Array(count));
  const cuts = costs.map(() => new Int32Array(count));
  for (let length = 1; length < count; length++) {
    for (let first = 0, last = length; last < count; first++, last++) {
      costs[first]![last] = Number.POSITIVE_INFINITY;
      for (let cut = first; cut < last; cut++) {
        const product = extents[first]! * extents[cut + 1]! * extents[last + 1]!;
        const cost = costs[first]![cut]! + costs[cut + 1]![last]! + product;
        if (cost < costs[first]![last]!) [costs[first]![last], cuts[first]![last]] = [cost, cut];
      }
    }
  }
  return (first, last) => cuts[first]![last]!;
}

/**
 * The product of several matrices, multiplied in the order with the fewest multiplications. The first may be a vector
 * (a row), and so may the last (a column).
 *
 * Shapes: [a, b], [b, c], [c, d] → [a, d].
 * Derivative: to each the cotangent between the transposed products of those before and after it.
 * Cost: n³ steps for the order of n matrices (dynamic programming).
 * Rounding: as of matmul, in that order.
 * Throws: TensorError for no tensors, others than matrices, or inner dimensions that differ.
 *
 * @example
 * multiDot([tensor([1, 2]), tensor([[1, 0], [0, 2]]), tensor([[1], [1]])]).toArray();   // => [5]
 */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  checkTensors("multiDot", tensors);
  const end = tensors.length - 1;
  const matrices = tensors.map((x, i) => {
    if (x.rank === 1 && i === 0) return reshape(x, [1, x.size]);
    if (x.rank === 1 && i === end) return reshape(x, [x.size, 1]);
    if (x.rank === 2) return x;
    throw new TensorError("multiDot", `factor ${i}, ${show(x)}, is no matrix`, "only the ends may be vectors", [x]);
  });
  for (let i = 0; i < end; i++) {
    const [k, k2] = [matrices[i]!.shape[1], matrices[i + 1]!.shape[0]];
    if (k !== k2)
      throw new TensorError(
        "multiDot",
        `inner dimensions of factors ${i} and ${i + 1} differ: ${show(tensors[i]!)} · ${show(tensors[i + 1]!)} (${k} ≠ ${k2})`,
        "transpose one of them?",
        [tensors[i]!, tensors[i + 1]!],
      );
  }
  if (tensors.map((x) => x.dtype).reduce(promote) === "bool")
    throw new TensorError("multiDot", "is not defined for bool", "cast to int32 or float64 first", tensors);
  const cut = cheapest([matrices[0]!.shape[0]!, ...matrices.map((x): number => x.shape[1]!)]);
  const product = (first: number, last: number): Tensor => {
    if (first === last) return matrices[first]!;
    const at = cut(first, last);
    return matmul(product(first, at), product(at + 1, last));
  };
  const y = product(0, end);
  return end === 0
    ? tensors[0]
    : reshape(y, [...(tensors[0].rank === 1 ? [] : [y.shape[0]!]), ...(tensors[end]!.rank === 1 ? [] : [y.shape[1]!])]);
}
