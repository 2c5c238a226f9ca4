/** @file Tensors laid in a row, in a column, behind each other: `concat` along the axes of everyday. */
import type { Tensor } from "../core/tensor.ts";
import { atLeast1d, atLeast2d, atLeast3d } from "./rearrange.ts";
import { checkTensors, join } from "./slice.ts";

/**
 * Tensors side by side: vectors end to end, all others joined on their second axis.
 *
 * Derivative: each gets its piece of the cotangent.
 * Throws: TensorError for no tensors, or when ranks, other extents or dtypes differ.
 *
 * @example
 * hstack([tensor([1, 2]), tensor([3])]).toArray();           // => [1, 2, 3]
 * hstack([tensor([[1], [2]]), tensor([[3], [4]])]).toArray();   // => [[1, 3], [2, 4]]
 */
export function hstack(tensors: readonly Tensor[]): Tensor {
  checkTensors("hstack", tensors);
  const parts = tensors.map(atLeast1d);
  return join("hstack", parts, parts[0]!.rank === 1 ? 0 : 1);
}

/**
 * Tensors below each other: vectors as rows, all others joined on their first axis.
 *
 * Derivative: each gets its piece of the cotangent.
 * Throws: TensorError for no tensors, or when ranks, other extents or dtypes differ.
 *
 * @example
 * vstack([tensor([1, 2]), tensor([3, 4])]).toArray();   // => [[1, 2], [3, 4]]
 */
export function vstack(tensors: readonly Tensor[]): Tensor {
  checkTensors("vstack", tensors);
  return join("vstack", tensors.map(atLeast2d), 0);
}

/**
 * Tensors behind each other: joined on their third axis, which vectors and matrices get.
 *
 * Derivative: each gets its piece of the cotangent.
 * Throws: TensorError for no tensors, or when ranks, other extents or dtypes differ.
 *
 * @example
 * dstack([tensor([1, 2]), tensor([3, 4])]).toArray();   // => [[[1, 3], [2, 4]]]
 */
export function dstack(tensors: readonly Tensor[]): Tensor {
  checkTensors("dstack", tensors);
  return join("dstack", tensors.map(atLeast3d), 2);
}
