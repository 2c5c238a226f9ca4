/** @file Sorting, ranks, different elements and bins: against plain definitions, and at the edges. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  argsort,
  bincount,
  type DType,
  grad,
  histogram,
  kthValue,
  median,
  nanmedian,
  quantile,
  record,
  searchSorted,
  slice,
  sort,
  sum,
  type Tensor,
  tensor,
  topK,
  unique,
  zeros,
} from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";

type Scalar = Tensor<readonly []>;
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const of = (values: number[] | number[][], dtype: DType = "float64"): Tensor =>
  tensor(values as number[], { dtype }) as Tensor;
const int = (values: number[] | number[][]): Tensor => of(values, "int32");
const values = (y: unknown): unknown => (y as Tensor).toArray();
const gradient = (f: (x: Tensor) => Tensor, x: Tensor): unknown => grad((v: Tensor) => f(v) as Scalar)(x).toArray();

/** Few different numbers, so that many are equal; all that is special among them. */
const element = fc.oneof(fc.constantFrom(nan, inf, -inf, 0, -0), fc.integer({ min: -3, max: 3 }), fc.double());
/** Lengths below and above where runs are merged and where the first k are selected. */
const list = fc.oneof(fc.array(element, { maxLength: 8 }), fc.array(element, { minLength: 30, maxLength: 90 }));

/** The order by definition: ascending with NaN last, equal ones as they were; descending likewise of the reverse. */
function orderOf(xs: readonly number[], descending = false): number[] {
  const compare = (a: number, b: number): number =>
    Number.isNaN(a) || Number.isNaN(b)
      ? Number(Number.isNaN(a)) - Number(Number.isNaN(b))
      : Number(a > b) - Number(a < b);
  const sign = descending ? -1 : 1;
  return [...xs.keys()].sort((i, j) => sign * compare(xs[i]!, xs[j]!) || i - j);
}

describe("sort, argsort and topK are what their definition says", () => {
  test("of lists with ties, NaN, ±∞ and zeros of both signs", () => {
    fc.assert(
      fc.property(list, fc.boolean(), fc.nat(100), (xs, descending, some) => {
        const [x, order] = [of(xs), orderOf(xs, descending)];
        expect(values(argsort(x, 0, { descending }))).toEqual(order);
        expect(values(sort(x, 0, { descending }))).toEqual(order.map((i) => xs[i]));
        const k = Math.min(xs.length, some % 10);
        const found = topK(x, k, 0, { largest: descending });
        expect(values(found.indices)).toEqual(order.slice(0, k));
        expect(values(found.values)).toEqual(order.slice(0, k).map((i) => xs[i]));
      }),
      { numRuns: 300 },
    );
  });

  test("along any axis, of every dtype", () => {
    const x = [
      [3, 1, 2],
      [1, 2, 0],
    ] as number[][];
    for (const dtype of ["float64", "float32", "int32"] as const) {
      const y = sort(of(x, dtype), 0);
      expect([values(y), y.dtype]).toEqual([
        [
          [1, 1, 0],
          [3, 2, 2],
        ],
        dtype,
      ]);
    }
    expect(values(sort(of([1, 0, 1], "bool")))).toEqual([0, 1, 1]);
    expect(values(sort(int([-(2 ** 31), 2 ** 31 - 1]), 0, { descending: true }))).toEqual([2 ** 31 - 1, -(2 ** 31)]);
  });

  test("in n log n, in order, in reverse order, and of equals alone", () => {
    // Quadratic time would take minutes.
    const n = 200_000;
    for (const f of [
      (i: number) => i,
      (i: number) => n - i,
      () => 7,
      (i: number) => i % 2,
      (i: number) => Math.abs(i - n / 2),
    ]) {
      const x = tensor(Float64Array.from({ length: n }, (_, i) => f(i))) as Tensor;
      const sorted = sort(x).toTypedArray();
      expect(sorted.every((v, i) => i === 0 || sorted[i - 1]! <= v)).toBe(true);
      expect(kthValue(x, n / 2).values.item()).toBe(sorted[n / 2 - 1]);
      expect(values(topK(x, 3, 0, { largest: false }).values)).toEqual([...sorted.slice(0, 3)]);
    }
  });

  test("the cotangent goes back to where elements came from", () => {
    const weights = of([1, 10, 100]);
    expect(gradient((x) => sum(sort(x).mul(weights)), of([5, 3, 4]))).toEqual([100, 1, 10]);
    expect(gradient((x) => sum(topK(x, 2).values.mul(of([1, 10]))), of([5, 3, 4]))).toEqual([1, 0, 10]);
  });
});

