/** @file Losses: laws that all are under, values at the edges, and what is refused. */

import * as api from "@deltagrad/tensor";
import {
  exp,
  jvp,
  log,
  logSoftmax,
  rng,
  softmax,
  sum,
  type Tensor,
  TensorError,
  tensor,
  vjp,
  zeros,
} from "@deltagrad/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Reduction } from "../src/index.ts";
import * as nn from "../src/index.ts";

const int = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" }) as Tensor;
const uniform = (name: string, low: number, high: number, shape = [3, 4]): Tensor =>
  rng(name).uniform(shape, { low, high }) as Tensor;
const signs = api.sub(1, api.mul(2, api.cast(api.less(uniform("signs", 0, 1), 0.5), "float64"))) as Tensor;

type Loss = (x: Tensor, options: { readonly reduction: Reduction }) => Tensor;

/** Every loss as a function of its outputs, and where to draw those. */
const losses: Record<string, [loss: Loss, x: Tensor]> = {
  crossEntropy: [(x, o) => nn.crossEntropy(x, uniform("y", 0, 1), o), uniform("x", 0.1, 0.9)],
  "crossEntropy with weights": [
    (x, o) => nn.crossEntropy(x, uniform("y", 0, 1), { ...o, weight: uniform("w", 0, 2, [4]) }),
    uniform("x", 0.1, 0.9),
  ],
  crossEntropyFromLogits: [(x, o) => nn.crossEntropyFromLogits(x, uniform("y", 0, 1), o), uniform("x", -3, 3)],
  "crossEntropyFromLogits with weights": [
    (x, o) => {
      const weights = { weight: uniform("w", 0, 2, [3, 1]), positiveWeight: uniform("p", 0, 2, [4]) };
      return nn.crossEntropyFromLogits(x, uniform("y", 0, 1), { ...o, ...weights });
    },
    uniform("x", -3, 3),
  ],
  softmaxCrossEntropy: [(x, o) => nn.softmaxCrossEntropy(x, int([3, 0, 2]), o), uniform("x", -3, 3)],
  "softmaxCrossEntropy of distributions, smoothed": [
    (x, o) => nn.softmaxCrossEntropy(x, softmax(uniform("y", 0, 1)), { ...o, labelSmoothing: 0.25 }),
    uniform("x", -3, 3),
  ],
  nll: [(x, o) => nn.nll(x, int([3, 0, 2]), o), uniform("x", -3, 0)],
  klDivergence: [(x, o) => nn.klDivergence(x, softmax(uniform("y", 0, 1)), o), uniform("x", -3, 0)],
  "klDivergence of logarithms": [
    (x, o) => nn.klDivergence(x, uniform("y", -3, 0), { ...o, logTarget: true }),
    uniform("x", -3, 0),
  ],
  mse: [(x, o) => nn.mse(x, uniform("y", -3, 3), o), uniform("x", -3, 3)],
  mae: [(x, o) => nn.mae(x, uniform("y", -3, 3), o), uniform("x", -3, 3)],
  huber: [(x, o) => nn.huber(x, uniform("y", -3, 3), { ...o, delta: 1.5 }), uniform("x", -3, 3)],
  smoothL1: [(x, o) => nn.smoothL1(x, uniform("y", -3, 3), { ...o, beta: 1.5 }), uniform("x", -3, 3)],
  hinge: [(x, o) => nn.hinge(x, signs, o), uniform("x", -3, 3)],
  softMargin: [(x, o) => nn.softMargin(x, signs, o), uniform("x", -3, 3)],
  cosineEmbedding: [
    (x, o) => nn.cosineEmbedding(x, uniform("y", -3, 3), tensor([1, -1, 1]), { ...o, margin: 0.1 }),
    uniform("x", -3, 3),
  ],
};

