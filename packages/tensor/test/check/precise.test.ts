/** @file The arbiter: double-double arithmetic beside fixed-point numbers of 400 bits in BigInt. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { preciseValue } from "../../src/check/index.ts";
import * as d from "../../src/check/precise/double.ts";
import * as e from "../../src/check/precise/elementary.ts";
import {
  add,
  cast,
  div,
  exp,
  gather,
  grad,
  log,
  matmul,
  max,
  maximum,
  mean,
  mul,
  pad,
  pow,
  relu,
  rng,
  scatterAdd,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";

/** Fixed-point numbers with so many bits after the point. */
const BITS = 400n;
const ONE = 1n << BITS;

function fixed(x: number): bigint {
  let [whole, shift] = [x, 0];
  while (!Number.isInteger(whole)) [whole, shift] = [whole * 2, shift + 1];
  return (BigInt(whole) << BITS) >> BigInt(shift);
}
const fromDouble = ([high, low]: d.Double): bigint => fixed(high) + fixed(low);
const mulFixed = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const divFixed = (a: bigint, b: bigint): bigint => (a << BITS) / b;

function expFixed(x: bigint): bigint {
  const r = x >> 20n;
  let [term, total] = [ONE, ONE];
  for (let n = 1n; n < 60n; n++) {
    term = mulFixed(term, r) / n;
    total += term;
  }
  for (let i = 0; i < 20; i++) total = mulFixed(total, total);
  return total;
}

function logFixed(x: bigint): bigint {
  let y = fixed(Math.log(Number((x << 60n) >> BITS) / 2 ** 60));
  for (let i = 0; i < 6; i++) y += 2n * divFixed(x - expFixed(y), x + expFixed(y));
  return y;
}

function sinFixed(x: bigint, term: bigint, from: bigint): bigint {
  let total = term;
  for (let n = from; n < 400n; n += 2n) {
    term = -mulFixed(mulFixed(term, x), x) / (n * (n + 1n));
    total += term;
  }
  return total;
}

/** The relative error in units of 2⁻¹⁰⁴; of tiny results absolute to 2⁻³⁰⁰. */
function error(result: d.Double, exact: bigint): number {
  const difference = fromDouble(result) - exact;
  const scale = exact < 0n ? -exact : exact;
  return Math.abs(Number(((difference < 0n ? -difference : difference) << 154n) / (scale + (1n << 100n)))) / 2 ** 50;
}

