/** @file Cases with a story: what values, dtypes, streams and texts must be. */
import { describe, expect, test } from "vitest";
import { roundingBound, ulps } from "../src/check/index.ts";
import {
  abs,
  add,
  arange,
  argMax,
  cast,
  concat,
  div,
  equal,
  exp,
  eye,
  full,
  grad,
  greater,
  linspace,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  min,
  mul,
  neg,
  ones,
  onesLike,
  pow,
  relu,
  rng,
  sign,
  softmax,
  softplus,
  sqrt,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  where,
  zeros,
  zerosLike,
} from "../src/index.ts";

type Scalar = Tensor<readonly []>;
const float32 = (values: number[]): Tensor => tensor(values, { dtype: "float32" }) as Tensor;
const int = (values: number[]): Tensor => tensor(values, { dtype: "int32" }) as Tensor;
const bool = (values: boolean[]): Tensor => tensor(values) as Tensor;
const slope = (f: (x: Tensor) => Tensor, x: number): number =>
  grad((v: Tensor) => f(v) as Scalar)(tensor(x) as Tensor).item();

describe("dtypes", () => {
  test.each([
    ["float64", "float32", "float64"],
    ["float32", "int32", "float64"],
    ["float32", "bool", "float32"],
    ["int32", "bool", "int32"],
    ["int32", "float64", "float64"],
    ["bool", "bool", "bool"],
  ] as const)("%s with %s gives %s, as in NumPy", (a, b, expected) => {
    const [x, y] = [zeros([2], { dtype: a }), ones([2], { dtype: b })];
    expect(add(x, y).dtype).toBe(expected);
    expect(mul(y, x).dtype).toBe(expected);
  });

  test("a plain number takes the tensor's dtype where that can hold it", () => {
    expect(add(float32([1]), 0.1).dtype).toBe("float32");
    expect(add(int([1]), 2).dtype).toBe("int32");
    expect(add(int([1]), 0.5).dtype).toBe("float64");
    expect(add(bool([true]), 2).dtype).toBe("int32");
    expect(add(bool([true]), 0.5).dtype).toBe("float64");
    expect(add(1, 2).dtype).toBe("float64");
    expect(add(float32([0]), 0.1).item()).toBe(Math.fround(0.1));
  });

  test("fractions of whole numbers are float64", () => {
    expect(div(int([1]), int([2])).toArray()).toEqual([0.5]);
    expect(exp(int([0])).dtype).toBe("float64");
    expect(mean(int([1, 2])).item()).toBe(1.5);
    expect(softmax(int([3, 3])).toArray()).toEqual([0.5, 0.5]);
    expect(sqrt(float32([2])).item()).toBe(Math.fround(Math.SQRT2));
  });

  test("int32 wraps, exactly", () => {
    const large = 2 ** 31 - 1;
    expect(add(int([large]), 1).item()).toBe(-(2 ** 31));
    expect(mul(int([large]), int([large])).item()).toBe(1);
    expect(sum(int([large, 1, 1])).item()).toBe(-(2 ** 31) + 1);
    expect(matmul(int([large, 2]), int([large, 3])).item()).toBe(7);
    expect(pow(int([3]), 21).item()).toBe(Number(BigInt.asIntN(32, 3n ** 21n)));
  });

  test("bool is 0 or 1, counts in int32, and adds by 'or'", () => {
    const mask = bool([true, false, true]);
    expect(add(mask, mask).toArray()).toEqual([1, 0, 1]);
    expect(sum(mask).item()).toBe(2);
    expect(sum(mask).dtype).toBe("int32");
    expect(mean(mask).item()).toBe(2 / 3);
    expect(cast(tensor([0.5, 0, Number.NaN]), "bool").toArray()).toEqual([1, 0, 1]);
  });

  test("casting to int32 cuts off, and is 0 for NaN and ∞", () => {
    expect(cast(tensor([1.9, -1.9, Number.NaN, Infinity, 2 ** 32 + 5]), "int32").toArray()).toEqual([1, -1, 0, 0, 5]);
  });

  test("float32 sums and products round each step to float32", () => {
    expect(sum(float32([2 ** 24, 1, 1])).item()).toBe(2 ** 24);
    expect(matmul(float32([1, 2 ** -24, 2 ** -24]), float32([1, 1, 1])).item()).toBe(1);
    expect(matmul(tensor([1, 2 ** -24, 2 ** -24]), tensor([1, 1, 1])).item()).toBe(1 + 2 ** -23);
  });
});

