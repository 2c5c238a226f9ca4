/** @file Autograd equals the derivation: on random networks, on PyTorch's, and not where a mistake was planted. */
import { existsSync, readFileSync } from "node:fs";
import {
  full,
  matmul,
  mul,
  ones,
  rng,
  sigmoid,
  slice,
  sum,
  type Tensor,
  TensorError,
  tanh,
  tensor,
  transpose,
  zeros,
} from "@deltagrad/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  activations,
  type CompareOptions,
  compare,
  definitions,
  type Equation,
  equation,
  everyEquation,
  forward,
  fromStack,
  mistakes,
  type Network,
  toStack,
  withoutBias,
  witness,
} from "../src/brawer/index.ts";
import { crossEntropyFromLogits, dense, stack } from "../src/index.ts";

interface Case {
  readonly network: Network;
  readonly x: Tensor;
  readonly y: Tensor;
}

function draw(
  sizes: readonly number[],
  names: readonly (keyof typeof activations)[],
  samples: number,
  seed: number,
  scale = 1,
): Case {
  const stream = rng(seed);
  const theta = sizes
    .slice(1)
    .map((outputs, i) => stream.stream(`θ${i}`).normal([outputs, sizes[i]! + 1], { std: scale }) as Tensor);
  return {
    network: { theta, hidden: names.slice(0, sizes.length - 2).map((name) => activations[name]) },
    x: stream.stream("x").normal([samples, sizes[0]!]) as Tensor,
    y: stream.stream("y").uniform([samples, sizes.at(-1)!]) as Tensor,
  };
}

/** 2–6 layers, 1–12 nodes a layer, 1–20 samples, any activation per hidden layer, weights small to saturating. */
const cases = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 6 }),
    names: fc.array(fc.constantFrom(...(Object.keys(activations) as (keyof typeof activations)[])), {
      minLength: 4,
      maxLength: 4,
    }),
    samples: fc.integer({ min: 1, max: 20 }),
    seed: fc.integer({ min: 0, max: 2 ** 30 }),
    scale: fc.constantFrom(1e-3, 0.3, 1, 3),
  })
  .map(({ sizes, names, samples, seed, scale }) => draw(sizes, names, samples, seed, scale));

const broken = ({ network, x, y }: Case, options?: CompareOptions): string[] =>
  compare(network, x, y, options)
    .rows.filter((row) => !row.ok)
    .map(({ eq, layer }) => `${eq} on ${layer}`);

test("autograd equals every equation, for every δ and every ∂J/∂θ, on random networks", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      expect(broken(drawn)).toEqual([]);
    }),
    { numRuns: 200 },
  );
}, 120_000);

test("a row says what was compared, and is as large as its quantity", () => {
  const { network, x, y } = draw([3, 4, 2], ["sigmoid"], 5, 1);
  const { rows } = compare(network, x, y);
  expect(rows.map(({ eq, layer, entries }) => [eq, layer, entries])).toEqual([
    ["5", 2, 20],
    ["5", 3, 10],
    ["18", 3, 1],
    ["18", 3, 1],
    ["42", 3, 15],
    ["43", 2, 25],
    ["44", 1, 16],
    ["44", 2, 10],
    ["45", 1, 20],
    ["46", 1, 4],
    ["46", 2, 2],
    ["47", 2, 20],
    ["5", 2, 20],
    ["5", 3, 10],
    ["18", 3, 1],
    ["46", 1, 4],
    ["46", 2, 2],
    ["48", 2, 20],
    ["48", 1, 16],
    ["48", 2, 10],
  ]);
  const entry = rows[7]!.entry(4);
  expect(entry.index).toEqual([0, 4]);
  expect(entry.difference).toBe(Math.abs(entry.closedForm - entry.autograd));
  expect(entry.closedForm).not.toBe(0);
});

