/** @file The running rounding bound: what it covers beyond the laws, and what it refuses. */
import { describe, expect, test } from "vitest";
import { compareEntries, preciseValue, roundingBound, ulps } from "../../src/check/index.ts";
import {
  add,
  cumprod,
  div,
  gather,
  grad,
  lgamma,
  logSumExp,
  matmul,
  max,
  mean,
  mul,
  norm,
  pad,
  prod,
  rng,
  scatterAdd,
  softmax,
  sort,
  sub,
  sum,
  type Tensor,
  tensor,
  variance,
  withDerivative,
  zeros,
} from "../../src/index.ts";

type F = (...xs: Tensor[]) => Tensor;

/** |float64 − value in 32 digits| ≤ bound, and the bound is not idle: below `slack` times the result. */
function holds(f: F, xs: readonly Tensor[], slack = 1e-12): void {
  const [y, bound] = roundingBound(f)(...xs);
  const [exact] = preciseValue(f)(...xs);
  const [high, low] = [exact!.value.toTypedArray(), exact!.rest.toTypedArray()];
  y.toTypedArray().forEach((value, i) => {
    const limit = bound.toTypedArray()[i]!;
    expect(Math.abs(value - high[i]! - low[i]!)).toBeLessThanOrEqual(limit * (1 + 2 ** -20));
    expect(limit).toBeLessThanOrEqual(slack * (1 + Math.abs(value)));
  });
}

const x = rng("x").normal([4, 5]) as Tensor;
const index = tensor([[0], [4], [2], [2]], { dtype: "int32" }) as Tensor;

describe("operations of no simple kind, on what has been rounded before", () => {
  const rounded = (t: Tensor): Tensor => mul(add(t, 0.1), 1 / 3) as Tensor;
  test.each<[string, F, Tensor[]?]>([
    ["extremes", (t) => max(rounded(t!), 1)],
    ["sorting", (t) => sort(rounded(t!))],
    [
      "padding",
      (t) =>
        pad(
          rounded(t!),
          [
            [1, 1],
            [0, 2],
          ],
          { value: 7 },
        ),
    ],
    ["gather", (t, i) => gather(rounded(t!), i!, 1), [x, index]],
    ["scatterAdd", (t, i) => scatterAdd(zeros([4, 5]), i!, rounded(t!), 1), [gather(x, index, 1), index]],
    ["softmax", (t) => softmax(rounded(t!))],
    ["logSumExp", (t) => logSumExp(rounded(t!), 1)],
    ["the gradient of softmax", (t) => grad((u: Tensor) => sum(mul(softmax(rounded(u)), x)) as never)(t!)],
    ["norm", (t) => norm(rounded(t!))],
    ["variance", (t) => variance(rounded(t!), 0)],
    ["prod", (t) => prod(rounded(t!), 1)],
    ["cumprod and its gradient", (t) => grad((u: Tensor) => sum(cumprod(rounded(u), 1)) as never)(t!)],
  ])("%s", (_name, f, xs = [x]) => {
    holds(f, xs);
  });

  test("a function with a rule of its own is bounded as what it does", () => {
    const own = withDerivative((t) => matmul(t, t.T), { vjp: (ct, _y, t) => [mul(2, matmul(ct, t))] });
    holds((t) => own(rounded(t!)), [x]);
  });
});

test("what f computes from constants alone is rounded, too", () => {
  const thirds = (t: Tensor): Tensor => grad((u: Tensor) => mean(u) as never)(t);
  const [y, bound] = roundingBound(thirds)(tensor([1, 2, 3]) as Tensor);
  expect(y.toArray()).toEqual([1 / 3, 1 / 3, 1 / 3]);
  bound.toTypedArray().forEach((limit) => expect(limit).toBeGreaterThanOrEqual(2 ** -55));
  holds((t) => sub(thirds(t!), div(1, 3)), [tensor([1, 2, 3]) as Tensor]);
  // Constants themselves are exact, and so is what only moves them.
  expect(roundingBound((t: Tensor) => add(t, 0))(tensor([1]) as Tensor)[1].item()).toBeLessThan(2 ** -51);
});

test("an operation that computes without a bound is refused by name", () => {
  expect(() => roundingBound((t: Tensor) => lgamma(t))(x)).toThrow(
    "roundingBound: there is no bound for lgamma; use operations that are pointwise, linear or bilinear, only move values, or have a formula",
  );
});

describe("entries", () => {
  test("each pair with its place, ulps and bound; NaN and bounds that are not finite are never ok", () => {
    const found = compareEntries(
      tensor([
        [1, Number.NaN],
        [2, 3],
      ]),
      tensor([
        [1 + 2 ** -52, 1],
        [2, 4],
      ]),
      tensor([
        [1e-15, 1],
        [0, Number.POSITIVE_INFINITY],
      ]),
    );
    expect(found.entries.map(({ index, ulps, ok }) => [index, ulps, ok])).toEqual([
      [[0, 0], 1, true],
      [[0, 1], Number.POSITIVE_INFINITY, false],
      [[1, 0], 0, true],
      [[1, 1], ulps(3, 4), false],
    ]);
    expect(found.ok).toBe(false);
    expect(found.maxDifference).toBeNaN();
  });

  test("equal infinities do not differ; of nothing, nothing differs", () => {
    const infinite = tensor([Number.POSITIVE_INFINITY]);
    expect(compareEntries(infinite, infinite, tensor([1])).ok).toBe(true);
    expect(compareEntries(tensor([]), tensor([]), tensor([]))).toMatchObject({ ok: true, boundUsed: 0 });
  });

  test("shapes must agree", () => {
    expect(() => compareEntries(zeros([2]), zeros([3]), zeros([2]))).toThrow(
      "compareEntries: [2] beside [3]; give three tensors of one shape",
    );
  });
});