describe("numbers at the edges", () => {
  test("sums are pairwise: 10⁶ tenths are right to a few ulp, and float32 to a part in 10⁶", () => {
    expect(Math.abs(sum(full([1_000_000], 0.1)).item() - 100_000)).toBeLessThan(1e-8);
    expect(Math.abs(sum(full([1_000_000], 0.1, { dtype: "float32" })).item() / 100_000 - 1)).toBeLessThan(1e-6);
  });

  test("empty axes: sums are 0, means NaN, products 0", () => {
    expect(sum(zeros([2, 0]), 1).toArray()).toEqual([0, 0]);
    expect(mean(zeros([0])).item()).toBe(Number.NaN);
    expect(matmul(zeros([2, 0]), zeros([0, 3])).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(max(zeros([0, 2]), 1).toArray()).toEqual([]);
    expect(logSumExp(zeros([0])).item()).toBe(-Infinity);
    expect(concat([zeros([0, 2]), ones([1, 2])]).toArray()).toEqual([[1, 1]]);
    expect(zeros([0, 3]).toArray()).toEqual([]);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
  });

  test("NaN is seen by extremes and equal to nothing", () => {
    const x = tensor([1, Number.NaN, 3]);
    expect([max(x).item(), min(x).item(), argMax(x).item()]).toEqual([Number.NaN, Number.NaN, 1]);
    expect(maximum(x, 2).toArray()).toEqual([2, Number.NaN, 3]);
    expect(equal(x, x).toArray()).toEqual([1, 0, 1]);
    expect([relu(tensor(Number.NaN)).item(), sign(tensor(Number.NaN)).item()]).toEqual([Number.NaN, Number.NaN]);
  });

  test("softmax and its kin do not overflow", () => {
    expect(softmax(tensor([-1e300, 1e300])).toArray()).toEqual([0, 1]);
    expect(softmax(tensor([-Infinity, 0])).toArray()).toEqual([0, 1]);
    expect(logSoftmax(tensor([0, 1000])).toArray()).toEqual([-1000, 0]);
    expect(logSumExp(tensor([1e300, 1e300])).item()).toBe(1e300);
    expect(logSumExp(tensor([Infinity, 0])).item()).toBe(Infinity);
    expect(grad((x: Tensor) => logSumExp(x) as Scalar)(tensor([1000, 1000])).toArray()).toEqual([0.5, 0.5]);
    expect([softplus(tensor(800)).item(), softplus(tensor(-800)).item(), softplus(tensor(-40)).item()]).toEqual([
      800,
      0,
      Math.exp(-40),
    ]);
  });

  test("powers at 0 and below", () => {
    expect([slope((x) => pow(x, 2), 0), slope((x) => pow(x, 0), 0), slope((x) => pow(x, 3), -2)]).toEqual([0, 0, 12]);
    expect(grad((x: Tensor) => grad((v: Tensor) => pow(v, 2) as Scalar)(x) as Scalar)(tensor(0)).item()).toBe(2);
    expect([slope((p) => pow(2, p), 0), slope((p) => pow(0, p), 2)]).toEqual([Math.LN2, 0]);
    expect(pow(tensor([-8, 0]), tensor([1 / 3, 0])).toArray()).toEqual([Number.NaN, 1]);
  });

  test("kinks and ties: the stated choices", () => {
    expect([slope(abs, 0), slope(relu, 0), slope((x) => maximum(x, 0), 0), slope(sign, 0)]).toEqual([0, 0, 0.5, 0]);
    expect(grad((x: Tensor) => max(x) as Scalar)(tensor([1, 3, 3])).toArray()).toEqual([0, 0.5, 0.5]);
    expect(slope((x) => maximum(x, x), 1)).toBe(1);
  });

  test("where sends nothing to the branch not taken", () => {
    const f = (x: Tensor): Scalar => sum(where(greater(x, 0), mul(x, 2), x.exp())) as Scalar;
    expect(grad(f)(tensor([1, 0])).toArray()).toEqual([2, 1]);
  });

  test("−0 is kept", () => {
    expect(Object.is(neg(tensor(0)).item(), -0)).toBe(true);
    expect(Object.is(full([], -0).item(), -0)).toBe(true);
    expect(log(tensor(-0)).item()).toBe(-Infinity);
  });
});

describe("creation", () => {
  test("data are copied in and out: no array of the user's is ever the tensor's", () => {
    const data = new Float64Array([1, 2]);
    const x = tensor(data);
    data[0] = 9;
    const out = x.toTypedArray();
    out[1] = 9;
    x.reshape([1, 2]).toTypedArray()[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    const shape = [2, 2];
    const y = zeros(shape);
    shape[0] = 5;
    expect(y.shape).toEqual([2, 2]);
  });

  test("ranges, grids, likes", () => {
    expect(arange(5, 0, -2).toArray()).toEqual([5, 3, 1]);
    expect(arange(0).toArray()).toEqual([]);
    expect(arange(0, 1, 0.5).dtype).toBe("float64");
    expect(linspace(1, 2, 1).toArray()).toEqual([1]);
    expect(linspace(0, 0.3, 4).toArray()[3]).toBe(0.3);
    expect(eye(2, { dtype: "int32" }).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect([zerosLike(float32([1])).dtype, onesLike(int([1])).dtype]).toEqual(["float32", "int32"]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([true, 2]).dtype).toBe("float64");
  });
});

describe("random streams", () => {
  test("these are the numbers, on every engine and for ever", () => {
    expect(rng("run 7").stream("weights").uniform([2]).toArray()).toMatchInlineSnapshot(`
      [
        0.5894937355911551,
        0.1824088616035051,
      ]
    `);
    expect(rng(7).permutation(6).toArray()).toMatchInlineSnapshot(`
      [
        2,
        3,
        1,
        0,
        5,
        4,
      ]
    `);
  });

  test("a stream depends on its name alone, not on what was drawn", () => {
    const a = rng(1);
    a.uniform([100]);
    expect(a.stream("x").uniform([3]).toArray()).toEqual(rng(1).stream("x").uniform([3]).toArray());
    expect(a.stream("x").next()).not.toBe(a.stream("y").next());
    expect(rng("a").stream("b/c").next()).not.toBe(rng("a").stream("b").stream("c").next());
  });

  test("draws have the promised distribution", () => {
    const n = 100_000;
    const x = rng(3).normal([n], { mean: 2, std: 3 });
    // Standard errors: 3/√n ≈ 0.0095 for the mean, 3/√(2n) ≈ 0.0067 for the deviation; five of each.
    expect(Math.abs(mean(x).item() - 2)).toBeLessThan(0.048);
    expect(Math.abs(sqrt(mean(sub(x, 2).square())).item() - 3)).toBeLessThan(0.034);
    const u = rng(4).uniform([n], { low: -1, high: 1 });
    expect([min(u).item() >= -1, max(u).item() < 1]).toEqual([true, true]);
    expect(Math.abs(mean(u).item())).toBeLessThan((5 * 2) / Math.sqrt(12 * n));
    expect([...rng(5).permutation(1000).toTypedArray()].sort((p, q) => p - q)).toEqual([
      ...arange(1000).toTypedArray(),
    ]);
  });
});

describe("looks", () => {
  test.each<[string, Tensor, string]>([
    [
      "points are aligned",
      tensor([
        [1, 2.5],
        [-3.25, 1e-3],
      ]),
      "Tensor([[ 1    ,  2.5  ],\n        [-3.25 ,  0.001]], float64 [2, 2])",
    ],
    ["exponents where sizes differ much", tensor([1e-20, 3]), "Tensor([1e-20, 3e+0 ], float64 [2])"],
    [
      "what is no number, and −0",
      tensor([-0, Number.NaN, -Infinity, 0.5]),
      "Tensor([     -0  ,       NaN, -Infinity,       0.5], float64 [4])",
    ],
    [
      "no more digits than can be told apart",
      tensor([0.1 + 0.2, 1 / 3]),
      "Tensor([0.3       , 0.33333333], float64 [2])",
    ],
    ["a number by itself in full", tensor(0.1 + 0.2), "Tensor(0.30000000000000004, float64 [])"],
    ["float32 has 7 digits", tensor([0.1], { dtype: "float32" }), "Tensor([0.1], float32 [1])"],
    ["bool", bool([true, false]), "Tensor([ true, false], bool [2])"],
    ["names", tensor(3).named("cost"), "Tensor(3, cost: float64 [])"],
    ["nothing", zeros([2, 0]), "Tensor([[],\n        []], float64 [2, 0])"],
    ["no rows", zeros([0, 2]), "Tensor([], float64 [0, 2])"],
  ])("%s", (_name, x, text) => {
    expect(String(x)).toBe(text);
  });

  test("long lines are broken, and no number is lost", () => {
    const lines = String(linspace(0, 1, 64)).split("\n");
    expect(lines.length).toBe(13);
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(76);
    expect(lines.join("").match(/\d\.\d+|\b[01]\b(?= *[,\]])/g)).toHaveLength(64);
  });

  test("large ones are shortened", () => {
    expect(String(arange(5000))).toBe("Tensor([   0,    1,    2, …, 4997, 4998, 4999], int32 [5000])");
    expect(`${zeros([100, 100])}`.split("\n").length).toBe(7);
  });
});

describe("instruments", () => {
  test("ulps counts the numbers between", () => {
    expect([ulps(1, 1), ulps(1, 1 - 2 ** -53), ulps(-(2 ** -1074), 2 ** -1074), ulps(1, Number.NaN)]).toEqual([
      0,
      1,
      2,
      Infinity,
    ]);
    expect(ulps(-1, 1)).toBeGreaterThan(2 ** 62);
  });

  test.each([
    ["relu", (x: Tensor) => relu(sub(add(x, 1), 1))],
    ["abs", (x: Tensor) => abs(sub(add(x, 1), 1))],
    ["maximum", (x: Tensor) => maximum(sub(add(x, 1), 1), 0)],
    ["stopGradient", (x: Tensor) => stopGradient(sub(add(x, 1), 1))],
  ])("the bound goes through the kink of %s", (_name, f) => {
    const [y, bound] = roundingBound(f)(tensor(1e-17));
    expect(Math.abs(y.item() - 1e-17)).toBeLessThanOrEqual(bound.item());
  });

  test("what is exact stays exact where a slope is infinite", () => {
    expect(roundingBound((x: Tensor) => sqrt(x))(tensor(0))[1].item()).toBeLessThan(1e-300);
    expect(roundingBound((x: Tensor) => pow(x, 3))(tensor(-2))[1].item()).toBeLessThan(1e-14);
  });

  test("the bound of a sum that cancels is of its terms, not of its result", () => {
    const [y, bound] = roundingBound((x: Tensor) => sum(x))(tensor([1e16, 1, -1e16]));
    expect(Math.abs(y.item() - 1)).toBeLessThanOrEqual(bound.item());
    expect(bound.item()).toBeLessThan(10);
  });
});