describe("a planted mistake turns its row red, and those that follow from it", () => {
  const square = draw([3, 3, 3, 3], ["sigmoid", "tanh"], 6, 11);
  const recursion = ["43 on 2", "43 on 3", "44 on 1", "44 on 2", "46 on 1", "46 on 2", "47 on 2"];
  const everyGradient = ["44 on 1", "44 on 2", "44 on 3"];
  const red: Record<string, readonly string[]> = {
    "Ψ dropped": recursion,
    "Ψ replaced by h": recursion,
    "θ untransposed": recursion,
    "bias column kept": recursion,
    "the wrong layer's z": recursion,
    "1/m lost": everyGradient,
    "1/m twice": everyGradient,
    "δˡ for δˡ⁺¹": everyGradient,
    "y and h swapped": [
      "42 on 4",
      ...recursion.slice(0, 4),
      "44 on 3",
      ...recursion.slice(4, 6),
      "46 on 3",
      "47 on 2",
      "47 on 3",
    ],
    "i from 0": everyGradient,
    "one part in 10⁹ of one entry": everyGradient,
  };
  test.each(mistakes.map((mistake) => [mistake.name, mistake.planted] as const))("%s", (name, planted) => {
    expect(broken(square, { planted: [planted] })).toEqual(red[name]);
  });

  const vector = (quantity: string, number = "48"): Equation =>
    equation(number).find((equation) => equation.quantity === quantity)!;
  test.each<[string, Equation, string[]]>([
    [
      "Ψ dropped in 48",
      {
        ...vector("δ, vectorized"),
        closed: ({ rows, deltaRows }, l) => matmul(deltaRows(l + 1), withoutBias(rows.theta(l))),
      },
      ["46 on 1", "46 on 2", "48 on 2", "48 on 3", "48 on 1", "48 on 2"],
    ],
    [
      "θ untransposed in 48",
      {
        ...vector("δ, vectorized"),
        closed: ({ rows, deltaRows }, l) =>
          mul(matmul(deltaRows(l + 1), transpose(withoutBias(rows.theta(l)))), rows.psi(l)) as Tensor,
      },
      ["46 on 1", "46 on 2", "48 on 2", "48 on 3", "48 on 1", "48 on 2"],
    ],
    [
      "m twice in the vectorized 46",
      {
        ...vector("∂J/∂θ, bias, vectorized", "46"),
        closed: ({ m, deltaRows }, l) => sum(deltaRows(l + 1), 0).div(m * m) as Tensor,
      },
      ["46 on 1", "46 on 2", "46 on 3"],
    ],
    ["the sign of J", { ...vector("J, from logits", "18"), closed: () => tensor(-1) }, ["18 on 4"]],
    [
      "NaN",
      { ...vector("∂J/∂θ, bias", "46"), closed: ({ S }, l) => full([S(l + 1)], Number.NaN) as Tensor },
      ["46 on 1", "46 on 2", "46 on 3"],
    ],
    ["another shape", { ...vector("δ", "42"), closed: ({ m, S }, l) => zeros([S(l) + 1, m]) as Tensor }, ["42 on 4"]],
  ])("%s", (name, planted, rows) => {
    // Where a broken recursion is of the wrong shape, what is built on it cannot be computed: judge it alone.
    const alone = name === "another shape" ? { equations: equation("42") } : {};
    expect(broken(square, { planted: [planted], ...alone })).toEqual(rows);
  });

  test("what stands in for no equation is refused", () => {
    const odd = { ...vector("δ", "42"), number: "99" };
    expect(() => compare(square.network, square.x, square.y, { planted: [odd] })).toThrow(
      "compare: (99) δ is not among the equations; plant what has the number and the quantity of one of them",
    );
  });
});