describe("elements by rank", () => {
  const numbers = fc.array(
    element.filter((v) => !Number.isNaN(v)),
    { minLength: 1, maxLength: 80 },
  );

  test("median and kthValue are what sorting gives", () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (xs, some) => {
        const sorted = orderOf(xs).map((i) => xs[i]!);
        const k = 1 + (some % xs.length);
        const found = kthValue(of(xs), k);
        // Zeros of either sign are equal, so the first of them is found.
        expect(found.values.item() + 0).toBe(sorted[k - 1]! + 0);
        expect(found.indices.item()).toBe(xs.indexOf(sorted[k - 1]!));
        expect(median(of(xs)).item() + 0).toBe(sorted[(xs.length - 1) >> 1]! + 0);
        expect(nanmedian(of([nan, ...xs, nan])).item() + 0).toBe(sorted[(xs.length - 1) >> 1]! + 0);
      }),
      { numRuns: 200 },
    );
  });

  test("NaN wins, or is left out", () => {
    expect(median(of([1, nan, 3])).item()).toBe(nan);
    expect(kthValue(of([1, nan, 3]), 1).values.item()).toBe(nan);
    expect(nanmedian(of([nan, nan])).item()).toBe(nan);
    expect(
      values(
        nanmedian(
          of([
            [nan, 4, 2],
            [1, nan, nan],
          ]),
          1,
        ),
      ),
    ).toEqual([2, 1]);
  });

  test("over several axes, with axes kept, and of whole numbers", () => {
    const x = tensor(
      Float64Array.from({ length: 24 }, (_, i) => (i * 7) % 24),
      { shape: [2, 3, 4] },
    ) as Tensor;
    const layers = [0, 1, 2].map((i) => [...slice(x, null, i).toTypedArray()].sort((a, b) => a - b)[3]!);
    expect(values(median(x, [0, 2]))).toEqual(layers);
    expect(median(x, [0, 2], { keepDims: true }).shape).toEqual([1, 3, 1]);
    expect(median(int([3, 1, 2])).dtype).toBe("int32");
    expect(kthValue(x, 2, 1, { keepDims: true }).values.shape).toEqual([2, 1, 4]);
  });

  test("the gradient of a median goes to one element", () => {
    expect(gradient((x) => median(x), of([2, 1, 2, 2]))).toEqual([1, 0, 0, 0]);
  });

  const q = [0, 0.1, 0.5, 0.9, 1];
  test.each([
    ["linear", [1, 1.9, 5.5, 9.1, 10]],
    ["lower", [1, 1, 5, 9, 10]],
    ["higher", [1, 2, 6, 10, 10]],
    ["midpoint", [1, 1.5, 5.5, 9.5, 10]],
    ["nearest", [1, 2, 5, 9, 10]],
  ] as const)("quantiles of 1 … 10, %s", (interpolation, expected) => {
    const x = of([3, 9, 1, 10, 5, 2, 8, 4, 7, 6]);
    (values(quantile(x, q, 0, { interpolation })) as number[]).forEach((y, i) =>
      expect(y).toBeCloseTo(expected[i]!, 14),
    );
  });

  test("several q come in front; ∞ and NaN", () => {
    expect(quantile(zeros([2, 3]), [0.1, 0.2], 1, { keepDims: true }).shape).toEqual([2, 2, 1]);
    expect(quantile(of([-inf, -inf, 3]), 0.25).item()).toBe(-inf);
    expect(quantile(of([1, inf]), 0.25).item()).toBe(inf);
    expect(
      values(
        quantile(
          of([
            [1, nan],
            [1, 2],
          ]),
          0,
          1,
        ),
      ),
    ).toEqual([nan, 1]);
    expect(quantile(int([1, 2]), 0.5).item()).toBe(1.5);
    expect(gradient((x) => quantile(x, 0.25), of([4, 0, 8]))).toEqual([0.5, 0.5, 0]);
  });
});

