/** @file The exact judge: identities that users expect, mistakes that it finds, and what it refuses. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Proof, proveEqual } from "../../src/check/index.ts";
import { bilinear, linear, pointwise } from "../../src/extend.ts";
import {
  abs,
  add,
  broadcastTo,
  cos,
  div,
  exp,
  expm1,
  gather,
  grad,
  jvp,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  mul,
  neg,
  pad,
  pow,
  reciprocal,
  relu,
  reshape,
  rng,
  scatterAdd,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
  zeros,
} from "../../src/index.ts";

type F = (...xs: Tensor[]) => unknown;

const x = tensor([0.5, -1.25, 2]) as Tensor;
const positive = tensor([0.5, 1.25, 2]) as Tensor;
const dOf =
  (f: (t: Tensor) => Tensor) =>
  (t: Tensor): Tensor =>
    grad((u: Tensor) => sum(f(u)) as never)(t);

describe("identities are proved", () => {
  const identities: [string, F, F, Tensor[]?][] = [
    ["σ′ = σ(1 − σ)", dOf((t) => sigmoid(t)), (t) => mul(sigmoid(t!), sub(1, sigmoid(t!)))],
    ["σ(−x) = 1 − σ(x)", (t) => sigmoid(neg(t!)), (t) => sub(1, sigmoid(t!))],
    ["tanh x = 2σ(2x) − 1", (t) => tanh(t!), (t) => sub(mul(2, sigmoid(mul(2, t!))), 1)],
    ["tanh x = sinh x / cosh x", (t) => tanh(t!), (t) => div(sub(exp(t!), exp(neg(t!))), add(exp(t!), exp(neg(t!))))],
    ["tanh′ = 1 − tanh²", dOf((t) => tanh(t)), (t) => sub(1, square(tanh(t!)))],
    ["softplus′ = σ", dOf((t) => softplus(t)), (t) => sigmoid(t!)],
    ["softplus(x) − softplus(−x) = x", (t) => sub(softplus(t!), softplus(neg(t!))), (t) => t!],
    ["−log σ(x) = softplus(−x)", (t) => neg(log(sigmoid(t!))), (t) => softplus(neg(t!))],
    ["−log(1 − σ(x)) = softplus(x)", (t) => neg(log(sub(1, sigmoid(t!)))), (t) => softplus(t!)],
    ["expm1", (t) => expm1(t!), (t) => sub(exp(t!), 1)],
    ["log1p", (t) => log1p(square(t!)), (t) => log(add(square(t!), 1))],
    ["e^(a + b) = eᵃ·eᵇ", (a, b) => exp(add(a!, b!)), (a, b) => mul(exp(a!), exp(b!)), [x, positive]],
    ["e^(x/2) = √eˣ", (t) => exp(div(t!, 2)), (t) => sqrt(exp(t!))],
    ["log(a/b) = log a − log b", (a, b) => log(div(a!, b!)), (a, b) => sub(log(a!), log(b!)), [positive, x]],
    ["log eˣ = x", (t) => log(exp(t!)), (t) => t!],
    ["softmax without a shift", (t) => softmax(t!), (t) => div(exp(t!), sum(exp(t!)))],
    ["logSumExp without a shift", (t) => logSumExp(t!), (t) => log(sum(exp(t!)))],
    ["logSumExp without a shift, the other way round", (t) => log(sum(exp(t!))), (t) => logSumExp(t!)],
    ["logSumExp′ = softmax", (t) => grad((u: Tensor) => logSumExp(u) as never)(t!), (t) => softmax(t!)],
    ["logSoftmax = log softmax", (t) => logSoftmax(t!), (t) => log(softmax(t!))],
    ["√x·√x = x", (t) => square(sqrt(t!)), (t) => t!, [positive]],
    ["√x′ = 1/(2√x)", dOf((t) => sqrt(t)), (t) => div(1, mul(2, sqrt(t!))), [positive]],
    ["√x² = |x|", (t) => sqrt(square(t!)), (t) => abs(t!)],
    [
      "∇‖x‖ = x/‖x‖",
      (t) => grad((u: Tensor) => sqrt(sum(square(u))) as never)(t!),
      (t) => div(t!, sqrt(sum(square(t!)))),
    ],
    ["(x^2.5)′ = 2.5·x^1.5", dOf((t) => pow(t, 2.5)), (t) => mul(2.5, mul(t!, sqrt(t!))), [positive]],
    ["(x³)′ = 3x²", dOf((t) => pow(t, 3)), (t) => mul(3, mul(t!, t!))],
    ["x⁻² = 1/(x·x)", (t) => pow(t!, -2), (t) => reciprocal(mul(t!, t!))],
    [
      "(x^π)′·x = π·x^π",
      (t) => mul(dOf((u) => pow(u, Math.PI))(t!), t!),
      (t) => mul(Math.PI, pow(t!, Math.PI)),
      [positive],
    ],
    ["sin² + cos² = 1", (t) => add(square(sin(t!)), square(cos(t!))), (t) => add(1, mul(0, t!))],
    ["sin′′ = −sin", dOf(dOf((t) => sin(t))), (t) => neg(sin(t!))],
    ["relu = max(x, 0)", (t) => relu(t!), (t) => maximum(t!, 0)],
    ["|x| = max(x, −x)", (t) => abs(t!), (t) => maximum(t!, neg(t!))],
    ["the largest", (t) => max(t!), (t) => slice(t!, 2)],
    ["0.1 is 1/10, 1/3 is a third", (t) => mul(t!, add(0.1, 1 / 3)), (t) => div(mul(13, t!), 30)],
    ["a mean", (t) => mean(t!), (t) => mul(sum(t!), 1 / 3)],
    [
      "reverse = forward",
      dOf((t) => mul(exp(t), t)),
      (t) => jvp((u: Tensor) => mul(exp(u), u), [t!], [tensor([1, 1, 1])])[1],
    ],
    ["padding with 7", (t) => sum(pad(t!, [[1, 2]], { value: 7 })), (t) => add(21, sum(t!))],
    ["stretched and summed", (t) => sum(broadcastTo(t!, [4, 3]), 0), (t) => mul(4, t!)],
  ];
  test.each(identities)("%s", (_name, f, g, inputs = [x]) => {
    const proof = proveEqual(f, g, inputs);
    expect(String(proof)).toMatch(/^proved/);
    expect(proof.failure).toBeLessThan(1e-25);
    expect(proof.unknown).toEqual([]);
  });

  test("gather and scatterAdd are each other's transpose", () => {
    const index = tensor([2, 0, 2, 1], { dtype: "int32" });
    const proof = proveEqual(
      (t: Tensor, c: Tensor, i: Tensor) => grad((u: Tensor) => sum(mul(c, gather(u, i, 0))) as never)(t),
      (_t: Tensor, c: Tensor, i: Tensor) => scatterAdd(zeros([3]), i, c, 0),
      [x, tensor([1, 2, 3, 4]), index],
    );
    expect(proof.verdict).toBe("proved");
  });

  test("a variance that no square root of the field exists for, inverted and differentiated", () => {
    const data = rng("batch").normal([5, 3]) as Tensor;
    const normalized = (t: Tensor): Tensor => {
      const centred = sub(t, mean(t, 0));
      return div(centred, sqrt(add(mean(square(centred), 0), 1e-5)));
    };
    const weights = rng("weights").normal([5, 3]) as Tensor;
    const byTape = (t: Tensor, w: Tensor): Tensor => grad((u: Tensor) => sum(mul(w, normalized(u))) as never)(t);
    const byHand = (t: Tensor, w: Tensor): Tensor => {
      const centred = sub(t, mean(t, 0));
      const deviation = sqrt(add(mean(square(centred), 0), 1e-5));
      const y = div(centred, deviation);
      return div(sub(sub(w, mean(w, 0)), mul(y, mean(mul(w, y), 0))), deviation);
    };
    expect(proveEqual(byTape, byHand, [data, weights]).verdict).toBe("proved");
    const forgotten = (t: Tensor, w: Tensor): Tensor =>
      div(sub(w, mean(w, 0)), sqrt(add(mean(square(sub(t, mean(t, 0))), 0), 1e-5)));
    expect(proveEqual(byTape, forgotten, [data, weights]).verdict).toBe("different");
  });

  test("long sums of products are exact, too", () => {
    const [a, b] = [rng(1).normal([1, 5000]) as Tensor, rng(2).normal([5000, 1]) as Tensor];
    const proof = proveEqual(
      (p: Tensor, q: Tensor) => matmul(p, q),
      (p: Tensor, q: Tensor) => matmul(transpose(q), transpose(p)),
      [a, b],
    );
    expect(proof.verdict).toBe("proved");
  });
});

describe("mistakes are found", () => {
  test("with the place, both values, and the first quantity in the order of computation", () => {
    const f = (t: Tensor) => {
      const delta = mul(t, sigmoid(t)).named("δ");
      return { a: sum(delta), b: t };
    };
    const g = (t: Tensor) => {
      const delta = mul(t, sigmoid(mul(t, tensor([1, 1, 1.0000001])))).named("δ");
      return { a: sum(delta), b: t };
    };
    const proof = proveEqual(f, g, [x]);
    expect(proof.verdict).toBe("different");
    expect(proof.quantities.map(({ name, verdict, different }) => [name, verdict, different])).toEqual([
      ["b", "proved", 0],
      ["δ", "different", 1],
      ["a", "different", 1],
    ]);
    expect(proof.parting).toMatchObject({ quantity: "δ", index: [2], point: "given" });
  });

  test("where the given inputs hide it", () => {
    // Saturated: σ′ is 0 to rounding, with the factor and without.
    const saturated = tensor([800, -800]) as Tensor;
    const proof = proveEqual(
      dOf((t) => sigmoid(t)),
      (t: Tensor) => mul(2, dOf((u) => sigmoid(u))(t)),
      [saturated],
    );
    expect(proof.verdict).toBe("different");
    expect(proof.parting?.point).toBe("random");
  });

  test("a factor of 2⁶¹, which is 1 in the field", () => {
    expect(
      proveEqual(
        (t: Tensor) => mul(t, 2 ** 61),
        (t: Tensor) => t,
        [x],
      ).verdict,
    ).toBe("different");
  });

  test("far below what float64 can tell, it is not proved", () => {
    const proof = proveEqual(
      (t: Tensor) => mul(t, add(1, mul(t, 1e-30))),
      (t: Tensor) => t,
      [x],
    );
    expect(proof.verdict).toBe("undecided");
    expect(proof.parting?.ulps).toBe(0);
  });

  test("relations that are not known leave it undecided, never different", () => {
    const twice = (t: Tensor) => sin(mul(2, t));
    expect(proveEqual(twice, (t: Tensor) => mul(2, mul(sin(t), cos(t))), [x]).verdict).toBe("undecided");
  });

  const step = 1e-9;
  test("a relative change of 1e-9 in any one entry of a product", () => {
    fc.assert(
      fc.property(fc.nat(5), fc.integer(), (place, seed) => {
        const [a, b] = [rng(seed).normal([2, 4]) as Tensor, rng(seed + 1).normal([4, 3]) as Tensor];
        const factor = tensor(
          [0, 1, 2, 3, 4, 5].map((i) => (i === place ? 1 + step : 1)),
          { shape: [2, 3] },
        );
        const proof = proveEqual(
          (p: Tensor, q: Tensor) => matmul(p, q),
          (p: Tensor, q: Tensor) => mul(matmul(p, q), factor),
          [a, b],
        );
        expect(proof.proved).toBe(false);
        expect(proof.quantities[0]!.different).toBe(1);
        expect(proof.parting!.index).toEqual([Math.floor(place / 3), place % 3]);
      }),
      { numRuns: 20 },
    );
  });
});

describe("random programs equal themselves, differently arranged", () => {
  /** Rewrites that keep the value. */
  const arrangements: [(a: Tensor, b: Tensor) => Tensor, (a: Tensor, b: Tensor) => Tensor][] = [
    [(a, b) => mul(a, b), (a, b) => mul(b, a)],
    [(a, b) => sub(a, b), (a, b) => neg(sub(b, a))],
    [(a, b) => mul(sigmoid(a), b), (a, b) => div(b, add(1, exp(neg(a))))],
    [(a, b) => add(tanh(a), b), (a, b) => add(b, sub(1, div(2, add(1, exp(add(a, a))))))],
    [(a, b) => matmul(a, transpose(b)), (a, b) => transpose(matmul(b, transpose(a)))],
    [(a, b) => div(a, add(1, square(b))), (a, b) => mul(a, reciprocal(add(mul(b, b), 1)))],
    [(a, b) => mul(softplus(a), b), (a, b) => mul(b, add(a, log(add(1, exp(neg(a))))))],
    [
      (a, b) =>
        where(
          tensor([
            [true, false],
            [false, true],
          ]),
          a,
          b,
        ),
      (a, b) =>
        where(
          tensor([
            [false, true],
            [true, false],
          ]),
          b,
          a,
        ),
    ],
  ];
  const chain = fc.array(fc.nat(arrangements.length - 1), { minLength: 1, maxLength: 5 });
  test("none is reported different, all are proved", () => {
    fc.assert(
      fc.property(chain, fc.integer(), (steps, seed) => {
        const inputs: [Tensor, Tensor] = [rng(seed).normal([2, 2]), rng(seed + 1).normal([2, 2])];
        const program = (side: 0 | 1) => (a: Tensor, b: Tensor) => {
          let [p, q] = [a, b];
          for (const step of steps) [p, q] = [arrangements[step]![side](p, q), p];
          return p;
        };
        const proof: Proof = proveEqual(program(0), program(1), inputs);
        expect(proof.verdict, String(proof)).toBe("proved");
      }),
      { numRuns: 60 },
    );
  });
});

