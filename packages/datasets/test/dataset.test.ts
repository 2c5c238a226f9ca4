/** @file A dataset does what lists do, and batches of rows come out the same by either way. */
import { batches, type Dataset, dataset, tensorDataset } from "@deltagrad/datasets";
import { arange, type Tensor, tensor, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ascending, records, seeds } from "./draws.ts";

const lists = fc.array(fc.integer(), { maxLength: 30 });
const counts = fc.nat({ max: 40 });

/** Steps of a pipeline, on datasets and on lists. */
const steps = fc.array(
  fc.oneof(
    counts.map((n) => ({
      name: `take ${n}`,
      set: (d: Dataset<number>) => d.take(n),
      list: (l: number[]) => l.slice(0, n),
    })),
    counts.map((n) => ({
      name: `skip ${n}`,
      set: (d: Dataset<number>) => d.skip(n),
      list: (l: number[]) => l.slice(n),
    })),
    fc.integer({ min: 1, max: 4 }).map((k) => ({
      name: `map ${k}`,
      set: (d: Dataset<number>) => d.map((x, i) => k * x + i),
      list: (l: number[]) => l.map((x, i) => k * x + i),
    })),
    fc.constant({
      name: "filter",
      set: (d: Dataset<number>) => d.filter((x, i) => (x + i) % 2 === 0),
      list: (l: number[]) => l.filter((x, i) => (x + i) % 2 === 0),
    }),
    lists.map((other) => ({
      name: `concat ${other}`,
      set: (d: Dataset<number>) => d.concat(dataset(other), dataset([1])),
      list: (l: number[]) => l.concat(other, [1]),
    })),
    fc.constant({ name: "cache", set: (d: Dataset<number>) => d.cache(), list: (l: number[]) => l }),
    fc.constant({
      name: "reverse",
      set: (d: Dataset<number>) => d.select(Array.from({ length: d.length }, (_, i) => d.length - 1 - i)),
      list: (l: number[]) => l.toReversed(),
    }),
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).map(([size, step]) => ({
      name: `window ${size} ${step}`,
      set: (d: Dataset<number>) => d.window({ size, step }).map((w) => w.reduce((a, b) => a - b)),
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
  test("any pipeline gives what the same steps give on lists, by number, in a loop, and as a stream", async () => {
    await fc.assert(
      fc.asyncProperty(lists, steps, async (list, chosen) => {
        const set = chosen.reduce((d, { set }) => set(d), dataset(list));
        const expected = chosen.reduce((l, { list }) => list(l), list);
        expect([...set]).toEqual(expected);
        expect(set.length).toBe(expected.length);
        expect(expected.map((_, i) => set.get(expected.length - 1 - i))).toEqual(expected.toReversed());
        expect(await set.stream().toArray()).toEqual(expected);
      }),
    );
  });

  test("a batch of rows is the same, copied at once or stacked from examples", () => {
    fc.assert(
      fc.property(records(1), seeds, counts, fc.integer({ min: 1, max: 9 }), ({ id, x }, seed, n, size) => {
        const rows = tensorDataset({ id, x });
        for (const set of [rows, rows.skip(n), rows.shuffle({ seed }).take(n), rows.select([0, 0])]) {
          const atOnce = [...batches(set, { size, seed })];
          const stacked = [
            ...batches(
              set.map((example) => example),
              { size, seed },
            ),
          ];
          expect(atOnce.map(({ id, x }) => [id.toArray(), x.toArray(), x.shape, x.dtype])).toEqual(
            stacked.map(({ id, x }) => [id.toArray(), x.toArray(), x.shape, x.dtype]),
          );
        }
        const pairs = rows.zip(rows.map(({ id }) => id));
        for (const [row, same] of batches(pairs, { size, seed })) expect(row.id.toArray()).toEqual(same.toArray());
        for (const [left, right] of batches(rows.zip(rows), { size })) expect(left.x).toEqual(right.x);
      }),
    );
  });

  test("shuffle and sample draw what there is", () => {
    fc.assert(
      fc.property(lists, seeds, counts, (list, seed, epoch) => {
        const set = dataset(list);
        expect(ascending([...set.shuffle({ seed, epoch })])).toEqual(ascending(list));
        const weights = list.map((_, i) => i + 1);
        const all = dataset(list.map((_, i) => i)).sample({ weights, seed, replacement: false });
        expect(ascending([...all])).toEqual(list.map((_, i) => i));
      }),
    );
  });
});

describe("sample", () => {
  test("draws in proportion to the weights", () => {
    const weights = [1, 0, 3, 4, 0.5, 1.5];
    const n = 100_000;
    const counts = new Array<number>(6).fill(0);
    for (const i of dataset([0, 1, 2, 3, 4, 5]).sample({ weights, count: n, seed: 7 })) counts[i]!++;
    counts.forEach((count, i) => {
      const p = weights[i]! / 10;
      // Five standard deviations of a binomial count: one draw in 600,000 exceeds them.
      expect(Math.abs(count - n * p)).toBeLessThanOrEqual(5 * Math.sqrt(n * p * (1 - p)));
    });
  });

  test("without replacement, the first draw is by weight and the last takes what is left", () => {
    const firsts = new Array<number>(3).fill(0);
    for (let seed = 0; seed < 3000; seed++) {
      const drawn = [...dataset([0, 1, 2]).sample({ weights: [1, 2, 0], count: 2, seed, replacement: false })];
      expect(ascending(drawn)).toEqual([0, 1]);
      firsts[drawn[0]!]!++;
    }
    // Five standard deviations of a binomial count of 3000 at 1/3.
    expect(Math.abs(firsts[0]! - 1000)).toBeLessThanOrEqual(5 * Math.sqrt(3000 * (2 / 9)));
  });

  test("weights of very different sizes never draw what has none", () => {
    const weights = [1e300, 0, 1e-300, 0, 1, 0];
    const drawn = [...dataset([0, 1, 2, 3, 4, 5]).sample({ weights, count: 3, seed: 1, replacement: false })];
    expect(drawn).toEqual([0, 4, 2]);
  });
});

describe("cases", () => {
  test("a cache asks for each example once, and only for those that are wanted", () => {
    const asked: number[] = [];
    const cached = dataset([10, 20, 30])
      .map((x, i) => {
        asked.push(i);
        return x;
      })
      .cache();
    expect([cached.get(2), cached.get(0), cached.get(2)]).toEqual([30, 10, 30]);
    expect(asked).toEqual([2, 0]);
  });

  test("an undefined example is cached too", () => {
    let asked = 0;
    const cached = dataset([undefined])
      .map(() => {
        asked++;
        return undefined;
      })
      .cache();
    cached.get(0);
    cached.get(0);
    expect(asked).toBe(1);
  });

  test("nothing is worked out before it is asked for", () => {
    const never = dataset([1, 2]).map((): number => {
      throw new Error("asked");
    });
    expect(() =>
      never.take(1).skip(0).concat(never).zip(never.concat(never).take(3)).window({ size: 2 }).cache(),
    ).not.toThrow();
    expect(() => never.get(0)).toThrow("asked");
  });

  test("a row of a tensor is a view of it", () => {
    const { x } = tensorDataset({ x: zeros([3, 4]) }).get(1);
    expect([x.shape, x.toArray()]).toEqual([[4], [0, 0, 0, 0]]);
  });

  test("it says how many there are", () => {
    expect(String(dataset([1, 2]))).toBe("Dataset of 2");
  });
});

describe("errors", () => {
  const three = dataset([1, 2, 3]);
  test.each<[string, () => unknown]>([
    ["get: there is no example 3 among 3; use a whole number from 0 to 2", () => three.get(3)],
    ["get: there is no example NaN among 3; use a whole number from 0 to 2", () => three.get(Number.NaN)],
    ["get: there is no example 0 among 0; the dataset is empty", () => dataset([]).get(0)],
    ["map: f is 3; give a function of an example", () => three.map(3 as never)],
    ["filter: keep is undefined; give a function of an example", () => three.filter(undefined as never)],
    ["take: n is -1; use a whole number ≥ 0", () => three.take(-1)],
    ["skip: n is 1.5; use a whole number ≥ 0", () => three.skip(1.5)],
    ["select: index 1 is 3, of 3 examples; indices are whole numbers from 0 to length − 1", () => three.select([0, 3])],
    ["window: size is 0; use a whole number ≥ 1", () => three.window({ size: 0 })],
    ["window: step is NaN; use a whole number ≥ 1", () => three.window({ size: 1, step: Number.NaN })],
    ["zip: 3 examples beside 2; take(n) of the longer one", () => three.zip(dataset([1, 2]))],
    [
      "zip: expected a dataset, got an array of 2; wrap it: dataset(…) or tensorDataset(…)",
      () => three.zip([1, 2] as never),
    ],
    [
      "concat: expected a dataset, got a tensor [3]; wrap it: dataset(…) or tensorDataset(…)",
      () => three.concat(zeros([3]) as never),
    ],
    ["shuffle: epoch is -1; use a whole number ≥ 0", () => three.shuffle({ seed: 1, epoch: -1 })],
    ["shuffle: seed is NaN; use a string or a finite number", () => three.shuffle({ seed: Number.NaN })],
    ["sample: 2 weights for 3 examples; give one for each", () => three.sample({ weights: [1, 2], seed: 1 })],
    ["sample: weight 1 is -1; weights are finite numbers ≥ 0", () => three.sample({ weights: [1, -1, 1], seed: 1 })],
    [
      "sample: weight 0 is NaN; weights are finite numbers ≥ 0",
      () => three.sample({ weights: [Number.NaN, 1, 1], seed: 1 }),
    ],
    [
      "sample: all of 3 weights are 0; give at least one weight > 0",
      () => three.sample({ weights: [0, 0, 0], seed: 1 }),
    ],
    [
      "sample: 3 draws without replacement from 2 examples of weight > 0; draw fewer, or with replacement",
      () => three.sample({ weights: [1, 0, 1], seed: 1, replacement: false }),
    ],
    [
      "sample: the sum of the weights is infinite; divide them by the largest",
      () => three.sample({ weights: [1e308, 1e308, 0], seed: 1 }),
    ],
    [
      "dataset: there are no examples in a tensor [3]; give a list, or an object with length and get(i); tensors: tensorDataset(…)",
      () => dataset(zeros([3]) as never),
    ],
    ["dataset: length is -1; use a whole number ≥ 0", () => dataset({ length: -1, get: () => 0 })],
    [
      "tensorDataset: x has 2 rows and y has 3; all tensors must have one row for each example",
      () => tensorDataset({ x: zeros([2]), y: zeros([3]) }),
    ],
    [
      "tensorDataset: note is a string, not a tensor; trees are tensors in arrays and plain objects; wrap numbers with tensor(…)",
      () => tensorDataset({ x: zeros([2]), note: "text" }),
    ],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });
});

describe("collating", () => {
  const collated = <T>(examples: readonly T[], options?: { pad?: number }) => {
    const [batch] = batches(dataset(examples), { size: examples.length, shuffle: false, ...options });
    return batch!;
  };

  test("numbers, booleans, typed arrays, text and nothing, in records and tuples", () => {
    const batch = collated([
      { n: 1, flag: true, v: new Float32Array([1, 2]), text: "a", nothing: null, pair: [1, tensor([1])] as const },
      { n: 2, flag: false, v: new Float32Array([3, 4]), text: "b", nothing: null, pair: [2, tensor([2])] as const },
    ]);
    expect([batch.n.toArray(), batch.flag.dtype, batch.v.dtype, batch.v.toArray()]).toEqual([
      [1, 2],
      "bool",
      "float32",
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect([batch.text, batch.nothing]).toEqual([
      ["a", "b"],
      [null, null],
    ]);
    expect([batch.pair[0].toArray(), batch.pair[1].toArray()]).toEqual([
      [1, 2],
      [[1], [2]],
    ]);
  });

  test("tensors of different extents are filled up to the largest, on every axis", () => {
    const batch = collated<Tensor>([zeros([1, 2]), zeros([2, 1]), zeros([0, 0])], { pad: -1 });
    expect(batch.toArray()).toEqual([
      [
        [0, 0],
        [-1, -1],
      ],
      [
        [0, -1],
        [0, -1],
      ],
      [
        [-1, -1],
        [-1, -1],
      ],
    ]);
  });

  test("pad keeps the dtype", () => {
    expect(collated<Tensor>([arange(2), arange(3)], { pad: 9 }).dtype).toBe("int32");
  });

  test.each<[string, readonly unknown[], { pad?: number }?]>([
    [
      "batches: examples of one batch have shapes [2] and [3] at x; give { pad: 0 } to fill them up, or a collate",
      [{ x: zeros([2]) }, { x: zeros([3]) }],
    ],
    [
      "batches: examples of one batch have shapes [2] and [1, 2]; only extents can be filled up, not axes",
      [zeros([2]), zeros([1, 2])],
      { pad: 0 },
    ],
    [
      "batches: example 0 of a batch has a record of a, example 1 has a record of b; examples must be alike, or be given a collate of their own",
      [{ a: 1 }, { b: 1 }],
    ],
    [
      "batches: example 0 of a batch has a number at x[1], example 1 has text or the like; examples must be alike, or be given a collate of their own",
      [{ x: [0, 1] }, { x: [0, null] }],
    ],
    [
      "batches: example 0 of a batch has a tensor of float64, example 1 has a tensor of int32; examples must be alike, or be given a collate of their own",
      [zeros([2]), arange(2)],
    ],
    ["batches: an example is a promise; map a stream: dataset.stream().map(f)", [Promise.resolve(1)]],
  ])("%s", (sentence, examples, options) => {
    expect(() => collated(examples, options)).toThrow(sentence);
  });
});
