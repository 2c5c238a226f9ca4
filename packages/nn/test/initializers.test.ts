/** @file Initializers: PyTorch's bounds and deviations for the same fans, and what their names promise. */
import { existsSync, readFileSync } from "node:fs";
import { eye, rng, type Shape, type Tensor, TensorError, zeros } from "@deltagrad/tensor";
import { describe, expect, test } from "vitest";
import { dense, type Initializer, initializers } from "../src/index.ts";

interface Fixture {
  readonly id: string;
  readonly init: string;
  readonly shape: number[];
  readonly options: Readonly<Record<string, number | string>>;
  readonly fan_in: number;
  readonly fan_out: number;
  readonly bound?: number;
  readonly mean?: number;
  readonly std: number;
  readonly min?: number;
  readonly max?: number;
  readonly gram?: "rows" | "columns";
  readonly gram_diagonal?: number;
}

const file = new URL("../../../../shared/oracle/initializers.json", import.meta.url);
const present = existsSync(file);
if (!present) console.warn("shared/oracle is absent: initializers are not compared with PyTorch's");
const oracle = (present ? JSON.parse(readFileSync(file, "utf8")) : { gains: {}, initializers: [] }) as {
  readonly gains: Readonly<Record<string, number>>;
  readonly initializers: readonly Fixture[];
};

const nonlinearity = (name: string) => (name === "leaky_relu" ? "leakyRelu" : name) as "relu";

/** Ours of the same fixture; PyTorch's names and letters on the left. */
function ours({ init, options }: Fixture): Initializer {
  const { a, b, mode, nonlinearity: follows, gain, mean, std } = options as Readonly<Record<string, number>>;
  const he = {
    fan: String(mode) === "fan_out" ? "outputs" : "inputs",
    nonlinearity: nonlinearity(String(follows)),
    slope: a,
  } as const;
  const made: Readonly<Record<string, () => Initializer>> = {
    xavier_uniform: () => initializers.glorotUniform({ gain: gain! }),
    xavier_normal: () => initializers.glorotNormal({ gain: gain! }),
    kaiming_uniform: () => initializers.heUniform(he as object),
    kaiming_normal: () => initializers.heNormal(he as object),
    linear_default: () => initializers.torchUniform(),
    uniform: () => initializers.uniform({ low: a!, high: b! }),
    normal: () => initializers.normal({ mean: mean!, std: std! }),
    trunc_normal: () => initializers.truncatedNormal({ mean: mean!, std: std!, low: a!, high: b! }),
    orthogonal: () => initializers.orthogonal({ gain: gain! }),
  };
  return made[init]!();
}

/** What a stream was asked for: the bounds or the deviation, exactly. */
function asked(initializer: Initializer, shape: Shape, fans: { inputs: number; outputs: number } | undefined) {
  const calls: Record<string, number>[] = [];
  const spy = (_shape: Shape, options: Record<string, number>): Tensor => {
    calls.push(options);
    return zeros(shape) as Tensor;
  };
  initializer(shape, { uniform: spy, normal: spy, truncatedNormal: spy } as never, fans);
  return calls[0]!;
}

describe.skipIf(!present)("PyTorch's", () => {
  // A handful of roundings.
  const near = (actual: number, expected: number): void =>
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(4 * Number.EPSILON * Math.abs(expected));

  test.each(Object.entries(oracle.gains))("gain of %s", (name, expected) => {
    const [, base, slope] = /^(\w+?)(?:\((.*)\))?$/.exec(name)!;
    const ours = base === "conv2d" ? "linear" : nonlinearity(base!);
    near(initializers.gainOf(ours as "relu", slope === undefined ? {} : { slope: Number(slope) }), expected);
  });

  test.each(oracle.initializers.filter(({ init }) => init !== "orthogonal").map((f) => [f.id, f.init, f] as const))(
    "%s %s",
    (_id, _init, fixture) => {
      const { shape, bound, std, mean, min, max } = fixture;
      // PyTorch's matrix is [outputs, inputs], a dense layer's weight its transpose; kernels are alike.
      const own = shape.length === 2 ? [shape[1]!, shape[0]!] : shape;
      if (fixture.fan_in !== undefined)
        expect(initializers.fansOf(own)).toEqual({ inputs: fixture.fan_in, outputs: fixture.fan_out });
      const options = asked(ours(fixture), own, undefined);
      if (bound !== undefined) {
        near(options.high!, bound);
        near(options.low!, -bound);
        near(bound / Math.sqrt(3), std);
      } else if (fixture.init === "uniform") {
        expect([options.low, options.high]).toEqual([min, max]);
      } else if (fixture.init === "trunc_normal") {
        expect([options.low, options.high, options.mean]).toEqual([min, max, mean]);
      } else {
        near(options.std!, std);
        expect(options.mean ?? 0).toBe(mean);
      }
    },
  );

  test("a truncated normal has the deviation that it should", () => {
    for (const fixture of oracle.initializers.filter(({ init }) => init === "trunc_normal")) {
      const x = ours(fixture)(fixture.shape, rng(1)) as Tensor;
      const std = Math.sqrt((x.square().mean() as Tensor).item());
      // 200,000 draws: the deviation's own deviation is below 0.16 %; five of those.
      expect(Math.abs(std / fixture.std - 1)).toBeLessThan(0.008);
      expect((x.max() as Tensor).item()).toBeLessThanOrEqual(fixture.max!);
      expect((x.min() as Tensor).item()).toBeGreaterThanOrEqual(fixture.min!);
    }
  });

  test("orthogonal matrices", () => {
    for (const fixture of oracle.initializers.filter(({ init }) => init === "orthogonal")) {
      const q = ours(fixture)(fixture.shape, rng(1)) as Tensor;
      const gram = (fixture.gram === "rows" ? q.matmul(q.T) : q.T.matmul(q)) as Tensor;
      const difference = gram.sub(eye(gram.shape[0]!).mul(fixture.gram_diagonal!)) as Tensor;
      // Of size gain², a dozen products each.
      expect((difference.abs().max() as Tensor).item()).toBeLessThan(1e-14 * fixture.gram_diagonal! * 10);
    }
  });
});

