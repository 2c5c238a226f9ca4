/** @file Where a derivative is infinite or undefined, and what a zero beside it makes of it. */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { grad, greater, jvp, log, mul, pow, sqrt, square, type Tensor, tensor, vjp, where } from "../../src/index.ts";

type F = (x: Tensor) => Tensor;
type Scalar = Tensor<readonly []>;

/** Derivatives of f at x from the first to the third, by reverse mode; −0 as 0. */
function derivatives(f: F, x: number): number[] {
  const first = grad((v: Tensor) => f(v) as Scalar) as F;
  const second = grad((v: Tensor) => first(v) as Scalar) as F;
  const third = grad((v: Tensor) => second(v) as Scalar) as F;
  return [first, second, third].map((d) => d(tensor(x) as Tensor).item() + 0);
}

/** The same by forward mode. */
function forward(f: F, x: number): number[] {
  const d =
    (g: F): F =>
    (v) =>
      jvp(g, [v], [api.ones([]) as Tensor])[1];
  return [d(f), d(d(f)), d(d(d(f)))].map((g) => g(tensor(x) as Tensor).item() + 0);
}

const singular: Record<string, readonly [F, number]> = {
  log: [log, 0],
  "log of a negative": [log, -1],
  sqrt: [sqrt, 0],
  "sqrt of a negative": [sqrt, -1],
  reciprocal: [api.reciprocal, 0],
  "1/x": [(x) => api.div(1, x), 0],
  "0/0": [(x) => api.div(x, mul(2, x)), 0],
  "x·(1/x)": [(x) => mul(x, api.div(1, x)), 0],
  "a root as a power": [(x) => pow(x, 0.5), 0],
  "a root of a negative": [(x) => pow(x, 0.5), -1],
  "a power of −2": [(x) => pow(x, -2), 0],
  "x to the power x": [(x) => pow(x, x), 0],
  rsqrt: [api.rsqrt, 0],
  cbrt: [api.cbrt, 0],
  "log log": [(x) => log(log(x)), 0],
  "sqrt of log": [(x) => sqrt(log(x)), 0],
  log1p: [api.log1p, -1],
  log2: [api.log2, 0],
  logit: [(x) => api.logit(x), 0],
  xlogy: [(x) => api.xlogy(x, x), 0],
  acosh: [api.acosh, 0],
  atanh: [api.atanh, -1],
  asin: [api.asin, -1],
  acos: [api.acos, -1],
  erfinv: [api.erfinv, -1],
  lgamma: [api.lgamma, 0],
  digamma: [api.digamma, -1],
  overflow: [(x) => api.exp(mul(-1e5, x)), -1],
  "a quotient of overflows": [(x) => api.div(api.exp(mul(-1e5, x)), api.exp(mul(-1e5, x))), -1],
};

describe("the branch of where not taken sends no NaN, in the first three orders and both modes", () => {
  test.each(Object.entries(singular))("%s", (_name, [f, x]) => {
    const safe: F = (v) => where(greater(v, 0), f(v), mul(3, v));
    expect(derivatives(safe, x)).toEqual([3, 0, 0]);
    expect(forward(safe, x)).toEqual([3, 0, 0]);
  });

  test("as a user would write it, in a sum", () => {
    const entropy: F = (p) => api.sum(where(greater(p, 0), mul(p, log(p)), 0)) as Tensor;
    expect(grad((p: Tensor) => entropy(p) as Scalar)(tensor([0, 1])).toArray()).toEqual([0, 1]);
  });
});

describe("a zero factor of the chain rule absorbs", () => {
  test("the same in both modes, where ∞·0 would be NaN in one of them", () => {
    for (const f of [(x: Tensor) => sqrt(square(x)), (x: Tensor) => square(sqrt(x)), (x: Tensor) => mul(0, log(x))]) {
      const x = tensor(0) as Tensor;
      const [, tangent] = jvp(f, [x], [tensor(1) as Tensor]);
      const [, pullback] = vjp(f, x);
      expect([tangent.item(), pullback(tensor(1) as Tensor)[0]!.item()]).toEqual([0, 0]);
    }
  });

  test("but a NaN or infinite derivative shows where no factor is 0", () => {
    expect(derivatives(log, 0)[0]).toBe(Infinity);
    expect(derivatives(sqrt, -1)[0]).toBe(Number.NaN);
  });

  test("a NaN value goes on", () => {
    expect(mul(tensor([0, 1]), tensor([Number.NaN, Number.NaN])).toArray()).toEqual([Number.NaN, Number.NaN]);
    expect(mul(tensor(0), Infinity).item()).toBe(Number.NaN);
  });
});

