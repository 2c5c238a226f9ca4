/** @file Metrics: their values by other formulas, batch by batch as at once, and what they refuse. */
import { rng, softmax, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metrics } from "../src/index.ts";

const classes = (...list: number[]): Tensor => tensor(Int32Array.from(list), { shape: [list.length] }) as Tensor;
const numbers = (...list: number[]): Tensor => tensor(Float64Array.from(list), { shape: [list.length] }) as Tensor;

const drawn = fc.record({
  n: fc.integer({ min: 1, max: 40 }),
  seed: fc.string(),
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
});
const scoresOf = (seed: string, n: number, k = 3): Tensor => softmax(rng(seed).normal([n, k]) as Tensor, 1) as Tensor;
const labelsOf = (seed: string, n: number, k = 3): Tensor => rng(`${seed}y`).randint([n], { high: k }) as Tensor;

const ofClasses = {
  accuracy: metrics.accuracy.streaming(),
  topK: metrics.topK.streaming({ k: 2 }),
  confusionMatrix: metrics.confusionMatrix.streaming({ classes: 3 }),
  perClass: metrics.perClass.streaming({ classes: 3 }),
  precision: metrics.precision.streaming({ average: "weighted" }),
  recall: metrics.recall.streaming(),
  f1: metrics.f1.streaming({ average: "micro" }),
  rocAuc: metrics.rocAuc.streaming(),
  logLoss: metrics.logLoss.streaming(),
  calibrationError: metrics.calibrationError.streaming(),
};
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify((value as Tensor)?.toArray?.() ?? value));
/** Sums in another order differ by some roundings. */
const close = (a: unknown, b: unknown): void => {
  if (typeof a !== "number") expect(a).toEqual(b);
  else expect(Math.abs(a - (b as number))).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(a)));
};

describe("batch by batch gives what all at once gives", () => {
  test.each(Object.entries(ofClasses))("%s", (_name, metric) => {
    fc.assert(
      fc.property(drawn, ({ n, seed, cut }) => {
        const [p, y, k] = [scoresOf(seed, n), labelsOf(seed, n), Math.floor(cut * n)];
        const parts = metric
          .add(p.slice([0, k]) as Tensor, y.slice([0, k]) as Tensor)
          .add(p.slice([k]) as Tensor, y.slice([k]) as Tensor);
        close(plain(parts.value()), plain(metric.add(p, y).value()));
      }),
    );
  });

  test.each(["mae", "mse", "rmse", "r2"] as const)("%s", (name) => {
    fc.assert(
      fc.property(drawn, ({ n, seed, cut }) => {
        const [p, y, k] = [rng(seed).normal([n]) as Tensor, rng(`${seed}y`).normal([n]) as Tensor, Math.floor(cut * n)];
        const parts = metrics[name]
          .streaming()
          .add(p.slice([0, k]) as Tensor, y.slice([0, k]) as Tensor)
          .add(p.slice([k]) as Tensor, y.slice([k]) as Tensor);
        close(plain(parts.value()), plain(metrics[name](p, y)));
      }),
    );
  });
});

test("the area under the curve is the share of pairs in order, ties counting half", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ s: fc.integer({ min: 0, max: 5 }), y: fc.integer({ min: 0, max: 1 }) }), { minLength: 2 }),
      (list) => {
        const [ones, zeros] = [list.filter(({ y }) => y === 1), list.filter(({ y }) => y === 0)];
        const pairs = ones.flatMap((a) => zeros.map((b) => (a.s > b.s ? 1 : a.s === b.s ? 0.5 : 0)));
        const expected = pairs.reduce((sum: number, x) => sum + x, 0) / pairs.length;
        if (pairs.length === 0) return;
        const found = metrics.rocAuc(numbers(...list.map(({ s }) => s)), classes(...list.map(({ y }) => y)));
        expect(found).toBeCloseTo(expected, 12);
      },
    ),
  );
});

// sklearn.metrics on y = [0, 1, 2, 0, 1, 2], predicted [0, 2, 1, 0, 0, 1]: the example of its documentation.
const truth = classes(0, 1, 2, 0, 1, 2);
const guess = classes(0, 2, 1, 0, 0, 1);
test("precision, recall and F1 are those of scikit-learn's documentation", () => {
  const of = (name: "precision" | "recall" | "f1") =>
    (["macro", "micro", "weighted"] as const).map((average) => metrics[name](guess, truth, { average }));
  for (const [name, [macro, micro, weighted]] of Object.entries({
    precision: [2 / 9, 1 / 3, 2 / 9],
    recall: [1 / 3, 1 / 3, 1 / 3],
    f1: [4 / 15, 1 / 3, 4 / 15],
  })) {
    const found = of(name as "f1");
    [macro, micro, weighted].forEach((value, i) => expect(found[i]).toBeCloseTo(value!, 15));
  }
  expect(metrics.perClass(guess, truth)).toEqual({
    precision: [2 / 3, 0, 0],
    recall: [1, 0, 0],
    f1: [0.8, 0, 0],
    support: [2, 2, 2],
  });
  expect(metrics.confusionMatrix(guess, truth).toArray()).toEqual([
    [2, 0, 0],
    [1, 0, 1],
    [0, 2, 0],
  ]);
});

