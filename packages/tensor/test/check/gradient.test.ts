/** @file The empirical judge: right programs pass, wrong rules are named with their place, kinks are told apart. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkGradient } from "../../src/check/index.ts";
import { apply, linear, type Primitive, pointwise } from "../../src/extend.ts";
import {
  abs,
  add,
  cast,
  concat,
  div,
  exp,
  gather,
  log,
  matmul,
  max,
  maximum,
  mul,
  pow,
  relu,
  rng,
  sigmoid,
  sign,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  where,
  withDerivative,
} from "../../src/index.ts";
import { differentiable, inputsOf, kinks } from "../samples/index.ts";

const x = tensor([0.5, -1.25, 2]) as Tensor;

describe("right programs pass", () => {
  const smooth = Object.entries(differentiable).filter(([name]) => !kinks.includes(name));
  test.each(smooth)("%s", (_name, samples) => {
    fc.assert(
      fc.property(
        samples.chain((sample) => inputsOf(sample, "float64").map((xs) => ({ f: sample.f, xs }))),
        ({ f, xs }) => {
          if (xs.length === 0) return;
          const report = checkGradient(f as (...ts: Tensor[]) => Tensor, xs);
          expect(report.ok, String(report)).toBe(true);
        },
      ),
      { numRuns: 4 },
    );
  });

  test("whole programs, trees in and out, second order, forward mode, whole numbers among the inputs", () => {
    const params = { w: rng("w").normal([3, 2]) as Tensor, b: [rng("b").normal([2]) as Tensor] };
    const labels = tensor([[1], [0]], { dtype: "int32" }) as Tensor;
    const f = (p: typeof params, t: Tensor, y: Tensor) => {
      const z = add(matmul(t, p.w), p.b[0]!);
      return { cost: sum(gather(softplus(z), y, 1)), z: tanh(z), y };
    };
    const report = checkGradient(f, [params, rng("x").normal([2, 3]) as Tensor, labels], { checkSecondOrder: true });
    expect(report.ok, String(report)).toBe(true);
    expect(report.checks.map(({ check }) => check)).toEqual([
      "repeatability",
      "adjointness",
      "Taylor remainder",
      "centred differences",
      "symmetry of second derivatives",
      "centred differences of the gradient",
    ]);
    expect([report.problems, report.kinks, report.smallest]).toEqual([[], [], null]);
  });

  test("scales of all sizes: steps follow them", () => {
    for (const scale of [1e-150, 1e-12, 1, 1e12, 1e150]) {
      const t = mul(scale, tensor([0.3, -0.7, 1.1])) as Tensor;
      const report = checkGradient((v: Tensor) => mul(scale, sum(square(div(v, scale)))), [t], { atol: 0 });
      expect(report.ok, `${scale}: ${report}`).toBe(true);
    }
  });

  test("many results are judged in combinations; fast mode takes one direction for each input", () => {
    const t = rng("many").normal([10, 10]) as Tensor;
    const all = checkGradient((v: Tensor) => softmax(v), [t]);
    const fast = checkGradient((v: Tensor) => softmax(v), [t], { fastMode: true });
    expect([all.ok, fast.ok]).toEqual([true, true]);
    expect(all.checks.at(-1)!.compared).toBe(800);
    expect(fast.checks.at(-1)!.compared).toBe(8);
  });

  test("property: no random program is reported wrong", () => {
    const steps: ((a: Tensor, b: Tensor) => Tensor)[] = [
      (a, b) => matmul(a, b),
      (a, b) => mul(sigmoid(a), b),
      (a, b) => add(tanh(a), softplus(b)),
      (a, b) => div(a, add(1, square(b))),
      (a) => softmax(a),
      (a, b) => sqrt(add(1, square(sub(a, b)))),
      (a, b) =>
        concat([log(add(2, square(a))), b])
          .T.T.mean(0)
          .add(b),
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(steps.length - 1), { minLength: 1, maxLength: 4 }), fc.integer(), (chain, seed) => {
        const program = (a: Tensor, b: Tensor) => {
          let [p, q] = [a, b];
          for (const step of chain) [p, q] = [steps[step]!(p, q), p];
          return p;
        };
        const report = checkGradient(program, [rng(seed).normal([2, 2]), rng(seed + 1).normal([2, 2])], {
          checkSecondOrder: chain.length < 3,
        });
        expect(report.ok, String(report)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

/** A rule that is off in one element by a factor. */
const off = (factor: number, place: number) =>
  withDerivative((t) => square(t), {
    vjp: (ct, _y, t) => [
      mul(ct, mul(mul(2, t), tensor(Array.from({ length: t.size }, (_, i) => (i === place ? factor : 1))))),
    ],
  });