describe.each(Object.entries(losses))("%s", (_name, [loss, x]) => {
  const none = loss(x, { reduction: "none" });

  test("is reduced as it says", () => {
    const total = sum(none).item();
    expect(loss(x, { reduction: "sum" }).item()).toBe(total);
    expect(loss(x, { reduction: "mean" }).item()).toBe(total / none.size);
    expect(loss(x, { reduction: "batchMean" }).item()).toBe(total / 3);
  });

  test("has derivatives that are those of its values", () => {
    const t = uniform("t", -1, 1);
    const f = (v: Tensor): Tensor => loss(v, { reduction: "mean" });
    const [, slope] = jvp(f, [x], [t]);
    const h = 2 ** -17;
    const at = (step: number): number => f(api.add(x, api.mul(step, t)) as Tensor).item();
    const difference = (at(h) - at(-h)) / (2 * h);
    // A central difference: a third derivative of at most some hundreds times h²/6, and rounding u/h; none is at a kink.
    expect(Math.abs(slope.item() - difference)).toBeLessThanOrEqual(1e-8);
    const [ct] = vjp(f, x)[1](tensor(1) as Tensor);
    expect(Math.abs(sum(api.mul(ct!, t)).item() - slope.item())).toBeLessThanOrEqual(2 ** -48);
  });

  test("gives the same in a recorded graph", () => {
    const graph = api.record((v: Tensor) => loss(v, { reduction: "mean" }))(x);
    expect(api.replay(graph, [x])[0]!.item()).toBe(loss(x, { reduction: "mean" }).item());
  });
});

test("of no examples a sum is 0 and a mean NaN", () => {
  const none = zeros([0, 4]) as Tensor;
  const options = ["sum", "mean", "batchMean"] as const;
  expect(options.map((reduction) => nn.mse(none, none, { reduction }).item())).toEqual([0, Number.NaN, Number.NaN]);
  expect(nn.softmaxCrossEntropy(none, int([]), { reduction: "sum" }).item()).toBe(0);
});

describe("softmaxCrossEntropy", () => {
  const z = uniform("z", -3, 3, [4, 3]);
  const targets = int([0, 2, 1, 1]);

  test("of classes is that of the distributions that name them", () => {
    const distributions = tensor([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [0, 1, 0],
    ]) as Tensor;
    for (const labelSmoothing of [0, 0.3])
      for (const weight of [undefined, tensor([1, 2, 3]) as Tensor]) {
        const options = { reduction: "none", labelSmoothing, weight } as const;
        const [a, b] = [targets, distributions].map((y) => nn.softmaxCrossEntropy(z, y, options).toTypedArray());
        // The same three terms, grouped differently.
        a!.forEach((value, i) => expect(Math.abs(value - b![i]!)).toBeLessThanOrEqual(2 ** -49));
      }
  });

  test("a mean divides by the weights of what counts", () => {
    const weight = tensor([1, 2, 4]) as Tensor;
    const none = nn.softmaxCrossEntropy(z, targets, { reduction: "none", weight, ignoreIndex: 1 }).toTypedArray();
    expect([none[2], none[3]]).toEqual([0, 0]);
    const mean = nn.softmaxCrossEntropy(z, targets, { weight, ignoreIndex: 1 }).item();
    expect(mean).toBe((none[0]! + none[1]!) / 5);
    expect(nn.softmaxCrossEntropy(z, targets, { reduction: "batchMean", weight, ignoreIndex: 1 }).item()).toBe(
      (none[0]! + none[1]!) / 4,
    );
    expect(nn.softmaxCrossEntropy(z, int([-100, -100, -100, -100]), { ignoreIndex: -100 }).item()).toBeNaN();
  });

  test("trailing axes are places of their own", () => {
    const images = uniform("images", -3, 3, [2, 3, 2]);
    const classes = int([
      [0, 2],
      [1, 1],
    ]);
    const y = nn.softmaxCrossEntropy(images, classes, { reduction: "none" });
    const first = nn.softmaxCrossEntropy(api.slice(images, 0, null, 1), int([2]).reshape([]), { reduction: "none" });
    expect(y.shape).toEqual([2, 2]);
    expect(api.slice(y, 0, 1).item()).toBe(first.item());
  });

  test("is nll of logSoftmax, and does not overflow", () => {
    expect(nn.softmaxCrossEntropy(z, targets).item()).toBe(nn.nll(logSoftmax(z), targets).item());
    const huge = tensor([[1000, -1000]]) as Tensor;
    expect(nn.softmaxCrossEntropy(huge, int([1])).item()).toBe(2000);
    expect(nn.softmaxCrossEntropy(huge, tensor([[1, 0]])).item()).toBe(0);
  });

  test("an impossible class costs nothing where its target is 0, in the derivative too", () => {
    const impossible = tensor([[0, Number.NEGATIVE_INFINITY]]) as Tensor;
    const [y, back] = vjp((v: Tensor) => nn.softmaxCrossEntropy(v, tensor([[1, 0]])), impossible);
    expect(y.item()).toBe(0);
    expect(back(tensor(1) as Tensor)[0]!.toArray()).toEqual([[0, 0]]);
    expect(nn.softmaxCrossEntropy(impossible, int([1])).item()).toBe(Number.POSITIVE_INFINITY);
  });
});

