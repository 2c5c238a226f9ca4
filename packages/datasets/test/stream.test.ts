/** @file A stream does what lists do, from any example on, and lets go of its source whatever happens. */
import { setTimeout } from "node:timers/promises";
import { batches, dataset, type Stream, stream } from "@deltagrad/datasets";
import { tensor } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ascending, seeds } from "./draws.ts";

const lists = fc.array(fc.integer(), { maxLength: 25 });
const counts = fc.nat({ max: 30 });

const steps = fc.array(
  fc.oneof(
    counts.map((n) => ({ set: (s: Stream<number>) => s.take(n), list: (l: number[]) => l.slice(0, n) })),
    counts.map((n) => ({ set: (s: Stream<number>) => s.skip(n), list: (l: number[]) => l.slice(n) })),
    fc.integer({ min: 1, max: 4 }).map((concurrency) => ({
      set: (s: Stream<number>) =>
        s.map(
          async (x, i) => {
            if (i % 3 === 0) await null;
            return 2 * x + i;
          },
          { concurrency },
        ),
      list: (l: number[]) => l.map((x, i) => 2 * x + i),
    })),
    fc.constant({
      set: (s: Stream<number>) => s.filter((x, i) => (x + i) % 2 === 0),
      list: (l: number[]) => l.filter((x, i) => (x + i) % 2 === 0),
    }),
    lists.map((other) => ({
      set: (s: Stream<number>) => s.concat(stream(other), stream([1])),
      list: (l: number[]) => l.concat(other, [1]),
    })),
    lists.map((other) => ({
      set: (s: Stream<number>) => s.zip(stream(other)).map(([x, y]) => x - y),
      list: (l: number[]) => l.slice(0, other.length).map((x, i) => x - other[i]!),
    })),
    fc.constant({ set: (s: Stream<number>) => s.cache(), list: (l: number[]) => l }),
    fc.constant({ set: (s: Stream<number>) => s.shuffle({ buffer: 1, seed: 1 }), list: (l: number[]) => l }),
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 })).map(([size, step]) => ({
      set: (s: Stream<number>) => s.window({ size, step }).map((w) => w.reduce((a, b) => a - b)),
      list: (l: number[]) =>
        l
          .map((_, i) => l.slice(i, i + size))
          .filter((w, i) => w.length === size && i % step === 0)
          .map((w) => w.reduce((a, b) => a - b)),
    })),
  ),
  { maxLength: 6 },
);

describe("laws", () => {
  test("any pipeline gives what the same steps give on lists, again and again, and from any example on", async () => {
    await fc.assert(
      fc.asyncProperty(lists, steps, counts, async (list, chosen, start) => {
        const pipeline = chosen.reduce((s, { set }) => set(s), stream(list));
        const expected = chosen.reduce((l, { list }) => list(l), list);
        expect(await pipeline.toArray()).toEqual(expected);
        expect(await pipeline.toArray()).toEqual(expected);
        const rest: number[] = [];
        for await (const x of pipeline.from(start)) rest.push(x);
        expect(rest).toEqual(expected.slice(start));
      }),
    );
  });

  test("shuffle loses and repeats nothing, mixes no farther back than its buffer, and repeats by its seed", async () => {
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 1, max: 40 }), seeds, async (n, buffer, seed) => {
        const mixed = dataset(Array.from({ length: n }, (_, i) => i))
          .stream()
          .shuffle({ buffer, seed });
        const order = await mixed.toArray();
        expect(ascending(order)).toEqual(Array.from({ length: n }, (_, i) => i));
        order.forEach((x, i) => {
          expect(x).toBeLessThanOrEqual(i + buffer);
        });
        expect(await mixed.toArray()).toEqual(order);
      }),
    );
  });

  test("a buffer as long as the stream makes all orders equally likely", async () => {
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const order = (await stream([0, 1, 2]).shuffle({ buffer: 5, seed: 7, epoch }).toArray()).join();
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    // Five standard deviations of a binomial count of 6000 at 1/6.
    for (const count of seen.values())
      expect(Math.abs(count - 1000)).toBeLessThanOrEqual(5 * Math.sqrt(6000 * (5 / 36)));
  });
});

/** Counts forever; tells how far it was read, and whether it was let go. */
function endless() {
  const seen = { read: 0, closed: 0 };
  const source = stream(async function* () {
    try {
      for (let i = 0; ; i++) {
        seen.read = i + 1;
        yield i;
      }
    } finally {
      seen.closed++;
    }
  });
  return { seen, source };
}

describe("letting go", () => {
  test.each<[string, (s: Stream<number>) => Stream<unknown>]>([
    ["itself", (s) => s],
    ["map", (s) => s.map((x) => x, { concurrency: 3 })],
    ["filter", (s) => s.filter(() => true)],
    ["skip", (s) => s.skip(2)],
    ["concat", (s) => stream([1]).concat(s)],
    ["zip, left", (s) => s.zip(stream([1, 2]))],
    ["zip, right", (s) => stream([1, 2]).zip(s)],
    ["window", (s) => s.window({ size: 2 })],
    ["shuffle", (s) => s.shuffle({ buffer: 3, seed: 1 })],
  ])("a pass through %s that is left lets go of its source", async (_name, pipeline) => {
    const { seen, source } = endless();
    let count = 0;
    for await (const _ of pipeline(source)) if (++count === 2) break;
    expect(seen.closed).toBe(1);
    expect(seen.read).toBeLessThan(10);
  });

  test("so does one that has enough, one that fails, and batches that are left", async () => {
    const { seen, source } = endless();
    await source.take(3).toArray();
    const fail = source.map((x) => {
      if (x === 2) throw new RangeError("no more");
      return x;
    });
    await expect(fail.toArray()).rejects.toThrow("no more");
    for await (const batch of batches(source, { size: 4, prefetch: 2 })) if (batch.shape[0] === 4) break;
    expect(seen.closed).toBe(3);
  });

  test("take asks for no more than it gives", async () => {
    const { seen, source } = endless();
    await source.take(3).toArray();
    expect(seen.read).toBe(3);
    await source.take(0).toArray();
    expect(seen.read).toBe(3);
  });
});

