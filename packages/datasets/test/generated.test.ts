/** @file Generated sets: scikit-learn's points where nothing is random, the right statistics where something is. */
import * as api from "@deltagrad/datasets";
import { batches, describe as describeData, split } from "@deltagrad/datasets";
import type { Tensor } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const {
  makeAddSequences,
  makeBlobs,
  makeCircles,
  makeClassification,
  makeCopySequences,
  makeFriedman1,
  makeFriedman2,
  makeFriedman3,
  makeMoons,
  makeParity,
  makeRegression,
  makeSCurve,
  makeSine,
  makeSortSequences,
  makeSpirals,
  makeSwissRoll,
  makeXor,
} = api;

/** Every generator, at a given size. */
const generators = {
  makeAddSequences,
  makeBlobs,
  makeCircles,
  makeClassification,
  makeCopySequences,
  makeFriedman1,
  makeFriedman2,
  makeFriedman3,
  makeMoons,
  makeParity,
  makeRegression,
  makeSCurve,
  makeSine,
  makeSortSequences,
  makeSpirals,
  makeSwissRoll,
  makeXor,
} as const;
type Options = { readonly nSamples: number; readonly seed?: string | number };
type Made = {
  readonly features: Tensor;
  readonly labels?: Tensor;
  readonly targets?: Tensor;
  readonly about: api.About;
};
const all = Object.entries(generators) as unknown as [string, (options: Options) => Made][];

const flat = (x: Tensor): number[] => [...x.toTypedArray()];
const rowsOf = (x: Tensor): number[][] => x.toArray() as number[][];
const closeTo = (actual: number[][], expected: number[][]) =>
  actual.forEach((row, i) => {
    row.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[i]![k]!, 14);
    });
  });