describe("powers and roots at 0 and below", () => {
  test("pow at 0", () => {
    expect(derivatives((x) => pow(x, 2), 0)).toEqual([0, 2, 0]);
    expect(derivatives((x) => pow(x, 3), 0)).toEqual([0, 0, 6]);
    expect(derivatives((x) => pow(x, 1), 0)).toEqual([1, 0, 0]);
    expect(derivatives((x) => pow(x, 0), 0)).toEqual([0, 0, 0]);
    expect(derivatives((x) => pow(x, 0.5), 0)[0]).toBe(Infinity);
    expect(derivatives((p) => pow(0, p), 2)).toEqual([0, 0, 0]);
    expect(grad((p: Tensor) => pow(tensor(-2), p) as Scalar)(tensor(2)).item()).toBe(Number.NaN);
  });

  test("pow of negative bases", () => {
    expect(derivatives((x) => pow(x, 3), -2)).toEqual([12, -12, 6]);
    expect(derivatives((x) => pow(x, -1), -2)).toEqual([-0.25, -0.25, -0.375]);
    expect(pow(tensor([-2, -8]), tensor([-1, 1 / 3])).toArray()).toEqual([-0.5, Number.NaN]);
  });

  test("roots, and lengths at the origin", () => {
    expect(derivatives(sqrt, 0)[0]).toBe(Infinity);
    expect(derivatives((x) => mul(x, sqrt(x)), 0)[0]).toBe(0);
    expect(derivatives(api.cbrt, 0)[0]).toBe(Infinity);
    expect(derivatives((x) => api.hypot(x, 0), 0)[0]).toBe(0);
    expect(derivatives((x) => api.atan2(x, x), 0)[0]).toBe(0);
    expect(grad((x: Tensor) => api.abs(x) as Scalar)(tensor(0)).item()).toBe(0);
  });
});

test("logaddexp of the same infinity: half to each", () => {
  const f = (a: Tensor, b: Tensor): Tensor => api.logaddexp(a, b);
  const [y, pullback] = vjp(
    f,
    tensor([-Infinity, Infinity, 800]) as Tensor,
    tensor([-Infinity, Infinity, 800]) as Tensor,
  );
  expect(y.toArray()).toEqual([-Infinity, Infinity, 800 + Math.LN2]);
  expect(pullback(api.ones([3]) as Tensor).map((ct) => ct.toArray())).toEqual([
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
  ]);
});

describe("activations far out: neither NaN nor a wrong slope, to the second order", () => {
  const { celu, elu, gelu, mish, selu, silu, softsign, tanhshrink } = api;
  const scale = 1.0507009873554805;
  test.each<[string, F, number, number]>([
    ["elu", (x) => elu(x), 1, 0],
    ["celu", (x) => celu(x, { alpha: 2 }), 1, 0],
    ["selu", selu, scale, 0],
    ["gelu", (x) => gelu(x), 1, 0],
    ["gelu by tanh", (x) => gelu(x, { approximate: "tanh" }), 1, 0],
    ["silu", silu, 1, 0],
    ["mish", mish, 1, 0],
    ["softsign", softsign, 0, 0],
    ["tanhshrink", tanhshrink, 1, 1],
    ["softplus", api.softplus, 1, 0],
    ["logSigmoid", api.logSigmoid, 0, 1],
  ])("%s", (_name, f, above, below) => {
    for (const size of [2000, 1e160, Infinity]) {
      const values = [f(tensor(size) as Tensor).item(), f(tensor(-size) as Tensor).item()];
      expect(values.some(Number.isNaN)).toBe(false);
      // 1/(1 + 2000)² is not quite 0.
      expect(derivatives(f, size)[0]).toBeCloseTo(above, 6);
      expect(derivatives(f, -size)[0]).toBeCloseTo(below, 6);
      if (f !== softsign) expect([derivatives(f, size)[1], derivatives(f, -size)[1]]).toEqual([0, 0]);
    }
  });
});