describe("unique", () => {
  test("of lists: values, first places, which is which, how many", () => {
    fc.assert(
      fc.property(list, (xs) => {
        const found = unique(of(xs));
        const inverse = values(found.inverse) as number[];
        const [firsts, counts] = [values(found.indices) as number[], values(found.counts) as number[]];
        // Same number (0 is −0 and NaN is NaN) and same kind are one and the same.
        const same = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));
        xs.forEach((a, i) => xs.forEach((b, j) => expect(inverse[i] === inverse[j]).toBe(same(a, b))));
        expect(firsts).toEqual(counts.map((_, kind) => inverse.indexOf(kind)));
        expect(counts).toEqual(counts.map((_, kind) => inverse.filter((k) => k === kind).length));
        expect(values(found.values)).toEqual(firsts.map((i) => xs[i]));
        expect(values(argsort(found.values))).toEqual([...counts.keys()]);
      }),
      { numRuns: 60 },
    );
  });

  test("layers along an axis, in lexicographic order", () => {
    const x = of([
      [2, 1, 2, 0],
      [5, nan, 5, 9],
      [0, 0, -0, 0],
    ]);
    const found = unique(x, { axis: -1 });
    expect(values(found.values)).toEqual([
      [0, 1, 2],
      [9, nan, 5],
      [0, 0, 0],
    ]);
    expect(values(found.inverse)).toEqual([2, 1, 2, 0]);
    expect(values(found.indices)).toEqual([3, 1, 0]);
    expect(values(found.counts)).toEqual([1, 1, 2]);
  });

  test("the inverse has the shape of x; nothing has nothing different; layers without elements are equal", () => {
    expect(
      values(
        unique(
          int([
            [3, 1],
            [3, 3],
          ]),
        ).inverse,
      ),
    ).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(unique(zeros([0, 3])).values.shape).toEqual([0]);
    expect(unique(zeros([0, 3]), { axis: 0 }).values.shape).toEqual([0, 3]);
    expect(unique(zeros([4, 0]), { axis: 0 }).values.shape).toEqual([1, 0]);
    expect(unique(zeros([])).values.shape).toEqual([1]);
  });

  test("the cotangent goes to the first of equals", () => {
    expect(gradient((x) => sum(unique(x).values.mul(of([1, 10]))), of([3, 2, 3]))).toEqual([10, 1, 0]);
  });
});

