/** @file The dataset: a known number of examples, each of which can be asked for. Nothing is done before it is. */
import { leaves, TensorError } from "@deltagrad/tensor";
import { checkFunction, checkWhole, orderOf, type Seed, shown, streamOf } from "../checks.ts";
import { countRows, type Row, rowReader, rowViewer } from "../rows.ts";
import { type Batch, collateFor } from "./collate.ts";
import { Stream } from "./stream.ts";
import { drawWeighted } from "./weighted.ts";

/** What a dataset can be made of. */
export interface Source<out T> {
  readonly length: number;
  get(index: number): T;
}

export interface ShuffleOptions {
  readonly seed: Seed;
  /** Another epoch has another order. */
  readonly epoch?: number;
}

export interface WindowOptions {
  /** Examples in a window. */
  readonly size: number;
  /** From the beginning of one window to that of the next. */
  readonly step?: number;
}

export interface SampleOptions {
  /** One for each example: how likely it is, relative to the others. */
  readonly weights: ArrayLike<number>;
  /** How many to draw; as many as there are, if left out. */
  readonly count?: number;
  readonly seed: Seed;
  /** Whether an example can be drawn again. */
  readonly replacement?: boolean;
}

/** Reads many examples at once, as one batch; null: one by one. */
type Read = ((indices: Int32Array) => unknown) | null;

/**
 * Examples by number: `length`, `get(i)`, and what makes other datasets of them. A dataset never changes, and does
 * nothing until an example is asked for; `batches`, `split` and `kFold` take it as they take a record of tensors.
 *
 * Made by `dataset` and `tensorDataset`, never by `new`.
 */
export class Dataset<T> implements Iterable<T> {
  readonly length: number;
  readonly #get: (index: number) => T;
  readonly #read: Read;

  /** @internal */
  constructor(length: number, get: (index: number) => T, read: Read = null) {
    this.length = length;
    this.#get = get;
    this.#read = read;
  }

  /**
   * The example of that number.
   *
   * Throws: TensorError unless it is a whole number from 0 to length − 1.
   *
   * @example
   * dataset(["a", "b"]).get(1);   // => "b"
   */
  get(index: number): T {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new TensorError(
        "get",
        `there is no example ${shown(index)} among ${this.length}`,
        this.length === 0 ? "the dataset is empty" : `use a whole number from 0 to ${this.length - 1}`,
      );
    return this.#get(index);
  }