describe("wrong rules are found", () => {
  test("which input, which index, both values, ulps, bound; shrunk to one element", () => {
    const wrong = (t: Tensor, u: Tensor) => add(off(1.001, 1)(t), u);
    const report = checkGradient(wrong, [x.named("weights"), tensor([1, 2, 3]) as Tensor]);
    expect(report.ok).toBe(false);
    const found = report.problems.filter(({ check }) => check === "centred differences");
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ input: "weights ([0])", index: [1], output: "", outputIndex: [1] });
    expect(found[0]!.analytical).toBeCloseTo(-2.5025, 10);
    expect(found[0]!.numerical).toBeCloseTo(-2.5, 7);
    expect(found[0]!.bound).toBeLessThan(1e-5);
    expect(String(report)).toMatch(
      /centred differences: ∂ f\[1\] \/ ∂ weights \(\[0\]\)\[1\] is -2\.502\d+ by autograd, -2\.5/,
    );
  });

  test("a relative mistake of 1e-5 in one element of many", () => {
    fc.assert(
      fc.property(fc.nat(5), (place) => {
        const t = rng("six").normal([6]) as Tensor;
        const report = checkGradient((v: Tensor) => sum(off(1 + 1e-5, place)(v)), [t]);
        expect(report.problems.some(({ index }) => String(index) === String([place]))).toBe(true);
      }),
    );
  });

  test("a forward rule that is not the reverse one's transpose", () => {
    const op: Primitive<null> = {
      ...linear<null>(
        {
          name: "twice",
          shape: ([t]) => t!,
          run: ([t]) => Float64Array.from(t!.toTypedArray(), (v) => 2 * v),
          rounding: () => 1,
        },
        (ct) => mul(2, ct),
      ),
      jvp: [(t) => mul(3, t)],
    };
    const report = checkGradient((t: Tensor) => mul(t, apply(op, [t], null)), [x]);
    expect(report.problems.map(({ check, input, index }) => `${check} ${input} ${index}`).sort()).toEqual([
      "adjointness [0] 0",
      "adjointness [0] 1",
      "adjointness [0] 2",
    ]);
    const backward = checkGradient((t: Tensor) => mul(t, apply(op, [t], null)), [x], { checkForwardAd: false });
    expect(backward.ok).toBe(true);
  });

  test("a second derivative: the gradient's own rule", () => {
    // The value and the first derivative are right, the second is that of a constant.
    const cubed = pointwise(
      "cubed",
      (v) => v ** 3,
      (t) => mul(3, sameAsSquare(t)),
    );
    const sameAsSquare = pointwise(
      "sameAsSquare",
      (v) => v * v,
      (t) => mul(0, t),
    );
    expect(checkGradient((t: Tensor) => sum(cubed(t)), [x]).ok).toBe(true);
    const report = checkGradient((t: Tensor) => sum(cubed(t)), [x], { checkSecondOrder: true });
    expect(report.problems.map(({ check }) => check)).toContain("centred differences of the gradient");
  });

  test("a program that is not the same twice", () => {
    let calls = 0;
    const report = checkGradient((t: Tensor) => mul(t, 1 + 1e-15 * calls++), [x]);
    expect(report.checks[0]).toMatchObject({ check: "repeatability", ok: false });
    let again = 0;
    expect(checkGradient((t: Tensor) => mul(t, 1 + 1e-15 * again++), [x], { nondetTol: 1e-10 }).checks[0]!.ok).toBe(
      true,
    );
  });

  test("shrinking: the failing inputs become one element, and simple numbers", () => {
    const wrong = withDerivative((a, b) => matmul(a, b), {
      vjp: (ct, _y, a, b) => [matmul(ct, b.T), mul(1.01, matmul(a.T, ct))],
    });
    const report = checkGradient((a: Tensor, b: Tensor) => wrong(a, b), [rng(1).normal([4, 3]), rng(2).normal([3, 5])]);
    expect(report.smallest!.map((t) => [t.shape, t.toArray()])).toEqual([
      [[1, 1], [[1]]],
      [[1, 1], [[1]]],
    ]);
  });

  test("raiseException throws the report", () => {
    expect(() => checkGradient((t: Tensor) => sum(off(2, 0)(t)), [x], { raiseException: true })).toThrow(
      /^checkGradient: not ok\n✓ repeatability/,
    );
  });
});