describe("cases", () => {
  test("concurrent calls overlap, up to the number asked for, and their results come in order", async () => {
    let [running, most] = [0, 0];
    const mapped = stream([30, 5, 20, 1, 10]).map(
      async (delay) => {
        most = Math.max(most, ++running);
        await setTimeout(delay);
        running--;
        return delay;
      },
      { concurrency: 3 },
    );
    expect(await mapped.toArray()).toEqual([30, 5, 20, 1, 10]);
    expect(most).toBe(3);
  });

  test("an error comes in its turn: results before it are given", async () => {
    const seen: number[] = [];
    const failing = stream([1, 2, 3, 4]).map(
      async (x) => {
        if (x === 3) throw new RangeError("three");
        return x;
      },
      { concurrency: 4 },
    );
    const pass = async () => {
      for await (const x of failing) seen.push(x);
    };
    await expect(pass()).rejects.toThrow("three");
    expect(seen).toEqual([1, 2]);
  });

  test("a cache reads its source once, by however many passes, even side by side and after an error", async () => {
    let read = 0;
    let broken = true;
    const cached = stream(function* () {
      for (let i = 0; i < 4; i++) {
        if (i === 2 && broken) throw new RangeError("broken");
        read++;
        yield i;
      }
    }).cache();
    await expect(cached.toArray()).rejects.toThrow("broken");
    broken = false;
    expect(await Promise.all([cached.toArray(), cached.take(1).toArray(), cached.toArray()])).toEqual([
      [0, 1, 2, 3],
      [0],
      [0, 1, 2, 3],
    ]);
    // The two that were read before the error are passed over, not kept twice.
    expect(read).toBe(6);
    await cached.toArray();
    expect(read).toBe(6);
  });

  test("reading ahead makes the next batches while one is worked on", async () => {
    const { seen, source } = endless();
    const reads: number[] = [];
    for await (const batch of batches(source, { size: 10, prefetch: 2 })) {
      await setTimeout(5);
      reads.push(seen.read);
      if (batch.toArray()[0] === 20) break;
    }
    expect(reads).toEqual([30, 40, 50]);
  });

  test("without prefetch nothing is read before its time", async () => {
    const { seen, source } = endless();
    for await (const _ of batches(source, { size: 10, prefetch: 0 })) {
      await setTimeout(5);
      expect(seen.read).toBe(10);
      break;
    }
  });

  test("examples of a dataset can be mapped asynchronously, and batched with a collate", async () => {
    const source = dataset(["ab", "c", "def"])
      .stream()
      .map(async (text) => text.length);
    const seen: number[] = [];
    for await (const total of batches(source, { size: 2, collate: (lengths) => lengths.reduce((a, b) => a + b) }))
      seen.push(total);
    expect(seen).toEqual([3, 3]);
  });
});

describe("errors", () => {
  const three = stream([1, 2, 3]);
  test.each<[string, () => unknown]>([
    ["stream: 3 cannot be gone through; give an iterable, or a function of one", () => stream(3 as never)],
    ["stream: null cannot be gone through; give an iterable, or a function of one", () => stream(null as never)],
    ['stream: "text" cannot be gone through; give an iterable, or a function of one', () => stream("text" as never)],
    ["map: f is an object; give a function of an example, or worker threads", () => three.map({} as never)],
    ["map: concurrency is 0; use a whole number ≥ 1", () => three.map((x) => x, { concurrency: 0 })],
    ["filter: keep is 1; give a function of an example", () => three.filter(1 as never)],
    ["take: n is NaN; use a whole number ≥ 0", () => three.take(Number.NaN)],
    ["skip: n is -1; use a whole number ≥ 0", () => three.skip(-1)],
    ["window: size is 0; use a whole number ≥ 1", () => three.window({ size: 0 })],
    ["shuffle: buffer is 0; use a whole number ≥ 1", () => three.shuffle({ buffer: 0, seed: 1 })],
    [
      "zip: expected a stream, got an object; wrap it: stream(…) or dataset(…).stream()",
      () => three.zip(dataset([1]) as never),
    ],
    [
      "batches: a stream has its own order; use stream.shuffle({ buffer, seed, epoch })",
      () => batches(three, { size: 2, shuffle: true } as never),
    ],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });

  test("an iterator can be gone through once, which the second pass says", async () => {
    const once = stream([1, 2].values());
    expect(await once.toArray()).toEqual([1, 2]);
    await expect(once.toArray()).rejects.toThrow(
      "stream: this iterator was gone through before; give a function that opens it anew: stream(() => …)",
    );
  });

  test("a function that opens nothing", async () => {
    await expect(stream((() => 3) as never).toArray()).rejects.toThrow(
      "stream: 3 cannot be gone through; give an iterable, or a function of one",
    );
  });

  test("examples that do not stack", async () => {
    const pass = async () => {
      for await (const _ of batches(stream([tensor([1]), tensor([1, 2])]), { size: 2 }));
    };
    await expect(pass()).rejects.toThrow(
      "batches: examples of one batch have shapes [1] and [2]; give { pad: 0 } to fill them up, or a collate",
    );
  });
});