const doubles = (min: number, max: number) =>
  fc
    .tuple(fc.double({ min, max, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
    .filter(([high]) => Math.abs(high) > 1e-15 || high === 0)
    .map(([high, low]): d.Double => d.plus([high, 0], [low * Math.abs(high) * 2 ** -54, 0]));

describe("beside 400 bits", () => {
  const one = doubles(-20, 20);
  test.each<[string, (x: d.Double, y: d.Double) => d.Double, (x: bigint, y: bigint) => bigint]>([
    ["+", d.plus, (x, y) => x + y],
    ["−", d.minus, (x, y) => x - y],
    ["×", d.times, mulFixed],
    ["÷", d.over, divFixed],
  ])("%s", (_name, f, exact) => {
    fc.assert(
      fc.property(one, one, (x, y) => {
        fc.pre(Math.abs(y[0]) > 1e-10 && Math.abs(x[0] + y[0]) > 1e-10 && Math.abs(x[0] - y[0]) > 1e-10);
        const cancelled = Math.max(
          1,
          (Math.abs(x[0]) + Math.abs(y[0])) / Math.min(Math.abs(x[0] + y[0]), Math.abs(x[0] - y[0])),
        );
        expect(error(f(x, y), exact(fromDouble(x), fromDouble(y)))).toBeLessThan(8 * cancelled);
      }),
      { numRuns: 300 },
    );
  });

  // 30 digits are 2⁻¹⁰⁰: 16 units of 2⁻¹⁰⁴.
  test.each<[string, (x: d.Double) => d.Double, (x: bigint) => bigint, fc.Arbitrary<d.Double>, number]>([
    [
      "√",
      d.root,
      (x) => {
        let y = fixed(Math.sqrt(Number(x >> (BITS - 60n)) / 2 ** 60));
        for (let i = 0; i < 5; i++) y = (y + divFixed(x, y)) / 2n;
        return y;
      },
      doubles(1e-3, 1e6),
      8,
    ],
    ["exp", e.exp, expFixed, doubles(-60, 60), 600],
    ["expm1", e.expm1, (x) => expFixed(x) - ONE, doubles(-3, 3), 64],
    ["log", e.log, logFixed, doubles(1e-6, 1e6), 16],
    ["log near 1", e.log, logFixed, doubles(0.99, 1.01), 16],
    ["log1p", e.log1p, (x) => logFixed(ONE + x), doubles(-0.5, 3), 64],
    ["sigmoid", e.sigmoid, (x) => divFixed(ONE, ONE + expFixed(-x)), doubles(-50, 50), 600],
    ["softplus", e.softplus, (x) => logFixed(ONE + expFixed(x)), doubles(-40, 40), 600],
    ["tanh", e.tanh, (x) => ONE - divFixed(2n * ONE, expFixed(2n * x) + ONE), doubles(-10, 10), 64],
    ["sin", e.sin, (x) => sinFixed(x, x, 2n), doubles(-1.5, 1.5), 16],
    ["cos", e.cos, (x) => sinFixed(x, ONE, 1n), doubles(-1.5, 1.5), 64],
    ["x^3.7", (x) => e.pow(x, [3.7, 0]), (x) => expFixed(mulFixed(fixed(3.7), logFixed(x))), doubles(0.1, 20), 600],
    ["x^5", (x) => e.pow(x, [5, 0]), (x) => [1, 2, 3, 4].reduce((y) => mulFixed(y, x), x), doubles(-20, 20), 32],
  ])("%s", (_name, f, exact, xs, limit) => {
    fc.assert(
      fc.property(xs, (x) => {
        fc.pre(x[0] !== 0);
        expect(error(f(x), exact(fromDouble(x)))).toBeLessThan(limit);
      }),
      { numRuns: 40 },
    );
  });

  test("sin and cos of large numbers, which are those of the rest after whole turns", () => {
    // sin² + cos² = 1, and sin(x + 1) = sin x cos 1 + cos x sin 1.
    for (const x of [1e3, 123456.789, 1e6]) {
      const [s, c, s1, c1] = [e.sin([x, 0]), e.cos([x, 0]), e.sin([1, 0]), e.cos([1, 0])];
      expect(Math.abs(d.minus(d.plus(d.times(s, s), d.times(c, c)), [1, 0])[0])).toBeLessThan(2 ** -98);
      const moved = e.sin(d.plus([x, 0], [1, 0]));
      expect(Math.abs(d.minus(moved, d.plus(d.times(s, c1), d.times(c, s1)))[0])).toBeLessThan(2 ** -98);
    }
  });
});

describe("at the edges", () => {
  test.each<[string, d.Double, number]>([
    ["exp 800", e.exp([800, 0]), Number.POSITIVE_INFINITY],
    ["exp −800", e.exp([-800, 0]), 0],
    ["exp −745", e.exp([-745, 0]), 5e-324],
    ["log 0", e.log([0, 0]), Number.NEGATIVE_INFINITY],
    ["log −1", e.log([-1, 0]), Number.NaN],
    ["log of the least number", e.log([5e-324, 0]), Math.log(5e-324)],
    ["softplus 1000", e.softplus([1000, 0]), 1000],
    ["softplus −1000", e.softplus([-1000, 0]), 0],
    ["tanh ∞", e.tanh([Number.POSITIVE_INFINITY, 0]), 1],
    ["1/0", d.over([1, 0], [0, 0]), Number.POSITIVE_INFINITY],
    ["√−1", d.root([-1, 0]), Number.NaN],
    ["∞ − ∞", d.minus([Number.POSITIVE_INFINITY, 0], [Number.POSITIVE_INFINITY, 0]), Number.NaN],
    ["1e200 · 1e200", d.times([1e200, 0], [1e200, 0]), Number.POSITIVE_INFINITY],
    ["1.5e308 · 1", d.times([1.5e308, 0], [1, 0]), 1.5e308],
  ])("%s", (_name, [high, low], value) => {
    expect(high).toBe(value);
    if (!Number.isFinite(value)) expect(low).toBe(0);
  });
});

const total = ({ value, rest }: { value: Tensor; rest: Tensor }, i = 0): d.Double => [
  value.toTypedArray()[i]!,
  rest.toTypedArray()[i]!,
];

describe("programs", () => {
  test("what float64 cancels is there", () => {
    const f = (x: Tensor) => sum(x);
    const [y] = preciseValue(f)(tensor([1, 1e-20, -1, 1e-25]));
    expect(y!.value.item()).toBe(1e-20 + 1e-25);
    expect(f(tensor([1, 1e-20, -1, 1e-25])).item()).toBe(1e-25);
  });

  test("products of numbers of all sizes, exactly", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -60, max: 60 })), {
          minLength: 6,
          maxLength: 6,
        }),
        (xs) => {
          const values = xs.map(([x, n]) => Math.fround(x) * 2 ** n);
          const [a, b] = [tensor(values.slice(0, 3), { shape: [1, 3] }), tensor(values.slice(3), { shape: [3, 1] })];
          const [y] = preciseValue((p: Tensor, q: Tensor) => matmul(p, q))(a as Tensor, b as Tensor);
          const exact = [0, 1, 2].reduce((s, i) => s + mulFixed(fixed(values[i]!), fixed(values[i + 3]!)), 0n);
          const sizes = [0, 1, 2].reduce((s, i) => s + Math.abs(values[i]! * values[i + 3]!), 0);
          const difference = fromDouble(total(y!)) - exact;
          expect(Math.abs(Number(difference) / 2 ** Number(BITS))).toBeLessThanOrEqual(sizes * 2 ** -104 + 1e-100);
        },
      ),
    );
  });

  test("branches, extremes, gathers, paddings and casts as float64 takes them", () => {
    const x = tensor([3, -1, 2]) as Tensor;
    const index = tensor([2, 0], { dtype: "int32" }) as Tensor;
    const f = (t: Tensor, i: Tensor) => ({
      relu: relu(t),
      max: max(t),
      maximum: maximum(t, 1),
      gather: gather(t, i, 0),
      scatter: scatterAdd(zeros([3]), i, gather(t, i, 0), 0),
      pad: pad(t, [[1, 0]], { value: 7 }),
      place: cast(cast(t, "int32"), "float64"),
    });
    const direct = Object.values(f(x, index)).map((y) => [...y.toTypedArray()]);
    const precise = preciseValue(f)(x, index);
    expect(precise.map(({ value }) => [...value.toTypedArray()])).toEqual(direct);
    expect(precise.every(({ rest }) => rest.toTypedArray().every((r) => r === 0))).toBe(true);
  });

  test("gradients agree with the formula to 30 digits", () => {
    const [x, w] = [rng("x").normal([4, 3]) as Tensor, rng("w").normal([3, 5]) as Tensor];
    const cost = (v: Tensor, u: Tensor) => mean(square(sigmoid(matmul(u, v)))) as Tensor;
    const byTape = (u: Tensor, v: Tensor) => grad((t: Tensor) => cost(t, u) as never)(v);
    const byHand = (u: Tensor, v: Tensor) => {
      const h = sigmoid(matmul(u, v));
      return matmul(u.T, div(mul(2, mul(square(h), sub(1, h))), 20));
    };
    const [[a], [b]] = [preciseValue(byTape)(x, w), preciseValue(byHand)(x, w)];
    for (let i = 0; i < w.size; i++) {
      const [p, q] = [total(a!, i), total(b!, i)];
      expect(Math.abs(d.minus(p, q)[0])).toBeLessThanOrEqual(Math.abs(p[0]) * 2 ** -95 + 2 ** -110);
    }
  });

  test("softmax sums to 1, powers and logarithms undo each other", () => {
    const x = tensor([0.1, 0.2, 0.3]) as Tensor;
    const results = preciseValue((t: Tensor) => [
      sub(sum(softmax(t)), 1),
      sub(log(exp(t)), t),
      sub(pow(pow(t, 3), 1 / 3), t),
    ])(x);
    expect(Math.abs(results[0]!.value.item())).toBeLessThan(1e-31);
    expect(Math.max(...results[1]!.value.toTypedArray().map(Math.abs))).toBeLessThan(1e-30);
    // The constant 1/3 is a third.
    expect(Math.max(...results[2]!.value.toTypedArray().map(Math.abs))).toBeLessThan(1e-30);
  });

  test("values that are not finite are what float64 says", () => {
    const [y] = preciseValue((t: Tensor) => add(sum(exp(t)), 1))(tensor([800]));
    expect(y!.value.item()).toBe(Number.POSITIVE_INFINITY);
  });

  test("an operation that is not known is named", async () => {
    const { pointwise } = await import("../../src/extend.ts");
    const mystery = pointwise(
      "mystery",
      (v) => v,
      (v) => v,
    );
    expect(() => preciseValue((t: Tensor) => mystery(t))(tensor([1]))).toThrow(
      "preciseValue: mystery is not known to 30 digits; give the primitive a formula made of functions that are",
    );
  });
});