test("with logits of ±1000 cross-entropy is what it costs, and its slope ±1", () => {
  const z = tensor([1000, -1000, 1000, -1000]) as Tensor;
  const y = tensor([0, 1, 1, 0]) as Tensor;
  for (const positiveWeight of [undefined, tensor(1) as Tensor]) {
    const f = (v: Tensor) => nn.crossEntropyFromLogits(v, y, { reduction: "none", positiveWeight });
    const [cost, back] = vjp(f, z);
    expect(cost.toArray()).toEqual([1000, 1000, 0, 0]);
    expect([...back(api.onesLike(z))[0]!.toTypedArray()].map(Math.abs)).toEqual([1, 1, 0, 0]);
  }
});

test("cross-entropy has a slope in its targets too: minus the logit", () => {
  const [z, y] = [uniform("z", -3, 3), uniform("y", 0.1, 0.9)];
  const slope = api.grad((t: Tensor) => nn.crossEntropyFromLogits(z, t, { reduction: "sum" }))(y);
  expect(slope.toTypedArray()).toEqual((api.neg(z) as Tensor).toTypedArray());
  const fromH = api.grad((t: Tensor) => nn.crossEntropy(api.sigmoid(z) as Tensor, t, { reduction: "sum" }))(y);
  // log h and log(1 − h), of sizes up to 3, each with the roundings of h.
  fromH.toTypedArray().forEach((value, i) => expect(Math.abs(value - slope.toTypedArray()[i]!)).toBeLessThan(2 ** -46));
});

test("the divergence of a distribution from itself is 0, and of a sure one −log p", () => {
  const p = softmax(uniform("p", -1, 1));
  expect(nn.klDivergence(log(p), p).item()).toBe(0);
  expect(nn.klDivergence(log(p), log(p), { logTarget: true }).item()).toBe(0);
  const sure = tensor([[0, 1]]) as Tensor;
  const q = tensor([[Number.NEGATIVE_INFINITY, Math.log(0.5)]]) as Tensor;
  expect(nn.klDivergence(q, sure).item()).toBe(Math.log(2));
  expect(nn.klDivergence(q, log(sure), { logTarget: true }).item()).toBe(Math.log(2));
});

test("huber is half of mse for a large delta, mae for small ones, and curved at 0", () => {
  fc.assert(
    fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (d) => {
      const [x, y] = [tensor([d]) as Tensor, zeros([1])];
      expect(nn.huber(x, y, { delta: 1000 }).item()).toBe(0.5 * d * d);
      expect(nn.smoothL1(x, y, { beta: 0 }).item()).toBe(nn.mae(x, y).item());
      // ½·beta is what lies between them.
      expect(Math.abs(nn.smoothL1(x, y, { beta: 2 ** -20 }).item() - Math.abs(d))).toBeLessThanOrEqual(2 ** -20);
    }),
  );
  const slope = (x: Tensor): Tensor => vjp((v: Tensor) => nn.huber(v, zeros([1])), x)[1](tensor(1) as Tensor)[0]!;
  expect(jvp(slope, [zeros([1])], [tensor([1])])[1].toArray()).toEqual([1]);
});

test("the far side of a huber loss is straight even at infinity", () => {
  const [y, back] = vjp((v: Tensor) => nn.huber(v, zeros([1])), tensor([Number.POSITIVE_INFINITY]) as Tensor);
  expect(y.item()).toBe(Number.POSITIVE_INFINITY);
  expect(back(tensor(1) as Tensor)[0]!.toArray()).toEqual([1]);
});

test("the cosine of zeros is 0, and so is its derivative", () => {
  const [y, back] = vjp((v: Tensor) => nn.cosineSimilarity(v, tensor([0, 0])), zeros([2]) as Tensor);
  expect(y.item()).toBe(0);
  expect(back(tensor(1) as Tensor)[0]!.toArray()).toEqual([0, 0]);
  expect(nn.cosineSimilarity(exp(zeros([2, 3])), zeros([3])).shape).toEqual([2]);
});

test("a recorded loss looks at its targets when it is replayed", () => {
  const graph = api.record((v: Tensor, y: Tensor) => nn.softmaxCrossEntropy(v, y))(zeros([2, 3]), int([0, 1]));
  expect(() => api.replay(graph, [zeros([2, 3]), int([0, 3])])).toThrow(
    "softmaxCrossEntropy: target 3 (element 1 of [2]); classes are 0 to 2",
  );
});

