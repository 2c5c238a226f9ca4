/** @file The stream: examples that come one after the other, perhaps without end; each pass opens it anew. */
import { type Rng, TensorError } from "@deltagrad/tensor";
import { checkFunction, checkWhole, type Seed, shown, streamOf } from "../checks.ts";
import { inOrder, type Mapper, mapperOf } from "./concurrent.ts";

/** What a stream can be made of: a function opens it for each pass. */
export type Opening<T> = Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | AsyncIterable<T>);

export interface BufferOptions {
  /** How many examples are held; the next one is drawn from among them. */
  readonly buffer: number;
  readonly seed: Seed;
  /** Another epoch has another order. */
  readonly epoch?: number;
}

/**
 * Examples that come: from files, the network, worker threads. A stream is gone through by `for await` or `batches`,
 * any number of times.
 *
 * Made by `stream` and `dataset.stream()`, never by `new`.
 */
export class Stream<out T> implements AsyncIterable<T> {
  /**
   * @internal The examples from that number on. Where numbers tell it, those before are never made: so that a resumed
   * pass does not do again what was done.
   */
  readonly from: (start: number) => AsyncIterable<T>;

  /** @internal */
  constructor(from: (start: number) => AsyncIterable<T>) {
    this.from = from;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, void, void> {
    return this.from(0)[Symbol.asyncIterator]();
  }

  /**
   * f(example, number) of each, in order. f may be asynchronous, with several calls under way at once; or worker
   * threads, made by `workers`.
   *
   * Throws: in the pass, what f throws.
   *
   * @example
   * await stream([1, 2, 3]).map(async (x) => 10 * x, { concurrency: 2 }).toArray();   // => [10, 20, 30]
   */
  map<U>(
    f: ((example: T, index: number) => U | Promise<U>) | Mapper<T, U>,
    { concurrency }: { readonly concurrency?: number } = {},
  ): Stream<U> {
    const mapper = mapperOf(f, concurrency);
    return new Stream((start) => inOrder(mapper, this.from(start), start));
  }

  /** The examples for which `keep` says so, or promises to. */
  filter(keep: (example: T, index: number) => boolean | Promise<boolean>): Stream<T> {
    checkFunction("filter", "keep", keep);
    const open = async function* (this: Stream<T>) {
      let index = 0;
      for await (const example of this) if (await keep(example, index++)) yield example;
    };
    return new Stream((start) => skipping(open.call(this), start));
  }

  /**
   * The first n examples, or all if there are fewer.
   *
   * @example
   * await stream(function* () { for (let i = 0; ; i++) yield i; }).skip(2).take(3).toArray();   // => [2, 3, 4]
   */
  take(n: number): Stream<T> {
    checkWhole("take", "n", n);
    return new Stream((start) => taking(this.from(start), n - start));
  }

  /** What comes after the first n examples. */
  skip(n: number): Stream<T> {
    checkWhole("skip", "n", n);
    return new Stream((start) => this.from(start + n));
  }

  /** These examples, then those of the others. */
  concat<U = T>(...others: readonly Stream<U>[]): Stream<T | U> {
    const all: readonly Stream<T | U>[] = [this, ...others.map((other) => checked("concat", other))];
    const open = async function* () {
      for (const part of all) yield* part.from(0);
    };
    return new Stream((start) => skipping(open(), start));
  }

  /**
   * Pairs of one example of each, until one of the two ends.
   *
   * @example
   * await stream(["a", "b", "c"]).zip(stream([1, 2])).toArray();   // => [["a", 1], ["b", 2]]
   */
  zip<U>(other: Stream<U>): Stream<readonly [T, U]> {
    checked("zip", other);
    return new Stream((start) => pairing(this.from(start), other.from(start)));
  }

  /** Neighbours together, as long as windows are whole; see `Dataset.window`. */
  window({ size, step = 1 }: { readonly size: number; readonly step?: number }): Stream<readonly T[]> {
    checkWhole("window", "size", size, 1);
    checkWhole("window", "step", step, 1);
    return new Stream((start) => windowing(this.from(start * step), size, step));
  }

  /** The same examples, which are read once, by whoever comes first to them, and then kept in memory. */
  cache(): Stream<T> {
    const kept: T[] = [];
    let source: AsyncIterator<T> | null = null;
    let reading: Promise<boolean> | null = null;
    const read = async (): Promise<boolean> => {
      source ??= this.from(kept.length)[Symbol.asyncIterator]();
      try {
        const { done, value } = await source.next();
        if (!done) kept.push(value);
        return !done;
      } catch (error) {
        source = null;
        throw error;
      } finally {
        reading = null;
      }
    };
    return new Stream(async function* (start) {
      for (let i = start; ; i++) {
        while (i >= kept.length) {
          reading ??= read();
          if (!(await reading)) return;
        }
        yield kept[i]!;
      }
    });
  }

  /**
   * The same examples, each drawn from a buffer that the next one then fills. A buffer as long as the stream makes every
   * order equally likely; a shorter one mixes what is near.
   *
   * @example
   * (await stream([1, 2, 3, 4]).shuffle({ buffer: 2, seed: 7 }).toArray()).sort();   // => [1, 2, 3, 4]
   */
  shuffle({ buffer, seed, epoch = 0 }: BufferOptions): Stream<T> {
    checkWhole("shuffle", "buffer", buffer, 1);
    checkWhole("shuffle", "epoch", epoch);
    const streams = streamOf("shuffle", seed);
    return new Stream((start) => skipping(mixing(this, buffer, streams.stream(String(epoch))), start));
  }

  /** All examples, in a list. */
  async toArray(): Promise<T[]> {
    const list: T[] = [];
    for await (const example of this) list.push(example);
    return list;
  }
}

const checked = <T>(op: string, other: Stream<T>): Stream<T> => {
  if (other instanceof Stream) return other;
  throw new TensorError(op, `expected a stream, got ${shown(other)}`, "wrap it: stream(…) or dataset(…).stream()");
};

async function* skipping<T>(source: AsyncIterable<T> | Iterable<T>, n: number): AsyncGenerator<T, void, void> {
  let passed = 0;
  for await (const example of source) if (passed++ >= n) yield example;
}

async function* taking<T>(source: AsyncIterable<T>, n: number): AsyncGenerator<T, void, void> {
  if (n <= 0) return;
  let taken = 0;
  for await (const example of source) {
    yield example;
    if (++taken === n) return;
  }
}

async function* pairing<T, U>(left: AsyncIterable<T>, right: AsyncIterable<U>): AsyncGenerator<readonly [T, U]> {
  const others = right[Symbol.asyncIterator]();
  try {
    for await (const example of left) {
      const { done, value } = await others.next();
      if (done) return;
      yield [example, value] as const;
    }
  } finally {
    await others.return?.();
  }
}

async function* windowing<T>(source: AsyncIterable<T>, size: number, step: number): AsyncGenerator<readonly T[]> {
  let window: T[] = [];
  let toSkip = 0;
  for await (const example of source) {
    if (toSkip > 0) toSkip--;
    else if (window.push(example) === size) {
      yield window;
      toSkip = Math.max(0, step - size);
      window = window.slice(step);
    }
  }
}

async function* mixing<T>(source: AsyncIterable<T>, buffer: number, random: Rng) {
  const held: T[] = [];
  const draw = (): number => Math.floor(random.next() * held.length);
  for await (const example of source) {
    if (held.length < buffer) held.push(example);
    else {
      const i = draw();
      yield held[i]!;
      held[i] = example;
    }
  }
  while (held.length > 0) {
    const i = draw();
    const drawn = held[i]!;
    held[i] = held.at(-1)!;
    held.pop();
    yield drawn;
  }
}

/**
 * A stream of what can be gone through, or of what a function opens for each pass.
 *
 * Throws: TensorError when there is nothing to go through; in a second pass, when the first has used up an iterator.
 *
 * @example
 * await stream(() => ["a", "b"].values()).toArray();   // => ["a", "b"]
 */
export function stream<T>(source: Opening<T>): Stream<T> {
  const open = typeof source === "function" ? source : () => source;
  if (typeof source !== "function") checkIterable(source);
  let used = false;
  return new Stream((start) => {
    const opened = checkIterable(open());
    if (opened === source && isOneShot(opened)) {
      if (used)
        throw new TensorError(
          "stream",
          "this iterator was gone through before",
          "give a function that opens it anew: stream(() => …)",
        );
      used = true;
    }
    return skipping(opened, start);
  });
}

function checkIterable<T>(source: Iterable<T> | AsyncIterable<T>): Iterable<T> | AsyncIterable<T> {
  const methods = (source ?? {}) as Partial<Iterable<T> & AsyncIterable<T>>;
  const iterable =
    typeof methods[Symbol.asyncIterator] === "function" || typeof methods[Symbol.iterator] === "function";
  if (iterable && typeof source === "object") return source;
  throw new TensorError("stream", `${shown(source)} cannot be gone through`, "give an iterable, or a function of one");
}

/** An iterator is its own iterable: it can be gone through once. */
const isOneShot = (source: object): boolean => typeof (source as Partial<Iterator<unknown>>).next === "function";