describe("every equation", () => {
  test("holds on random networks", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        expect(broken(drawn, { equations: everyEquation })).toEqual([]);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test("has a row on a deep network, and says what a shallow one lacks", () => {
    const deep = draw([2, 3, 2, 2], ["sigmoid", "tanh"], 3, 5);
    const { rows, absent } = compare(deep.network, deep.x, deep.y, { equations: everyEquation });
    expect(absent.map(({ eq, needs }) => `${eq}: ${needs}`)).toEqual(["28: L = 2 and K = 1", "29: L = 2 and K = 1"]);
    const numbers = new Set([...rows.map(({ eq }) => eq), "28", "29", ...definitions.map((d) => d.number)]);
    // The text goes from 1 to 48, without 4 and 38, with 1a, 8a, 15a, 17a, 29a, 33a.
    const text = Array.from({ length: 48 }, (_, i) => String(i + 1)).filter((n) => n !== "4" && n !== "38");
    expect([...numbers].sort()).toEqual([...text, "1a", "8a", "15a", "17a", "29a", "33a"].sort());

    const shallow = draw([2, 1], [], 3, 5);
    const compared = compare(shallow.network, shallow.x, shallow.y, { equations: everyEquation });
    expect(compared.rows.filter(({ eq }) => eq === "28" || eq === "29").every(({ ok }) => ok)).toBe(true);
    expect(compared.absent.map(({ eq, needs }) => `${eq}: ${needs}`)).toEqual([
      ...["16", "17", "17a", "29a", "30", "32", "33", "34", "35"].map((eq) => `${eq}: L ≥ 3`),
      ...["36", "37", "39", "40", "41"].map((eq) => `${eq}: L ≥ 4`),
    ]);
  });

  test("whose numbers float64 cannot hold is absent, not green", () => {
    const { network, x, y } = draw([4, 5, 3], ["sigmoid"], 6, 3, 400);
    const { absent, ok } = compare(network, x, y, { equations: everyEquation });
    expect(ok).toBe(true);
    expect(absent.map(({ eq, needs }) => `${eq}: ${needs}`)).toContain("2: |z| < 700: e^{−z} is beyond float64");
    expect(absent.map(({ eq }) => eq)).toContain("18");
  });
});

test("a saturated network is judged, and passes", () => {
  const { network, x, y } = draw([4, 5, 3], ["sigmoid"], 6, 3, 400);
  const hard = mul(1, y.greater(0.5).cast("float64")) as Tensor;
  const rows = compare(network, x, hard).rows.filter((row) => row.eq !== "18");
  expect(rows.every((row) => row.ok)).toBe(true);
});

test("a relu at its kink is judged by the side that the library took", () => {
  const theta = [tensor([[0.2, -1, 0.8]]) as Tensor, tensor([[0.1, 1]]) as Tensor];
  expect(compare({ theta, hidden: [activations.relu] }, ones([1, 2]), zeros([1, 1])).ok).toBe(true);
});

test("weights of one decimal: kinks and ties everywhere, and never red", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (seed) => {
      const { network, x, y } = draw([3, 8, 2], ["relu"], 10, seed);
      const decimal = (t: Tensor): Tensor =>
        tensor(t.toTypedArray().map((v) => Math.round(v * 10) / 10) as Float64Array, { shape: t.shape }) as Tensor;
      expect(broken({ network: { ...network, theta: network.theta.map(decimal) }, x: decimal(x), y })).toEqual([]);
    }),
    { numRuns: 100 },
  );
}, 120_000);

test("an activation that is constant has a δ of 0, not an error", () => {
  const flat = {
    name: "one",
    h: (z: Tensor) => z.mul(0).add(1) as Tensor,
    psi: (z: Tensor) => zeros(z.shape) as Tensor,
  };
  const theta = [ones([2, 3]) as Tensor, ones([1, 3]) as Tensor];
  expect(compare({ theta, hidden: [flat] }, ones([1, 2]), zeros([1, 1])).ok).toBe(true);
});

test.each([-709, -720, -745, -800, 30, 37, 800])("a logit of %d is judged", (z) => {
  expect(compare({ theta: [tensor([[z, 0]]) as Tensor], hidden: [] }, ones([1, 1]), tensor([[0.3]])).ok).toBe(true);
});

test("a stack and its θ give the same logits, there and back", () => {
  const net = stack(dense(4, 3), tanh, dense(3, 5), dense(5, 2), sigmoid);
  const params = net.init(rng(5));
  const network = fromStack(net, params);
  expect(network.hidden.map(({ name }) => name)).toEqual(["tanh", "identity"]);
  const x = rng(6).normal([7, 4]) as Tensor;
  const back = toStack(network);
  const logits = back.net.apply(back.params, x) as Tensor;
  expect(sigmoid(logits).toArray()).toEqual((net.apply(params, x) as Tensor).toArray());
  expect(forward(network, x).z.at(-1)!.toArray()).toEqual(logits.toArray());
  expect(fromStack(back.net, back.params).theta.map((t) => t.toArray())).toEqual(network.theta.map((t) => t.toArray()));
});

