/** @file Graphs as formulas: what is simplified, what is only written down, and that a wrong rule is seen. */
import { describe, expect, test } from "vitest";
import {
  abs,
  add,
  arange,
  concat,
  cumsum,
  div,
  exp,
  grad,
  greater,
  jvp,
  type LatexNames,
  log,
  matmul,
  mul,
  neg,
  ones,
  permute,
  pow,
  record,
  relu,
  reshape,
  sigmoid,
  slice,
  sub,
  sum,
  type Tensor,
  TensorError,
  tanh,
  toLatex,
  transpose,
  where,
  withDerivative,
  zeros,
} from "../src/index.ts";

const square = zeros([3, 3]) as Tensor;

/** The formula of a function of a, b, …, all [3, 3]. */
function formula(f: (...xs: Tensor[]) => Tensor, names: LatexNames = {}): string {
  const inputs = ["a", "b", "c"].slice(0, f.length);
  const graph = record(f)(...inputs.map(() => square));
  return toLatex(graph, { inputs, ...names })[0]!.expression;
}

describe("formulas", () => {
  test.each<[string, string, (...xs: Tensor[]) => Tensor]>([
    ["sums of like terms", "3 a", (a) => add(a, mul(2, a)) as Tensor],
    ["what cancels", "b", (a, b) => sub(add(a, b), a) as Tensor],
    ["nothing left", "0", (a) => sub(a, a) as Tensor],
    ["a difference", "a - b", (a, b) => sub(a, b) as Tensor],
    ["minus", "-a - b", (a, b) => neg(add(a, b)) as Tensor],
    ["products of elements", "a \\odot b", (a, b) => mul(a, b) as Tensor],
    ["powers", "a^{3}", (a) => mul(a, pow(a, 2)) as Tensor],
    ["quotients", "\\frac{a \\odot c}{b^{2}}", (a, b, c) => mul(div(a, mul(b, b)), c) as Tensor],
    ["what a quotient cancels", "a", (a, b) => div(mul(a, b), b) as Tensor],
    ["fractions", "\\frac{1}{3} a", (a) => div(a, 3) as Tensor],
    ["numbers before matrices", "6 a \\, b", (a, b) => matmul(mul(2, a), mul(3, b)) as Tensor],
    ["sums within products", "\\left(a + b\\right) \\odot c", (a, b, c) => mul(add(a, b), c) as Tensor],
    ["sums of matrices", "\\left(a + b\\right) \\, c", (a, b, c) => matmul(add(a, b), c) as Tensor],
    ["products of products", "a \\, b \\, c", (a, b, c) => matmul(matmul(a, b), c) as Tensor],
    [
      "a product within a product of elements",
      "\\left(a \\, b\\right) \\odot c",
      (a, b, c) => mul(matmul(a, b), c) as Tensor,
    ],
    ["transposed twice", "a", (a) => transpose(transpose(a)) as Tensor],
    ["a transposed product", "b^{\\mathsf{T}} \\, a^{\\mathsf{T}}", (a, b) => transpose(matmul(a, b)) as Tensor],
    ["sums over axes", "\\sum_{i_{0}} a", (a) => sum(a, 0) as Tensor],
    ["sums of numbers", "9", () => sum(ones([3, 3])) as Tensor],
    ["parts", "a_{\\cdot,1:}", (a) => slice(a, null, [1])],
    ["places", "a_{0,2}", (a) => slice(a, 0, 2)],
    ["blocks", "\\left[a \\mid b\\right]", (a, b) => concat([a, b], 1)],
    ["blocks below each other", "\\begin{bmatrix}a \\\\ b\\end{bmatrix}", (a, b) => concat([a, b], 0)],
    ["functions", "e^{\\ln\\left(a\\right)}", (a) => exp(log(a)) as Tensor],
    ["absolute values", "\\left|a\\right|", (a) => abs(a) as Tensor],
    [
      "branches",
      "\\begin{cases} a & \\left[a > 0\\right] \\\\ b & \\text{otherwise} \\end{cases}",
      (a, b) => where(greater(a, 0), a, b) as Tensor,
    ],
    ["stretching", "a + a_{0,\\cdot}", (a) => add(a, slice(a, 0)) as Tensor],
    ["operations without notation", "\\operatorname{reshape}\\left(a\\right)", (a) => reshape(a, [9])],
  ])("%s: %s", (_name, expected, f) => {
    expect(formula(f)).toBe(expected);
  });

  test("numbers and axes are written as they are told", () => {
    const names = { numbers: new Map([[1 / 3, "\\frac{1}{m}"]]), axes: ["i"] };
    expect(formula((a) => div(sum(a, 0), 3) as Tensor, names)).toBe("\\frac{1}{m} \\sum_{i} a");
  });

  test("constants that are no single number have their label for a name", () => {
    const table = (): Tensor => reshape(arange(0, 9, 1, { dtype: "float64" }), [3, 3]) as Tensor;
    const named = table().named("t");
    expect(formula((a) => mul(a, named) as Tensor)).toBe("a \\odot t");
    const [one, other] = [table(), table().add(1)];
    expect(formula((a) => mul(a, sub(one, other)) as Tensor)).not.toBe("0");
    expect(formula((a) => sub(mul(a, one), mul(a, other)) as Tensor)).toBe("a \\odot c_{0} - a \\odot c_{1}");
  });

  test("an operation that nobody thought of is written as a function, arguments and all", () => {
    expect(formula((a) => cumsum(a, 0) as Tensor)).toMatch(/^\\operatorname\{cumsum\}\\left\(a\\right\)$/);
    expect(formula((a) => permute(reshape(a, [3, 3, 1]), [2, 0, 1]))).toMatch(/operatorname\{permute\}/);
  });
});

