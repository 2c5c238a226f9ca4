/** @file A pass goes on at the exact example where another stood; and what a seed draws is written down. */
import { type AsyncBatches, type BatchState, batches, dataset, stream, tensorDataset } from "@deltagrad/datasets";
import { arange, type Tensor, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seeds } from "./draws.ts";
import { golden, hashOf } from "./golden.ts";

type Ids = { readonly id: Tensor };
const idsOf = ({ id }: Ids): number[] => [...id.toTypedArray()];

async function all<B>(source: AsyncBatches<B>): Promise<B[]> {
  const list: B[] = [];
  for await (const batch of source) list.push(batch);
  return list;
}

/** What comes back from a file. */
const stored = (state: BatchState): BatchState => JSON.parse(JSON.stringify(state));

describe("laws", () => {
  const sizes = fc.integer({ min: 1, max: 12 });
  const draws = fc.record({
    n: fc.nat({ max: 40 }),
    size: sizes,
    seed: seeds,
    epoch: fc.nat({ max: 100 }),
    shuffle: fc.boolean(),
    dropLast: fc.boolean(),
    cut: fc.nat(),
  });

  test("the batches before a state and those resumed from it are those of an unbroken epoch", () => {
    fc.assert(
      fc.property(draws, fc.boolean(), ({ n, cut, ...options }, asRecord) => {
        const data = { id: arange(n) };
        const make = (more: object) =>
          asRecord ? batches(data, { ...options, ...more }) : batches(tensorDataset(data), { ...options, ...more });
        const whole = [...make({})].map(idsOf);
        const done = cut % (whole.length + 1);
        const resume = stored(make({}).state(done));
        if (done === whole.length) return void expect([resume.epoch, resume.examples]).toEqual([options.epoch + 1, 0]);
        const resumed = make({ resume });
        expect([...resumed].map(idsOf)).toEqual(whole.slice(done));
        expect(resumed.length).toBe(whole.length - done);
        const again = make({ resume: stored(resumed.state(0)) });
        expect([...again].map(idsOf)).toEqual(whole.slice(done));
      }),
    );
  });

  test("a state says it all: no seed, epoch or order has to be given again", () => {
    fc.assert(
      fc.property(draws, ({ n, size, seed, epoch, shuffle, cut }) => {
        const data = { id: arange(n + 1) };
        const whole = [...batches(data, { size, seed, epoch, shuffle })].map(idsOf);
        const done = cut % whole.length;
        const resume = stored(batches(data, { size, seed, epoch, shuffle }).state(done));
        expect([...batches(data, { size, resume })].map(idsOf)).toEqual(whole.slice(done));
        const halves = [...batches(data, { size: 1, resume })].flatMap(idsOf);
        expect(halves).toEqual(whole.slice(done).flat());
      }),
    );
  });

  test("a stream resumes too, through maps, filters and shuffles", async () => {
    await fc.assert(
      fc.asyncProperty(draws, async ({ n, size, seed, epoch, dropLast, cut }) => {
        const source = stream(Array.from({ length: n }, (_, i) => i))
          .map((id) => ({ id: 2 * id }))
          .filter(({ id }) => id % 3 > 0)
          .shuffle({ buffer: 5, seed, epoch });
        const whole = (await all(batches(source, { size, epoch, dropLast }))).map(idsOf);
        const done = cut % (whole.length + 1);
        const resume = stored(batches(source, { size, epoch }).state(done));
        expect((await all(batches(source, { size, resume, dropLast }))).map(idsOf)).toEqual(whole.slice(done));
      }),
    );
  });

  test("for await gives what for gives, whatever is read ahead", async () => {
    await fc.assert(
      fc.asyncProperty(draws, fc.nat({ max: 4 }), async ({ n, cut: _, ...options }, prefetch) => {
        const data = { id: arange(n) };
        const expected = [...batches(data, options)].map(idsOf);
        expect((await all(batches(data, { ...options, prefetch }))).map(idsOf)).toEqual(expected);
        expect((await all(batches(tensorDataset(data), { ...options, prefetch }))).map(idsOf)).toEqual(expected);
        expect(batches(data, options).length).toBe(expected.length);
      }),
    );
  });
});

