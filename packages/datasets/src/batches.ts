/** @file Going through examples in batches, in an order that a seed and an epoch decide. */
import { arange, rng, TensorError } from "@deltagrad/tensor";
import { countRows, type Rows, rowReader } from "./rows.ts";

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
 * The examples in batches, shuffled: every one is in just one batch. They can be gone through again, with the same
 * batches. Takes any tensors in plain objects and arrays, such as `{ x, y }`, and gives the same with fewer rows.
 *
 * Shapes: each tensor [n, …] → [size, …], the last one possibly smaller; what is no tensor is kept.
 * At the edges: no examples, or fewer than `size` with `dropLast`, give no batches.
 * Throws: TensorError when the size is no whole number ≥ 1, or tensors differ in their number of rows.
 *
 * @example
 * const data = { x: tensor([[1], [2], [3]]), y: tensor([1, 2, 3]) };
 * [...batches(data, { size: 2, seed: 7 })].map(({ x }) => x.shape);              // => [[2, 1], [1, 1]]
 * [...batches(data, { size: 2, shuffle: false })].map(({ y }) => y.toArray());   // => [[1, 2], [3]]
 */
export function batches<T extends object>(
  data: T,
  { size, seed = 0, shuffle = true, dropLast = false, epoch = 0 }: BatchOptions,
): Iterable<Rows<T>> {
  if (!Number.isInteger(size) || size < 1)
    throw new TensorError("batches", `there is no batch of ${size} examples`, "size is a whole number ≥ 1");
  const count = countRows("batches", data);
  const epochs = rng(seed).stream("batches");
  return {
    *[Symbol.iterator]() {
      const order = shuffle ? epochs.stream(String(epoch)).permutation(count) : arange(count);
      const numbers = order.toTypedArray() as Int32Array;
      const read = rowReader(data);
      const end = dropLast ? count - (count % size) : count;
      for (let start = 0; start < end; start += size) yield read(numbers.subarray(start, start + size));
    },
  };
}