const bad: Record<string, [() => unknown, string]> = {
  "no samples": [
    () => compare({ theta: [ones([1, 3])], hidden: [] }, zeros([0, 2]), zeros([0, 1])),
    "compare: there are no samples; J divides by their number: give at least one",
  ],
  "samples that do not fit": [
    () => compare({ theta: [ones([1, 3])], hidden: [] }, zeros([2, 3]), zeros([2, 1])),
    "compare: x [2, 3] and y [2, 1] for a network from 2 to 1 nodes; give x [m, 2] and y [m, 1]",
  ],
  "a target outside [0, 1]": [
    () => compare({ theta: [ones([1, 3])], hidden: [] }, ones([1, 2]), tensor([[2]])),
    "compare: element 0 of y is outside [0, 1]; the cost (eq 18) is of probabilities",
  ],
  "NaN in θ": [
    () => compare({ theta: [tensor([[1, Number.NaN]])], hidden: [] }, ones([1, 1]), ones([1, 1])),
    "compare: element 1 of θ1 is not finite; equality means nothing there; clean the data",
  ],
  float32: [
    () => compare({ theta: [ones([1, 2], { dtype: "float32" })], hidden: [] }, ones([1, 1]), ones([1, 1])),
    "compare: θ1 is float32; the bounds are for float64: cast it",
  ],
  "θ that do not follow": [
    () => compare({ theta: [ones([2, 3]), ones([1, 4])], hidden: [activations.tanh] }, ones([1, 2]), ones([1, 1])),
    "compare: θ1 [2, 3] gives 2 nodes, θ2 [1, 4] takes 3; θˡ is S_{l+1} × (S_l + 1), with the bias in column 0",
  ],
  "a missing activation": [
    () => compare({ theta: [ones([2, 3]), ones([1, 3])], hidden: [] }, ones([1, 2]), ones([1, 1])),
    "compare: 0 activations for 1 hidden layers; give one for each of layers 2 … L − 1",
  ],
  "a layer that is unknown": [
    () => {
      const net = stack(
        dense(2, 2),
        function twice(x: Tensor) {
          return x.mul(2);
        },
        dense(2, 1),
      );
      return fromStack(net, net.init(rng(1)));
    },
    "fromStack: layer 1 (twice) is no activation after a dense layer that the derivation knows; use dense layers with sigmoid, tanh, softplus, relu between them",
  ],
  "a last activation that is no sigmoid": [
    () => {
      const net = stack(dense(2, 1), tanh);
      return fromStack(net, net.init(rng(1)));
    },
    "fromStack: the last activation is tanh; the cost (eq 18) is of sigmoid outputs: leave it out, or use sigmoid",
  ],
};
test.each(Object.entries(bad))("is refused: %s", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(TensorError);
  expect(attempt).toThrow(sentence);
});

const oracle = new URL("../../../../shared/oracle/networks.json", import.meta.url);
const present = existsSync(oracle);
if (!present) console.warn("shared/oracle is absent: the networks computed by PyTorch are not compared");

interface Numbers {
  readonly shape: number[];
  readonly data: (number | string)[];
}

interface Published {
  readonly id: string;
  readonly kind: string;
  readonly sizes: number[];
  readonly m: number;
  readonly theta: Numbers[];
  readonly X: Numbers;
  readonly Y: Numbers;
  readonly J: number;
  readonly dJ_dtheta: Numbers[];
  readonly dJ_dz: Numbers[];
}

test.skipIf(!present)("PyTorch's networks: the same J, ∂J/∂θ and ∂J/∂z", () => {
  const { networks } = JSON.parse(readFileSync(oracle, "utf8")) as { networks: Published[] };
  expect(networks.length).toBeGreaterThan(10);
  const read = ({ data, shape }: Numbers): Tensor => tensor(Float64Array.from(data, Number), { shape }) as Tensor;
  const close = (ours: Tensor, theirs: Numbers, id: string): void => {
    const expected = theirs.data.map(Number);
    expect(ours.shape, id).toEqual(theirs.shape);
    const largest = Math.max(1e-300, ...expected.map(Math.abs));
    // Both sides are float64: some hundred roundings of terms as large as the largest element.
    ours
      .toTypedArray()
      .forEach((value, i) => expect(Math.abs(value - expected[i]!), id).toBeLessThanOrEqual(1e-11 * largest));
  };
  for (const { id, sizes, m, theta, X, Y, J, dJ_dtheta, dJ_dz } of networks) {
    const network = { theta: theta.map(read), hidden: sizes.slice(1, -1).map(() => activations.sigmoid) };
    const found = witness(network, read(X), read(Y));
    expect(Math.abs(found.JFromLogits.item() - J), id).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(J)));
    dJ_dtheta.forEach((theirs, i) => close(found.gradient(i + 1), theirs, id));
    dJ_dz.slice(1).forEach((theirs, i) => close(found.delta(i + 2).div(m) as Tensor, theirs, id));
  }
});

test("the gradient from logits is that of the network's cost", () => {
  const { network, x, y } = draw([2, 3, 1], ["softplus"], 4, 9);
  const { z } = forward(network, x);
  expect(crossEntropyFromLogits(z.at(-1)!, y).item()).toBe(witness(network, x, y).JFromLogits.item());
  expect(slice(z[0]!, 0).toArray()).toEqual(slice(x, 0).toArray());
});
