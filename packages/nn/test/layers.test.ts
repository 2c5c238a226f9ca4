/** @file Layers, losses, optimizer and training: the laws they keep and the sentences in which they refuse. */
import { existsSync, readFileSync } from "node:fs";
import {
  grad,
  jvp,
  rng,
  sigmoid,
  sub,
  type Tensor,
  TensorError,
  tensor,
  valueAndGrad,
  vjp,
  zeros,
} from "@deltagrad/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  crossEntropy,
  crossEntropyFromLogits,
  type DenseParams,
  dense,
  initializers,
  type Layer,
  type LayerLike,
  sgd,
  stack,
  train,
} from "../src/index.ts";

type Scalar = Tensor<readonly []>;
const matrix = (rows: number[][]): Tensor => tensor(rows) as Tensor;

describe("cross-entropy from logits", () => {
  const logits = [0, 1e-300, -1e-300, 40, -40, 800, -800];

  test.each(logits)("its gradient at z = %d is σ(z) − y to the last bit", (z) => {
    for (const y of [0, 0.25, 1]) {
      const gradient = grad((x: Tensor) => crossEntropyFromLogits(x, matrix([[y]])))(matrix([[z]]));
      expect(gradient.toArray()).toEqual([[sub(sigmoid(z), y).item()]]);
    }
  });

  test.each([
    [0, 1, Math.LN2],
    [800, 1, 0],
    [800, 0, 800],
    [-800, 1, 800],
    [40, 1, 4.248354255291589e-18],
    [1e-300, 0, Math.LN2],
  ])("at z = %d and y = %d it is %d", (z, y, expected) => {
    expect(crossEntropyFromLogits(matrix([[z]]), matrix([[y]])).item()).toBe(expected);
  });

  test("is summed over K and divided by m, and so is its gradient", () => {
    const z = rng(1).normal([5, 3]) as Tensor;
    const y = rng(2).uniform([5, 3]) as Tensor;
    const each = z.toArray() as number[][];
    const total = each.flatMap((row, i) =>
      row.map((_, k) =>
        crossEntropyFromLogits(z.slice([i, i + 1], [k, k + 1]), y.slice([i, i + 1], [k, k + 1])).item(),
      ),
    );
    const sum = total.reduce((a, b) => a + b, 0);
    // 15 positive terms: 15 roundings in either order.
    expect(Math.abs(crossEntropyFromLogits(z, y).item() - sum / 5)).toBeLessThanOrEqual((15 * 2 ** -53 * sum) / 5);
  });

  test("the second derivative is σ(1 − σ), at ±800 too", () => {
    const slope = grad((x: Tensor) => crossEntropyFromLogits(x, zeros([1, 1])));
    const second = (z: number): number => jvp(slope, [matrix([[z]])], [matrix([[1]])])[1].item();
    expect([second(0), second(800), second(-800)]).toEqual([0.25, 0, 0]);
  });

  test("agrees with the form from probabilities where that one can see", () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 10, noNaN: true }), fc.constantFrom(0, 0.3, 1), (z, y) => {
        const [x, target] = [matrix([[z]]), matrix([[y]])];
        const [a, da] = valueAndGrad((v: Tensor) => crossEntropyFromLogits(v, target))(x);
        const [b, db] = valueAndGrad((v: Tensor) => crossEntropy(sigmoid(v), target))(x);
        // 1 − h has lost up to 15 of its 53 bits at z = 10.
        expect(Math.abs(a.item() - b.item())).toBeLessThan(2 ** -34);
        expect(Math.abs(da.item() - db.item())).toBeLessThan(2 ** -34);
      }),
    );
  });
});

describe("cross-entropy from probabilities", () => {
  test.each([
    [1, 1, 0],
    [0, 0, 0],
    [0, 1, Number.POSITIVE_INFINITY],
    [1, 0.5, Number.POSITIVE_INFINITY],
    [0.5, 1, Math.LN2],
  ])("of h = %d and y = %d is %d: nothing is clamped", (h, y, expected) => {
    expect(crossEntropy(matrix([[h]]), matrix([[y]])).item()).toBe(expected);
  });

  test("a certain and right answer has a gradient, not NaN", () => {
    const gradient = (h: number, y: number): number =>
      grad((p: Tensor) => crossEntropy(p, matrix([[y]])))(matrix([[h]])).item();
    expect([gradient(1, 1), gradient(0, 0)]).toEqual([-1, 1]);
  });
});

test("a stack is its layers, one after the other", () => {
  const net = stack(dense(3, 4), sigmoid, dense(4, 2));
  const params = net.init(rng(3));
  const x = rng(4).normal([5, 3]);
  const h = sigmoid(x.matmul(params[0].weight).add(params[0].bias));
  expect(net.apply(params, x).toArray()).toEqual(h.matmul(params[2].weight).add(params[2].bias).toArray());
  expect(net.name).toBe("stack(dense(3, 4), sigmoid, dense(4, 2))");
  expect(stack(net, dense(2, 1)).init(rng(3)).length).toBe(2);
});

