/** @file Setting examples aside for testing. */
import { rng, type Shape, type Tensor, TensorError } from "@deltagrad/tensor";
import { rowReader, rowTensors } from "./rows.ts";

/** The same record with the number of rows forgotten by the compiler. */
export type Rows<T> = {
  readonly [K in keyof T]: T[K] extends Tensor<infer S>
    ? Tensor<S extends readonly [number, ...infer Rest extends Shape] ? readonly [number, ...Rest] : Shape>
    : T[K];
};

/**
 * The examples in two parts, drawn by a seed: every one is in just one of them.
 *
 * Shapes: each tensor [n, …] → train [n − k, …], test [k, …] with k = round(n · test); other fields are kept.
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
  const { count, tensors } = rowTensors("split", data);
  const aside = Math.round(count * test);
  if (!(aside > 0 && aside < count))
    throw new TensorError(
      "split",
      `a test part of ${test} of ${count} examples has ${aside}`,
      "both parts need at least one; choose a fraction between 0 and 1",
    );
  const order = rng(seed).stream("split").permutation(count).toTypedArray() as Int32Array;
  const part = (rows: Int32Array): Rows<T> =>
    ({ ...data, ...Object.fromEntries(tensors.map(([name, x]) => [name, rowReader(x)(rows)])) }) as Rows<T>;
  return { train: part(order.subarray(aside)), test: part(order.subarray(0, aside)) };
}
