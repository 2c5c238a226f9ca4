/** @file Reductions and cumulative operations: the edges, and the numerics that others get wrong. */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import {
  all,
  any,
  argMax,
  countNonZero,
  cummax,
  cummin,
  cumprod,
  cumsum,
  diff,
  grad,
  jvp,
  logCumSumExp,
  logSumExp,
  max,
  mean,
  min,
  mul,
  nanmean,
  nansum,
  norm,
  normalize,
  prod,
  slice,
  std,
  sum,
  type Tensor,
  tensor,
  variance,
  vjp,
  zeros,
} from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";

type Scalar = Tensor<readonly []>;
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const of = (values: number[] | number[][] | number, dtype: api.DType = "float64"): Tensor =>
  tensor(values as number[], { dtype }) as Tensor;
const empty = (...shape: number[]): Tensor => zeros(shape);
const gradient = (f: (x: Tensor) => Tensor, x: Tensor): unknown => grad((v: Tensor) => f(v) as Scalar)(x).toArray();
/** The Hessian by one product with each unit vector. */
const hessian = (f: (x: Tensor) => Tensor, x: Tensor): unknown[] =>
  [...Array(x.size).keys()].map((i) => {
    const unit = of([...Array(x.size).keys()].map((j) => (i === j ? 1 : 0)));
    return jvp((v: Tensor) => grad((w: Tensor) => f(w) as Scalar)(v), [x], [unit])[1].toArray();
  });
const values = (y: unknown): unknown => (y as Tensor).toArray();

describe("of nothing", () => {
  test.each<[string, (x: Tensor) => Tensor, number]>([
    ["sum", (x) => sum(x), 0],
    ["nansum", (x) => nansum(x), 0],
    ["prod", (x) => prod(x), 1],
    ["all", (x) => all(x), 1],
    ["any", (x) => any(x), 0],
    ["countNonZero", (x) => countNonZero(x), 0],
    ["norm", (x) => norm(x), 0],
    ["norm p=0", (x) => norm(x, 0, { p: 0 }), 0],
    ["norm p=∞", (x) => norm(x, 0, { p: inf }), 0],
    ["logSumExp", (x) => logSumExp(x), -inf],
    ["mean", (x) => mean(x), nan],
    ["nanmean", (x) => nanmean(x), nan],
    ["variance", (x) => variance(x), nan],
    ["std", (x) => std(x), nan],
  ])("%s has the value that its docstring says", (_name, f, value) => {
    expect(f(empty(0)).item()).toBe(value);
  });

  test("an empty product has no factor to vary", () => {
    expect(gradient((x) => sum(prod(x, 1)), empty(2, 0))).toEqual([[], []]);
    expect(values(jvp((x: Tensor) => prod(x, 1) as Tensor, [empty(2, 0)], [empty(2, 0)])[1])).toEqual([0, 0]);
  });

  test("no elements go along an axis to no elements", () => {
    for (const f of [cumsum, cumprod, logCumSumExp, api.sort, api.argsort, (x: Tensor) => cummax(x).values]) {
      expect(f(empty(0)).shape).toEqual([0]);
      expect(f(empty(0, 2)).shape).toEqual([0, 2]);
      expect(values(f(empty(2, 0)))).toEqual([[], []]);
    }
    for (const f of [cumsum, cumprod, logCumSumExp, api.sort, (x: Tensor) => cummax(x).values])
      expect(gradient((x) => sum(f(x)), empty(2, 0))).toEqual([[], []]);
  });

  test("a result without elements needs none", () => {
    for (const f of [max, min, api.median, api.nanmedian]) expect(f(empty(0, 0), 1).shape).toEqual([0]);
    expect(api.quantile(empty(0, 0), 0.5, 1).shape).toEqual([0]);
    expect(max(empty(0, 3), 1).shape).toEqual([0]);
  });
});

