/** @file Tensors by a rule, and drawn from streams: ends, edges, and distributions within five standard errors. */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import {
  arange,
  eye,
  fromFunction,
  linspace,
  logspace,
  meshgrid,
  type RngState,
  rng,
  type Tensor,
  tensor,
  tri,
} from "../../src/index.ts";

describe("ranges and grids", () => {
  test("ends and dtypes", () => {
    expect(arange(5, 5).toArray()).toEqual([]);
    expect(arange(0, 4, 2, { dtype: "float32" }).dtype).toBe("float32");
    expect(linspace(0, 1, 0).toArray()).toEqual([]);
    expect(linspace(3, 3, 2).toArray()).toEqual([3, 3]);
    expect(linspace(0, 3, 4, { dtype: "int32" }).toArray()).toEqual([0, 1, 2, 3]);
    expect(logspace(-1, 1, 3).toArray()).toEqual([0.1, 1, 10]);
    expect(api.fullLike(tensor([1, 2]), true, { dtype: "bool" }).toArray()).toEqual([1, 1]);
    expect(api.fullLike(tensor([1.5], { dtype: "float32" }), 2).dtype).toBe("float32");
  });

  test("diagonals and triangles", () => {
    expect(eye(3, { offset: -1 }).toArray()).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(eye(1, { columns: 3, offset: 2, dtype: "bool" }).toArray()).toEqual([[0, 0, 1]]);
    expect(tri(3, { columns: 2, offset: -1 }).toArray()).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
    expect(eye(0).shape).toEqual([0, 0]);
  });

  test("fromFunction calls once for each element, in order", () => {
    const calls: number[][] = [];
    const x = fromFunction([2, 2], (...indices) => {
      calls.push(indices);
      return indices[0] === indices[1];
    });
    expect(calls).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(x.toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect([fromFunction([], () => 7).item(), fromFunction([2, 0], () => 1).shape]).toEqual([7, [2, 0]]);
  });

  test("meshgrid: NumPy's order and the other, of any number of vectors", () => {
    const [x, y, z] = [tensor([1, 2]), tensor([3, 4, 5]), tensor(6)] as Tensor[];
    expect(meshgrid([x!, y!, z!]).map((g) => g.shape)).toEqual([
      [3, 2, 1],
      [3, 2, 1],
      [3, 2, 1],
    ]);
    expect(meshgrid([x!, y!], { indexing: "ij" })[1]!.toArray()).toEqual([
      [3, 4, 5],
      [3, 4, 5],
    ]);
    expect([meshgrid([]), meshgrid([x!])[0]!.toArray()]).toEqual([[], [1, 2]]);
  });
});

describe("random streams", () => {
  const n = 40_000;
  const frequencies = (draws: Tensor, count: number): number[] => {
    const found = new Array<number>(count).fill(0);
    for (const k of draws.toTypedArray()) found[k]! += 1 / draws.size;
    return found;
  };
  /** Five standard errors of the frequency of something with probability p. */
  const near = (found: readonly number[], expected: readonly number[], size = n): void =>
    found.forEach((f, k) => {
      const p = expected[k]!;
      expect(Math.abs(f - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / size));
    });

  test("these are the numbers, for ever", () => {
    const stream = rng("numbers");
    expect(stream.bernoulli([6]).toArray()).toMatchInlineSnapshot(`
      [
        0,
        0,
        1,
        0,
        1,
        1,
      ]
    `);
    expect(stream.randint([4], { low: -10, high: 10 }).toArray()).toMatchInlineSnapshot(`
      [
        -5,
        -3,
        -4,
        0,
      ]
    `);
    expect(stream.truncatedNormal([2]).toArray()).toMatchInlineSnapshot(`
      [
        -1.1904525285474628,
        0.7810694969168782,
      ]
    `);
    expect(
      stream
        .categorical(
          tensor([
            [0, 0, 0],
            [-Infinity, 0, -Infinity],
          ]),
        )
        .toArray(),
    ).toMatchInlineSnapshot(`
      [
        0,
        1,
      ]
    `);
    expect(stream.choice(5, [5], { replace: false }).toArray()).toMatchInlineSnapshot(`
      [
        3,
        1,
        4,
        0,
        2,
      ]
    `);
    expect(stream.choice(3, [4], { weights: [1, 0, 3] }).toArray()).toMatchInlineSnapshot(`
      [
        2,
        2,
        2,
        0,
      ]
    `);
  });

  test("bernoulli and randint", () => {
    const truth = rng(1).bernoulli([n], { p: 0.3 });
    expect(truth.dtype).toBe("bool");
    near(frequencies(truth, 2), [0.7, 0.3]);
    expect([rng(1).bernoulli([9], { p: 0 }), rng(1).bernoulli([9], { p: 1 })].map((x) => api.sum(x).item())).toEqual([
      0, 9,
    ]);
    const dice = rng(2).randint([n], { low: 1, high: 7 });
    near(frequencies(dice, 7), [0, ...new Array<number>(6).fill(1 / 6)]);
    expect(
      rng(2)
        .randint([2], { low: 2 ** 31 - 1, high: 2 ** 31 })
        .toArray(),
    ).toEqual([2 ** 31 - 1, 2 ** 31 - 1]);
  });

  // Mean and standard deviation by the formulas of the truncated normal distribution, with 40 digits.
  test.each([
    ["the middle", -2, 2, 0, 0.879625661034],
    ["a narrow interval", -0.5, 1, 0.206631218062, 0.415660028252],
    ["one side", 0, Infinity, 0.797884560803, 0.602810274989],
    ["a far tail", 5, Infinity, 5.18650396713, 0.180821554625],
    ["a lower tail", -9, -8, -8.12118899298, 0.118947647235],
    ["a narrow tail", 8, 8.01, 8.00493329901, 0.00288628416112],
  ])("truncatedNormal in %s", (name, low, high, mean, std) => {
    const x = rng(name).truncatedNormal([n], { mean: 10, std: 2, low: 10 + 2 * low, high: 10 + 2 * high });
    expect(x.toTypedArray().every((value) => value >= 10 + 2 * low && value <= 10 + 2 * high)).toBe(true);
    const found = api.mean(x).item();
    expect(Math.abs(found - (10 + 2 * mean))).toBeLessThanOrEqual((5 * 2 * std) / Math.sqrt(n));
    // The standard error of a deviation is std/√(2n) for a normal one, and no more than twice that for these.
    const deviation = Math.sqrt(api.mean(api.square(api.sub(x, found))).item());
    expect(Math.abs(deviation - 2 * std)).toBeLessThanOrEqual((5 * 2 * 2 * std) / Math.sqrt(2 * n));
  });

  test("categorical draws by softmax, along any axis", () => {
    const logits = tensor([Math.log(1), Math.log(2), -Infinity, Math.log(5)]);
    const many = api.broadcastTo(logits, [n, 4]);
    const draws = rng(3).categorical(many);
    expect([draws.shape, draws.dtype]).toEqual([[n], "int32"]);
    near(frequencies(draws, 4), [1 / 8, 2 / 8, 0, 5 / 8]);
    expect(rng(3).categorical(many.T, { axis: 0 }).toArray()).toEqual(draws.toArray());
    expect(
      rng(3)
        .categorical(tensor([1e308, 0]))
        .item(),
    ).toBe(0);
    expect(rng(3).categorical(api.zeros([0, 3])).shape).toEqual([0]);
  });

  test("choice with replacement", () => {
    near(frequencies(rng(4).choice(4, [n]), 4), [0.25, 0.25, 0.25, 0.25]);
    const weights = tensor([1, 0, 3, 0]);
    near(frequencies(rng(4).choice(4, [n], { weights }), 4), [0.25, 0, 0.75, 0]);
    expect(rng(4).choice(2, [3], { weights: [1e308, 1e308] }).size).toBe(3);
    expect(rng(4).choice(3, [2, 2]).shape).toEqual([2, 2]);
  });

  test("choice without replacement: each once, and the first by weight", () => {
    expect([...rng(5).choice(6, [6], { replace: false }).toTypedArray()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const stream = rng(6);
    const rounds = 4000;
    const firsts = new Array<number>(3).fill(0);
    const seconds = new Array<number>(3).fill(0);
    for (let i = 0; i < rounds; i++) {
      const [a, b] = stream.choice(4, [2], { replace: false, weights: [1, 2, 5, 0] }).toTypedArray();
      firsts[a!]! += 1 / rounds;
      seconds[b!]! += 1 / rounds;
    }
    near(firsts, [1 / 8, 2 / 8, 5 / 8], rounds);
    // By the rule of total probability over who was first.
    near(
      seconds,
      [2 / 8 / 6 + 5 / 8 / 3, 1 / 8 / (7 / 2) + (5 / 8) * (2 / 3), 1 / 8 / (7 / 5) + 2 / 8 / (6 / 5)],
      rounds,
    );
  });
});

test("a stream goes on from its state as if nothing had been between, kept as JSON or not", () => {
  const stream = rng("here").stream("there");
  stream.normal([7]);
  const state = JSON.parse(JSON.stringify(stream.state())) as RngState;
  const expected = [stream.normal([5]).toArray(), stream.permutation(9).toArray(), stream.next()];
  const again = rng(state);
  expect([again.normal([5]).toArray(), again.permutation(9).toArray(), again.next()]).toEqual(expected);
  expect(again.stream("below").next()).toBe(stream.stream("below").next());
  expect(rng(rng(7).state()).next()).toBe(rng(7).next());
});

test.each([null, {}, { ...rng(1).state(), s0: 1 }, { ...rng(1).state(), c: 0.5 }, { ...rng(1).state(), name: 3 }])(
  "a state that is none is refused: %j",
  (state) => {
    expect(() => rng(state as never)).toThrow(
      `rng: ${JSON.stringify(state)} is no state of a stream; give what stream.state() returned`,
    );
  },
);
