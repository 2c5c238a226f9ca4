/** @file Intervals enclose the exact value: laws against the 32-digit arbiter, kinks, branches and edges. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { enclose, preciseValue, roundingBound } from "../../src/check/index.ts";
import * as api from "../../src/index.ts";
import {
  abs,
  add,
  cast,
  cos,
  div,
  equal,
  exp,
  gather,
  grad,
  greater,
  less,
  log,
  matmul,
  max,
  maximum,
  mul,
  notEqual,
  pow,
  relu,
  rng,
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
  where,
} from "../../src/index.ts";
import { differentiable, inputsOf, type Sample } from "../samples/index.ts";

type F = (...xs: Tensor[]) => Tensor;

/** Bounds, and the value between them to 32 digits. */
function enclosed(f: F, xs: readonly Tensor[]): { low: number[]; high: number[]; value: number[]; rest: number[] } {
  const [low, high] = enclose(f)(...xs);
  const [y] = preciseValue(f)(...xs);
  return {
    low: [...low.toTypedArray()],
    high: [...high.toTypedArray()],
    value: [...y!.value.toTypedArray()],
    rest: [...y!.rest.toTypedArray()],
  };
}

/** low ≤ value + rest ≤ high, where value is a float64 neighbour of the sum. */
const holds = ({ low, high, value, rest }: ReturnType<typeof enclosed>): boolean =>
  value.every(
    (x, i) =>
      Number.isNaN(x) ||
      ((low[i]! < x || (low[i] === x && rest[i]! >= 0)) && (x < high[i]! || (x === high[i] && rest[i]! <= 0))),
  );

/** What an arithmetic refuses by name is a case of its own. */
const refusal = /has no rule for intervals|not known to 30 digits|has no rule in this arithmetic/;

/** Whether both arithmetics know all operations of f; other errors are thrown on. */
function judged(f: F, xs: readonly Tensor[]): ReturnType<typeof enclosed> | null {
  try {
    return enclosed(f, xs);
  } catch (error) {
    if (error instanceof api.TensorError && refusal.test(error.message)) return null;
    throw error;
  }
}

describe("encloses the value of every operation", () => {
  const known = Object.entries(differentiable).filter(([, samples]) => {
    const [sample] = fc.sample(samples, { numRuns: 1, seed: 1 }) as [Sample];
    const [xs] = fc.sample(inputsOf(sample, "float64"), { numRuns: 1, seed: 1 }) as [Tensor[]];
    return judged(sample.f, xs) !== null;
  });

  test("most operations are known", () => {
    expect(known.length).toBeGreaterThan(0.7 * Object.keys(differentiable).length);
  });

  test.each(known)("%s", (_name, samples) => {
    fc.assert(
      fc.property(
        samples.chain((sample) => inputsOf(sample, "float64").map((xs) => ({ f: sample.f, xs }))),
        ({ f, xs }) => {
          const bounds = judged(f, xs);
          expect(bounds === null || holds(bounds)).toBe(true);
        },
      ),
      { numRuns: 10 },
    );
  });
});

test("whole programs with their gradients", () => {
  const cost = (w: Tensor, x: Tensor) => sum(softplus(matmul(tanh(matmul(x, w)), sigmoid(w.T))));
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const [w, x] = [rng(seed).normal([3, 4]) as Tensor, rng(seed + 1).normal([5, 3]) as Tensor];
      const gradient: F = (v, u) => grad((t: Tensor) => cost(t, u!) as never)(v!);
      const all = enclosed(gradient, [w, x]);
      expect(holds(all)).toBe(true);
      const [, bound] = roundingBound(gradient)(w, x);
      // Intervals forget that errors of one number go together: a few times as wide, not a thousand.
      bound.toTypedArray().forEach((limit, i) => expect((all.high[i]! - all.low[i]!) / 2).toBeLessThan(300 * limit));
    }),
    { numRuns: 15 },
  );
});

/** A number between 0.3 − 3·10⁻¹⁷ and 0.3 + 3·10⁻¹⁷: 0.1 + 0.2 with its rounding. */
const fuzzy = (x: Tensor) => add(x, tensor([0.2]));

describe("branches that the intervals do not decide are both possible", () => {
  const tenth = tensor([0.1]) as Tensor;
  const ends = (f: F, ...xs: Tensor[]): [number, number] => {
    const [low, high] = enclose(f)(...xs);
    return [low.item(), high.item()];
  };
  test.each<[string, F, [number, number]]>([
    ["less", (x) => cast(less(fuzzy(x!), 0.3), "float64"), [0, 1]],
    ["surely less", (x) => cast(less(fuzzy(x!), 0.4), "float64"), [1, 1]],
    ["surely not greater", (x) => cast(greater(fuzzy(x!), 0.4), "float64"), [0, 0]],
    ["equal", (x) => cast(equal(fuzzy(x!), 0.3), "float64"), [0, 1]],
    ["not equal", (x) => cast(notEqual(fuzzy(x!), 0.3), "float64"), [0, 1]],
    ["surely not equal", (x) => cast(equal(fuzzy(x!), 0.5), "float64"), [0, 0]],
    ["where", (x) => where(less(fuzzy(x!), 0.3), x!, 7), [0.1, 7]],
    ["a decided where", (x) => where(less(x!, 0.3), x!, 7), [0.1, 0.1]],
    ["a bool product", (x) => cast(mul(less(fuzzy(x!), 0.3), greater(x!, 0)), "float64"), [0, 1]],
  ])("%s", (_name, f, expected) => {
    expect(ends(f, tenth)).toEqual(expected);
  });
});

