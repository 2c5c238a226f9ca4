/** @file Parts are disjoint and cover, with the classes in their shares. */
import { dataset, kFold, makeBlobs, split } from "@deltagrad/datasets";
import { iris } from "@deltagrad/datasets/iris";
import { arange, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ascending, seeds } from "./draws.ts";

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Labels of 1 to 4 classes with 2 to 12 examples each, in any order. */
const labelled = fc.array(fc.integer({ min: 2, max: 12 }), { minLength: 1, maxLength: 4 }).chain((counts) =>
  fc.shuffledSubarray(
    counts.flatMap((count, k) => new Array<string>(count).fill(`class ${k}`)),
    { minLength: counts.reduce((a, b) => a + b) },
  ),
);

const countsOf = (labels: readonly string[], ids: readonly number[]): Map<string, number> => {
  const counts = new Map(labels.map((label) => [label, 0]));
  for (const id of ids) counts.set(labels[id]!, counts.get(labels[id]!)! + 1);
  return counts;
};

describe("a stratified split", () => {
  test("is disjoint, covers, has the size asked for, and each class in its share to within one where all have room", () => {
    fc.assert(
      fc.property(labelled, seeds, fc.nat(), (labels, seed, pick) => {
        const n = labels.length;
        const all = countsOf(labels, upTo(n));
        const aside = all.size + (pick % (n - 2 * all.size + 1));
        const { train, test: held } = split(dataset(upTo(n)), { test: aside / n, seed, stratify: labels });
        expect(ascending([...train, ...held])).toEqual(upTo(n));
        expect(held.length).toBe(aside);
        const exact = (count: number) => (count * aside) / n;
        const room = [...all.values()].every((count) => exact(count) >= 1 && exact(count) <= count - 1);
        for (const [label, count] of countsOf(labels, [...held])) {
          expect(count).toBeGreaterThanOrEqual(1);
          expect(count).toBeLessThanOrEqual(all.get(label)! - 1);
          if (room) expect(Math.abs(count - exact(all.get(label)!))).toBeLessThan(1);
        }
      }),
    );
  });

  test("of classes in whole shares has exactly these", () => {
    const { labels, ...rest } = makeBlobs({ nSamples: [50, 30, 20], shuffle: true, seed: 7 });
    const { train, test: held } = split({ ...rest, labels }, { test: 0.3, seed: 7, stratify: labels });
    const count = (list: readonly number[]) => [0, 1, 2].map((k) => list.filter((label) => label === k).length);
    expect([count(train.labels.toArray()), count(held.labels.toArray())]).toEqual([
      [35, 21, 14],
      [15, 9, 6],
    ]);
  });

  test("gives both parts in random order, not class by class", () => {
    const { train } = split(iris(), { test: 0.2, seed: 7, stratify: iris().labels });
    const labels = train.labels.toArray();
    expect(labels).not.toEqual(ascending(labels));
  });
});

describe("kFold", () => {
  test("tests each example once and trains on all others, in parts of sizes that differ by at most one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), seeds, (n, pick, seed) => {
        const k = 2 + (pick % (n - 1));
        const folds = kFold(dataset(upTo(n)), { k, seed });
        expect(folds.length).toBe(k);
        expect(ascending(folds.flatMap(({ test }) => [...test]))).toEqual(upTo(n));
        for (const { train, test: held } of folds) {
          expect(ascending([...train, ...held])).toEqual(upTo(n));
          expect([Math.floor(n / k), Math.ceil(n / k)]).toContain(held.length);
        }
      }),
    );
  });

  test("with classes, has counts of each that differ by at most one between any two parts, in all as well", () => {
    fc.assert(
      fc.property(labelled, seeds, fc.nat(), (labels, seed, pick) => {
        const smallest = Math.min(...countsOf(labels, upTo(labels.length)).values());
        const k = 2 + (pick % (smallest - 1));
        const folds = kFold({ id: arange(labels.length) }, { k, seed, stratify: labels });
        const tested = folds.map(({ test }) => [...test.id.toTypedArray()]);
        expect(ascending(tested.flat())).toEqual(upTo(labels.length));
        const sizes = tested.map((ids) => ids.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const label of new Set(labels)) {
          const counts = tested.map((ids) => countsOf(labels, ids).get(label)!);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("errors", () => {
  const ten = dataset(upTo(10));
  test.each<[string, () => unknown]>([
    [
      "kFold: 11 parts of 10 examples; each part needs an example: use a smaller k",
      () => kFold(ten, { k: 11, seed: 1 }),
    ],
    ["kFold: k is 1; use a whole number ≥ 2", () => kFold(ten, { k: 1, seed: 1 })],
    ["kFold: k is NaN; use a whole number ≥ 2", () => kFold(ten, { k: Number.NaN, seed: 1 })],
    [
      "kFold: 2 parts of 0 examples; each part needs an example: use a smaller k",
      () => kFold(dataset([]), { k: 2, seed: 1 }),
    ],
    [
      'kFold: class "b" has 1 examples for 2 parts; use a smaller k, or leave that class out',
      () => kFold(dataset([1, 2, 3]), { k: 2, seed: 1, stratify: ["a", "a", "b"] }),
    ],
    [
      "split: class 7 has but one example; both parts need one of each class: leave that class out, or do not stratify",
      () => split(dataset([1, 2, 3]), { test: 0.5, seed: 1, stratify: [0, 0, 7] }),
    ],
    [
      "split: parts of 9 and 1 examples cannot have all 2 classes; choose a fraction nearer to a half, or do not stratify",
      () => split(ten, { test: 0.1, seed: 1, stratify: upTo(10).map((i) => i % 2) }),
    ],
    [
      "split: there are 3 labels for 10 examples; give one class for each example, [n]",
      () => split(ten, { seed: 1, stratify: [0, 1, 0] }),
    ],
    [
      "split: the labels have 2 axes; give one class for each example, [n]",
      () => split(ten, { seed: 1, stratify: zeros([10, 2]) }),
    ],
    [
      "split: the label of example 1 is NaN; drop such examples, or give them a class",
      () => split(dataset([1, 2, 3, 4]), { test: 0.5, seed: 1, stratify: [0, Number.NaN, 0, 0] }),
    ],
    [
      "split: a test part of 0.2 of 0 examples has 0; both parts need at least one; choose a fraction between 0 and 1",
      () => split(dataset([]), { seed: 1 }),
    ],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });
});
