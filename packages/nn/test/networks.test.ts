/** @file Layers with a mode, a state or parts: what they do in training and in evaluation, as parts and as data. */
import {
  grad,
  leaves,
  mapTree,
  ones,
  relu,
  rng,
  type Tensor,
  TensorError,
  tanh,
  tensor,
  transpose,
  valueAndGrad,
  zeros,
} from "@deltagrad/tensor";
import { describe, expect, test } from "vitest";
import {
  activations,
  avgPool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  dense,
  dropout,
  embedding,
  flatten,
  fromConfig,
  getIn,
  grouped,
  groupNorm,
  initializers,
  type LayerLike,
  layerNorm,
  learnedPositions,
  maxPool2d,
  merged,
  parallel,
  partition,
  repeated,
  reshape,
  residual,
  setIn,
  sgd,
  stack,
  summary,
  tied,
  toConfig,
  transformerDecoderBlock,
} from "../src/index.ts";

const scalar = (x: Tensor): Tensor<readonly []> => x.square().sum() as Tensor<readonly []>;

describe("batch norm", () => {
  const layer = batchNorm(2, { spatial: 1, momentum: 0.25, epsilon: 1e-3 });
  const params = { weight: tensor([2, 3]) as Tensor, bias: tensor([-1, 1]) as Tensor };
  const x = rng(1).normal([4, 2, 3], { mean: 5, std: 2 }) as Tensor;
  const values = x.toArray() as number[][][];
  const channel = (c: number): number[] => values.flatMap((example) => example[c]!);
  const meanOf = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const varianceOf = (list: number[]): number => meanOf(list.map((v) => (v - meanOf(list)) ** 2));
  const near = (actual: number, expected: number): void => expect(Math.abs(actual - expected)).toBeLessThan(1e-12);

  test("in training: by the batch's statistics, and the running ones follow", () => {
    const state = { mean: tensor([10, 20]) as Tensor, variance: tensor([1, 2]) as Tensor };
    const [y, next] = layer.applyWithState(params, x, { training: true, state });
    for (const c of [0, 1]) {
      const [mean, variance] = [meanOf(channel(c)), varianceOf(channel(c))];
      const [weight, bias] = [[2, 3][c]!, [-1, 1][c]!];
      (y.slice(null, c).toArray() as number[][]).forEach((row, i) => {
        row.forEach((value, j) =>
          near(value, ((values[i]![c]![j]! - mean) / Math.sqrt(variance + 1e-3)) * weight + bias),
        );
      });
      near(next.mean.slice(c).item(), 0.75 * [10, 20][c]! + 0.25 * mean);
      near(next.variance.slice(c).item(), 0.75 * [1, 2][c]! + 0.25 * variance * (12 / 11));
    }
  });

  test("in evaluation: by the running ones, which stay", () => {
    const state = { mean: tensor([10, 20]) as Tensor, variance: tensor([1, 2]) as Tensor };
    const [y, next] = layer.applyWithState(params, x, { state });
    expect(next).toBe(state);
    near(y.slice(3, 1, 2).item(), ((values[3]![1]![2]! - 20) / Math.sqrt(2 + 1e-3)) * 3 + 1);
    expect(layer.apply(params, x, { state }).toArray()).toEqual(y.toArray());
  });

  test("any leading axes are one batch", () => {
    const deep = x.reshape([2, 2, 2, 3]) as Tensor;
    const context = { training: true, state: layer.initState() };
    const [y, next] = layer.applyWithState(params, x, context);
    const [z, after] = layer.applyWithState(params, deep, context);
    expect(z.reshape([4, 2, 3]).toArray()).toEqual(y.toArray());
    expect(after.mean.toArray()).toEqual(next.mean.toArray());
  });

  test("an empty batch changes no statistics", () => {
    const state = layer.initState();
    const [y, next] = layer.applyWithState(params, zeros([0, 2, 3]), { training: true, state });
    expect([y.shape, next]).toEqual([[0, 2, 3], state]);
  });

  test("statistics come out of a gradient as plain values, and are not differentiated", () => {
    const net = stack(dense(3, 2), batchNorm(2), dense(2, 1));
    const data = rng(2).normal([5, 3]) as Tensor<readonly [5, 3]>;
    const loss = (p: ReturnType<typeof net.init>, state: ReturnType<typeof net.initState>) => {
      const [y, next] = net.applyWithState(p, data, { training: true, state });
      return [scalar(y), next] as const;
    };
    const start = net.init(rng(3));
    const [, gradient, next] = valueAndGrad(loss)(start, net.initState());
    expect(leaves(next).map(({ path, tensor: part }) => [path, part.watched])).toEqual([
      ["[1].mean", null],
      ["[1].variance", null],
    ]);
    expect(leaves(gradient).map(({ path }) => path)).toEqual(leaves(start).map(({ path }) => path));
    expect(next[1].mean.toArray()).not.toEqual([0, 0]);
  });
});

