/** @file Transforms that are fitted to one part and applied to others: their ranges, and that they can be undone. */
import { categories, minMax, oneHot, standardize, whiten } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import { iris } from "@deltagrad/datasets/iris";
import { matmul, type Tensor, tensor, transpose, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const EPSILON = 2 ** -52;
const flat = (x: Tensor): number[] => [...x.toTypedArray()];

/** Tables of whole numbers, in which columns may be constant. */
const tables = fc
  .tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 4 }))
  .chain(([n, k]) =>
    fc
      .array(fc.integer({ min: -1000, max: 1000 }), { minLength: n * k, maxLength: n * k })
      .map((values): Tensor => tensor(Float64Array.from(values), { shape: [n, k] })),
  );

describe("undoing", () => {
  test.each<[string, (x: Tensor) => { (x: Tensor): Tensor; inverse(x: Tensor): Tensor }]>([
    ["standardize", (x) => standardize(x)],
    ["minMax", (x) => minMax(x)],
    ["minMax to a range", (x) => minMax(x, { range: [-3, 5] })],
    ["whiten", (x) => whiten(x, { epsilon: 1 })],
    ["whiten by pca", (x) => whiten(x, { method: "pca", epsilon: 1 })],
  ])("%s gives back what went in, of other rows as well", (_name, fit) => {
    fc.assert(
      fc.property(tables, (table) => {
        const transform = fit(table);
        const other = table.add(1).mul(3);
        for (const x of [table, other]) {
          const back = flat(transform.inverse(transform(x)));
          // Values to 10⁴; whitening divides by 1 and more, and adds up 4 products twice: well below 10³ roundings.
          flat(x).forEach((value, i) => {
            expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(1000 * EPSILON * 10_000);
          });
        }
      }),
    );
  });

  test("categories give back the values that they numbered", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (values) => {
        const encode = categories(values);
        expect(encode.inverse(encode(values))).toEqual(values);
        expect(encode.classes).toEqual([...new Set(values)].sort());
      }),
    );
  });

  test("oneHot is undone by argMax", () => {
    const labels = categories(["a", "b", "c"])(["c", "a", "c"]);
    expect(oneHot(labels, 3).argMax(1).toArray()).toEqual(labels.toArray());
  });
});

describe("minMax", () => {
  test("brings its own columns to the ends of the range, others beyond; constant ones to the low end", () => {
    const scale = minMax(
      tensor([
        [1, 5, 2],
        [3, 5, 0],
        [2, 5, 1],
      ]),
      { range: [10, 20] },
    );
    expect(
      scale(
        tensor([
          [1, 5, 2],
          [3, 6, 0],
          [5, 5, -1],
        ]),
      ).toArray(),
    ).toEqual([
      [10, 10, 20],
      [20, 11, 10],
      [30, 10, 5],
    ]);
    expect([scale.min.toArray(), scale.max.toArray()]).toEqual([
      [1, 5, 0],
      [3, 5, 2],
    ]);
  });

  test("keeps float32", () => {
    expect(minMax(tensor([[1], [2]], { dtype: "float32" }))(tensor([[1.5]], { dtype: "float32" })).dtype).toBe(
      "float32",
    );
  });
});