describe("every generator", () => {
  test("is in the list above", () => {
    expect(
      Object.keys(api)
        .filter((name) => name.startsWith("make"))
        .sort(),
    ).toEqual(Object.keys(generators).sort());
  });

  test.each(all)("%s gives what a seed says, and another seed something else", (_name, make) => {
    const [once, again, other] = [
      make({ nSamples: 50, seed: 7 }),
      make({ nSamples: 50, seed: 7 }),
      make({ nSamples: 50, seed: 8 }),
    ];
    const values = ({ features, labels, targets }: Made) => [features, labels, targets].map((x) => x && flat(x));
    expect(values(again)).toEqual(values(once));
    if (_name !== "makeCircles" && _name !== "makeMoons" && _name !== "makeSpirals")
      expect(values(other)).not.toEqual(values(once));
    expect(flat(once.features).every(Number.isFinite)).toBe(true);
  });

  test.each(all)("%s makes sets of any size, none as well, that can be batched, split and described", (_name, make) => {
    fc.assert(
      fc.property(fc.nat({ max: 12 }), (nSamples) => {
        const { about, ...data } = make({ nSamples });
        expect([data.features.shape[0], (data.labels ?? data.targets)!.shape[0]]).toEqual([nSamples, nSamples]);
        expect([...batches(data, { size: 5 })].length).toBe(Math.ceil(nSamples / 5));
        expect(describeData(data).length).toBe(nSamples);
        if (nSamples > 1) split(data, { test: 0.5, seed: 1 });
        expect([about.name, about.source, about.licence].every((text) => text.length > 0)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test.each(all)("%s refuses a number of samples that is none", (name, make) => {
    for (const nSamples of [-1, 1.5, Number.NaN, "3" as never])
      expect(() => make({ nSamples })).toThrow(new RegExp(`^${name}: nSamples is .*; use a whole number ≥ 0$`));
  });
});

describe("curves, without noise and shuffle, as scikit-learn has them", () => {
  test("moons", () => {
    const { features, labels } = makeMoons({ nSamples: 6, shuffle: false });
    closeTo(rowsOf(features), [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, 0.5],
      [1, -0.5],
      [2, 0.5],
    ]);
    expect(flat(labels)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(flat(makeMoons({ nSamples: [1, 3], shuffle: false }).labels)).toEqual([0, 1, 1, 1]);
  });

  test("circles", () => {
    const { features, labels } = makeCircles({ nSamples: 7, factor: 0.5, shuffle: false });
    closeTo(rowsOf(features), [
      [1, 0],
      [-0.5, Math.sqrt(3) / 2],
      [-0.5, -Math.sqrt(3) / 2],
      [0.5, 0],
      [0, 0.5],
      [-0.5, 0],
      [0, -0.5],
    ]);
    expect(flat(labels)).toEqual([0, 0, 0, 1, 1, 1, 1]);
  });

  test("shuffling moves rows, and labels with them", () => {
    const key = ({ features, labels }: ReturnType<typeof makeMoons>) =>
      rowsOf(features).map((row, i) => `${row} ${flat(labels)[i]}`);
    const [plain, mixed] = [makeMoons({ shuffle: false }), makeMoons({ seed: 3 })].map(key);
    expect(mixed).not.toEqual(plain);
    expect(mixed!.toSorted()).toEqual(plain!.toSorted());
  });

  test("the noise has the standard deviation asked for", () => {
    const n = 20_000;
    const [plain, noisy] = [0, 0.3].map((noise) =>
      flat(makeMoons({ nSamples: n, noise, shuffle: false, seed: 7 }).features),
    );
    const variance = plain!.reduce((sum, value, i) => sum + (noisy![i]! - value) ** 2, 0) / (2 * n);
    // Five standard deviations of a mean of 2n squares, each of variance 2σ⁴.
    expect(Math.abs(variance - 0.09)).toBeLessThanOrEqual(5 * 0.09 * Math.sqrt(2 / (2 * n)));
  });

  test("arms of a spiral go around the origin, out to radius 1", () => {
    const { features, labels } = makeSpirals({ nSamples: 9, nClasses: 3, turns: 1, shuffle: false });
    expect(flat(labels)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    rowsOf(features).forEach(([x, y], i) => {
      expect(Math.hypot(x!, y!)).toBeCloseTo(((i % 3) + 1) / 3, 14);
    });
  });
});

test("XOR: the class says whether signs differ; noise comes after", () => {
  const { features, labels } = makeXor({ nSamples: 200, seed: 7 });
  expect(rowsOf(features).map(([x, y]) => Number(x! < 0 !== y! < 0))).toEqual(flat(labels));
  const noisy = makeXor({ nSamples: 200, noise: 0.5, seed: 7 });
  expect(flat(noisy.labels)).toEqual(flat(labels));
  expect(flat(noisy.features)).not.toEqual(flat(features));
});

test("parity: the class says whether the ones are odd, for all rows or some", () => {
  for (const { features, labels } of [makeParity({ nBits: 5 }), makeParity({ nBits: 40, nSamples: 100, seed: 7 })])
    expect(rowsOf(features).map((row) => row.reduce((a, b) => a + b) % 2)).toEqual(flat(labels));
  expect(makeParity({ nBits: 5 }).features.shape).toEqual([32, 5]);
});

describe("blobs", () => {
  test("lie around their centers, as widely as told", () => {
    const n = 30_000;
    const { features, labels, centers } = makeBlobs({
      nSamples: n,
      centers: 3,
      nFeatures: 2,
      clusterStd: [0.5, 1, 2],
      seed: 7,
    });
    const rows = rowsOf(features);
    const classes = flat(labels);
    [0.5, 1, 2].forEach((std, label) => {
      const own = rows.filter((_, i) => classes[i] === label);
      expect(own.length).toBe(n / 3);
      for (const axis of [0, 1]) {
        const deviations = own.map((row) => row[axis]! - centers[label]![axis]!);
        const mean = deviations.reduce((a, b) => a + b) / own.length;
        const variance = deviations.reduce((a, b) => a + b * b, 0) / own.length;
        // Five standard deviations of a mean, and of a mean of squares.
        expect(Math.abs(mean)).toBeLessThanOrEqual((5 * std) / Math.sqrt(own.length));
        expect(Math.abs(variance - std ** 2)).toBeLessThanOrEqual(5 * std ** 2 * Math.sqrt(2 / own.length));
      }
    });
    expect(centers.flat().every((x) => x >= -10 && x <= 10)).toBe(true);
  });
});

describe("classification", () => {
  test("has its columns: what is redundant follows from the informative ones, what is repeated repeats", () => {
    const { features } = makeClassification({
      nSamples: 50,
      nFeatures: 8,
      nInformative: 3,
      nRedundant: 1,
      nRepeated: 2,
      shuffle: false,
      seed: 7,
    });
    const rows = rowsOf(features);
    // The redundant column is one linear combination of the first three: solved from three rows, true of all.
    const [a, b, c] = rows as [number[], number[], number[]];
    const det = (p: number[], q: number[], r: number[]) =>
      p[0]! * (q[1]! * r[2]! - q[2]! * r[1]!) -
      p[1]! * (q[0]! * r[2]! - q[2]! * r[0]!) +
      p[2]! * (q[0]! * r[1]! - q[1]! * r[0]!);
    const solved = [0, 1, 2].map((k) => {
      const [p, q, r] = [a, b, c].map((row) => row.with(k, row[3]!));
      return det(p!, q!, r!) / det(a, b, c);
    });
    for (const row of rows) expect(solved.reduce((sum, w, k) => sum + w * row[k]!, 0)).toBeCloseTo(row[3]!, 8);
    for (const k of [4, 5]) expect([0, 1, 2, 3].some((from) => rows.every((row) => row[from] === row[k]))).toBe(true);
  });

  test("has classes in their shares, and flipped labels as often as told", () => {
    const plain = makeClassification({ nSamples: 1000, weights: [3, 1], flipY: 0, seed: 7 });
    expect(flat(plain.labels).filter((label) => label === 0).length).toBe(750);
    const none = makeClassification({ nSamples: 1000, weights: [1, 0], flipY: 0, seed: 7 });
    expect(flat(none.labels).every((label) => label === 0)).toBe(true);
    const mixed = makeClassification({ nSamples: 10_000, flipY: 0.4, shuffle: false, seed: 7 });
    const unflipped = makeClassification({ nSamples: 10_000, flipY: 0, shuffle: false, seed: 7 });
    const before = flat(unflipped.labels);
    const changed = flat(mixed.labels).filter((label, i) => label !== before[i]).length;
    // Half of those that are drawn anew come out as they were. Five standard deviations.
    expect(Math.abs(changed - 2000)).toBeLessThanOrEqual(5 * Math.sqrt(10_000 * 0.2 * 0.8));
  });

  test("a wide separation leaves clusters that the nearest corner tells", () => {
    const { features, labels } = makeClassification({
      nSamples: 400,
      nFeatures: 4,
      nInformative: 4,
      nRedundant: 0,
      nClustersPerClass: 1,
      flipY: 0,
      classSep: 50,
      shuffle: false,
      seed: 7,
    });
    const classes = flat(labels);
    const signs = rowsOf(features).map((row) => row.map(Math.sign).join());
    for (const label of [0, 1]) expect(new Set(signs.filter((_, i) => classes[i] === label)).size).toBe(1);
  });

  test("shift and scale move the columns", () => {
    const options = { nSamples: 20, nFeatures: 4, shuffle: false, seed: 7 } as const;
    const plain = flat(makeClassification(options).features);
    const moved = flat(makeClassification({ ...options, shift: 2, scale: 10 }).features);
    moved.forEach((value, i) => {
      expect(value).toBe((plain[i]! + 2) * 10);
    });
    const scaled = flat(makeClassification({ ...options, scale: "random" }).features);
    expect(new Set(scaled.slice(0, 4).map((value, i) => Math.round(value / plain[i]!))).size).toBeGreaterThan(1);
  });
});

describe("regression", () => {
  test("targets are the features times the coefficients, of which as many as told are not 0", () => {
    const { features, targets, coefficients } = makeRegression({
      nSamples: 30,
      nFeatures: 6,
      nInformative: 2,
      nTargets: 3,
      bias: 1,
      seed: 7,
    });
    expect(targets.shape).toEqual([30, 3]);
    expect(coefficients.filter((row) => row.some((c) => c !== 0)).length).toBe(2);
    const rows = rowsOf(features);
    rowsOf(targets).forEach((row, i) => {
      row.forEach((value, t) => {
        const expected = rows[i]!.reduce((sum, x, k) => sum + x * coefficients[k]![t]!, 1);
        expect(value).toBeCloseTo(expected, 8);
      });
    });
  });

  test("an effective rank leaves few directions with variation", () => {
    const { features } = makeRegression({ nSamples: 60, nFeatures: 20, effectiveRank: 2, tailStrength: 0, seed: 7 });
    const white = api.whiten(features, { method: "pca", epsilon: 1 });
    const variances = flat(white.variances);
    // Singular values fall as exp(−(i/2)²): the fifth is below a fiftieth of the first, squared below 1/2500.
    expect(variances[4]! / variances[0]!).toBeLessThan(1 / 1000);
  });

  test("Friedman's functions", () => {
    for (const [row, y] of zip(makeFriedman1({ nSamples: 20, nFeatures: 7, seed: 7 })))
      expect(y).toBeCloseTo(
        10 * Math.sin(Math.PI * row[0]! * row[1]!) + 20 * (row[2]! - 0.5) ** 2 + 10 * row[3]! + 5 * row[4]!,
        12,
      );
    const reactance = ([, b, c, d]: number[]) => b! * c! - 1 / (b! * d!);
    for (const [row, y] of zip(makeFriedman2({ nSamples: 20, seed: 7 })))
      expect(y).toBeCloseTo(Math.hypot(row[0]!, reactance(row)), 8);
    for (const [row, y] of zip(makeFriedman3({ nSamples: 20, seed: 7 })))
      expect(Math.tan(y)).toBeCloseTo(reactance(row) / row[0]!, 6);
  });

  test("surfaces: the target is the angle along them", () => {
    for (const [[x, , z], t] of zip(makeSCurve({ nSamples: 50, seed: 7 }))) {
      expect(x).toBe(elementary.sin(t));
      expect(z).toBe(Math.sign(t) * (elementary.cos(t) - 1));
    }
    for (const [[x, y, z], t] of zip(makeSwissRoll({ nSamples: 500, hole: true, seed: 7 }))) {
      expect(Math.hypot(x!, z!)).toBeCloseTo(t, 12);
      const inMiddle = t > 2.5 * Math.PI && t < 3.5 * Math.PI && y! > 7 && y! < 14;
      expect(inMiddle).toBe(false);
    }
  });

  const zip = ({ features, targets }: { features: Tensor; targets: Tensor }): [number[], number][] =>
    rowsOf(features).map((row, i) => [row, flat(targets)[i]!]);
});

describe("sequences", () => {
  test("copying: the symbols come back after the signal", () => {
    const { features, targets } = makeCopySequences({ nSamples: 20, length: 5, delay: 3, nSymbols: 4, seed: 7 });
    rowsOf(features).forEach((row, i) => {
      const symbols = row.slice(0, 5);
      expect(symbols.every((s) => s >= 1 && s <= 4)).toBe(true);
      expect(row.slice(5)).toEqual([0, 0, 5, 0, 0, 0, 0, 0]);
      expect(rowsOf(targets)[i]).toEqual([...new Array(8).fill(0), ...symbols]);
    });
  });

  test("adding: one mark in each half", () => {
    for (const row of makeAddSequences({ nSamples: 50, length: 7, seed: 7 }).features.toArray()) {
      const marks = (row as number[][]).map(([, mark]) => mark!);
      expect([marks.slice(0, 3), marks.slice(3)].map((half) => half.reduce((a, b) => a + b))).toEqual([1, 1]);
    }
  });

  test("sorting: numbers in order, not texts", () => {
    const { features, targets } = makeSortSequences({ nSamples: 30, length: 9, nSymbols: 200, seed: 7 });
    expect(rowsOf(features).map((row) => row.toSorted((a, b) => a - b))).toEqual(rowsOf(targets));
  });
});

describe("errors", () => {
  test.each<[string, () => unknown]>([
    ["makeMoons: noise is -1; use a finite number ≥ 0", () => makeMoons({ noise: -1 })],
    ["makeMoons: nSamples[1] is undefined; use a whole number ≥ 0", () => makeMoons({ nSamples: [1] as never })],
    ["makeCircles: factor is 2; use a finite number from 0 to 1", () => makeCircles({ factor: 2 })],
    ["makeSpirals: nClasses is 0; use a whole number ≥ 1", () => makeSpirals({ nClasses: 0 })],
    ["makeXor: noise is NaN; use a finite number ≥ 0", () => makeXor({ noise: Number.NaN })],
    ["makeParity: nBits is 0; use a whole number ≥ 1", () => makeParity({ nBits: 0 })],
    ["makeParity: nBits without nSamples is 30; use a finite number from 1 to 20", () => makeParity({ nBits: 30 })],
    ["makeBlobs: clusterStd has 2 numbers for 3 classes; give one for each", () => makeBlobs({ clusterStd: [1, 2] })],
    [
      "makeBlobs: center 1 has 1 of 2 coordinates; give one for each feature",
      () => makeBlobs({ centers: [[0, 0], [1]] }),
    ],
    ["makeBlobs: nSamples is 1.5; use a whole number ≥ 0", () => makeBlobs({ nSamples: [1, 1.5] })],
    ["makeBlobs: centers is 0; use a whole number ≥ 1", () => makeBlobs({ centers: 0 })],
    [
      "makeBlobs: centerBox is [1, -1]; use finite bounds, the lower one first",
      () => makeBlobs({ centerBox: [1, -1] }),
    ],
    [
      "makeClassification: 2 informative, 2 redundant and 0 repeated features are more than 3; raise nFeatures, or lower the others",
      () => makeClassification({ nFeatures: 3 }),
    ],
    [
      "makeClassification: 6 clusters (3 classes of 2) for 4 corners; raise nInformative, or lower nClasses or nClustersPerClass",
      () => makeClassification({ nClasses: 3 }),
    ],
    [
      "makeClassification: weights has 1 numbers for 2 classes; give one for each",
      () => makeClassification({ weights: [1] }),
    ],
    [
      "makeClassification: the weights sum to 0; give at least one weight > 0",
      () => makeClassification({ weights: [0, 0] }),
    ],
    ["makeClassification: flipY is 2; use a finite number from 0 to 1", () => makeClassification({ flipY: 2 })],
    [
      "makeRegression: 3 informative of 2 features; raise nFeatures",
      () => makeRegression({ nFeatures: 2, nInformative: 3 }),
    ],
    ["makeRegression: effectiveRank is 0; use a whole number ≥ 1", () => makeRegression({ effectiveRank: 0 })],
    ["makeFriedman1: nFeatures is 4; use a whole number ≥ 5", () => makeFriedman1({ nFeatures: 4 })],
    [
      "makeSine: range is [0, Infinity]; use finite bounds, the lower one first",
      () => makeSine({ range: [0, Number.POSITIVE_INFINITY] }),
    ],
    ["makeCopySequences: delay is 0; use a whole number ≥ 1", () => makeCopySequences({ delay: 0 })],
    ["makeAddSequences: length is 1; use a whole number ≥ 2", () => makeAddSequences({ length: 1 })],
    ["makeSCurve: seed is NaN; use a string or a finite number", () => makeSCurve({ seed: Number.NaN })],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });
});