test("the same seed draws the same parameters, another seed others", () => {
  const net = stack(dense(3, 4), sigmoid, dense(4, 2));
  const draw = (seed: number): string => JSON.stringify(net.init(rng(seed)).map((p) => p?.weight.toArray()));
  expect(draw(1)).toBe(draw(1));
  expect(draw(1)).not.toBe(draw(2));
  const [first, , second] = stack(dense(3, 3), sigmoid, dense(3, 3)).init(rng(1));
  expect(first.weight.toArray()).not.toEqual(second.weight.toArray());
});

test("initializers have the spread that they promise", () => {
  const spread = (w: Tensor): number => Math.sqrt((w.square().mean() as Tensor).item());
  const [i, o] = [300, 200];
  // 60,000 draws: the standard error of a standard deviation is σ/√(2n) ≈ 0.3 %; five of those.
  const near = (value: number, expected: number): void => expect(Math.abs(value / expected - 1)).toBeLessThan(0.015);
  near(spread(initializers.glorotUniform()([i, o], rng(1))), Math.sqrt(2 / (i + o)));
  near(spread(initializers.glorotNormal()([i, o], rng(1))), Math.sqrt(2 / (i + o)));
  near(spread(initializers.heNormal()([i, o], rng(1))), Math.sqrt(2 / i));
  near(spread(initializers.normal({ std: 3 })([i, o], rng(1))), 3);
  expect(initializers.zeros()([2, 1], rng(1)).toArray()).toEqual([[0], [0]]);
});

const x4 = tensor([[1, 2, 3, 4]]);
const asLayers = (...layers: LayerLike[]): LayerLike[] => layers;
const refused: Record<string, [() => unknown, string]> = {
  "layers that do not fit": [
    () => stack(...asLayers(dense(64, 32), sigmoid, dense(30, 10))),
    "stack: layer 0 dense(64, 32) gives [32], layer 2 dense(30, 10) expects [30]; make the two sizes equal",
  ],
  "no layers": [() => stack(), "stack: there are no layers; give at least one"],
  "parameters of another stack": [
    () => stack(dense(4, 1)).apply([] as never, x4),
    "stack: 0 parameters for 1 layers; give what init returns",
  ],
  "features of another number": [
    () => dense(784, 10).apply(dense(784, 10).init(rng(1)), zeros([64, 28, 28]) as Tensor),
    "dense: expected 784 features on the last axis, got [64, 28, 28]; reshape x to [64, 784]",
  ],
  "features of a wholly other number": [
    () => dense(3, 2).apply(dense(3, 2).init(rng(1)), x4 as Tensor),
    "dense: expected 3 features on the last axis, got [1, 4]; check the layer before it",
  ],
  "a layer of no size": [() => dense(0, 3), "dense: dense(0, 3) has no such size as 0; sizes are whole numbers ≥ 1"],
  "parameters of another layer": [
    () => (dense(4, 2) as Layer<DenseParams>).apply(dense(4, 3).init(rng(1)), x4 as Tensor),
    "dense(4, 2): weight [4, 3] and bias [3]; give what init returns",
  ],
  "an epoch to begin with that is none": [
    () => [
      ...train({
        params: tensor(1),
        loss: (w: Scalar) => w,
        optimizer: sgd({ rate: 1 }),
        batches: () => [1],
        epochs: 1,
        firstEpoch: 0.5,
      }),
    ],
    "train: there is no epoch 0.5; firstEpoch is a whole number ≥ 0",
  ],
  "targets of another shape": [
    () => crossEntropyFromLogits(x4, zeros([1, 3])),
    "crossEntropyFromLogits: outputs [1, 4] and targets [1, 3]; give both in one shape",
  ],
  "probabilities without examples' axis": [
    () => crossEntropy(zeros([3]), zeros([1, 3])),
    "crossEntropy: outputs [3] and targets [1, 3]; give both in one shape",
  ],
  "a rate of 0": [() => sgd({ rate: 0 }), "sgd: the rate is 0; use a finite number > 0"],
  "a rate of ∞": [() => sgd({ rate: Number.POSITIVE_INFINITY }), "sgd: the rate is Infinity; use a finite number > 0"],
  "a negative deviation": [() => initializers.normal({ std: -1 }), "normal: std is -1; use a finite number ≥ 0"],
  "a loss that is NaN": [
    () => [
      ...train({
        params: tensor(1),
        loss: (w: Scalar, k: number) => w.mul(k) as Scalar,
        optimizer: sgd({ rate: 1 }),
        batches: () => [1, Number.NaN],
        epochs: 1,
      }),
    ],
    "train: the loss is NaN in epoch 0, step 1; lower the learning rate, or look for NaN in the data",
  ],
  "an epoch without batches": [
    () => [
      ...train({
        params: tensor(1),
        loss: (w: Scalar) => w,
        optimizer: sgd({ rate: 1 }),
        batches: () => [],
        epochs: 1,
      }),
    ],
    "train: epoch 0 has no batches; give at least one",
  ],
  "half an epoch": [
    () => [
      ...train({
        params: tensor(1),
        loss: (w: Scalar) => w,
        optimizer: sgd({ rate: 1 }),
        batches: () => [1],
        epochs: 0.5,
      }),
    ],
    "train: there are no 0.5 epochs; use a whole number ≥ 0",
  ],
};
test.each(Object.entries(refused))("is refused: %s", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});