describe("derivatives", () => {
  const backwards =
    (f: (x: Tensor) => Tensor) =>
    (x: Tensor): Tensor =>
      grad((a: Tensor) => sum(f(a)))(x);

  test.each<[string, string, (x: Tensor) => Tensor]>([
    ["sigmoid", "\\sigma\\left(a\\right) \\odot \\left(1 - \\sigma\\left(a\\right)\\right)", sigmoid],
    ["tanh", "1 - \\tanh\\left(a\\right)^{2}", tanh],
    ["relu", "\\left[a > 0\\right]", relu],
    ["exp of a square", "2 e^{a^{2}} \\odot a", (a) => exp(mul(a, a)) as Tensor],
  ])("%s: %s", (_name, expected, f) => {
    expect(formula(backwards(f)).replace(/\\left\(\\tanh\\left\(a\\right\)\\right\)/, "\\tanh\\left(a\\right)")).toBe(
      expected,
    );
  });

  test("a rule that is wrong is written as it is", () => {
    const wrong = withDerivative((a: Tensor) => sigmoid(a) as Tensor, { vjp: (ct, y) => [mul(ct, y) as Tensor] });
    expect(formula(backwards(wrong))).toBe("\\sigma\\left(a\\right)");
  });

  test("results that come up again are written by their names, as factors too", () => {
    const graph = record((z: Tensor, ct: Tensor) => {
      const h = sigmoid(z);
      const [, psi] = jvp((t: Tensor) => sigmoid(t), [z], [ones([3, 3])]);
      return [h, psi, mul(ct, psi), mul(mul(ct, h), sub(1, h))];
    })(square, square);
    const names = { inputs: ["z", "c"], outputs: ["h", "\\Psi", "p", { symbol: "q", times: 2 }] };
    expect(toLatex(graph, names).map(({ symbol, expression }) => `${symbol} = ${expression}`)).toEqual([
      "h = \\sigma\\left(z\\right)",
      "\\Psi = h \\odot \\left(1 - h\\right)",
      "p = c \\odot \\Psi",
      "q = 2 p",
    ]);
  });
});

test("names that are too few are refused", () => {
  const graph = record((a: Tensor, b: Tensor) => mul(a, b))(square, square);
  expect(() => toLatex(graph, { inputs: ["a"] })).toThrow(TensorError);
  expect(() => toLatex(graph, { inputs: ["a"] })).toThrow("toLatex: 1 names for 2 inputs; give one for each input");
  expect(() => toLatex(graph, { outputs: [] })).toThrow("toLatex: 0 names for 1 results; give one for each result");
});