const [x23, x3] = [zeros([2, 3]) as Tensor, zeros([3]) as Tensor];
const refused: Record<string, [attempt: () => unknown, sentence: string]> = {
  "shapes that differ": [() => nn.mse(x23, x3), "mse: outputs [2, 3] and targets [3]; give both in one shape"],
  "a reduction that is none": [
    () => nn.mae(x3, x3, { reduction: "average" as never }),
    'mae: reduction is "average"; use none, sum, mean, batchMean',
  ],
  "a mean over the examples of a scalar": [
    () => nn.mse(tensor(1), tensor(1), { reduction: "batchMean" }),
    "mse: batchMean of a scalar; give [examples, …], or another reduction",
  ],
  "a target that is NaN": [
    () => nn.mse(x3, tensor([0, Number.NaN, 0])),
    "mse: target NaN (element 1 of [3]); a target must be a number: leave out what is unknown",
  ],
  "an array for a tensor": [
    () => nn.mse([1] as never, x3),
    "mse: expected a tensor, got an array; wrap data with tensor(…)",
  ],
  "a probability above 1": [
    () => nn.crossEntropy(tensor([1.5]), tensor([1])),
    "crossEntropy: output 1.5 (element 0 of [1]); outputs are probabilities, 0 to 1: use crossEntropyFromLogits for others",
  ],
  "a target below 0": [
    () => nn.crossEntropyFromLogits(tensor([1.5]), tensor([-1])),
    "crossEntropyFromLogits: target -1 (element 0 of [1]); targets are probabilities, 0 to 1",
  ],
  "weights that do not broadcast": [
    () => nn.crossEntropy(x23, x23, { weight: zeros([2]) }),
    "crossEntropy: weight [2] for losses [2, 3]; its extents are 1 or theirs, counted from the last axis",
  ],
  "a delta of 0": [
    () => nn.huber(x3, x3, { delta: 0 }),
    "huber: delta is 0; give a finite number > 0; mse is the limit of large ones",
  ],
  "a beta below 0": [() => nn.smoothL1(x3, x3, { beta: -1 }), "smoothL1: beta is -1; give a finite number ≥ 0"],
  "a class that is not there": [
    () => nn.softmaxCrossEntropy(x23, int([0, 3])),
    "softmaxCrossEntropy: target 3 (element 1 of [2]); classes are 0 to 2",
  ],
  "a class below 0 beside one that is ignored": [
    () => nn.nll(x23, int([-1, -100]), { ignoreIndex: -100 }),
    "nll: target -1 (element 0 of [2]); classes are 0 to 2, or -100 to be ignored",
  ],
  "targets for other places": [
    () => nn.softmaxCrossEntropy(x23, int([0, 1, 2])),
    "softmaxCrossEntropy: outputs [2, 3] and targets [3]; give the number of a class for each place, [2]",
  ],
  "classes with fractions": [
    () => nn.nll(x23, zeros([2])),
    'nll: the targets are float64; classes are int32: cast(targets, "int32")',
  ],
  "ignored distributions": [
    () => nn.softmaxCrossEntropy(x23, x23, { ignoreIndex: 0 }),
    "softmaxCrossEntropy: ignoreIndex beside targets that are distributions; give zeros, or whole numbers",
  ],
  "more smoothing than all": [
    () => nn.softmaxCrossEntropy(x23, x23, { labelSmoothing: 2 }),
    "softmaxCrossEntropy: labelSmoothing is 2; give a number from 0 to 1",
  ],
  "weights of other classes": [
    () => nn.softmaxCrossEntropy(x23, int([0, 1]), { weight: zeros([2]) }),
    "softmaxCrossEntropy: weight [2] for 3 classes; give [3]",
  ],
  "outputs without classes": [
    () => nn.softmaxCrossEntropy(zeros([2, 0]), int([0, 0])),
    "softmaxCrossEntropy: outputs [2, 0] have no classes; give [examples, classes, …] or [classes]",
  ],
  "a batch mean of one example": [
    () => nn.nll(x3, int([0]).reshape([]), { reduction: "batchMean" }),
    "nll: batchMean of a single example; give [examples, classes, …]",
  ],
  "a target of neither side": [
    () => nn.hinge(x3, tensor([1, -1, 0])),
    "hinge: target 0 (element 2 of [3]); targets are −1 or 1",
  ],
  "an epsilon of 0": [
    () => nn.cosineSimilarity(x3, x3, { epsilon: 0 }),
    "cosineSimilarity: epsilon is 0; give a number > 0",
  ],
};

test.each(Object.entries(refused))("%s: refused", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});