test("training stopped after three epochs goes on from there, bit for bit", () => {
  const x = rng(1).normal([16, 3]) as Tensor;
  const y = rng(2).uniform([16, 2]) as Tensor;
  const net = stack(dense(3, 4), sigmoid, dense(4, 2));
  const setup = {
    loss: (params: ReturnType<typeof net.init>) =>
      crossEntropyFromLogits(net.apply(params, x as Tensor<readonly [16, 3]>), y),
    optimizer: sgd({ rate: 0.5 }),
    batches: () => [0, 1],
  };
  const whole = [...train({ ...setup, params: net.init(rng(3)), epochs: 5 })];
  const half = [...train({ ...setup, params: net.init(rng(3)), epochs: 3 })].at(-1)!;
  const rest = [...train({ ...setup, params: half.params, state: half.state, firstEpoch: half.epoch + 1, epochs: 5 })];
  expect(rest.map(({ epoch, loss }) => [epoch, loss])).toEqual(whole.slice(3).map(({ epoch, loss }) => [epoch, loss]));
  expect(rest.at(-1)!.params[0].weight.toArray()).toEqual(whole.at(-1)!.params[0].weight.toArray());
  expect(whole.map(({ loss }) => loss)).toEqual([...whole].map(({ loss }) => loss).sort((a, b) => b - a));
});

test("10,000 training steps of a stack keep the heap flat", () => {
  const collect = (globalThis as { gc?: () => void }).gc!;
  const net = stack(dense(8, 6), sigmoid, dense(6, 3));
  const x = rng(1).normal([4, 8]);
  const y = rng(2).uniform([4, 3]) as Tensor;
  const run = (steps: number): number => {
    const epochs = train({
      params: net.init(rng(3)),
      loss: (p) => crossEntropyFromLogits(net.apply(p, x), y),
      optimizer: sgd({ rate: 0.1 }),
      batches: () => Array.from({ length: steps }),
      epochs: 1,
    });
    for (const { loss } of epochs) expect(loss).toBeGreaterThan(0);
    collect();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  const before = run(1000);
  // One tensor kept for each step would be over 1.5 MB.
  expect(run(10_000) - before).toBeLessThan(2 ** 20);
}, 120_000);

const oracle = new URL("../../../../shared/oracle/training.json", import.meta.url);
const present = existsSync(oracle);
if (!present) console.warn("shared/oracle is absent: the trajectories computed by PyTorch are not compared");

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}
interface Run {
  readonly optimizer: string;
  readonly options: { readonly lr: number } & Record<string, number>;
  readonly sizes: number[];
  readonly theta0: Numbers[];
  readonly X: Numbers;
  readonly Y: Numbers;
  readonly losses: number[];
  readonly amplification: number;
}

test.skipIf(!present)("plain gradient descent follows PyTorch's trajectory", () => {
  const runs = (JSON.parse(readFileSync(oracle, "utf8")) as { runs: Run[] }).runs.filter(
    ({ optimizer, options }) => optimizer === "SGD" && Object.keys(options).join() === "lr",
  );
  expect(runs.length).toBeGreaterThan(0);
  for (const { options, sizes, theta0, X, Y, losses, amplification } of runs) {
    const layers = sizes
      .slice(1)
      .flatMap((outputs, i): LayerLike[] => [...(i === 0 ? [] : [sigmoid]), dense(sizes[i]!, outputs)]);
    const net = stack(...layers);
    const read = ({ data, shape }: Numbers): Tensor => tensor(Float64Array.from(data), { shape }) as Tensor;
    const thetas = theta0.map(read);
    const params = layers.map((_, place) => {
      const theta = thetas[place / 2];
      return place % 2 === 0 ? { weight: theta!.slice(null, [1]).T, bias: theta!.slice(null, 0) } : null;
    });
    const epochs = [
      ...train({
        params,
        loss: (p) => crossEntropyFromLogits(net.apply(p as never, read(X)), read(Y)),
        optimizer: sgd({ rate: options.lr }),
        batches: () => [0],
        epochs: losses.length,
      }),
    ];
    // Some thousand roundings a step, grown by what a change of the start may have grown.
    epochs.forEach(({ loss }, i) =>
      expect(Math.abs(loss - losses[i]!)).toBeLessThanOrEqual(1e-12 * Math.max(1, amplification) * losses[i]!),
    );
  }
});

test("a function of a tree has a pullback into it", () => {
  const net = dense(2, 1);
  const params = net.init(rng(1));
  const [, pullback] = vjp((p: typeof params) => net.apply(p, tensor([[1, 2]])), params);
  expect(pullback(tensor([[1]]) as never)[0].weight.toArray()).toEqual([[1], [2]]);
});
