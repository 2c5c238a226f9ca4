/** @file Going through examples in batches, in an order that a seed and an epoch decide. */
import { arange, rng, TensorError } from "@deltagrad/tensor";
import { rowReader, rowTensors } from "./rows.ts";
import type { Rows } from "./split.ts";

export interface BatchOptions {
  /** Examples in a batch. */
  readonly size: number;
  /** Decides the order, together with `epoch`. */
  readonly seed?: string | number;
  readonly shuffle?: boolean;
  /** Leaves out a last batch that is smaller than the others. */
  readonly dropLast?: boolean;
  /** The same seed and epoch give the same batches; another epoch another order. */
  readonly epoch?: number;
}

/**
 * The examples of a record of tensors in batches, shuffled: every example is in just one. It can be gone through again,
 * with the same batches.
 *
 * Shapes: each tensor [n, …] → [size, …], the last one possibly smaller; fields that are no tensors are kept.
 * Throws: TensorError when the size is no whole number ≥ 1, or tensors differ in their number of rows.
 *
 * @example
 * const data = { x: tensor([[1], [2], [3]]), y: tensor([1, 2, 3]) };
 * [...batches(data, { size: 2, seed: 7 })].map(({ x }) => x.shape);             // => [[2, 1], [1, 1]]
 * [...batches(data, { size: 2, shuffle: false })].map(({ y }) => y.toArray());   // => [[1, 2], [3]]
 */
export function batches<T extends object>(
  data: T,
  { size, seed = 0, shuffle = true, dropLast = false, epoch = 0 }: BatchOptions,
): Iterable<Rows<T>> {
  if (!Number.isInteger(size) || size < 1)
    throw new TensorError("batches", `there is no batch of ${size} examples`, "size is a whole number ≥ 1");
  const { count, tensors } = rowTensors("batches", data);
  const random = rng(seed);
  return {
    *[Symbol.iterator]() {
      const stream = random.stream("batches").stream(String(epoch));
      const order = (shuffle ? stream.permutation(count) : arange(count)).toTypedArray() as Int32Array;
      const readers = tensors.map(([name, x]) => [name, rowReader(x)] as const);
      for (let start = 0; start < count; start += size) {
        if (dropLast && start + size > count) return;
        const rows = order.subarray(start, start + size);
        yield { ...data, ...Object.fromEntries(readers.map(([name, read]) => [name, read(rows)])) } as Rows<T>;
      }
    },
  };
}
