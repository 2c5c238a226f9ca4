/** @file Several calls under way at once, with results in order: asynchronous maps and reading ahead. */
import { TensorError } from "@deltagrad/tensor";
import { checkWhole, shown } from "../checks.ts";

/** What does the work of a map, from the beginning of a pass to its end. */
export interface MapSession<In, Out> {
  run(example: In, index: number): Out | Promise<Out>;
  /** The pass is over: by its end, an error, or because nobody wants more. */
  close(): void;
}

/** Something other than a function that a stream can be mapped by, such as worker threads. */
export interface Mapper<In, Out> {
  /** How many calls keep it busy. */
  readonly concurrency: number;
  open(): MapSession<In, Out>;
}

/** The mapper itself, or one of a function. */
export function mapperOf<In, Out>(
  f: ((example: In, index: number) => Out | Promise<Out>) | Mapper<In, Out>,
  concurrency: number | undefined,
): Mapper<In, Out> {
  if (concurrency !== undefined) checkWhole("map", "concurrency", concurrency, 1);
  if (typeof f === "function") return { concurrency: concurrency ?? 1, open: () => ({ run: f, close() {} }) };
  if (typeof f?.open !== "function")
    throw new TensorError("map", `f is ${shown(f)}`, "give a function of an example, or worker threads");
  return { concurrency: concurrency ?? f.concurrency, open: () => f.open() };
}

const ignore = (): void => {};

/** The results of a mapper for examples that are numbered from `first`, in order. */
export async function* inOrder<In, Out>(
  mapper: Mapper<In, Out>,
  source: AsyncIterable<In>,
  first: number,
): AsyncGenerator<Out, void, void> {
  const session = mapper.open();
  const pending: Promise<Out>[] = [];
  let index = first;
  const start = async (example: In): Promise<Out> => session.run(example, index++);
  try {
    for await (const example of source) {
      const result = start(example);
      // Its error is thrown when its turn comes; if that never comes, nobody asked for it.
      result.catch(ignore);
      if (pending.push(result) >= mapper.concurrency) yield await pending.shift()!;
    }
    while (pending.length > 0) yield await pending.shift()!;
  } finally {
    session.close();
  }
}

/** The same results, with up to `depth` of them asked for before their time. */
export function ahead<T>(source: AsyncIterator<T, void, void>, depth: number): AsyncIterableIterator<T> {
  const pending: Promise<IteratorResult<T, void>>[] = [];
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      while (pending.length <= depth) {
        const result = source.next();
        result.catch(ignore);
        pending.push(result);
      }
      return pending.shift()! as Promise<IteratorResult<T>>;
    },
    async return() {
      pending.length = 0;
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}
