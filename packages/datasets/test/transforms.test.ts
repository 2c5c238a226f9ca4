/** @file What comes out of oneHot and standardize, whatever goes in. */
import { oneHot, standardize } from "@deltagrad/datasets";
import { mean, mul, type Tensor, tensor, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const labelsOf = (numbers: readonly number[]): Tensor<readonly [number]> => tensor(Int32Array.from(numbers));

describe("oneHot", () => {
  const draws = fc
    .integer({ min: 1, max: 12 })
    .chain((classes) => fc.tuple(fc.array(fc.nat({ max: classes - 1 }), { maxLength: 20 }), fc.constant(classes)));

  test("every row sums to 1, and its greatest element is in the place of the label", () => {
    fc.assert(
      fc.property(draws, ([numbers, classes]) => {
        const rows = oneHot(labelsOf(numbers), classes);
        expect([rows.shape, rows.dtype]).toEqual([[numbers.length, classes], "float64"]);
        expect(rows.sum(1).toArray()).toEqual(numbers.map(() => 1));
        expect(rows.argMax(1).toArray()).toEqual(numbers);
      }),
    );
  });

  test.each([-1, 3])("label %d is none of three classes", (label) => {
    expect(() => oneHot(labelsOf([0, 2, label]), 3)).toThrow(
      `oneHot: label ${label} of example 2 is none of 3 classes; labels count from 0 to 2`,
    );
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("there are no %d classes", (classes) => {
    expect(() => oneHot(labelsOf([0]), classes)).toThrow(
      `oneHot: there is no row of ${classes} classes; classes is a whole number ≥ 1`,
    );
  });

  test("labels that are measurements, or rows, are refused", () => {
    expect(() => oneHot(tensor([0, 1]), 2)).toThrow("oneHot: labels are float64 [2]; give class numbers, int32 [n]");
    const rows: Tensor = zeros([2, 1], { dtype: "int32" });
    expect(() => oneHot(rows, 2)).toThrow("oneHot: labels are int32 [2, 1]; give class numbers, int32 [n]");
  });
});

describe("standardize", () => {
  /** Eighths from −1000 to 1000, so that scaling by a power of two rounds nothing. */
  const tables = fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 }))
    .chain(([rows, columns]) => {
      const row = fc.array(fc.integer({ min: -8000, max: 8000 }), { minLength: columns, maxLength: columns });
      return fc.array(row, { minLength: rows, maxLength: rows });
    })
    .map((rows): Tensor => tensor(rows.map((row) => row.map((value) => value / 8))));

  const columnsOf = (x: Tensor): number[][] => {
    const values = [...x.toTypedArray()];
    return Array.from({ length: x.shape[1]! }, (_, column) => values.filter((_, i) => i % x.shape[1]! === column));
  };
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test("its own columns get mean 0 and standard deviation 1, constant ones are 0", () => {
    fc.assert(
      fc.property(tables, (x) => {
        const scale = standardize(x);
        const std = scale.std.toTypedArray();
        columnsOf(scale(x)).forEach((column, k) => {
          const source = columnsOf(x)[k]!;
          if (source.every((value) => value === source[0])) {
            expect([...column, std[k]]).toEqual([...source.map(() => 0), 1]);
            return;
          }
          // n roundings of a mean of numbers up to max|x|, seen in units of std, and those of a mean of numbers about 1;
          // the factor 4 covers the division, the root and the sums in this test.
          const ratio = Math.max(...source.map(Math.abs)) / std[k]!;
          const bound = 4 * (source.length + 4) * 2 ** -53 * (1 + ratio);
          const average = meanOf(column);
          expect(Math.abs(average)).toBeLessThanOrEqual(bound);
          const deviation = Math.sqrt(meanOf(column.map((value) => (value - average) ** 2)));
          expect(Math.abs(deviation - 1)).toBeLessThanOrEqual(bound);
        });
      }),
    );
  });

  test("units do not matter: data scaled by 2ᵏ give the same, bit for bit", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: -900, max: 900 }), (x, power) => {
        const scaled: Tensor = mul(x, 2 ** power);
        expect(standardize(scaled)(scaled).toArray()).toEqual(standardize(x)(x).toArray());
      }),
    );
  });

  test("the test part is measured by the training part's mean and standard deviation", () => {
    const scale = standardize(
      tensor([
        [1, 10],
        [3, 30],
      ]),
    );
    expect([scale.mean.toArray(), scale.std.toArray()]).toEqual([
      [2, 20],
      [1, 10],
    ]);
    expect(scale(tensor([[5, 0]])).toArray()).toEqual([[3, -2]]);
  });

  test("seven equal numbers whose rounded mean is another number are still constant", () => {
    const value = 1e20 / 7;
    const column: Tensor = tensor(Array.from({ length: 7 }, () => [value]));
    expect(mean(column).item()).not.toBe(value);
    const scale = standardize(column);
    expect([scale.mean.toArray(), scale.std.toArray()]).toEqual([[value], [1]]);
  });

  test("squares that would overflow or vanish do neither", () => {
    for (const unit of [1e200, 1e-200])
      expect(standardize(tensor([[unit], [3 * unit]])).std.item() / unit).toBeCloseTo(1, 14);
  });

  test("float32 stays float32, whole numbers and truth values become float64", () => {
    const dtypes = (["float64", "float32", "int32", "bool"] as const).map((dtype) => {
      const x: Tensor = tensor([[0], [1]], { dtype });
      const scale = standardize(x);
      expect(scale(x).toArray()).toEqual([[-1], [1]]);
      return [scale.mean.dtype, scale.std.dtype, scale(x).dtype];
    });
    expect(dtypes).toEqual(["float64", "float32", "float64", "float64"].map((dtype) => [dtype, dtype, dtype]));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "%d is refused with its place",
    (value) => {
      expect(() =>
        standardize(
          tensor([
            [1, 2, 3],
            [4, 5, value],
          ]),
        ),
      ).toThrow(`standardize: row 1, column 2 is ${value}; drop or fill such values first`);
    },
  );

  test("no rows are refused, and features that are no table", () => {
    expect(() => standardize(zeros([0, 2]))).toThrow("standardize: features are [0, 2]; give at least one row, [n, k]");
    expect(() => standardize(zeros([3]) as Tensor)).toThrow(
      "standardize: features are [3]; give at least one row, [n, k]",
    );
  });

  test("other columns than those of the fit are refused", () => {
    const scale = standardize(zeros([2, 3]));
    expect(() => scale(zeros([1, 2]) as Tensor)).toThrow(
      "standardize: fitted to 3 columns, got [1, 2]; give [m, k] with the same columns",
    );
  });
});