describe("kinks are told apart from mistakes", () => {
  const at = tensor([-1, 0, 2]) as Tensor;
  test.each<[string, (t: Tensor) => Tensor, number, number, string]>([
    ["relu", (t) => relu(t), 0, 1, "relu"],
    ["abs, whose centred difference agrees", (t) => abs(t), -1, 1, "abs"],
    ["maximum", (t) => maximum(t, 0), 0, 1, "maximum"],
    ["where", (t) => where(t.greater(0), mul(2, t), t), 1, 2, "greater"],
  ])("%s", (_name, f, left, right, operation) => {
    const report = checkGradient((t: Tensor) => f(t), [at]);
    expect(report.ok, String(report)).toBe(true);
    expect(report.kinks).toHaveLength(1);
    const [kink] = report.kinks;
    expect(kink).toMatchObject({ input: "[0]", index: [1] });
    expect(kink!.operations).toContain(operation);
    expect([kink!.left, kink!.right].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([left, right]);
    expect(String(report)).toContain("kink (");
  });

  test("equal extremes", () => {
    const report = checkGradient((t: Tensor) => max(t), [tensor([1, 3, 3]) as Tensor]);
    expect(report.ok, String(report)).toBe(true);
    expect(report.kinks.map(({ index }) => index)).toEqual([[1], [2]]);
    expect(report.kinks[0]!.operations).toContain("max");
  });

  test("a derivative at a kink that lies between no slopes is a mistake", () => {
    const odd = pointwise(
      "odd",
      (v) => Math.max(v, 0),
      (t) => cast(add(mul(5, cast(t.equal(0), "float64")), cast(t.greater(0), "float64")), "float64"),
    );
    const report = checkGradient((t: Tensor) => odd(t), [at]);
    expect(report.ok).toBe(false);
    expect(report.problems[0]).toMatchObject({ index: [1], analytical: 5 });
  });

  test("a jump", () => {
    const report = checkGradient((t: Tensor) => sign(t), [at]);
    expect(report.kinks).toMatchObject([{ index: [1], analytical: 0 }]);
  });

  test("a choice that changes nothing is no kink", () => {
    const report = checkGradient((t: Tensor) => where(t.greater(0), square(t), mul(t, t)), [at]);
    expect([report.ok, report.kinks]).toEqual([true, []]);
  });
});

describe("bad input is refused with a whole sentence", () => {
  const f = (t: Tensor) => sum(t);
  test.each<[string, () => unknown, string]>([
    [
      "float32",
      () => checkGradient(f, [tensor([1, 2], { dtype: "float32" }).named("w")]),
      'checkGradient: w ([0]) is float32; differences keep 2 or 3 of its 7 digits: cast(x, "float64")',
    ],
    [
      "no inputs",
      () => checkGradient(() => f(x), []),
      "checkGradient: there is no tensor among the inputs; give what f takes, in a list",
    ],
    [
      "whole numbers only",
      () => checkGradient(f, [tensor([1, 2], { dtype: "int32" })]),
      "checkGradient: there is no float tensor among the inputs; give what f takes, in a list",
    ],
    [
      "NaN",
      () => checkGradient(f, [tensor([1, Number.NaN])]),
      "checkGradient: element [1] of [0] is NaN; equality means nothing there; clean the data",
    ],
    [
      "a value that is not finite",
      () => checkGradient((t: Tensor) => exp(t), [tensor([1, 1000])]),
      "checkGradient: element [1] of the result is Infinity; check f where it is finite",
    ],
    [
      "nothing returned",
      () => checkGradient((_t: Tensor) => null, [x]),
      "checkGradient: f returned no float tensor; return what is to be differentiated",
    ],
    ["a step of 0", () => checkGradient(f, [x], { eps: 0 }), "checkGradient: eps is 0; give a number above 0"],
    [
      "NaN for a tolerance",
      () => checkGradient(f, [x], { rtol: Number.NaN }),
      "checkGradient: rtol is NaN; give a number above 0",
    ],
  ])("%s", (_name, call, message) => {
    expect(call).toThrow(message);
  });

  test("NaN in a derivative is a problem, never ok", () => {
    const broken = pointwise(
      "broken",
      (v) => v,
      (t) => div(mul(0, t), mul(0, t)),
    );
    const report = checkGradient((t: Tensor) => broken(t), [x]);
    expect(report.ok).toBe(false);
    expect(report.problems.some(({ analytical }) => Number.isNaN(analytical))).toBe(true);
  });

  test("PyTorch's step and tolerances are taken when given", () => {
    const report = checkGradient((t: Tensor) => sum(pow(t, 3)), [tensor([1, 2])], {
      eps: 1e-6,
      atol: 1e-5,
      rtol: 1e-3,
    });
    expect(report.ok).toBe(true);
    // What usual practice passes: a relative mistake of 5e-4.
    expect(
      checkGradient((t: Tensor) => sum(off(1.0005, 0)(t)), [x], {
        eps: 1e-6,
        atol: 1e-5,
        rtol: 1e-3,
        checkForwardAd: false,
      }).checks.at(-1)!.ok,
    ).toBe(true);
  });
});