describe("searchSorted", () => {
  test("counts what is below, or not above", () => {
    fc.assert(
      fc.property(list, list, (xs, wanted) => {
        const sorted = orderOf(xs).map((i) => xs[i]!);
        const below = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));
        const count = (holds: (x: number) => boolean): number => xs.filter(holds).length;
        expect(values(searchSorted(of(sorted), of(wanted)))).toEqual(wanted.map((v) => count((x) => below(x, v))));
        expect(values(searchSorted(of(sorted), of(wanted), { side: "right" }))).toEqual(
          wanted.map((v) => count((x) => !below(v, x))),
        );
        expect(values(searchSorted(of(xs), of(wanted), { sorter: argsort(of(xs)) }))).toEqual(
          values(searchSorted(of(sorted), of(wanted))),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("one run for all shapes, or one for each row", () => {
    const run = of([1, 3, 5]);
    expect(searchSorted(run, 4).item()).toBe(2);
    expect(
      values(
        searchSorted(
          run,
          of([
            [0, 9],
            [3, 4],
          ]),
        ),
      ),
    ).toEqual([
      [0, 3],
      [1, 2],
    ]);
    expect(
      values(
        searchSorted(
          of([
            [1, 2],
            [10, 20],
          ]),
          int([[2], [11]]),
        ),
      ),
    ).toEqual([[1], [1]]);
  });
});

describe("bins", () => {
  test("bincount: lengths, weights, and their gradient", () => {
    expect(values(bincount(int([]), { minLength: 2 }))).toEqual([0, 0]);
    expect(values(bincount(int([])))).toEqual([]);
    expect(values(bincount(int([0, 2, 2]), { minLength: 5 }))).toEqual([0 + 1, 0, 2, 0, 0]);
    expect(bincount(int([1]), { weights: of([1], "bool") }).dtype).toBe("int32");
    const x = int([1, 0, 1]);
    expect(gradient((weights) => sum(bincount(x, { weights }).mul(of([5, 7]))), of([1, 2, 3]))).toEqual([7, 5, 7]);
  });

  test("histogram: the last bin holds its upper edge; NaN and what lies outside do not count", () => {
    const x = of([0, 1, 1, 2, 3, -1, 4, nan]);
    expect(values(histogram(x, { bins: 3, range: [0, 3] }).counts)).toEqual([1, 2, 2]);
    expect(values(histogram(x, { bins: [0, 1, 3] }).counts)).toEqual([1, 4]);
    expect(values(histogram(x, { bins: of([0, 0.5, 1, 3]) }).counts)).toEqual([1, 0, 4]);
  });

  test("histogram: edges where there is no extent", () => {
    expect(values(histogram(of([2, 2]), { bins: 2 }).edges)).toEqual([1.5, 2, 2.5]);
    expect(values(histogram(of([]), { bins: 1 }).edges)).toEqual([0, 1]);
    expect(histogram(int([1, 5]), {}).counts.shape).toEqual([10]);
  });

  test("histogram: a density has area 1, weights add up", () => {
    const x = of([
      [0, 1],
      [1, 3],
    ]);
    const { counts, edges } = histogram(x, { bins: [0, 1, 3], density: true });
    expect(values(counts)).toEqual([0.25, 0.375]);
    expect(values(edges)).toEqual([0, 1, 3]);
    expect(
      values(
        histogram(x, {
          bins: [0, 1, 3],
          weights: of([
            [1, 2],
            [4, 8],
          ]),
        }).counts,
      ),
    ).toEqual([1, 14]);
  });

  test("a value on an edge belongs to the bin that its edge says, whatever rounding does to widths", () => {
    // The edges are 0, 0.1, … as computed; (0.3 − 0) / 0.1 would be 2.9999999999999996.
    const { counts } = histogram(of([0.1, 0.2, 0.30000000000000004, 0.6000000000000001]), { bins: 10, range: [0, 1] });
    expect(values(counts)).toEqual([0, 1, 1, 1, 0, 0, 1, 0, 0, 0]);
  });
});

const refused: Record<string, [attempt: () => unknown, sentence: string]> = {
  "sorting a scalar": [() => sort(zeros([])), "sort: axis -1 is out of range for rank 0; a scalar has no axes"],
  "sorting an array": [
    () => (argsort as (x: unknown) => unknown)([1]),
    "argsort: expected a tensor, got an array; wrap data with tensor(…)",
  ],
  "more than there are": [() => topK(of([1]), 2), "topK: k is 2; give a whole number from 0 to 1"],
  "no number of them": [
    () => (topK as (x: Tensor, k: unknown) => unknown)(of([1]), undefined),
    "topK: k is undefined; give a whole number from 0 to 1",
  ],
  "the 0-th smallest": [() => kthValue(of([1]), 0), "kthValue: k is 0; give a whole number from 1 to 1"],
  "the median of nothing": [
    () => median(zeros([2, 0]), 1),
    "median: axis 1 of [2, 0] has no elements; an element of a rank needs at least one",
  ],
  "a percentage": [() => quantile(of([1]), 50), "quantile: q is 50; give a number from 0 to 1, or a list of them"],
  "no q": [() => quantile(of([1]), []), "quantile: the list of q is empty; give at least one"],
  "an unknown interpolation": [
    () => quantile(of([1]), 0.5, 0, { interpolation: "cubic" as "linear" }),
    'quantile: interpolation is "cubic"; use "linear" or "lower" or "higher" or "nearest" or "midpoint"',
  ],
  "the quantile of nothing": [
    () => quantile(zeros([0]), 0.5),
    "quantile: axis 0 of [0] has no elements; a quantile needs at least one",
  ],
  "different elements while a graph is recorded": [
    () => record((x: Tensor) => unique(x).values)(of([1])),
    "unique: [1] has no value of its own: a graph is recorded, or vmap does many at once; use tensor operations (where, maximum, …) in place of values",
  ],
  "an unknown side": [
    () => searchSorted(of([1]), 1, { side: "middle" as "left" }),
    'searchSorted: side is "middle"; use "left" or "right"',
  ],
  "rows that do not fit": [
    () => searchSorted(zeros([2, 3]), zeros([3, 3])),
    "searchSorted: there is no place for [3, 3] in [2, 3]; give one sorted run [n], or one for each row of the values: [a, n] and [a, m]",
  ],
  "a sorter that is none": [
    () => searchSorted(of([1, 2]), 1, { sorter: of([0, 1]) }),
    "searchSorted: the sorter is float64 [2] beside [2]; give the int32 places that argsort gives",
  ],
  "counting fractions": [
    () => bincount(of([1])),
    "bincount: [1] is float64; give whole numbers in one axis: int32 [n]",
  ],
  "counting below 0": [() => bincount(int([1, -1])), "bincount: [2] has -1 in it; count whole numbers ≥ 0"],
  "weights that do not fit": [
    () => bincount(int([1, 1]), { weights: of([1]) }),
    "bincount: the weights are [1] beside [2]; give one number for each element",
  ],
  "no bins": [() => histogram(of([1]), { bins: 0 }), "histogram: bins is 0; give a whole number ≥ 1"],
  "the range of NaN": [() => histogram(of([1, nan])), "histogram: [2] goes from NaN to NaN; give a finite range"],
  "a range the wrong way": [
    () => histogram(of([1]), { range: [3, 1] }),
    "histogram: the range is [3, 1]; give [low, high], finite and in order",
  ],
  "edges that go back": [
    () => histogram(of([1]), { bins: [0, 2, 1] }),
    "histogram: the edges [3] do not ascend; give two numbers or more in one axis",
  ],
  "edges and a range": [
    () => histogram(of([1]), { bins: [0, 1], range: [0, 1] }),
    "histogram: the bins are edges, and there is a range besides; leave out the range",
  ],
};

describe("is refused in a whole sentence", () => {
  test.each(Object.entries(refused))("%s", (_name, [attempt, sentence]) => expectRefusal(attempt, sentence));
});