describe("functions that turn", () => {
  const around =
    (centre: number): F =>
    (x) =>
      add(x!, tensor([centre]));
  const wide = (f: F, low: number, high: number): [number, number] => {
    // An interval from low to high: the hull of a branch that is not decided.
    const g: F = (x) => f(where(less(fuzzy(x!), 0.3), low, high));
    const [a, b] = enclose(g)(tensor([0.1]) as Tensor);
    return [a.item(), b.item()];
  };
  test.each<[string, F, number, number, [number, number]]>([
    ["sin over a crest", (x) => sin(x!), 1, 2, [Math.sin(1), 1]],
    ["sin over a trough", (x) => sin(x!), 4, 5, [-1, Math.sin(4)]],
    ["cos over 0", (x) => cos(x!), -0.5, 1, [Math.cos(1), 1]],
    ["sin over a turn", (x) => sin(x!), 0, 7, [-1, 1]],
    ["abs", (x) => abs(x!), -1, 2, [0, 2]],
    ["square", (x) => square(x!), -1, 2, [0, 4]],
    ["even power", (x) => pow(x!, 4), -2, 1, [0, 16]],
    ["odd power", (x) => pow(x!, 3), -2, 1, [-8, 1]],
    ["fractional power", (x) => pow(x!, 0.5), 1, 4, [1, 2]],
    ["relu", (x) => relu(x!), -1, 2, [0, 2]],
    ["maximum", (x) => maximum(x!, 1), -1, 2, [1, 2]],
    ["a quotient by what may be 0", (x) => div(1, x!), -1, 1, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]],
    [
      "a negative power of what may be 0",
      (x) => pow(x!, -2),
      -1,
      1,
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ],
    ["a product of signs", (x) => mul(x!, sub(x!, 1)), -1, 2, [-4, 2]],
  ])("%s", (_name, f, low, high, [least, most]) => {
    const [a, b] = wide(f, low, high);
    expect(a).toBeLessThanOrEqual(least);
    expect(b).toBeGreaterThanOrEqual(most);
    if (Number.isFinite(least)) {
      expect(a).toBeCloseTo(least, 12);
      expect(b).toBeCloseTo(most, 12);
    }
  });
  test("a point is no wider than rounding", () => {
    const [low, high] = enclose(around(0))(tensor([1]) as Tensor);
    expect(high.item() - low.item()).toBeLessThan(2 ** -49);
  });
});

describe("at the edges", () => {
  const ends = (f: F, ...xs: Tensor[]): [number[], number[]] =>
    enclose(f)(...xs).map((y) => [...y.toTypedArray()]) as [number[], number[]];
  test("what overflows is above the largest number, not nothing", () => {
    expect(ends((x) => exp(x!), tensor([1000]) as Tensor)).toEqual([[Number.MAX_VALUE], [Number.POSITIVE_INFINITY]]);
    expect(ends((x) => mul(x!, x!), tensor([1e200]) as Tensor)).toEqual([
      [Number.MAX_VALUE],
      [Number.POSITIVE_INFINITY],
    ]);
  });
  test("∞ − ∞ is anything", () => {
    expect(ends((x) => sub(exp(x!), exp(x!)), tensor([1000]) as Tensor)).toEqual([
      [Number.NEGATIVE_INFINITY],
      [Number.POSITIVE_INFINITY],
    ]);
  });
  test("what underflows is between 0 and the least number", () => {
    const [[low], [high]] = ends((x) => mul(x!, x!), tensor([1e-200]) as Tensor);
    expect(low).toBeLessThanOrEqual(0);
    expect(high).toBeGreaterThan(0);
    expect(high).toBeLessThan(1e-322);
  });
  test("saturated, strided, empty and scalar inputs; whole numbers as they are", () => {
    expect(holds(enclosed((x) => softmax(x!), [tensor([1000, -1000, 0]) as Tensor]))).toBe(true);
    expect(holds(enclosed((x) => log(sqrt(x!)), [slice(tensor([1, 2, 3, 4]), [null, null, -2]) as Tensor]))).toBe(true);
    expect(ends((x) => mul(2, x!), tensor([]) as Tensor)).toEqual([[], []]);
    expect(ends((x) => max(x!), tensor([3, 1, 2]) as Tensor)).toEqual([[3], [3]]);
    const index = tensor([2, 0], { dtype: "int32" }) as Tensor;
    expect(ends((x, i) => gather(x!, i!, 0), tensor([1, 2, 3]) as Tensor, index)).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });
  test("float32: a cast may be off by its own rounding", () => {
    const [[low], [high]] = ends((x) => cast(x!, "float32"), tensor([0.1]) as Tensor);
    expect(low! <= 0.1 && 0.1 <= high!).toBe(true);
    expect(high! - low!).toBeLessThan(1e-7);
  });
  test("an operation without a rule is named", async () => {
    const { pointwise } = await import("../../src/extend.ts");
    const mystery = pointwise(
      "mystery",
      (v) => v,
      (v) => v,
    );
    expect(() => enclose((x: Tensor) => mystery(x))(tensor([1]))).toThrow(
      "enclose: mystery has no rule for intervals; give the primitive a formula, or say that it is increasing",
    );
  });
});