describe("products with zeros", () => {
  test("the gradient is the product of all others, however many are 0", () => {
    expect(gradient((x) => prod(x), of([2, 0, 3]))).toEqual([0, 6, 0]);
    expect(gradient((x) => prod(x), of([0, 0, 3]))).toEqual([0, 0, 0]);
    expect(gradient((x) => prod(x), of([5]))).toEqual([1]);
    expect(
      gradient(
        (x) => prod(x),
        of([
          [2, 0],
          [3, 4],
        ] as number[][]),
      ),
    ).toEqual([
      [0, 24],
      [0, 0],
    ]);
  });

  test("second derivatives are products of all but two", () => {
    expect(hessian((x) => prod(x), of([0, 0, 3]))).toEqual([
      [0, 3, 0],
      [3, 0, 0],
      [0, 0, 0],
    ]);
    expect(hessian((x) => prod(x), of([2, 3, 0]))).toEqual([
      [0, 0, 3],
      [0, 0, 2],
      [3, 2, 0],
    ]);
  });

  test("the third derivative of three zeros is 1", () => {
    const slope = (i: number, f: (x: Tensor) => Tensor) => (x: Tensor) =>
      slice(grad((v: Tensor) => f(v) as Scalar)(x), i);
    const third = slope(
      2,
      slope(
        1,
        slope(0, (x) => prod(x)),
      ),
    );
    expect(third(of([0, 0, 0])).item()).toBe(1);
  });

  test("cumprod: each product up to a place, by each factor", () => {
    // y = (x₀, x₀x₁, x₀x₁x₂): the sum's gradient is (1 + x₁ + x₁x₂, x₀ + x₀x₂, x₀x₁).
    expect(gradient((x) => sum(cumprod(x)), of([0, 0, 5]))).toEqual([1, 0, 0]);
    expect(gradient((x) => sum(cumprod(x)), of([2, 0, 5]))).toEqual([1, 12, 0]);
    expect(hessian((x) => sum(cumprod(x)), of([0, 0, 5]))).toEqual([
      [0, 6, 0],
      [6, 0, 0],
      [0, 0, 0],
    ]);
  });

  test("no division: a product that overflows only in part keeps a finite gradient", () => {
    expect(gradient((x) => prod(x), of([1e-200, 1e200, 1e200]))).toEqual([inf, 1, 1]);
  });
});