test("orthogonal matrices are evenly spread: each element has mean 0, the sign of the first is either", () => {
  const firsts = Array.from({ length: 400 }, (_, seed) =>
    (initializers.orthogonal()([3, 3], rng(seed)) as Tensor).slice(0, 0).item(),
  );
  // 400 values of variance 1/3: the mean's deviation is 0.029; four of those.
  expect(Math.abs(firsts.reduce((a, b) => a + b, 0) / 400)).toBeLessThan(0.12);
  expect(firsts.filter((value) => value > 0).length).toBeGreaterThan(150);
});

test("the identity lets x through, and a kernel too", () => {
  expect(initializers.identity()([3, 2], rng(1)).toArray()).toEqual([
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  const kernel = initializers.identity()([2, 2, 3, 3], rng(1)) as Tensor;
  expect((kernel.sum() as Tensor).item()).toBe(2);
  expect([kernel.slice(0, 0, 1, 1).item(), kernel.slice(1, 1, 1, 1).item()]).toEqual([1, 1]);
});

test("shapes without elements are drawn too", () => {
  const { glorotUniform, heNormal, lecunNormal, orthogonal, identity } = initializers;
  for (const made of [glorotUniform(), heNormal(), lecunNormal(), orthogonal(), identity()])
    expect(made([0, 3], rng(1)).shape).toEqual([0, 3]);
});

test("a layer takes one of one's own", () => {
  const own = ((shape) => zeros(shape)) as Initializer;
  expect(dense(1, 2, { initializer: own }).init(rng(1)).weight.toArray()).toEqual([[0, 0]]);
});

const refused: Record<string, [() => unknown, string]> = {
  "fans of a vector": [
    () => initializers.glorotNormal()([3], rng(1)),
    "fansOf: [3] has no inputs and outputs; give [inputs, outputs] or [outputs, inputs, …kernel], or say the fans",
  ],
  "an unknown nonlinearity": [
    () => initializers.heNormal({ nonlinearity: "toString" as never }),
    'gainOf: there is no gain for "toString"; use one of linear, sigmoid, tanh, relu, leakyRelu, selu',
  ],
  "a gain of NaN": [
    () => initializers.glorotUniform({ gain: Number.NaN }),
    "glorotUniform: gain is NaN; use a finite number",
  ],
  "an unknown fan": [
    () => initializers.heUniform({ fan: "in" as never }),
    'heUniform: fan is "in"; use "inputs" or "outputs"',
  ],
  "bounds the wrong way": [
    () => initializers.uniform({ low: 2, high: 1 }),
    "uniform: low is 2, high 1; use low ≤ high",
  ],
  "a negative deviation": [() => initializers.normal({ std: -1 }), "normal: std is -1; use a finite number ≥ 0"],
  "nothing between the bounds": [
    () => initializers.truncatedNormal({ low: 1, high: 1 }),
    "truncatedNormal: std is 1, low 1, high 1; use std > 0 and low < high",
  ],
  "an orthogonal vector": [
    () => initializers.orthogonal()([3], rng(1)),
    "orthogonal: [3] is no matrix; give two axes at least",
  ],
  "a constant that is none": [() => initializers.constant(Number.NaN), "constant: value is NaN; use a finite number"],
};
test.each(Object.entries(refused))("is refused: %s", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});
