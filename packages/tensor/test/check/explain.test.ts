/** @file What a function does, printed with its local derivatives. */
import { describe, expect, test } from "vitest";
import { explain } from "../../src/check/index.ts";
import {
  add,
  div,
  exp,
  greater,
  log,
  matmul,
  mul,
  neg,
  relu,
  sigmoid,
  sub,
  sum,
  svd,
  type Tensor,
  tensor,
  where,
  zeros,
} from "../../src/index.ts";

test("a layer, with its names", () => {
  const layer = (x: Tensor, w: Tensor) => {
    const z = matmul(x, w).named("z");
    return sum(sigmoid(z));
  };
  const explanation = explain(layer, [zeros([4, 3]).named("x"), zeros([3, 2]).named("w")]);
  expect(String(explanation).split("\n")).toEqual([
    "x   = input         : float64[4, 3]",
    "w   = input         : float64[3, 2]",
    "z   = matmul(x, w)  : float64[4, 2]  dz = matmul(dx, w) + matmul(x, dw)",
    "%3  = sigmoid(z)    : float64[4, 2]  d%3 = dz · %3 · (1 − %3)",
    "%4  = sum(%3)       : float64[]      d%4 = sum(d%3)",
    "return %4",
  ]);
});

describe("expressions", () => {
  const of = (f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]): string => {
    const { steps } = explain(f, xs.length === 0 ? [zeros([2])] : xs);
    const last = steps.at(-1)!;
    return `${last.expression}; ${last.derivatives.map(({ expression }) => expression).join("; ")}`;
  };
  const x = zeros([2]) as Tensor;
  test.each<[string, string]>([
    [of((a) => log(a!)), "log(%0); d%0 · reciprocal(%0)"],
    [of((a) => exp(a!)), "exp(%0); d%0 · %1"],
    [of((a) => neg(a!)), "−%0; −d%0"],
    [of((a, b) => div(a!, b!), x, x), "%0 / %1; d%0 / %1; −(d%1 · %2 / %1)"],
    [of((a, b) => sub(a!, b!), x, x), "%0 − %1; d%0; −d%1"],
    [of((a) => mul(a!, 0.5)), "%0 · 0.5; d%0 · 0.5"],
    [of((a, b) => where(greater(a!, 0), a!, b!), x, x), "where(%3, %0, %1); where(%3, d%0, 0); where(%3, 0, d%1)"],
    [of((a) => relu(a!)), "relu(%0); d%0 · cast(greater(%0, 0))"],
    [of((a) => add(a!, a!)), "%0 + %0; d%0; d%0"],
  ])("%s", (got, expected) => {
    expect(got).toBe(expected);
  });

  test("constants are shown by their number, what they make does not vary", () => {
    const { steps } = explain((a: Tensor) => mul(a, exp(tensor(2))), [zeros([2])]);
    expect(steps.map(({ expression }) => expression)).toEqual([
      "input",
      "constant 7.38905609893065",
      "%0 · 7.38905609893065",
    ]);
    expect(steps.map(({ derivatives }) => derivatives.length)).toEqual([0, 0, 1]);
  });

  test("a long rule is told by its length", () => {
    const { steps } = explain((a: Tensor) => svd(a)[1], [zeros([3, 2])]);
    expect(
      steps.some(({ derivatives }) =>
        derivatives.some(({ expression }) => /^a rule of \d+ operations$/.test(expression)),
      ),
    ).toBe(true);
  });
});
