/** @file Pooling, normalization, attention, dropout, embeddings: cases with a story, and what is refused. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roundingBound } from "../../src/check/index.ts";
import * as api from "../../src/index.ts";
import { grad, jvp, rng, sum, type Tensor, TensorError, tensor, vjp, zeros } from "../../src/index.ts";

const normal = (name: string, shape: number[]): Tensor => rng(name).normal(shape) as Tensor;
const int = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" }) as Tensor;
const total = (x: Tensor): Tensor => sum(x) as Tensor;

describe("pooling", () => {
  const drawn = fc.record({
    length: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    padding: fc.integer({ min: 0, max: 2 }),
    ceilMode: fc.boolean(),
    countIncludePad: fc.boolean(),
  });

  test("along an axis it is its definition", () => {
    fc.assert(
      fc.property(drawn, ({ length, kernel, stride, padding, ceilMode, countIncludePad }) => {
        fc.pre(padding <= kernel / 2 && length + 2 * padding >= kernel);
        const x = normal("x", [1, length]);
        const values = x.toTypedArray();
        // PyTorch's rule: with ceilMode one window may go over the end, if it begins before it and none has reached it.
        const starts: number[] = [];
        for (let start = -padding; start < length; start += stride)
          if (start + kernel <= length + padding || (ceilMode && start - stride + kernel < length + padding))
            starts.push(start);
        const at = (start: number) =>
          Array.from({ length: kernel }, (_, k) => start + k).filter((i) => i >= 0 && i < length);
        const options = { stride, padding, ceilMode };
        expect([...api.maxPool1d(x, kernel, options).toTypedArray()]).toEqual(
          starts.map((start) => Math.max(...at(start).map((i) => values[i]!))),
        );
        const counts = starts.map((start) =>
          countIncludePad ? Math.min(kernel, length + padding - start) : at(start).length,
        );
        expect([...api.avgPool1d(x, kernel, { ...options, countIncludePad }).toTypedArray()]).toEqual(
          starts.map((start, n) => at(start).reduce((t, i) => t + values[i]!, 0) / counts[n]!),
        );
      }),
    );
  });

  test("of two axes the places count row by row, and the first of equals has it", () => {
    const x = tensor([
      [
        [1, 7, 7, 0],
        [7, 2, 3, 7],
      ],
    ]);
    const [values, places] = api.maxPool2d(x, 2, { returnIndices: true });
    expect([values.toArray(), places.toArray()]).toEqual([[[[7, 7]]], [[[1, 2]]]]);
    expect(places.dtype).toBe("int32");
    expect(grad((v: Tensor) => total(api.maxPool2d(v, 2)))(x).toArray()).toEqual([
      [
        [0, 1, 1, 0],
        [0, 0, 0, 0],
      ],
    ]);
  });

  test("a maximum of −∞ is an element, not the padding; the first NaN wins", () => {
    const low = Number.NEGATIVE_INFINITY;
    const [values, places] = api.maxPool1d(tensor([[low, low]]), 2, { stride: 1, padding: 1, returnIndices: true });
    expect([values.toArray(), places.toArray()]).toEqual([[[low, low, low]], [[0, 0, 1]]]);
    const x = tensor([[[1, Number.NaN, 9, Number.NaN]]]);
    expect(api.maxPool2d(x, [1, 4], { returnIndices: true })[1].toArray()).toEqual([[[1]]]);
  });

  test("a window that slides over a window's gap has its dilation", () => {
    expect(api.maxPool1d(tensor([[1, 9, 2, 8, 3]]), 2, { stride: 1, dilation: 2 }).toArray()).toEqual([[2, 9, 3]]);
  });

  test("adaptive windows cover evenly, one axis for the other, and more of them than elements repeat", () => {
    const x = tensor([
      [
        [1, 2, 3],
        [5, 6, 7],
      ],
    ]);
    expect(api.adaptiveAvgPool2d(x, [1, 2]).toArray()).toEqual([[[3.5, 4.5]]]);
    expect(api.adaptiveAvgPool1d(tensor([[1, 2]]), 4).toArray()).toEqual([[1, 1, 2, 2]]);
    expect(api.adaptiveMaxPool2d(x, [null, 1]).toArray()).toEqual([[[3], [7]]]);
    expect(api.adaptiveAvgPool1d(tensor([[1, 2]]), 0).shape).toEqual([1, 0]);
  });

  test("whole numbers have a largest, and a mean with fractions", () => {
    expect(api.maxPool1d(int([[3, 1, 2]]), 3).dtype).toBe("int32");
    expect(api.avgPool1d(int([[3, 2]]), 2).toArray()).toEqual([[2.5]]);
  });

  test("no images give none", () => {
    expect(api.maxPool2d(zeros([0, 1, 4, 4]), 2).shape).toEqual([0, 1, 2, 2]);
    expect(api.avgPool2d(zeros([2, 0, 4, 4]), 2).shape).toEqual([2, 0, 2, 2]);
  });

  test("the divisor replaces the count", () => {
    expect(api.avgPool1d(tensor([[1, 2, 3, 4]]), 2, { divisor: 1 }).toArray()).toEqual([[3, 7]]);
  });
});

describe("normalization", () => {
  const offset = 1e8;
  const small = [1, 2, 3, 4, 5, 6];
  const large = tensor([small.map((v) => v + offset)]) as Tensor;

  test("a large offset costs no digits", () => {
    // The numbers 10⁸ + n are exact, and so are their mean and differences: what comes out is what n gives.
    const expected = api.layerNorm(tensor([small]), 6).toArray();
    expect(api.layerNorm(large, 6).toArray()).toEqual(expected);
    expect(api.groupNorm(large, 1).toArray()).toEqual(expected);
    expect(api.instanceNorm(api.reshape(large, [1, 1, 6])).toArray()).toEqual([expected]);
    expect(api.batchNorm(api.reshape(large, [6, 1])).toArray()).toEqual(
      api.batchNorm(api.reshape(tensor(small), [6, 1])).toArray(),
    );
    expect(api.batchStatistics(api.reshape(large, [6, 1])).variance.toArray()).toEqual([35 / 12]);
  });

  test.each(["float64", "float32"] as const)("it is its formula in %s, bit for bit", (dtype) => {
    const x = api.mul(api.cast(normal("x", [4, 37]), dtype), 5) as Tensor;
    const centered = api.sub(x, api.mean(x, 1, { keepDims: true })) as Tensor;
    const variance = api.mean(api.square(centered), 1, { keepDims: true }) as Tensor;
    const expected = api.div(centered, api.sqrt(api.add(variance, 0.01))) as Tensor;
    expect(api.layerNorm(x, 37, { epsilon: 0.01 }).toTypedArray()).toEqual(expected.toTypedArray());
    const batch = api.batchNorm(api.transpose(x) as Tensor, { epsilon: 0.01 });
    expect((api.transpose(batch) as Tensor).toTypedArray()).toEqual(expected.toTypedArray());
  });

  test("equal elements give the bias, without NaN, and so do their derivatives", () => {
    const x = api.full([2, 3], 7) as Tensor;
    const bias = tensor([1, 2, 3]) as Tensor;
    expect(api.layerNorm(x, 3, { bias }).toArray()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    const slope = grad((v: Tensor) => total(api.mul(api.layerNorm(v, 3), tensor([1, 0, 0])) as Tensor))(x);
    expect([...slope.toTypedArray()].every(Number.isFinite)).toBe(true);
  });

  test("the batch's own statistics, given as values, are what batchNorm takes by itself, derivatives too", () => {
    const x = normal("x", [5, 2, 3]);
    const ct = normal("ct", [5, 2, 3]);
    const [y, back] = vjp((v: Tensor) => api.batchNorm(v), x);
    const [z, backByValue] = vjp((v: Tensor) => api.batchNorm(v, api.batchStatistics(v) as api.BatchNormOptions), x);
    const near = (p: api.Tensor, q: api.Tensor): void =>
      // Sums of 15 terms of size 1, in another order.
      p.toTypedArray().forEach((v, i) => expect(Math.abs(v - q.toTypedArray()[i]!)).toBeLessThanOrEqual(2 ** -48));
    near(z, y);
    near(back(ct)[0]!, backByValue(ct)[0]!);
  });

  test("with statistics a single example is normalized too", () => {
    const statistics = { mean: tensor([1, 2]), variance: tensor([4, 9]), epsilon: 0 } as api.BatchNormOptions;
    expect(api.batchNorm(tensor([3, 8]), statistics).toArray()).toEqual([1, 2]);
    expect(api.batchNorm(tensor([[3, 8]]), statistics).toArray()).toEqual([[1, 2]]);
  });

  test("groups of one channel are instances, and one group is a layer", () => {
    const x = normal("x", [2, 4, 3]);
    expect(api.groupNorm(x, 4).toArray()).toEqual(api.instanceNorm(x).toArray());
    expect(api.groupNorm(x, 1).toArray()).toEqual(api.layerNorm(x, [4, 3]).toArray());
  });

  test("its gradient in float32 is within the running bound of the one in float64", () => {
    const x = api.cast(normal("x", [3, 8]), "float32") as Tensor;
    const weight = api.cast(normal("w", [3, 8]), "float32") as Tensor;
    const slope = (v: Tensor, w: Tensor): Tensor =>
      grad((u: Tensor) => total(api.mul(api.layerNorm(u, 8), w) as Tensor))(v);
    const [y, bound] = roundingBound(slope)(x, weight);
    const exact = slope(api.cast(x, "float64"), api.cast(weight, "float64")).toTypedArray();
    // 1 + 2⁻²⁰: float64 has errors of its own, and the bound was itself rounded.
    y.toTypedArray().forEach((value, i) =>
      expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(bound.toTypedArray()[i]! * (1 + 2 ** -20)),
    );
    // And the bound says something: gradients of size 1, a few hundred roundings.
    expect(Math.max(...bound.toTypedArray())).toBeLessThan(1e-3);
  });

  test("nothing to normalize gives nothing", () => {
    expect(api.batchNorm(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(api.batchNorm(zeros([3, 0])).shape).toEqual([3, 0]);
    expect(api.layerNorm(zeros([2, 0]), 0).shape).toEqual([2, 0]);
    expect(api.instanceNorm(zeros([2, 0, 3])).shape).toEqual([2, 0, 3]);
  });
});

describe("attention", () => {
  const [q, k, v] = [normal("q", [2, 3, 4]), normal("k", [2, 5, 4]), normal("v", [2, 5, 2])];

  test("a query that sees no key gets zeros and moves nothing, whichever way the mask is given", () => {
    const seen = tensor([[true], [false], [true]]) as Tensor;
    const added = tensor([[0], [Number.NEGATIVE_INFINITY], [0]]) as Tensor;
    for (const mask of [seen, added]) {
      const f = (a: Tensor, b: Tensor, c: Tensor): Tensor => api.scaledDotProductAttention(a, b, c, { mask });
      const [y, back] = vjp(f, q, k, v);
      expect(api.slice(y, null, 1).toArray()).toEqual([
        [0, 0],
        [0, 0],
      ]);
      const cts = back(api.onesLike(y));
      expect(cts.every((ct) => [...ct.toTypedArray()].every(Number.isFinite))).toBe(true);
      expect([...api.slice(cts[0]!, null, 1).toTypedArray()].every((slope) => slope === 0)).toBe(true);
    }
  });

  test("causal is the mask of a lower triangle", () => {
    const mask = tensor([
      [true, false, false, false, false],
      [true, true, false, false, false],
      [true, true, true, false, false],
    ]) as Tensor;
    expect(api.scaledDotProductAttention(q, k, v, { causal: true }).toArray()).toEqual(
      api.scaledDotProductAttention(q, k, v, { mask }).toArray(),
    );
  });

  test("huge scores do not overflow, and no keys give zeros", () => {
    const y = api.scaledDotProductAttention(tensor([[1e200]]), tensor([[1e100], [2e100]]), tensor([[3], [4]]));
    expect(y.toArray()).toEqual([[4]]);
    expect(api.scaledDotProductAttention(zeros([2, 3]), zeros([0, 3]), zeros([0, 1])).toArray()).toEqual([[0], [0]]);
  });

  test("heads broadcast over the batch", () => {
    const one = api.slice(k, [0, 1]);
    expect(api.scaledDotProductAttention(q, one, api.slice(v, [0, 1])).shape).toEqual([2, 3, 2]);
  });

  test("a mask of floats has a gradient", () => {
    const slope = grad((mask: Tensor) => total(api.scaledDotProductAttention(q, k, v, { mask })))(zeros([3, 5]));
    expect(Math.abs(total(slope).item())).toBeLessThanOrEqual(2 ** -45);
    expect(Math.abs(slope.toTypedArray()[0]!)).toBeGreaterThan(1e-3);
  });
});

describe("dropout", () => {
  const x = api.ones([1000]) as Tensor;

  test("the same stream drops the same elements; what stays is scaled", () => {
    const [a, b] = [1, 2].map(() => api.dropout(x, rng("d"), 0.25).toTypedArray());
    expect(a).toEqual(b);
    expect(new Set(a)).toEqual(new Set([0, 1 / 0.75]));
    // 1000 draws: 250 dropped, give or take five standard deviations of √(1000·0.25·0.75) ≈ 13.7.
    expect(Math.abs(a!.filter((value) => value === 0).length - 250)).toBeLessThan(69);
  });

  test("p = 0 drops none and p = 1 all, NaN and ∞ too", () => {
    const wild = tensor([Number.NaN, Number.POSITIVE_INFINITY, 3]);
    expect(api.dropout(wild, rng(1), 0).toArray()).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 3]);
    expect(api.dropout(wild, rng(1), 1).toArray()).toEqual([0, 0, 0]);
    expect(grad((a: Tensor) => total(api.dropout(a, rng(1), 1)))(x).toTypedArray()).toEqual(new Float64Array(1000));
  });
});

describe("embedding", () => {
  const table = normal("table", [4, 3]);

  test("rows read twice get both cotangents, the padding's row none, in forward mode neither", () => {
    const f = (t: Tensor): Tensor =>
      api.embedding(
        int([
          [1, 3],
          [1, 0],
        ]),
        t,
        { paddingIndex: -1 },
      );
    const slope = grad((t: Tensor) => total(f(t)))(table);
    expect(slope.toArray()).toEqual([
      [1, 1, 1],
      [2, 2, 2],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const [y, tangent] = jvp((t: Tensor) => f(t), [table], [api.onesLike(table)]);
    expect(y.shape).toEqual([2, 2, 3]);
    expect(api.slice(tangent, 0).toArray()).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
  });

  test("is what the rows are", () => {
    const y = api.embedding(int([[3, 0]]), table);
    expect(y.toArray()).toEqual([[api.slice(table, 3).toArray(), api.slice(table, 0).toArray()]]);
  });

  test("second derivatives reach the rows that were read, as often as they were", () => {
    const f = (t: Tensor): Tensor => total(api.square(api.embedding(int([2, 2, 0]), t)) as Tensor);
    const direction = api.onesLike(table);
    const expected = [2, 0, 4, 0].map((value) => [value, value, value]);
    expect(jvp(grad(f), [table], [direction])[1].toArray()).toEqual(expected);
    expect(grad((t: Tensor) => total(grad(f)(t)))(table).toArray()).toEqual(expected);
  });

  test("no indices and no features give nothing", () => {
    expect(api.embedding(int([]), table).shape).toEqual([0, 3]);
    expect(api.embedding(int([0, 1]), zeros([2, 0])).shape).toEqual([2, 0]);
  });
});

const x3 = zeros([3]) as Tensor;
const refused: Record<string, [attempt: () => unknown, sentence: string]> = {
  "more padding than half a kernel": [
    () => api.maxPool2d(zeros([1, 4, 4]), 2, { padding: 2 }),
    "maxPool2d: padding 2 for a kernel of 2; it may be half of the kernel at most",
  ],
  "a window that does not fit": [
    () => api.avgPool1d(zeros([1, 2]), 3),
    "avgPool1d: a window of 3 (dilation 1, padding 0) does not fit the extent 2 of [1, 2]; use a smaller kernel",
  ],
  "a window between the elements": [
    () => api.maxPool1d(zeros([1, 1]), 2, { padding: 1, dilation: 2 }),
    "maxPool1d: a window of 2 (dilation 2, padding 1) does not fit the extent 1 of [1, 1]; use a smaller kernel",
  ],
  "a kernel of nothing": [() => api.maxPool1d(zeros([1, 2]), 0), "maxPool1d: kernel is 0; give a whole number ≥ 1"],
  "a divisor of 0": [
    () => api.avgPool1d(zeros([1, 2]), 2, { divisor: 0 }),
    "avgPool1d: divisor is 0; give a finite number that is not 0",
  ],
  "a sequence where an image is meant": [
    () => api.maxPool2d(x3, 1),
    "maxPool2d: [3] has 1 axis; give [channels, height, width], or a batch [batch, channels, height, width]",
  ],
  "extents of nothing": [
    () => api.adaptiveAvgPool1d(zeros([2, 0]), 3),
    "adaptiveAvgPool1d: [2, 0] has no elements to pool; its spatial extents must be 1 at least",
  ],
  "extents that are no numbers": [
    () => api.adaptiveAvgPool2d(zeros([1, 2, 2]), [1, -1]),
    "adaptiveAvgPool2d: extents is [1, -1]; give a whole number ≥ 0, or a list of 2",
  ],
  "features that x does not end in": [
    () => api.layerNorm(zeros([2, 3]), 2),
    "layerNorm: x [2, 3] does not end in [2]; give the extents of the last axes, those that are normalized together",
  ],
  "a weight of other features": [
    () => api.rmsNorm(zeros([2, 3]), 3, { weight: zeros([2]) }),
    "rmsNorm: weight [2]; give the shape [3]",
  ],
  "an epsilon below 0": [
    () => api.layerNorm(x3, 3, { epsilon: -1 }),
    "layerNorm: epsilon is -1; give a finite number ≥ 0",
  ],
  "half the statistics": [
    () => api.batchNorm(zeros([2, 3]), { mean: x3 }),
    "batchNorm: one of mean and variance is missing; give both, or none",
  ],
  "a batch of one": [
    () => api.batchNorm(zeros([1, 3])),
    "batchNorm: [1, 3] has one value for each channel, which has no deviation; give more examples, or mean and variance",
  ],
  "channels that groups do not divide": [
    () => api.groupNorm(zeros([2, 3]), 2),
    "groupNorm: 2 groups for 3 channels; give a whole number that divides them",
  ],
  "an instance without an extent": [
    () => api.instanceNorm(zeros([2, 3])),
    "instanceNorm: [2, 3] has no spatial axes; give [batch, channels, …spatial]",
  ],
  "statistics of no batch": [
    () => api.batchStatistics(x3),
    "batchStatistics: [3] is no batch; give [batch, channels, …]",
  ],
  "inputs that differ": [
    () => api.linear(zeros([2, 3]), zeros([4, 5])),
    "linear: x [2, 3] and weight [4, 5]; give x [batch, …, inputs] and weight [outputs, inputs]",
  ],
  "a bias for other outputs": [
    () => api.linear(zeros([2, 3]), zeros([4, 3]), x3),
    "linear: bias [3] for 4 outputs; give the shape [4]",
  ],
  "an index of no row": [
    () => api.embedding(int([0, 4]), zeros([4, 2])),
    "embedding: index 4 (element 1 of indices [2]) names no row of 4; use 0 to 3",
  ],
  "indices with fractions": [
    () => api.embedding(x3, zeros([4, 2])),
    'embedding: indices [3] are float64; indices are int32: cast(indices, "int32")',
  ],
  "a padding of no row": [
    () => api.embedding(int([0]), zeros([4, 2]), { paddingIndex: 4 }),
    "embedding: paddingIndex 4 names no row of table [4, 2]; use -4 to 3",
  ],
  "a probability above 1": [() => api.dropout(x3, rng(1), 1.5), "dropout: p is 1.5; give a probability from 0 to 1"],
  "dropout without a stream": [
    () => api.dropout(x3, 0.5 as never),
    'dropout: there is no random stream; give one, as rng(7).stream("dropout")',
  ],
  "keys of other features": [
    () => api.scaledDotProductAttention(zeros([2, 3]), zeros([2, 4]), zeros([2, 1])),
    "scaledDotProductAttention: query [2, 3], key [2, 4] and value [2, 1]; give [batch, …, queries, features], [batch, …, keys, features] and [batch, …, keys, values]",
  ],
  "a mask of other queries": [
    () => api.scaledDotProductAttention(zeros([2, 3]), zeros([2, 3]), zeros([2, 1]), { mask: zeros([2, 2, 2]) }),
    "scaledDotProductAttention: float64 mask [2, 2, 2] for scores [2, 2]; give a bool mask, or a float one to be added, that broadcasts to the scores",
  ],
  "a scale that is no number": [
    () => api.scaledDotProductAttention(zeros([2, 3]), zeros([2, 3]), zeros([2, 1]), { scale: Number.NaN }),
    "scaledDotProductAttention: scale is NaN; give a finite number",
  ],
};

test.each(Object.entries(refused))("%s: refused", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});