describe("contexts", () => {
  const net = stack(dropout(0.5), stack(dropout(0.5), dense(8, 8)), dropout(0.5));
  const params = net.init(rng(1));
  const x = ones([4, 8]);
  const run = (seed: number): unknown => net.apply(params, x, { training: true, rng: rng(seed) }).toArray();

  test("the same stream drops the same, another stream other elements", () => {
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  test("every layer draws on its own, whatever stands before it", () => {
    const seen: string[] = [];
    const context = {
      training: true,
      rng: rng(1),
      observe: (path: string, layer: LayerLike, y: Tensor) => {
        if (layer.name.startsWith("dropout")) seen.push(`${path} ${y.toTypedArray().map((v) => Number(v === 0))}`);
      },
    };
    stack(dropout(0.5), (v: Tensor) => v.mul(0).add(1), stack(dropout(0.5))).apply(
      [null, null, [null]],
      ones([16]),
      context,
    );
    expect(seen.map((line) => line.split(" ")[0])).toEqual(["[0]", "[2][0]"]);
    expect(seen[0]!.split(" ")[1]).not.toBe(seen[1]!.split(" ")[1]);
  });

  test("in evaluation nothing is dropped, with a stream or without", () => {
    expect(net.apply(params, x, { rng: rng(1) }).toArray()).toEqual(
      params[1][1].weight
        .sum(0)
        .expandDims(0)
        .add(zeros([4, 8]))
        .toArray(),
    );
  });

  test("what is kept keeps the mean", () => {
    const y = dropout(0.25).apply(null, ones([100, 100]), { training: true, rng: rng(4) });
    expect([...new Set(y.toTypedArray())].sort()).toEqual([0, 4 / 3]);
    // 10,000 draws: the mean's deviation is 0.0058; four of those.
    expect(Math.abs((y.mean() as Tensor).item() - 1)).toBeLessThan(0.024);
  });

  test("a repeated layer drops others each time", () => {
    const twice = repeated(dropout(0.5), 2).apply(null, ones([1000]), { training: true, rng: rng(1) });
    const values = twice.toTypedArray();
    expect([...new Set(values)].sort()).toEqual([0, 4]);
    // A quarter stays: 250 ± 14; four of those. One mask twice would keep a half.
    expect(Math.abs(values.filter((v) => v === 4).length - 250)).toBeLessThan(56);
  });
});

describe("layers of layers", () => {
  test("state goes through them all", () => {
    const net = stack(
      residual(batchNorm(3), parallel([batchNorm(3), (v: Tensor) => v], { combine: "add" })),
      tied(stack(batchNorm(3)), {}),
      repeated(batchNorm(3), 2),
    );
    const x = rng(1).normal([6, 3]) as Tensor;
    const [, state] = net.applyWithState(net.init(rng(2)), x, { training: true, state: net.initState() });
    expect(leaves(state).map(({ path }) => path)).toEqual(leaves(net.initState()).map(({ path }) => path));
    for (const { path, tensor: part } of leaves(state))
      if (path.endsWith("mean")) expect(part.toArray(), path).not.toEqual([0, 0, 0]);
    // The second use of a repeated layer goes on from the statistics of the first.
    const before = stack(net.layers[0], net.layers[1]);
    const [y] = before.applyWithState(before.init(rng(2)), x, { training: true, state: before.initState() });
    const norm = batchNorm(3);
    const params = norm.init(rng(0));
    const [z, once] = norm.applyWithState(params, y, { training: true, state: norm.initState() });
    const [, twice] = norm.applyWithState(params, z, { training: true, state: once });
    expect(state[2].mean.toArray()).toEqual(twice.mean.toArray());
  });

  test("tied parameters are one: null in the tree, their gradient the sum", () => {
    const plain = stack(embedding(5, 3), tanh, dense(3, 5));
    const net = tied(plain, { "[2].weight": (p) => transpose(p[0].table) });
    const params = net.init(rng(1));
    expect(leaves(params).map(({ path }) => path)).toEqual(["[0].table", "[2].bias"]);
    const words = tensor([1, 3, 3], { dtype: "int32" });
    const full = setIn(params, "[2].weight", transpose(params[0].table));
    const cost = (p: typeof params): Tensor<readonly []> => scalar(plain.apply(p, words));
    const separate = grad(cost)(full);
    const together = grad((p: typeof params) => scalar(net.apply(p, words)))(params);
    const sum = separate[0].table.add(transpose(separate[2].weight));
    const difference = together[0].table.sub(sum).abs().max() as Tensor;
    expect(difference.item()).toBeLessThan(1e-12);
    expect(together[2].weight).toBeNull();
  });

  test("a frozen part: by groups it is not updated, by partition not even differentiated", () => {
    const net = stack(dense(2, 3), tanh, dense(3, 1));
    const params = net.init(rng(1));
    const x = rng(2).normal([4, 2]) as Tensor<readonly [4, 2]>;
    const loss = (p: typeof params): Tensor<readonly []> => scalar(net.apply(p, x));
    const optimizer = grouped([
      { match: "[0]", optimizer: null },
      { match: /./, optimizer: sgd({ rate: 0.1 }) },
    ]);
    const [next] = optimizer.update(params, grad(loss)(params), optimizer.init(params));
    expect(next[0].weight).toBe(params[0].weight);
    const [free, frozen] = partition(params, "[2]");
    const small = sgd({ rate: 0.1 });
    const [after] = small.update(free, grad((p: typeof free) => loss(merged(p, frozen)))(free), small.init(free));
    expect(merged(after, frozen)[2].weight.toArray()).toEqual(next[2].weight.toArray());
  });

  test("a replaced part is as it was given", () => {
    const net = stack(dense(2, 3), tanh, dense(3, 1));
    const params = net.init(rng(1));
    const head = dense(3, 1).init(rng(9));
    expect(getIn(setIn(params, "[2]", head), "[2].weight")).toBe(head.weight);
    expect(getIn(params, "[0].bias")).toBe(params[0].bias);
    expect(getIn({ "a b": [tensor(1)] }, '["a b"][0]').item()).toBe(1);
  });

  test("a function of one's own is a layer without parameters", () => {
    const net = stack(dense(2, 2), (v: Tensor) => v.mul(2), dense(2, 1));
    expect(net.init(rng(1))[1]).toBeNull();
    expect(net.name).toBe("stack(dense(2, 2), function, dense(2, 1))");
  });

  test("an embedding's padding row begins at 0 and learns nothing", () => {
    const layer = embedding(3, 2, { paddingIndex: -1 });
    const params = layer.init(rng(1));
    expect(params.table.slice(2).toArray()).toEqual([0, 0]);
    const words = tensor([0, 2, 2], { dtype: "int32" });
    const gradient = grad((p: typeof params) => layer.apply(p, words).sum() as Tensor<readonly []>)(params);
    expect(gradient.table.toArray()).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
  });
});

describe("networks as data", () => {
  const entries = [
    { conv2d: 4, kernel: 3, padding: "same" },
    "batchNorm",
    "relu",
    { maxPool2d: 2 },
    { residual: [{ conv2d: 4, kernel: 3, padding: "same", initializer: { heNormal: { fan: "outputs" } } }, "gelu"] },
    { parallel: ["globalAvgPool2d", "globalMaxPool2d"] },
    { dropout: 0.5 },
    { dense: 10, initializer: "lecunNormal" },
    { softmax: -1 },
  ] as const;

  test("sizes follow from the input, and the description has them all", () => {
    const net = fromConfig(entries, { input: [1, 8, 8] });
    expect(net.layers.map(({ name }) => name)).toEqual([
      'conv2d(1, 4, 3, { padding: "same" })',
      "batchNorm(4, { spatial: 2 })",
      "relu",
      "maxPool2d(2)",
      'residual(conv2d(4, 4, 3, { padding: "same" }), gelu)',
      "parallel(globalAvgPool2d(), globalMaxPool2d())",
      "dropout(0.5)",
      "dense(8, 10)",
      "softmax(-1)",
    ]);
    const config = toConfig(net);
    expect(config[4]).toEqual({
      residual: [
        { conv2d: 4, inputs: 4, kernel: 3, padding: "same", initializer: { heNormal: { fan: "outputs" } } },
        "gelu",
      ],
    });
    const again = fromConfig(JSON.parse(JSON.stringify(config)) as typeof config);
    expect(again.name).toBe(net.name);
    expect(leaves(again.init(rng(1))).map(({ tensor: part }) => part.toArray())).toEqual(
      leaves(net.init(rng(1))).map(({ tensor: part }) => part.toArray()),
    );
  });

  test("a network of words", () => {
    const net = fromConfig(
      [
        { embedding: 6, rows: 20 },
        "sinusoidalPositions",
        { transformerEncoderBlock: 2, dropout: 0 },
        { last: { bidirectional: { lstm: 4 } } },
        { dense: 3 },
      ],
      { input: [7], dtype: "int32" },
    );
    expect(net.apply(net.init(rng(1)), zeros([2, 7], { dtype: "int32" })).shape).toEqual([2, 3]);
    expect(net.layers.at(-1)!.name).toBe("dense(8, 3)");
  });
});

describe("summary", () => {
  test("a table of layers, shapes and parameters, with totals", () => {
    const net = stack(
      conv2d(1, 8, 3),
      batchNorm(8, { spatial: 2 }),
      relu,
      maxPool2d(2),
      residual(conv2d(8, 8, 3, { padding: "same" }), tanh),
      flatten(),
      dense(1352, 10),
    );
    const table = summary(net, [1, 28, 28]);
    expect(table.toString()).toBe(
      [
        "path    layer                                                 output       parameters",
        "        input                                                 [1, 28, 28]",
        "[0]     conv2d(1, 8, 3)                                       [8, 26, 26]          80",
        "[1]     batchNorm(8, { spatial: 2 })                          [8, 26, 26]          16",
        "[2]     relu                                                  [8, 26, 26]           0",
        "[3]     maxPool2d(2)                                          [8, 13, 13]           0",
        '[4]     residual(conv2d(8, 8, 3, { padding: "same" }), tanh)  [8, 13, 13]         584',
        '[4][0]  conv2d(8, 8, 3, { padding: "same" })                  [8, 13, 13]         584',
        "[4][1]  tanh                                                  [8, 13, 13]           0",
        "[5]     flatten()                                             [1352]                0",
        "[6]     dense(1352, 10)                                       [10]             13,530",
        "parameters: 14,210, state: 16",
      ].join("\n"),
    );
    expect(table.parameters).toBe(leaves(net.init(rng(1))).reduce((sum, { tensor: part }) => sum + part.size, 0));
  });

  test("of one layer, of shared and tied ones, of one that needs a memory", () => {
    expect(summary(dense(3, 2), [3]).rows).toEqual([{ path: "", name: "dense(3, 2)", output: [2], parameters: 8 }]);
    const shared = repeated(residual(dense(3, 3)), 5);
    expect([summary(shared, [3]).parameters, summary(shared, [3]).rows.length]).toEqual([12, 1]);
    const net = tied(stack(embedding(10, 4), dense(4, 10)), { "[1].weight": (p) => transpose(p[0].table) });
    expect(summary(net, [3], { dtype: "int32" }).parameters).toBe(50);
    const decoder = stack(transformerDecoderBlock(4, 2));
    expect(summary(decoder, [3, 4], { context: { memory: zeros([1, 2, 4]) } }).output).toEqual([3, 4]);
  });
});

const x4 = zeros([2, 4]);
const list = (...layers: LayerLike[]): LayerLike[] => layers;
const refused: Record<string, [() => unknown, string]> = {
  "something that is no layer": [
    () => stack(...list(dense(2, 2), 3 as never)),
    "stack: layer 1 is a number; give layers, or functions of a tensor",
  ],
  "images into a dense layer": [
    () => stack(...list(conv2d(1, 8, 3), dense(64, 10), conv2d(4, 8, 3))),
    "stack: layer 1 dense(64, 10) gives [8, ?, 10], layer 2 conv2d(4, 8, 3) expects [4, ?, ?]; make the two sizes equal",
  ],
  "other channels, past a pooling": [
    () => stack(...list(conv2d(1, 8, 3), maxPool2d(2), conv2d(16, 8, 3))),
    "stack: layer 1 maxPool2d(2) gives [8, ?, ?], layer 2 conv2d(16, 8, 3) expects [16, ?, ?]; make the two sizes equal",
  ],
  "an array for a tensor": [
    () => dense(2, 2).apply(dense(2, 2).init(rng(1)), [[1, 2]] as never),
    "dense: x is an array; wrap data with tensor(…)",
  ],
  "other channels": [
    () => conv2d(3, 8, 3).apply(conv2d(3, 8, 3).init(rng(1)), zeros([2, 1, 5, 5]) as never),
    "conv2d: expected 3 channels on axis 1, got [2, 1, 5, 5]; x ends in [3, ?, ?], with any batch axes in front",
  ],
  "a kernel of no size": [() => conv2d(1, 2, 0), "conv2d: kernel is 0; give a whole number ≥ 1, or a list of 2"],
  "a stride of half": [
    () => conv2d(1, 2, 3, { stride: 0.5 }),
    "conv2d: stride is 0.5; give a whole number ≥ 1, or a list of 2",
  ],
  "padding by another word": [
    () => conv2d(1, 2, 3, { padding: "full" as never }),
    'conv2d: padding is "full"; use "same" or "valid"',
  ],
  "groups that do not divide": [
    () => convTranspose2d(4, 6, 2, { groups: 4 }),
    "convTranspose2d: 4 groups for 4 channels in and 6 out; give a number that divides both",
  ],
  "too much padding for a pooling": [
    () => avgPool2d(2, { padding: 2 }),
    "avgPool2d: padding 2 for a kernel of 2; it may be half of the kernel at most",
  ],
  "a vector into a pooling": [
    () => maxPool2d(2).apply(null, zeros([4]) as never),
    "maxPool2d: expected images, [batch, channels, height, width], got [4]; x ends in [?, ?], with any batch axes in front",
  ],
  "evaluation without statistics": [
    () => batchNorm(4).apply(batchNorm(4).init(rng(1)), x4),
    "batchNorm(4): there are no running statistics to evaluate by; give { state }: what initState or applyWithState returned; or { training: true } for the batch's own",
  ],
  "a batch of one in training": [
    () => batchNorm(4).apply(batchNorm(4).init(rng(1)), zeros([1, 4]), { training: true }),
    "batchNorm: [1, 4] has one value for each channel, which has no deviation; give more examples, or mean and variance",
  ],
  "statistics of another layer": [
    () => batchNorm(4).apply(batchNorm(4).init(rng(1)), x4, { state: batchNorm(3).initState() }),
    "batchNorm(4): mean [3] and variance [3]; give what initState returns",
  ],
  "images into a batch norm of features": [
    () => batchNorm(8).apply(batchNorm(8).init(rng(1)), zeros([2, 8, 5, 5]) as never, { training: true }),
    "batchNorm: expected 8 channels on axis −1, got [2, 8, 5, 5]; check the layer before it",
  ],
  "a momentum above 1": [() => batchNorm(4, { momentum: 2 }), "batchNorm: momentum is 2; give a number from 0 to 1"],
  "groups for other channels": [
    () => groupNorm(3, 4),
    "groupNorm: 3 groups for 4 channels; give a number that divides them",
  ],
  "a negative epsilon": [() => layerNorm(4, { epsilon: -1 }), "layerNorm: epsilon is -1; give a finite number ≥ 0"],
  "no state to go on from": [
    () => stack(batchNorm(4)).applyWithState(stack(batchNorm(4)).init(rng(1)), x4, { training: true }),
    "stack(batchNorm(4)): there is no state to go on from; give { state }: what initState or applyWithState returned",
  ],
  "the state of another stack": [
    () => stack(batchNorm(4)).apply(stack(batchNorm(4)).init(rng(1)), x4, { state: [] as never }),
    "stack: 0 states for 1 layers; give what initState returns",
  ],
  "a probability above 1": [() => dropout(1.5), "dropout: p is 1.5; give a probability from 0 to 1"],
  "training without a stream": [
    () => stack(dropout(0.5)).apply([null], x4, { training: true }),
    'dropout(0.5): there is no random stream to drop by; in training give one for each step: apply(params, x, { training: true, rng: rng(7).stream("step 0") })',
  ],
  "a way around another shape": [
    () => residual(dense(4, 3)),
    "residual: residual(dense(4, 3)) takes [4] and gives [3]; layers with a way around them must return the shape they take",
  ],
  "a way around a function that changes the shape": [
    () => residual((v: Tensor) => v.sum(-1) as Tensor).apply([null], x4),
    "residual: residual(function) makes [2] of [2, 4]; layers with a way around them must return the shape they take",
  ],
  "a combination that is none": [
    () => parallel([relu], { combine: "max" as never }),
    'parallel: combine is "max"; use "concat" or "add" or "mul"',
  ],
  "nothing side by side": [() => parallel([]), "parallel: there are no layers; give a list of one at least"],
  "a reshape of another size": [
    () => reshape([6], [4]),
    "reshape: reshape([6], [4]) has 6 elements for 4; give two of one size",
  ],
  "too few axes to flatten": [() => flatten(3).apply(null, x4), "flatten: [2, 4] has 2 axes; give 3 at least"],
  "an option that the operation refuses": [
    () => activations.leakyRelu({ slope: Number.NaN }),
    "leakyRelu: slope is NaN; give a number",
  ],
  "a longer sequence than places": [
    () => learnedPositions(3, 4).apply(learnedPositions(3, 4).init(rng(1)), zeros([5, 4])),
    "learnedPositions(3, 4): x [5, 4] has 5 places; give 3 at most",
  ],
  "a padding row that is none": [
    () => embedding(3, 2, { paddingIndex: 3 }),
    "embedding: paddingIndex is 3; use -3 to 2",
  ],
  "a tie of nothing": [
    () => tied(stack(dense(2, 2)), { "[0].wait": "[0].bias" }).init(rng(1)),
    'setIn: there is no [0].wait; at "wait" there are weight, bias',
  ],
  "a path that is none": [() => getIn([], "[0"), 'getIn: "[0" is no path; write it as in layers[0].weight'],
  "trees that overlap": [
    () => merged([tensor(1)], [tensor(2)]),
    'merged: both trees have something of their own at ["0"]; merge what partition returned',
  ],
  "an unknown layer": [
    () => fromConfig([{ dense: 3 }, "relu", { densse: 3 }] as never, { input: [4] }),
    'fromConfig: entry 2: there is no layer "densse"; did you mean dense?',
  ],
  "an unknown option": [
    () => fromConfig([{ dense: 3, units: 4 }], { input: [4] }),
    "fromConfig: entry 0: dense has no units; it has inputs, bias, initializer",
  ],
  "a missing size": [
    () => fromConfig([{ dense: 3 }]),
    "fromConfig: entry 0: dense needs inputs; give it; sizes that the input says may be left out with fromConfig(entries, { input: [784] })",
  ],
  "a size that is none": [
    () => fromConfig(["relu", { dense: "128" }], { input: [4] }),
    'fromConfig: entry 1: dense: dense(4, 128) has no such size as "128"; sizes are whole numbers ≥ 1',
  ],
  "layers that do not fit": [
    () => fromConfig([{ dense: 3 }, { dense: 2, inputs: 5 }], { input: [4] }),
    "fromConfig: entry 1: dense(5, 2): expects [5], got [3]; make the two fit",
  ],
  "entries within entries": [
    () => fromConfig([{ residual: [{ dense: 3 }, { dense: 0 }] }], { input: [3] }),
    "fromConfig: entry 0.residual[1]: dense: dense(3, 0) has no such size as 0; sizes are whole numbers ≥ 1",
  ],
  "nothing as an entry": [
    () => fromConfig([null as never]),
    "fromConfig: entry 0: null is no layer; give a name, or an object as { dense: 128 }",
  ],
  "no entries": [() => fromConfig([]), 'fromConfig: there are no entries; give a list, as [{ dense: 128 }, "relu"]'],
  "an unknown initializer": [
    () => fromConfig([{ dense: 3, initializer: "heNormale" }], { input: [4] }),
    'fromConfig: entry 0: there is no initializer "heNormale"; name one of `initializers`',
  ],
  "a function of one's own as data": [
    () => toConfig(stack((v: Tensor) => v)),
    "toConfig: layer 0, a function, is of your own; data can hold the layers of this package only",
  ],
  "an input that is no shape": [
    () => summary(dense(2, 2), 2 as never),
    "summary: the input is 2; give the shape of one example, as [784]",
  ],
};
test.each(Object.entries(refused))("is refused: %s", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});

test("parameters of float32 are had by mapping the tree", () => {
  const net = stack(dense(2, 2), batchNorm(2));
  const narrow = <T>(tree: T): T => mapTree((leaf) => leaf.cast("float32"), tree);
  const context = { training: true, state: narrow(net.initState()) };
  const [y, state] = net.applyWithState(narrow(net.init(rng(1))), ones([3, 2], { dtype: "float32" }), context);
  expect([y.dtype, state[1].mean.dtype]).toEqual(["float32", "float32"]);
  expect(initializers.zeros()([1], rng(1)).dtype).toBe("float64");
});