describe("variance", () => {
  test("a large offset costs nothing", () => {
    for (const offset of [1e9, -1e12, 2 ** 52]) {
      const x = of([1, 2, 3, 6].map((v) => offset + v));
      expect(variance(x).item()).toBe(14 / 3);
      expect(gradient((v) => variance(v), x)).toEqual([-4 / 3, -2 / 3, 0, 2].map((v) => expect.closeTo(v, 15)));
    }
  });

  test("the mean's own rounding is taken out, in value and gradient", () => {
    // 0, 1/8, 3/8 are exact beside 10⁹; their mean 1/6 is not.
    const parts = [0, 0.125, 0.375];
    const [shifted, plain] = [of(parts.map((v) => 1e9 + v)), of(parts)];
    // A few roundings of numbers of the size of the spread.
    expect(Math.abs(variance(shifted).item() - variance(plain).item())).toBeLessThan(8 * 2 ** -53);
    const [a, b] = [gradient((x) => variance(x), shifted), gradient((x) => variance(x), plain)] as number[][];
    a!.forEach((slope, i) => expect(Math.abs(slope - b![i]!)).toBeLessThan(8 * 2 ** -53));
  });

  test("float32: to the precision of the spread", () => {
    expect(variance(of([10001, 10002, 10003], "float32")).item()).toBe(1);
    expect(variance(of([10001, 10002, 10003], "float32")).dtype).toBe("float32");
  });

  test("corrections: 0 divides by n, more than n − 1 leaves nothing", () => {
    expect(variance(of([1, 3]), 0, { correction: 0 }).item()).toBe(1);
    expect(variance(of([1, 3]), 0, { correction: 0.5 }).item()).toBe(2 / 1.5);
    expect(variance(of([1, 3]), 0, { correction: 2 }).item()).toBe(inf);
    expect(variance(of([5])).item()).toBe(nan);
    expect(std(of([5])).item()).toBe(nan);
  });

  test("whole numbers and bools are taken as float64", () => {
    expect(variance(of([1, 2, 3], "int32")).dtype).toBe("float64");
    expect(std(of([0, 1], "bool"), 0, { correction: 0 }).item()).toBe(0.5);
  });

  test("std where there is no spread: 0, and so are its derivatives", () => {
    expect(std(of([7, 7, 7])).item()).toBe(0);
    expect(gradient((x) => std(x), of([7, 7, 7]))).toEqual([0, 0, 0]);
    expect(hessian((x) => std(x), of([7, 7]))).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe("norm", () => {
  const powers = [0, 0.5, 1, 1.5, 2, 3, 4, inf, -inf, -1];

  test("at 0 the value is 0 and the derivatives are 0, for every power", () => {
    for (const p of powers) {
      const f = (x: Tensor): Tensor => norm(x, undefined, { p });
      expect(f(of([0, 0])).item()).toBe(0);
      expect(gradient(f, of([0, 0]))).toEqual([0, 0]);
      expect(hessian(f, of([0, 0]))).toEqual([
        [0, 0],
        [0, 0],
      ]);
    }
  });

  test("one element that is 0 makes no NaN, for every power", () => {
    for (const p of powers) {
      const slopes = gradient((x) => norm(x, undefined, { p }), of([3, 0])) as number[];
      expect(slopes).toEqual([p === 0 || p < 0 ? 0 : 1, 0]);
    }
  });

  test("the Hessian of Euclid's norm on an axis: 1/y across, 0 along", () => {
    expect(hessian((x) => norm(x), of([2, 0]))).toEqual([
      [0, 0],
      [0, 0.5],
    ]);
  });

  test("powers neither overflow nor vanish", () => {
    for (const scale of [1e200, 1e-200, 5e-324, 2 ** 1000]) {
      expect(norm(of([scale, 0, -scale]), 0, { p: inf }).item()).toBe(scale);
      expect(norm(of([scale, scale, scale, scale]), 0, { p: 0.5 }).item() / 16).toBe(scale);
      for (const p of [2, 3, 7.5, -1, -3]) {
        const expected = scale * 4 ** (1 / p);
        // Two roundings of the power, one each of sum, root and product; a denormal is off by one at most.
        expect(Math.abs(norm(of([scale, -scale, scale, scale]), 0, { p }).item() - expected)).toBeLessThanOrEqual(
          8 * 2 ** -53 * expected + 5e-324,
        );
      }
    }
    expect(gradient((x) => norm(x), of([3e200, 4e200]))).toEqual([0.6, 0.8].map((v) => expect.closeTo(v, 15)));
    expect(norm(of([3e30, 4e30], "float32")).item()).toBe(Math.fround(5e30));
  });

  test("∞ and NaN", () => {
    for (const p of [2, 3, 1, inf]) {
      expect(norm(of([1, -inf]), 0, { p }).item()).toBe(inf);
      expect(norm(of([1, nan, inf]), 0, { p }).item()).toBe(nan);
    }
    expect(norm(of([1, nan]), 0, { p: -2 }).item()).toBe(nan);
    expect(norm(of([inf, inf]), 0, { p: -2 }).item()).toBe(inf);
    expect(norm(of([inf, 2]), 0, { p: -2 }).item()).toBe(2);
    expect(norm(of([nan, 0, 1]), 0, { p: 0 }).item()).toBe(2);
  });

  test("p = ∞ and −∞: equal extremes share evenly", () => {
    expect(gradient((x) => norm(x, 0, { p: inf }), of([-3, 3, 1]))).toEqual([-0.5, 0.5, 0]);
    expect(gradient((x) => norm(x, 0, { p: -inf }), of([-3, 3, 1]))).toEqual([-0, 0, 1]);
  });

  test("normalize: length 1 in every direction; 0 stays 0", () => {
    const y = normalize(
      of([
        [3, 4],
        [0, 0],
        [1e-200, 0],
      ] as number[][]),
      1,
      { eps: 1e-250 },
    );
    expect(values(y)).toEqual([
      [0.6, 0.8],
      [0, 0],
      [1, 0],
    ]);
    expect(gradient((x) => sum(normalize(x, 0)), of([0, 0]))).toEqual([1e12, 1e12]);
  });
});

describe("logSumExp and logCumSumExp", () => {
  test("±1000 and ±∞", () => {
    for (const f of [(x: Tensor) => logSumExp(x), (x: Tensor) => slice(logCumSumExp(x), -1)]) {
      expect(f(of([1000, 1000])).item()).toBe(1000 + Math.LN2);
      expect(f(of([-1000, -1000])).item()).toBe(-1000 + Math.LN2);
      expect(f(of([-1000, 1000])).item()).toBe(1000);
      expect(f(of([-inf, 3])).item()).toBe(3);
      expect(f(of([3, -inf])).item()).toBe(3);
      expect(f(of([inf, 3])).item()).toBe(inf);
      expect(f(of([-inf, inf])).item()).toBe(inf);
      expect(f(of([inf, inf])).item()).toBe(inf);
      expect(f(of([-inf, -inf])).item()).toBe(-inf);
      expect(f(of([1, nan])).item()).toBe(nan);
      // e^(x − y) knows y = 1000.69 to half its last place, 2⁻⁴⁴.
      expect(gradient(f, of([1000, 1000]))).toEqual([0.5, 0.5].map((v) => expect.closeTo(v, 12)));
      expect(gradient(f, of([-inf, 3]))).toEqual([0, 1]);
      expect(gradient(f, of([-inf, -inf]))).toEqual([0, 0]);
      expect(hessian(f, of([-inf, -inf]))).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(hessian(f, of([-inf, 3]))).toEqual([
        [0, 0],
        [0, 0],
      ]);
    }
  });

  test("a running sum of exponentials that climbs and falls", () => {
    const x = [-1000, 5, -3, 1000, 999, -inf, 1001];
    const direct = x.map((_, i) => logSumExp(of(x.slice(0, i + 1))).item());
    (values(logCumSumExp(of(x))) as number[]).forEach((y, i) =>
      // Each exponential and the logarithm to an ulp or so, of numbers of this size.
      expect(Math.abs(y - direct[i]!)).toBeLessThanOrEqual(8 * 2 ** -53 * Math.abs(direct[i]!)),
    );
  });
});

describe("sums", () => {
  test("ten million float32, rounded at each step: pairwise keeps the error small", () => {
    const x = tensor(new Float32Array(1e7).fill(0.1));
    // In order the sum would stop growing near 2²¹: 1 087 937.
    const exact = 1e7 * Math.fround(0.1);
    // log₂(10⁷) ≈ 24 levels and 16 steps in a run.
    expect(Math.abs(sum(x).item() - exact)).toBeLessThan(40 * 2 ** -24 * exact);
    expect(Math.abs(mean(x).item() - 0.1)).toBeLessThan(40 * 2 ** -24 * 0.1);
  });

  test("int32 wraps, bool counts", () => {
    expect(sum(of([2 ** 31 - 1, 1], "int32")).item()).toBe(-(2 ** 31));
    expect(prod(of([65536, 65537], "int32")).item()).toBe(65536);
    expect(values(cumsum(of([2 ** 31 - 1, 1, 1], "int32")))).toEqual([2147483647, -2147483648, -2147483647]);
    expect(values(cumprod(of([65537, 65537, 3], "int32")))).toEqual([65537, 131073, 393219]);
    const fs: ((x: Tensor) => Tensor)[] = [sum, prod, cumsum, cumprod, nansum];
    for (const f of fs) expect(f(of([1, 1, 0], "bool")).dtype).toBe("int32");
    expect(values(cumsum(of([1, 0, 1], "bool")))).toEqual([1, 1, 2]);
  });

  test("float32 running sums round at each step", () => {
    expect(values(cumsum(of([2 ** 24, 1, 1], "float32")))).toEqual([2 ** 24, 2 ** 24, 2 ** 24]);
  });

  test("nansum and nanmean leave NaN out, and give it no gradient", () => {
    const x = of([
      [1, nan, 3],
      [nan, nan, nan],
    ] as number[][]);
    expect(values(nansum(x, 1))).toEqual([4, 0]);
    expect(values(nanmean(x, 1))).toEqual([2, nan]);
    expect(gradient((v) => sum(nanmean(slice(v, [0, 1]), 1)), x)).toEqual([
      [0.5, 0, 0.5],
      [0, 0, 0],
    ]);
    expect(nanmean(of([1, 2], "int32")).item()).toBe(1.5);
  });
});

describe("extremes", () => {
  test("ties share evenly; NaN wins", () => {
    expect(gradient((x) => max(x), of([3, 1, 3]))).toEqual([0.5, 0, 0.5]);
    expect(
      gradient(
        (x) => sum(min(x, 0)),
        of([
          [1, 2],
          [1, 1],
        ] as number[][]),
      ),
    ).toEqual([
      [0.5, 0],
      [0.5, 1],
    ]);
    expect(max(of([1, nan, inf])).item()).toBe(nan);
    expect(argMax(of([1, nan, nan])).item()).toBe(1);
    expect(min(of([-0, 0])).item()).toBe(-0);
  });

  test("cummax and cummin: the last of equals; NaN from where there is one", () => {
    const found = cummax(of([1, 1, nan, 5, nan]));
    expect(values(found.values)).toEqual([1, 1, nan, nan, nan]);
    expect(values(found.indices)).toEqual([0, 1, 2, 2, 4]);
    expect(found.indices.dtype).toBe("int32");
    expect(
      values(
        cummin(
          of([
            [3, 1],
            [2, 5],
          ] as number[][]),
          0,
        ).values,
      ),
    ).toEqual([
      [3, 1],
      [2, 1],
    ]);
    expect(gradient((x) => sum(mul(cummax(x).values, of([1, 10, 100]))), of([2, 1, 3]))).toEqual([11, 0, 100]);
  });
});

test("backwards, against negative strides, as forwards", () => {
  const x = of([
    [1, 2, 3],
    [4, 5, 6],
  ] as number[][]);
  const flipped = slice(x, [null, null, -1], [null, null, -1]);
  const packed = of(flipped.toArray() as number[][]);
  const fs: ((v: Tensor, axis: number) => Tensor)[] = [
    cumsum,
    cumprod,
    logCumSumExp,
    api.sort,
    (v, axis) => cummax(v, axis).values,
    (v, axis) => api.median(v, axis),
    (v, axis) => norm(v, axis, { p: 3 }),
    (v, axis) => variance(v, axis),
    (v, axis) => prod(v, axis),
  ];
  for (const f of fs) {
    for (const axis of [0, 1]) {
      expect(values(f(flipped, axis))).toEqual(values(f(packed, axis)));
      const ct = f(packed, axis);
      const [a, b] = [flipped, packed].map((v) => values(vjp((w: Tensor) => f(w, axis), v)[1](ct)[0]));
      expect(a).toEqual(b);
      // A cotangent that lies backwards, too.
      const back = slice(ct, ...ct.shape.map(() => [null, null, -1] as const));
      const [c, d] = [back, of(back.toArray() as number[])].map((t) =>
        values(vjp((w: Tensor) => f(w, axis), packed)[1](t)[0]),
      );
      expect(c).toEqual(d);
    }
  }
});

describe("diff", () => {
  test("of bools, whether neighbours differ", () => {
    const y = diff(of([1, 1, 0], "bool"));
    expect([values(y), y.dtype]).toEqual([[0, 1], "bool"]);
  });

  test("n times over, to nothing", () => {
    expect(values(diff(of([1, 2, 4]), 0, { n: 3 }))).toEqual([]);
    expect(values(diff(of([1, 2, 4]), 0, { n: 1e9 }))).toEqual([]);
    expect(values(diff(empty(0)))).toEqual([]);
    expect(values(diff(of([1, 2, 4]), 0, { n: 0, prepend: 5 }))).toEqual([1, 2, 4]);
  });

  test("a number stands at an end as a layer; dtypes are promoted", () => {
    expect(
      values(
        diff(
          of(
            [
              [1, 2],
              [3, 5],
            ] as number[][],
            "int32",
          ),
          0,
          { prepend: 0 },
        ),
      ),
    ).toEqual([
      [1, 2],
      [2, 3],
    ]);
    const y = diff(of([1, 2], "int32"), 0, { append: 2.5 });
    expect([values(y), y.dtype]).toEqual([[1, 0.5], "float64"]);
  });
});

describe("what is not 0", () => {
  test("NaN is not 0, −0 is", () => {
    expect(all(of([nan, 1])).item()).toBe(1);
    expect(any(of([-0, 0])).item()).toBe(0);
    expect(countNonZero(of([nan, -0, 2])).item()).toBe(2);
    expect(
      values(
        all(
          of([
            [1, 0],
            [1, 1],
          ] as number[][]),
          0,
          { keepDims: true },
        ),
      ),
    ).toEqual([[1, 0]]);
    expect(any(of([1])).dtype).toBe("bool");
  });
});

const refused: Record<string, [attempt: () => unknown, sentence: string]> = {
  "an array in place of a tensor": [
    () => (variance as (x: unknown, axis: number) => unknown)([1, 2], 0),
    "variance: expected a tensor, got an array; wrap data with tensor(…)",
  ],
  "null in place of a tensor": [
    () => (cumsum as (x: unknown) => unknown)(null),
    "cumsum: expected a tensor, got null; wrap data with tensor(…)",
  ],
  "an axis that is no number": [
    () => (sum as (x: Tensor, axis: unknown) => unknown)(of([1]), "0"),
    "sum: axis 0 is out of range for rank 1; use a whole number from -1 to 0 (−1: last)",
  ],
  "PyTorch's keepdim in the place of options": [
    () => (sum as (x: Tensor, axis: number, options: unknown) => unknown)(of([1]), 0, true),
    "sum: the options are true; give them by name in one object, e.g. { keepDims: true }",
  ],
  "options in a list": [
    () => (norm as (x: Tensor, axis: number, options: unknown) => unknown)(of([1]), 0, [2]),
    "norm: the options are a list; give them by name in one object, e.g. { keepDims: true }",
  ],
  "an extreme of nothing": [
    () => argMax(empty(2, 0), 1),
    "argMax: axis 1 of [2, 0] has no elements; an extreme needs at least one",
  ],
  "an infinite correction": [
    () => variance(of([1]), 0, { correction: inf }),
    "variance: correction is Infinity; give a finite number: 1 for a sample, 0 for all there is",
  ],
  "std with a correction that is no number": [
    () => std(of([1]), 0, { correction: nan }),
    "std: correction is NaN; give a finite number: 1 for a sample, 0 for all there is",
  ],
  "a power that is NaN": [
    () => norm(of([1]), 0, { p: nan }),
    "norm: p is NaN; give a number, Infinity and -Infinity among them",
  ],
  "a power in words": [
    () => norm(of([1]), 0, { p: "fro" as unknown as number }),
    'norm: p is "fro"; give a number, Infinity and -Infinity among them',
  ],
  "a negative power of nothing": [
    () => norm(empty(0), 0, { p: -inf }),
    "norm: axis 0 of [0] has no elements; a norm of negative power needs at least one",
  ],
  "a negative eps": [() => normalize(of([1]), 0, { eps: -1 }), "normalize: eps is -1; give a number ≥ 0"],
  "an axis of a scalar": [() => cumprod(of(1)), "cumprod: axis -1 is out of range for rank 0; a scalar has no axes"],
  "a fraction of a difference": [() => diff(of([1]), 0, { n: 0.5 }), "diff: n is 0.5; give a whole number ≥ 0"],
  "an end that does not fit": [
    () => diff(of([1, 2]), 0, { prepend: zeros([1, 1]) }),
    "diff: [1, 1] does not stand beside [2] along axis 0; only the extent of that axis may differ",
  ],
  "an end that is no tensor": [
    () => diff(of([1, 2]), 0, { append: [3] as unknown as number }),
    "diff: expected a tensor or a number, got an array; wrap data with tensor(…)",
  ],
};

describe("is refused in a whole sentence", () => {
  test.each(Object.entries(refused))("%s", (_name, [attempt, sentence]) => expectRefusal(attempt, sentence));
});
