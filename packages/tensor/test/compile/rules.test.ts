/** @file Every rule by which graphs are simplified preserves bits; those that would not are shown where they fail. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rules } from "../../src/compile/rules.ts";
import { simplify } from "../../src/compile/simplify.ts";
import { ratio, scale } from "../../src/extend.ts";
import * as api from "../../src/index.ts";
import { type DType, record, replay, type Tensor, tensor } from "../../src/index.ts";
import { bits } from "./bits.ts";

type F = (x: Tensor, y: Tensor) => Tensor;

/** For each rule the functions to which it applies: of x and y [3, 4], of any dtype that is named. */
const applications: Readonly<Record<keyof typeof rules, readonly (readonly [F, ...DType[]])[]>> = {
  constants: [[(x) => api.mul(x, api.add(api.reshape(api.mul(x, 1), [3, 4]), 0)), "float64"]],
  views: [
    [(x) => api.transpose(api.transpose(x)), "float64", "bool"],
    [(x) => api.reshape(api.reshape(x, [2, 6]), [12]), "float32"],
    [(x) => api.slice(api.transpose(api.slice(x, [null, null, -1])), [1, 3]), "int32"],
    [(x) => api.broadcastTo(api.broadcastTo(api.expandDims(x, 0), [2, 3, 4]), [5, 2, 3, 4]), "float32"],
  ],
  copies: [[(x) => api.reshape(api.transpose(x), [12]), "float64", "float32", "int32", "bool"]],
  neutral: [
    [(x) => api.mul(x, 1), "float64", "float32", "int32"],
    [(x) => api.mul(1, x), "float64", "float32", "int32"],
    [(x) => scale(x, 1), "float64", "float32"],
    [(x) => api.div(x, 1), "float64", "float32"],
    [(x) => api.sub(x, 0), "float64", "float32", "int32"],
    [(x) => api.add(x, -0), "float64", "float32"],
    [(x) => api.add(-0, x), "float64", "float32"],
    [(x) => api.add(x, 0), "int32"],
    [(x) => api.mul(x, true), "bool"],
    [(x) => api.add(x, false), "bool"],
  ],
  twice: [[(x) => api.neg(api.neg(x)), "float64", "float32", "int32"]],
  casts: [
    [(x) => api.cast(api.cast(x, "float64"), "float32"), "float32"],
    [(x) => api.cast(api.cast(x, "float64"), "int32"), "int32"],
    [(x) => api.cast(api.cast(x, "int32"), "bool"), "bool"],
    [(x) => api.cast(api.cast(x, "float32"), "bool"), "bool"],
  ],
  stretched: [
    [(x) => api.exp(api.broadcastTo(api.sum(x, 0, { keepDims: true }), [3, 4])), "float64", "float32"],
    [(x, y) => api.mul(api.broadcastTo(api.sum(x), [3, 4]), api.broadcastTo(api.sum(y), [3, 4])), "float64"],
    [(x) => api.add(api.broadcastTo(api.max(x, 1, { keepDims: true }), [3, 4]), 0.5), "float32"],
  ],
  packed: [[(x, y) => api.matmul(x, api.transpose(y)), "float64", "float32", "int32"]],
};

const special = [
  0,
  -0,
  1,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  5e-324,
  1e-45,
  1e38,
  -1e308,
];

const drawn = (dtype: DType): fc.Arbitrary<Tensor> =>
  fc
    .array(fc.oneof(fc.constantFrom(...special), fc.double()), { minLength: 12, maxLength: 12 })
    .map((values) => tensor(Float64Array.from(values), { dtype, shape: [3, 4] }) as Tensor);

describe.each(Object.keys(rules))("the rule %s", (name) => {
  const cases = applications[name]!.flatMap(([f, ...dtypes]) => dtypes.map((dtype) => [String(f), dtype, f] as const));

  test.each(cases)("preserves the bits of %s, %s", (_text, dtype, f) => {
    fc.assert(
      fc.property(drawn(dtype), drawn(dtype), (x, y) => {
        const graph = record(f)(x, y);
        const alone = simplify(graph, { views: rules.views!, [name]: rules[name]! });
        const all = simplify(graph);
        const wanted = bits(f(x, y));
        // What the rule is given is what it applies to; a constant is folded while recording.
        if (name !== "constants") expect(alone.applied.get(name)).toBeGreaterThan(0);
        expect(bits(replay(alone.graph, [x, y])[0]!)).toBe(wanted);
        expect(bits(replay(all.graph, [x, y])[0]!)).toBe(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is no rule, since it would not preserve bits", () => {
  test.each<readonly [string, number, F, F]>([
    ["x + 0 is x", -0, (x) => api.add(x, 0), (x) => x],
    ["0 − x is −x", 0, (x) => api.sub(0, x), (x) => api.neg(x)],
    ["x − x is 0", Number.POSITIVE_INFINITY, (x) => api.sub(x, x), () => tensor([0]) as Tensor],
    ["the sum over one element is the element", -0, (x) => api.sum(x, 0, { keepDims: true }), (x) => x],
    [
      "the sum of what was stretched is a product",
      0.1,
      (x) => api.sum(api.broadcastTo(x, [6]), 0, { keepDims: true }),
      (x) => api.mul(x, 6),
    ],
    ["x/3 is x·(1/3)", 5, (x) => api.div(x, 3), (x) => api.mul(x, 1 / 3)],
    ["a quotient in which 0 absorbs, by 1, is its dividend", -0, (x) => ratio(x, 1), (x) => x],
  ])("%s", (_name, value, f, g) => {
    const x = tensor([value]);
    expect(bits(f(x, x))).not.toBe(bits(g(x, x)));
    expect(bits(replay(simplify(record(f)(x, x)).graph, [x, x])[0]!)).toBe(bits(f(x, x)));
  });
});

test("what is the same is computed once, and what is not needed not at all", () => {
  const f = (x: Tensor): Tensor => {
    api.exp(api.mul(x, 3));
    return api.add(api.sin(x), api.sin(api.transpose(api.transpose(x))));
  };
  const graph = simplify(record(f)(api.zeros([2, 2]))).graph;
  expect(String(graph)).toBe(
    [
      "%0 = input : float64[2, 2]",
      "%1 = sin(%0) : float64[2, 2]",
      "%2 = add(%1, %1) : float64[2, 2]",
      "return %2",
    ].join("\n"),
  );
});