describe("operations by their kind and fields, whoever made them", () => {
  const cube = pointwise(
    "cube",
    (t) => t * t * t,
    (t) => mul(3, square(t)),
  );
  test("a function without relations is free: its derivative is judged, and it is listed", () => {
    const proof = proveEqual(
      dOf((t) => cube(t)),
      (t: Tensor) => mul(3, mul(t, t)),
      [x],
    );
    expect([proof.verdict, proof.unknown]).toEqual(["proved", ["cube"]]);
    expect(
      proveEqual(
        (t: Tensor) => cube(t),
        (t: Tensor) => mul(t, mul(t, t)),
        [x],
      ).verdict,
    ).toBe("undecided");
  });

  test("one with a formula is what the formula says", () => {
    const known = pointwise(
      "cube",
      (t) => t * t * t,
      (t) => mul(3, square(t)),
      { formula: (t) => mul(t, mul(t, t)) },
    );
    expect(
      proveEqual(
        (t: Tensor) => known(t),
        (t: Tensor) => pow(t, 3),
        [x],
      ).verdict,
    ).toBe("proved");
  });

  const everyOther = linear<null>(
    {
      name: "everyOther",
      shape: ([t]) => ({ shape: [Math.ceil(t!.shape[0]! / 2)], dtype: t!.dtype }),
      run: ([t]) => Float64Array.from(t!.toTypedArray().filter((_, i) => i % 2 === 0)),
    },
    (ct) => ct,
  );
  const halves = linear<null>(
    { ...everyOther, name: "halves", run: ([t]) => Float64Array.from(t!.toTypedArray(), (v) => v / 3) },
    (ct) => ct,
  );
  test("a linear one runs on digits as it is; fractions for coefficients are refused", async () => {
    const { apply } = await import("../../src/extend.ts");
    expect(
      proveEqual(
        (t: Tensor) => apply(everyOther, [t], null),
        (t: Tensor) => slice(t, [null, null, 2]),
        [x],
      ).verdict,
    ).toBe("proved");
    const third = { ...halves, shape: everyOther.shape } as typeof everyOther;
    expect(() =>
      proveEqual(
        (t: Tensor) => apply(third, [t], null),
        (t: Tensor) => t,
        [tensor([1])],
      ),
    ).toThrow(
      "proveEqual: the coefficients of halves are no small whole numbers; give the primitive a formula: a sum, then a division",
    );
  });

  test("a bilinear one, too", async () => {
    const { apply } = await import("../../src/extend.ts");
    const dot = bilinear<null>(
      {
        name: "dot",
        shape: ([a]) => ({ shape: [], dtype: a!.dtype }),
        run: ([a, b]) => {
          const [p, q] = [[...a!.toTypedArray()], b!.toTypedArray()];
          return Float64Array.of(p.reduce((total, v, i) => total + v * q[i]!, 0));
        },
        rounding: ([a]) => a!.shape[0]!,
      },
      (ct, b) => mul(ct, b),
      (ct, a) => mul(ct, a),
    );
    expect(
      proveEqual(
        (a: Tensor, b: Tensor) => apply(dot, [a, b], null),
        (a: Tensor, b: Tensor) => sum(mul(a, b)),
        [x, positive],
      ).verdict,
    ).toBe("proved");
  });
});