describe("cases", () => {
  test("what was done is not done again: a mapped stream makes only the examples that are left", async () => {
    const made: number[] = [];
    const source = dataset([0, 1, 2, 3, 4])
      .stream()
      .map((x) => {
        made.push(x);
        return x;
      });
    await all(batches(source, { size: 2, resume: batches(source, { size: 2 }).state(1) }));
    expect(made).toEqual([2, 3, 4]);
  });

  test("a training loop that was stopped at any batch sees the same batches as one that was not", () => {
    const data = { id: arange(10) };
    const size = 3;
    const unbroken = [0, 1, 2].flatMap((epoch) => [...batches(data, { size, seed: 7, epoch })].map(idsOf));
    const seen: number[][] = [];
    let state: BatchState | undefined;
    // Each turn takes two batches and forgets all but the state.
    for (let turn = 0; turn < 6; turn++) {
      const run = batches(data, { size, seed: 7, resume: state });
      let done = 0;
      for (const batch of run) {
        seen.push(idsOf(batch));
        if (++done === 2) break;
      }
      state = stored(run.state(done));
    }
    expect(seen).toEqual(unbroken);
  });
});

describe("errors", () => {
  const data = { id: arange(10) };
  const state = batches(data, { size: 3, seed: 7, epoch: 2 }).state(1);
  test.each<[string, () => unknown]>([
    [
      "batches: 3 is no state of batches; give what state(batches) returned",
      () => batches(data, { size: 1, resume: 3 as never }),
    ],
    [
      "batches: an object is no state of batches; give what state(batches) returned",
      () => batches(data, { size: 1, resume: { ...state, examples: -1 } }),
    ],
    [
      "batches: the state is of epoch 2, not 3; leave the epoch to the state, and give the state to its own epoch only",
      () => batches(data, { size: 1, epoch: 3, resume: state }),
    ],
    [
      "batches: the state is of 10 examples, seed 7, shuffle true; here are 10 examples, seed 8, shuffle true; resume with the data and options that it was taken from",
      () => batches(data, { size: 1, seed: 8, resume: state }),
    ],
    [
      "batches: the state is of 10 examples, seed 7, shuffle true; here are 4 examples, seed 7, shuffle true; resume with the data and options that it was taken from",
      () => batches({ id: arange(4) }, { size: 1, resume: state }),
    ],
    [
      "batches: the state is at example 11 of 10; it was changed",
      () => batches(data, { size: 1, resume: { ...state, examples: 11 } }),
    ],
    [
      "batches: the state is not of a stream; resume with the data that it was taken from",
      () => batches(stream([1]), { size: 1, resume: state }),
    ],
    [
      "batches: the state is of a stream; resume with the data that it was taken from",
      () => batches(data, { size: 1, resume: { examples: 1, epoch: 0 } }),
    ],
    ["state: batch 5 of 4 is none; count the batches of this pass only", () => batches(data, { size: 3 }).state(5)],
    ["state: batches is -1; use a whole number ≥ 0", () => batches(data, { size: 3 }).state(-1)],
    ["batches: prefetch is NaN; use a whole number ≥ 0", () => batches(data, { size: 3, prefetch: Number.NaN })],
    ["batches: epoch is 0.5; use a whole number ≥ 0", () => batches(data, { size: 3, epoch: 0.5 })],
    [
      "batches: there is no batch of undefined examples; size is a whole number ≥ 1",
      () => batches(data, undefined as never),
    ],
    [
      'batches: pad is "0"; give the number to fill up with',
      () => batches(dataset([1]), { size: 1, pad: "0" as never }),
    ],
    [
      "batches: collate is 1; give a function of a list of examples",
      () => batches(dataset([1]), { size: 1, collate: 1 as never }),
    ],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });
});

test.each(golden)(
  "the same seed draws the same on every engine and in every version: %s",
  async (_name, draw, hash) => {
    expect(await hashOf(await draw())).toBe(hash);
  },
);

test("a batch of nothing has its shape: rows without elements", () => {
  expect([...batches({ x: zeros([3, 0]) }, { size: 2 })].map(({ x }) => x.shape)).toEqual([
    [2, 0],
    [1, 0],
  ]);
});