test("predictions may be classes, scores, or probabilities of class 1; truth may be rows with a 1", () => {
  const scores = tensor([
    [0.2, 0.8],
    [0.9, 0.1],
    [0.5, 0.5],
  ]) as Tensor;
  const y = classes(1, 1, 0);
  const share = 2 / 3;
  expect(metrics.accuracy(scores, y)).toBe(share);
  expect(metrics.accuracy(classes(1, 0, 0), y)).toBe(share);
  expect(metrics.accuracy(numbers(0.8, 0.1, 0.5), y)).toBe(share);
  expect(metrics.accuracy(numbers(2, -1, -1), y, { threshold: 0 })).toBe(share);
  expect(
    metrics.accuracy(
      scores,
      tensor([
        [0, 1],
        [0, 1],
        [1, 0],
      ]) as Tensor,
    ),
  ).toBe(share);
  // Sequences: [examples, places, classes] beside [examples, places].
  expect(
    metrics.accuracy(
      tensor([
        [
          [0, 1],
          [1, 0],
        ],
      ]) as Tensor,
      tensor([[1, 1]], { dtype: "int32" }) as Tensor,
    ),
  ).toBe(0.5);
});

test("edges: nothing, one class, constants, probabilities of 0", () => {
  expect(metrics.accuracy(classes(), classes())).toBeNaN();
  expect(metrics.rocAuc(numbers(0.1, 0.2), classes(1, 1))).toBeNaN();
  expect(metrics.f1(classes(0, 0), classes(0, 0), { average: "binary" })).toBe(0);
  expect(metrics.r2(numbers(3, 3), numbers(3, 3))).toBe(1);
  expect(metrics.r2(numbers(3, 4), numbers(3, 3))).toBe(Number.NEGATIVE_INFINITY);
  expect(metrics.logLoss(numbers(0), classes(1))).toBe(Number.POSITIVE_INFINITY);
  // A large mean does not eat the variance.
  expect(metrics.r2(numbers(1e9 + 1, 1e9 + 2, 1e9 + 2), numbers(1e9 + 1, 1e9 + 2, 1e9 + 3))).toBeCloseTo(0.5, 6);
});

const refused: Record<string, [() => unknown, string]> = {
  "too few predictions": [
    () => metrics.accuracy(classes(0), classes(0, 1)),
    "accuracy: predicted [1] has 1 examples, actual [2] 2; give one prediction for each example",
  ],
  "a class that there is not": [
    () => metrics.logLoss(scoresOf("s", 1), classes(3)),
    "logLoss: actual class 0 is 3; there are 3 classes, 0 to 2",
  ],
  "a negative class": [
    () => metrics.accuracy(classes(0), classes(-1)),
    "accuracy: actual class 0 is -1; classes are counted from 0",
  ],
  "a list": [() => metrics.mae([1] as never, numbers(1)), "mae: predicted is no tensor; wrap data with tensor(…)"],
  "k of 0": [() => metrics.topK(scoresOf("s", 1), classes(0), { k: 0 }), "topK: k is 0; use a whole number ≥ 1"],
  "more than all": [() => metrics.topK(scoresOf("s", 1), classes(0)), "topK: k is 5 of 3 classes; use a smaller one"],
  "an average that is none": [
    () => metrics.f1(guess, truth, { average: "mean" as never }),
    'f1: average is "mean"; use macro, weighted, micro or binary',
  ],
  logits: [
    () => metrics.logLoss(numbers(2), classes(1)),
    "logLoss: score 0 is -1; give probabilities from 0 to 1, by softmax or sigmoid",
  ],
  "NaN to be met": [
    () => metrics.r2(numbers(1), numbers(Number.NaN)),
    "r2: actual 0 is NaN; leave out what is not known",
  ],
  "another shape": [
    () => metrics.mse(numbers(1, 2), numbers(1)),
    "mse: predicted is [2], actual [1]; give one prediction for each example",
  ],
};
test.each(Object.entries(refused))("is refused: %s", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});
