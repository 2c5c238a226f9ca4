/** @file Setting examples aside for testing. */
import { rng, TensorError } from "@deltagrad/tensor";
import { countRows, type Rows, rowReader } from "./rows.ts";

/**
 * The examples in two parts, drawn by a seed: every one is in just one of them.
 * Takes a data set, or any tensors in plain objects and arrays.
 *
 * Shapes: each tensor [n, …] → train [n − k, …], test [k, …] with k = round(n · test); what is no tensor is kept.
 * Throws: TensorError when a part would be empty, or tensors differ in their number of rows.
 *
 * @example
 * const parts = split(iris(), { test: 0.2, seed: 7 });
 * [parts.train.features.shape, parts.test.features.shape];   // => [[120, 4], [30, 4]]
 */
export function split<T extends object>(
  data: T,
  { test = 0.2, seed }: { readonly test?: number; readonly seed: string | number },
): { train: Rows<T>; test: Rows<T> } {
  const count = countRows("split", data);
  const aside = Math.round(count * test);
  if (!(aside > 0 && aside < count))
    throw new TensorError(
      "split",
      `a test part of ${test} of ${count} examples has ${aside}`,
      "both parts need at least one; choose a fraction between 0 and 1",
    );
  const order = rng(seed).stream("split").permutation(count).toTypedArray() as Int32Array;
  const read = rowReader(data);
  return { train: read(order.subarray(aside)), test: read(order.subarray(0, aside)) };
}