describe("whitening", () => {
  const covariance = (x: Tensor): number[][] =>
    matmul(transpose(x) as Tensor, x)
      .div(x.shape[0]!)
      .toArray() as number[][];
  const expectIdentity = (matrix: number[][], bound: number) =>
    matrix.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs(value - Number(i === j))).toBeLessThanOrEqual(bound);
      });
    });

  test.each(["zca", "pca"] as const)("%s gives iris mean 0 and the identity as covariance", (method) => {
    const white = whiten(iris().features, { method })(iris().features) as Tensor;
    for (const mean of white.mean(0).toArray() as number[]) expect(Math.abs(mean)).toBeLessThan(1e-12);
    // The condition number of iris's covariance is about 180; a thousand roundings times that.
    expectIdentity(covariance(white), 1000 * 180 * EPSILON);
  });

  test("zca stays as near as it can: its matrix is symmetric", () => {
    const white = whiten(iris().features);
    const axes = white(
      tensor([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ]),
    )
      .sub(white(zeros([1, 4])))
      .toArray() as number[][];
    axes.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(axes[j]![i]!, 12);
      });
    });
  });

  test("components that are left out lose the variance along them, and no other", () => {
    const { features } = iris();
    const white = whiten(features, { method: "pca", components: 2 });
    expect(white(features).shape).toEqual([150, 2]);
    const lost =
      features
        .sub(white.inverse(white(features)))
        .square()
        .sum()
        .item() / 150;
    const all = whiten(features, { method: "pca" }).variances.toArray();
    expect(lost).toBeCloseTo(all[2]! + all[3]!, 12);
  });

  test("digits, where outer pixels are always white, need an epsilon", () => {
    expect(() => whiten(digits().features)).toThrow(
      "whiten: 3 of 64 directions have no variance; give an epsilon > 0, or fewer components with method pca",
    );
    expect(whiten(digits().features, { epsilon: 0.1 })(digits().features).shape).toEqual([1797, 64]);
  });

  test("float32 comes out as float32, whole numbers as float64", () => {
    for (const [dtype, out] of [
      ["float32", "float32"],
      ["int32", "float64"],
    ] as const) {
      const x: Tensor = tensor(
        [
          [1, 2],
          [3, 5],
          [4, 1],
        ],
        { dtype },
      );
      expect(whiten(x)(x).dtype).toBe(out);
    }
  });
});

describe("errors", () => {
  const table = zeros([2, 3]);
  test.each<[string, () => unknown]>([
    [
      "standardize: the table is an array of 1, not a tensor; wrap data with tensor(…)",
      () => standardize([[1]] as never),
    ],
    [
      "inverse: fitted to 3 columns, got [2, 2]; give [m, k] with the same columns",
      () => standardize(table).inverse(zeros([2, 2]) as Tensor),
    ],
    ["minMax: features are [0, 3]; give at least one row, [n, k]", () => minMax(zeros([0, 3]))],
    ["minMax: row 0, column 1 is NaN; drop or fill such values first", () => minMax(tensor([[1, Number.NaN]]))],
    ["minMax: there is no range from 1 to 1; use low < high", () => minMax(table, { range: [1, 1] })],
    [
      "minMax: fitted to 3 columns, got [3]; give [m, k] with the same columns",
      () => minMax(table)(zeros([3]) as Tensor),
    ],
    ['whiten: there is no method "ica"; use "zca" or "pca"', () => whiten(table, { method: "ica" as never })],
    ["whiten: epsilon is -1; use a finite number ≥ 0", () => whiten(table, { epsilon: -1 })],
    ["whiten: 2 components with method zca; only pca can leave some out", () => whiten(table, { components: 2 })],
    [
      "whiten: 4 components of 3 columns; there are no more than columns",
      () => whiten(table, { method: "pca", components: 4 }),
    ],
    [
      "whiten: 3 of 3 directions have no variance; give an epsilon > 0, or fewer components with method pca",
      () => whiten(table),
    ],
    ["categories: there are no values in an array of 0; give the training part's column", () => categories([])],
    ["categories: value 1 is NaN; drop or fill such values first", () => categories([1, Number.NaN])],
    ["categories: value 0 is null; drop or fill such values first", () => categories([null as never])],
    ["categories: unknown is 0.5; use a whole number, such as -1", () => categories(["a"], { unknown: 0.5 })],
    [
      'categories: value 1 is "c", which is none of 2 classes; fit to data that has it, or say { unknown: -1 }',
      () => categories(["a", "b"])(["a", "c"]),
    ],
    [
      "inverse: label 2 of example 0 is none of 2 classes; labels count from 0 to 1",
      () => categories(["a", "b"]).inverse(tensor([2], { dtype: "int32" })),
    ],
    ["oneHot: labels is an array of 1, not a tensor; wrap data with tensor(…)", () => oneHot([1] as never, 2)],
  ])("%s", (sentence, f) => {
    expect(f).toThrow(sentence);
  });
});