describe("bad input is refused with a whole sentence", () => {
  const same = (t: Tensor) => t;
  test.each<[string, () => unknown, string]>([
    [
      "no inputs",
      () =>
        proveEqual(
          () => x,
          () => x,
          [],
        ),
      "proveEqual: there is no tensor among the inputs; give what f takes, in a list",
    ],
    [
      "NaN",
      () => proveEqual(same, same, [tensor([[1, Number.NaN]]).named("x")]),
      "proveEqual: element [0, 1] of x is NaN; equality means nothing there; clean the data",
    ],
    [
      "no trials",
      () => proveEqual(same, same, [x], { trials: 0 }),
      "proveEqual: there are no 0 trials; give a whole number from 1",
    ],
    [
      "different trees",
      () =>
        proveEqual(
          (t: Tensor) => ({ a: t, b: t }),
          (t: Tensor) => ({ a: t }),
          [x],
        ),
      "proveEqual: g does not return b; let both return the same tree",
    ],
    [
      "different shapes",
      () => proveEqual(same, (t: Tensor) => reshape(t, [3, 1]), [x]),
      "proveEqual: the result is [3] by f and [3, 1] by g; only tensors of one shape can be equal",
    ],
    [
      "nothing to compare",
      () => proveEqual(same, same, [zeros([0, 3])]),
      "proveEqual: there is nothing to compare; let both return tensors with elements",
    ],
  ])("%s", (_name, call, message) => {
    expect(call).toThrow(message);
  });
});

test("the same seed gives the same proof", () => {
  const once = () =>
    JSON.stringify(
      proveEqual(
        (t: Tensor) => exp(t),
        (t: Tensor) => exp(t),
        [x],
        { seed: 3 },
      ),
    );
  expect(once()).toBe(once());
});

test("where one side overflows in float64 and the other does not, equal formulas are not called proved", () => {
  const big = tensor([1e200]) as Tensor;
  const proof = proveEqual(
    (t: Tensor) => div(mul(mul(t, t), t), mul(t, t)),
    (t: Tensor) => t,
    [big],
  );
  expect([proof.verdict, proof.quantities[0]!.different]).toEqual(["undecided", 0]);
  expect(proof.parting).toMatchObject({ left: Number.NaN, right: 1e200 });
});