  /** @internal The examples of those numbers, which are all in range, as one batch. */
  readBatch(op: string, indices: Int32Array, pad: number | undefined): Batch<T> {
    if (this.#read !== null) return this.#read(indices) as Batch<T>;
    return collateFor(op, this.readAll(indices), pad);
  }

  /** @internal */
  readAll(indices: Int32Array): T[] {
    return Array.from(indices, this.#get);
  }

  *[Symbol.iterator](): Generator<T, void, void> {
    for (let i = 0; i < this.length; i++) yield this.#get(i);
  }

  /**
   * f(example, number) of each; worked out anew whenever it is asked for (see `cache`).
   *
   * @example
   * [...dataset([1, 2, 3]).map((x) => 10 * x)];   // => [10, 20, 30]
   */
  map<U>(f: (example: T, index: number) => U): Dataset<U> {
    checkFunction("map", "f", f);
    return new Dataset(this.length, (index) => f(this.#get(index), index));
  }

  /**
   * The examples for which `keep` says so. It asks about all of them, at once.
   *
   * @example
   * [...dataset([1, 2, 3, 4]).filter((x) => x % 2 === 0)];   // => [2, 4]
   */
  filter(keep: (example: T, index: number) => boolean): Dataset<T> {
    checkFunction("filter", "keep", keep);
    const kept: number[] = [];
    for (let i = 0; i < this.length; i++) if (keep(this.#get(i), i)) kept.push(i);
    return this.#view(kept.length, (i) => kept[i]!);
  }

  /**
   * The examples of those numbers, in that order; a number may come more than once.
   *
   * Throws: TensorError for a number that no example has.
   *
   * @example
   * [...dataset(["a", "b", "c"]).select([2, 0, 2])];   // => ["c", "a", "c"]
   */
  select(indices: ArrayLike<number>): Dataset<T> {
    const bad = Array.from(indices).findIndex((i) => !Number.isInteger(i) || i < 0 || i >= this.length);
    if (bad >= 0)
      throw new TensorError(
        "select",
        `index ${bad} is ${shown(indices[bad])}, of ${this.length} examples`,
        "indices are whole numbers from 0 to length − 1",
      );
    const order = Int32Array.from(indices);
    return this.#view(order.length, (i) => order[i]!);
  }

  /** The first n examples, or all if there are fewer. */
  take(n: number): Dataset<T> {
    checkWhole("take", "n", n);
    return this.#view(Math.min(n, this.length), (i) => i);
  }

  /** What comes after the first n examples. */
  skip(n: number): Dataset<T> {
    checkWhole("skip", "n", n);
    return this.#view(Math.max(0, this.length - n), (i) => i + n);
  }

  /**
   * These examples, then those of the others.
   *
   * @example
   * [...dataset([1, 2]).concat(dataset([3]), dataset([4, 5]))];   // => [1, 2, 3, 4, 5]
   */
  concat<U = T>(...others: readonly Dataset<U>[]): Dataset<T | U> {
    const rest = others.reduce<Dataset<T | U>>((left, right) => join(left, checked("concat", right)), this as never);
    return rest;
  }

  /**
   * Pairs of one example of each.
   *
   * Throws: TensorError unless both have the same number of examples.
   *
   * @example
   * [...dataset(["a", "b"]).zip(dataset([1, 2]))];   // => [["a", 1], ["b", 2]]
   */
  zip<U>(other: Dataset<U>): Dataset<readonly [T, U]> {
    if (checked("zip", other).length !== this.length)
      throw new TensorError("zip", `${this.length} examples beside ${other.length}`, "take(n) of the longer one");
    const [left, right] = [this.#read, other.#read];
    return new Dataset(
      this.length,
      (index) => [this.#get(index), other.#get(index)] as const,
      left && right && ((indices) => [left(indices), right(indices)]),
    );
  }

  /**
   * Neighbours together: the examples 0 … size − 1, then step … step + size − 1, and so on, as long as they are whole.
   *
   * @example
   * [...dataset([1, 2, 3, 4, 5]).window({ size: 3, step: 2 })];   // => [[1, 2, 3], [3, 4, 5]]
   */
  window({ size, step = 1 }: WindowOptions): Dataset<readonly T[]> {
    checkWhole("window", "size", size, 1);
    checkWhole("window", "step", step, 1);
    const count = Math.max(0, Math.floor((this.length - size) / step) + 1);
    return new Dataset(count, (index) => Array.from({ length: size }, (_, i) => this.#get(index * step + i)));
  }

  /** The same examples, each worked out once and then kept in memory. */
  cache(): Dataset<T> {
    const kept = new Map<number, T>();
    return new Dataset(this.length, (index) => {
      if (!kept.has(index)) kept.set(index, this.#get(index));
      return kept.get(index)!;
    });
  }

  /**
   * The same examples in a random order that a seed and an epoch decide: every order is equally likely.
   *
   * @example
   * [...dataset([1, 2, 3, 4]).shuffle({ seed: 7 })].sort();   // => [1, 2, 3, 4]
   */
  shuffle({ seed, epoch = 0 }: ShuffleOptions): Dataset<T> {
    checkWhole("shuffle", "epoch", epoch);
    const order = orderOf("shuffle", seed, epoch, this.length);
    return this.#view(order.length, (i) => order[i]!);
  }

  /**
   * Examples drawn by weights, again and again or each at most once. To see classes equally often, give each example
   * one over the count of its class.
   *
   * Throws: TensorError for a weight < 0, NaN or infinite; when all are 0; or when there are not enough to draw from.
   *
   * @example
   * [...dataset(["a", "b", "c"]).sample({ weights: [0, 1, 0], count: 3, seed: 7 })];   // => ["b", "b", "b"]
   */
  sample({ weights, count = this.length, seed, replacement = true }: SampleOptions): Dataset<T> {
    checkWhole("sample", "count", count);
    if (weights.length !== this.length)
      throw new TensorError("sample", `${weights.length} weights for ${this.length} examples`, "give one for each");
    const drawn = drawWeighted(weights, count, replacement, streamOf("sample", seed));
    return this.#view(drawn.length, (i) => drawn[i]!);
  }

  /** The examples as a stream, for what takes time: asynchronous maps, worker threads. */
  stream(): Stream<T> {
    const dataset = this;
    return new Stream(async function* (start) {
      for (let i = start; i < dataset.length; i++) yield dataset.#get(i);
    });
  }

  /** For `String(…)` and templates: a word, and how many examples. */
  toString(): string {
    return `Dataset of ${this.length}`;
  }

  #view(length: number, at: (index: number) => number): Dataset<T> {
    const read = this.#read;
    return new Dataset(length, (index) => this.#get(at(index)), read && ((indices) => read(indices.map(at))));
  }
}

const checked = <T>(op: string, other: Dataset<T>): Dataset<T> => {
  if (other instanceof Dataset) return other;
  throw new TensorError(op, `expected a dataset, got ${shown(other)}`, "wrap it: dataset(…) or tensorDataset(…)");
};

const join = <T>(left: Dataset<T>, right: Dataset<T>): Dataset<T> =>
  new Dataset(left.length + right.length, (i) => (i < left.length ? left.get(i) : right.get(i - left.length)));

/**
 * A dataset of a list of examples, or of anything with `length` and `get(i)`.
 *
 * @example
 * dataset({ length: 3, get: (i) => i * i }).get(2);   // => 4
 * dataset([{ x: 1 }, { x: 2 }]).length;               // => 2
 */
export function dataset<T>(source: readonly T[] | Source<T>): Dataset<T> {
  if (Array.isArray(source)) {
    const list: readonly T[] = source;
    return new Dataset(list.length, (index) => list[index]!);
  }
  const { length, get } = (source ?? {}) as Partial<Source<T>>;
  if (typeof get !== "function")
    throw new TensorError(
      "dataset",
      `there are no examples in ${shown(source)}`,
      "give a list, or an object with length and get(i); tensors: tensorDataset(…)",
    );
  checkWhole("dataset", "length", length);
  return new Dataset(length, (index) => (source as Source<T>).get(index));
}

/**
 * A dataset of the rows of tensors: an example has the form of the data, each tensor without its leading axis.
 * Batches of it are copied row by row, without a detour over single examples, as long as nothing maps them.
 *
 * Shapes: each tensor [n, …] → n examples of […].
 * Throws: TensorError when tensors differ in their number of rows, or there is something else in the data.
 *
 * @example
 * tensorDataset({ x: tensor([[1, 2], [3, 4]]), y: tensor([5, 6]) }).get(1).x.toArray();   // => [3, 4]
 */
export function tensorDataset<T extends object>(data: T): Dataset<Row<T>> {
  leaves(data, "tensorDataset");
  const count = countRows("tensorDataset", data);
  return new Dataset<Row<T>>(count, rowViewer("tensorDataset", data), rowReader("tensorDataset", data));
}
