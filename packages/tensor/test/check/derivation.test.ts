/** @file Bring your own derivation: right ones pass, planted mistakes are pinned to their term, names are explained. */
import { describe, expect, test } from "vitest";
import { type ClosedFormOf, compareDerivation } from "../../src/check/index.ts";
import {
  add,
  gather,
  log,
  matmul,
  mean,
  mul,
  neg,
  ones,
  relu,
  rng,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../src/index.ts";

const inputs = {
  W: rng("W").normal([3, 2]) as Tensor,
  V: rng("V").normal([2, 1]) as Tensor,
  x: rng("x").normal([4, 3]) as Tensor,
  y: rng("y").uniform([4, 1]) as Tensor,
};
type Inputs = typeof inputs;
type Forms = Record<string, ClosedFormOf<Inputs>>;

const forward = ({ W, V, x, y }: Inputs): Tensor => {
  const z = matmul(x, W).named("z");
  const h = sigmoid(z).named("h");
  const out = matmul(h, V).named("out");
  return mean(sub(softplus(out), mul(y, out)));
};

const right: Forms = {
  h: ({ z }) => sigmoid(z!),
  "δ out": ({ out, y }) => mul(0.25, sub(sigmoid(out!), y)),
  "∂J/∂V": ({ h }, d) => matmul(transpose(h!), d["δ out"]!),
  "δ z": ({ h, V }, d) => mul(matmul(d["δ out"]!, transpose(V)), mul(h!, sub(1, h!))),
  "∂J/∂W": ({ x }, d) => matmul(transpose(x), d["δ z"]!),
  "∂J/∂y": ({ out }) => mul(-0.25, out!),
};

describe("a whole derivation", () => {
  const report = compareDerivation({ inputs, forward, derived: right });

  test("is proved, within its bounds, and autograd passes its own tests", () => {
    expect(report.ok, String(report)).toBe(true);
    expect(report.rows.map(({ quantity, verdict, entries }) => [quantity, verdict, entries.length])).toEqual([
      ["h", "proved", 8],
      ["δ out", "proved", 4],
      ["∂J/∂V", "proved", 2],
      ["δ z", "proved", 8],
      ["∂J/∂W", "proved", 6],
      ["∂J/∂y", "proved", 4],
    ]);
    expect(report.rows.every(({ boundUsed }) => boundUsed <= 1)).toBe(true);
    expect([report.firstWrong, report.gradient.ok, report.proof.verdict]).toEqual([null, true, "proved"]);
  });

  test("prints the same columns for every quantity", () => {
    const lines = String(report).split("\n");
    expect(lines[0]).toBe("ok");
    expect(lines[1]).toMatch(/^quantity +entries +proof +largest difference +ulps +bound used +nearer$/);
    expect(lines[4]).toMatch(/^∂J\/∂V +2 +proved +\S+ +\d+ +\S+ +(equal|derived|autograd) +ok$/);
  });
});

describe("mistakes are pinned to the first term that has one", () => {
  test.each<[string, Forms, string]>([
    ["1/m lost", { ...right, "δ out": ({ out, y }) => sub(sigmoid(out!), y) }, "δ out"],
    ["y and h exchanged", { ...right, "δ out": ({ out, y }) => mul(0.25, sub(y, sigmoid(out!))) }, "δ out"],
    ["Ψ dropped", { ...right, "δ z": ({ V }, d) => matmul(d["δ out"]!, transpose(V)) }, "δ z"],
    ["Ψ replaced by h", { ...right, "δ z": ({ h, V }, d) => mul(matmul(d["δ out"]!, transpose(V)), h!) }, "δ z"],
    ["a wrong sign", { ...right, "∂J/∂y": ({ out }) => mul(0.25, out!) }, "∂J/∂y"],
    ["off by 1e-9", { ...right, "∂J/∂W": ({ x }, d) => mul(1 + 1e-9, matmul(transpose(x), d["δ z"]!)) }, "∂J/∂W"],
  ])("%s", (_name, derived, quantity) => {
    const report = compareDerivation({ inputs, forward, derived });
    expect([report.ok, report.firstWrong?.quantity, report.firstWrong?.verdict]).toEqual([
      false,
      quantity,
      "different",
    ]);
    // The quantities before it are right.
    for (const row of report.rows.slice(
      0,
      report.rows.findIndex((r) => r.quantity === quantity),
    ))
      expect(row.ok).toBe(true);
    expect(String(report)).toContain(`first wrong: ${quantity}[`);
  });
});

test("a saturated network does not hide a mistake", () => {
  const saturated = { ...inputs, W: mul(1000, inputs.W) as Tensor };
  expect(
    compareDerivation({ inputs: saturated, forward, derived: right }).rows.every(({ verdict }) => verdict === "proved"),
  ).toBe(true);
  const report = compareDerivation({
    inputs: saturated,
    forward,
    derived: { ...right, "δ z": ({ h, V }, d) => mul(matmul(d["δ out"]!, transpose(V)), mul(h!, sub(2, h!))) },
  });
  expect(report.firstWrong?.quantity).toBe("δ z");
});

test("weights of 1e±150: a verdict, no false green", () => {
  for (const scale of [1e150, 1e-150]) {
    const report = compareDerivation({
      inputs: { ...inputs, W: mul(scale, inputs.W) as Tensor },
      forward,
      derived: right,
    });
    expect(report.proof.verdict).toBe("proved");
    const wrong = compareDerivation({
      inputs: { ...inputs, W: mul(scale, inputs.W) as Tensor },
      forward,
      derived: { ...right, "∂J/∂W": ({ x }, d) => matmul(transpose(x), mul(2, d["δ z"]!)) },
    });
    expect(wrong.firstWrong?.quantity).toBe("∂J/∂W");
  }
});

test("which side is nearer to the truth", () => {
  // By hand: 1 − (1 − h), which loses the digits of a small h.
  const report = compareDerivation({
    inputs: { x: tensor([-30, -20]) as Tensor },
    forward: ({ x }) => sum(softplus(x)),
    derived: { "∂J/∂x": ({ x }) => sub(1, sub(1, sigmoid(x))) },
  });
  expect([report.rows[0]!.verdict, report.rows[0]!.nearer]).toEqual(["proved", "autograd"]);
});

test("whole numbers and bools are constants, kinks are taken where they are", () => {
  const report = compareDerivation({
    inputs: {
      x: tensor([
        [1, -2],
        [3, 4],
      ]) as Tensor,
      index: tensor([[1], [0]], { dtype: "int32" }) as Tensor,
    },
    forward: ({ x, index }) => sum(square(relu(gather(x, index, 1)).named("r"))),
    derived: { "δ r": ({ r }) => mul(2, r!) },
  });
  expect(report.ok, String(report)).toBe(true);
});

describe("bad input is refused with a whole sentence", () => {
  const derived = { "∂J/∂x": ({ x }: { x: Tensor }) => mul(2, x) };
  const square2 = ({ x }: { x: Tensor }) => sum(square(x).named("s")) as Tensor;
  test.each<[string, () => unknown, string]>([
    [
      "an unknown name",
      () =>
        compareDerivation({ inputs: { x: ones([2]) as Tensor }, forward: square2, derived: { "∂J/∂q": ({ x }) => x } }),
      'compareDerivation: ∂J/∂q: there is no q; there are x, s; name others on the way with x.named("…")',
    ],
    [
      "another shape",
      () =>
        compareDerivation({
          inputs: { x: ones([2]) as Tensor },
          forward: square2,
          derived: { "∂J/∂x": () => ones([3]) as Tensor },
        }),
      "compareDerivation: the closed form of ∂J/∂x is [3], x is [2]; derivatives have the shape of what they are in",
    ],
    [
      "no tensor",
      () =>
        compareDerivation({
          inputs: { x: ones([2]) as Tensor },
          forward: square2,
          derived: { "∂J/∂x": () => 2 as never },
        }),
      "compareDerivation: the closed form of ∂J/∂x is number; return a tensor",
    ],
    [
      "no scalar",
      () => compareDerivation({ inputs: { x: ones([2]) as Tensor }, forward: ({ x }) => x, derived }),
      "compareDerivation: forward returned [2]; return the scalar J: sum it",
    ],
    [
      "NaN",
      () => compareDerivation({ inputs: { x: tensor([1, Number.NaN]) as Tensor }, forward: square2, derived }),
      "compareDerivation: element [1] of x is NaN; equality means nothing there; clean the data",
    ],
    [
      "float32",
      () => compareDerivation({ inputs: { x: ones([2], { dtype: "float32" }) as Tensor }, forward: square2, derived }),
      'compareDerivation: x is float32; the judges are for float64: cast(x, "float64")',
    ],
    [
      "an empty batch",
      () => compareDerivation({ inputs: { x: zeros([0, 2]) as Tensor }, forward: square2, derived }),
      "compareDerivation: there is nothing to compare; let both return tensors with elements",
    ],
    [
      "nothing derived",
      () => compareDerivation({ inputs: { x: ones([2]) as Tensor }, forward: square2, derived: {} }),
      'compareDerivation: nothing is derived; give closed forms: { "∂J/∂w": … }',
    ],
    [
      "a constant",
      () =>
        compareDerivation({
          inputs: { x: ones([2]) as Tensor, n: ones([2], { dtype: "int32" }) as Tensor },
          forward: square2,
          derived: { "∂J/∂n": ({ x }) => x },
        }),
      'compareDerivation: ∂J/∂n: n is int32, a constant; there are x, n, s; name others on the way with x.named("…")',
    ],
  ])("%s", (_name, call, message) => {
    expect(call).toThrow(message);
  });

  test("a logarithm of 0 on the way", () => {
    const call = () =>
      compareDerivation({
        inputs: { x: zeros([1]) as Tensor },
        forward: ({ x }) => neg(sum(mul(x, log(x)))) as Tensor,
        derived: { "∂J/∂x": ({ x }) => neg(add(1, log(x))) },
      });
    expect(call).toThrow(
      "compareDerivation: J is NaN at these inputs; a derivative means nothing there; choose others",
    );
  });
});
