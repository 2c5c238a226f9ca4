/** @file Cases with a story, and every refusal in its own words. */

import { iris } from "@deltagrad/datasets/iris";
import { arange, type Tensor, TensorError, tensor, zeros } from "@deltagrad/tensor";
import { describe, expect, test } from "vitest";
import { batches, oneHot, split, standardize } from "../src/index.ts";

/** The whole sentence of a refusal, its operation, and the shapes that it tells. */
function refusal(f: () => unknown): { message: string; op: string; shapes: readonly (readonly number[])[] } {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(TensorError);
    const { message, op, shapes } = error as TensorError;
    return { message, op, shapes };
  }
  throw new Error("nothing was refused");
}

const pairs = { x: zeros([3, 2]), y: arange(3) };

describe("what there is to do with data", () => {
  test("iris is sorted by species, yet a test part has flowers of all three", () => {
    const { test: held } = split(iris(), { test: 0.2, seed: 7 });
    expect(new Set(held.labels.toArray()).size).toBe(3);
  });

  test("the number 7 and the text 7 are one seed", () => {
    const order = (seed: string | number) =>
      [...batches({ id: arange(20) }, { size: 20, seed })].map(({ id }) => id.toArray());
    expect(order(7)).toEqual(order("7"));
  });

  test("a split and the batches of one seed have nothing to do with each other", () => {
    const data = { id: arange(20) };
    const { train, test: held } = split(data, { test: 0.5, seed: 7 });
    const drawn = [...batches(data, { size: 20, seed: 7 })].flatMap(({ id }) => id.toArray());
    expect(drawn).not.toEqual([...held.id.toArray(), ...train.id.toArray()]);
  });

  test("a batch that is larger than the data is all of the data, or nothing with dropLast", () => {
    expect([...batches(pairs, { size: 10 })].map(({ y }) => y.shape)).toEqual([[3]]);
    expect([...batches(pairs, { size: 10, dropLast: true })]).toEqual([]);
  });

  test("data without rows have no batches", () => {
    expect([...batches({ x: zeros([0, 4]) }, { size: 2 })]).toEqual([]);
  });

  test("batches are copies: the record that they come from is as it was", () => {
    const data = { x: tensor([3, 1, 2]), note: "as it was" };
    expect([...batches(data, { size: 2, seed: 1 })].map(({ note }) => note)).toEqual(["as it was", "as it was"]);
    expect(data.x.toArray()).toEqual([3, 1, 2]);
  });

  test("no labels make no rows, which still know the number of classes", () => {
    expect(oneHot(zeros([0], { dtype: "int32" }), 3).shape).toEqual([0, 3]);
  });

  test("one row is constant in every column", () => {
    expect(standardize(tensor([[5, -3]]))(tensor([[5, -3]])).toArray()).toEqual([[0, 0]]);
  });

  test("masses of particles in kilograms are scaled in float32, where their squares are 0", () => {
    const masses = tensor([[9.1e-31], [1.67e-27]], { dtype: "float32" });
    expect(standardize(masses)(masses).toArray()).toEqual([[-1], [1]]);
  });

  test("distances of galaxies in metres are scaled in float32, where their squares are infinite", () => {
    const distances = tensor([[2 ** 74], [3 * 2 ** 74]], { dtype: "float32" });
    expect(standardize(distances)(distances).toArray()).toEqual([[-1], [1]]);
  });
});

describe("iris, beyond the sums of its columns", () => {
  const rows = iris().features.toArray();

  test.each([
    ["setosa", 0, [2503, 1714, 731, 123]],
    ["versicolor", 1, [2968, 1385, 2130, 663]],
    ["virginica", 2, [3294, 1487, 2776, 1013]],
  ])("%s has its own sums, in tenths of a centimetre", (_name, species, known) => {
    const flowers = rows.slice(50 * species, 50 * species + 50);
    expect([0, 1, 2, 3].map((k) => flowers.reduce((total, row) => total + Math.round(row[k]! * 10), 0))).toEqual(known);
  });

  test("samples 35 and 38 have Fisher's values, which copies of the table often have wrong", () => {
    expect([rows[34], rows[37]]).toEqual([
      [4.9, 3.1, 1.5, 0.2],
      [4.9, 3.6, 1.4, 0.1],
    ]);
  });

  test("each value is the double nearest to its decimals: 0.1, not 0.1 and an ulp", () => {
    for (const value of rows.flat()) expect(value).toBe(Number(value.toFixed(1)));
  });
});

describe("what is refused, and in which words", () => {
  const ofPlain = (x: unknown) => x as Tensor<readonly [number]>;

  test.each<[sentence: string, f: () => unknown, shapes?: number[][]]>([
    ["batches: there is no batch of 0 examples; size is a whole number ≥ 1", () => batches(pairs, { size: 0 })],
    ["batches: there is no batch of 2.5 examples; size is a whole number ≥ 1", () => batches(pairs, { size: 2.5 })],
    [
      "batches: there is no batch of NaN examples; size is a whole number ≥ 1",
      () => batches(pairs, { size: Number.NaN }),
    ],
    [
      "batches: there is no tensor in the data; give a record such as { x, y }",
      () => batches({ x: [1, 2] }, { size: 1 }),
    ],
    ["split: there is no tensor in the data; give a record such as { x, y }", () => split({}, { seed: 1 })],
    [
      "batches: y is a scalar; its leading axis must count the examples",
      () => batches({ x: zeros([3]), y: tensor(1) }, { size: 1 }),
      [[]],
    ],
    [
      "split: x is a scalar; its leading axis must count the examples",
      () => split({ x: tensor(1) }, { seed: 1 }),
      [[]],
    ],
    [
      "batches: x has 3 rows and y has 2; all tensors must have one row for each example",
      () => batches({ x: zeros([3, 2]), y: zeros([2]) }, { size: 1 }),
      [[3, 2], [2]],
    ],
    [
      "split: x has 3 rows and y has 2; all tensors must have one row for each example",
      () => split({ x: zeros([3, 2]), y: zeros([2]) }, { seed: 1 }),
      [[3, 2], [2]],
    ],
    [
      "split: a test part of 0.1 of 3 examples has 0; both parts need at least one; choose a fraction between 0 and 1",
      () => split(pairs, { test: 0.1, seed: 1 }),
    ],
    [
      "split: a test part of 0.9 of 3 examples has 3; both parts need at least one; choose a fraction between 0 and 1",
      () => split(pairs, { test: 0.9, seed: 1 }),
    ],
    [
      "split: a test part of 20 of 3 examples has 60; both parts need at least one; choose a fraction between 0 and 1",
      () => split(pairs, { test: 20, seed: 1 }),
    ],
    [
      "split: a test part of NaN of 3 examples has NaN; both parts need at least one; choose a fraction between 0 and 1",
      () => split(pairs, { test: Number.NaN, seed: 1 }),
    ],
    [
      "oneHot: there is no row of 0 classes; classes is a whole number ≥ 1",
      () => oneHot(ofPlain(zeros([1], { dtype: "int32" })), 0),
    ],
    ["oneHot: labels are float64 [2]; give class numbers, int32 [n]", () => oneHot(tensor([0, 1]), 2), [[2]]],
    [
      "oneHot: labels are int32 [1, 2]; give class numbers, int32 [n]",
      () => oneHot(ofPlain(zeros([1, 2], { dtype: "int32" })), 2),
      [[1, 2]],
    ],
    [
      "oneHot: label 3 of example 1 is none of 3 classes; labels count from 0 to 2",
      () => oneHot(tensor([0, 3], { dtype: "int32" }), 3),
      [[2]],
    ],
    [
      "oneHot: label -1 of example 0 is none of 3 classes; labels count from 0 to 2",
      () => oneHot(tensor([-1], { dtype: "int32" }), 3),
      [[1]],
    ],
    ["standardize: features are [3]; give at least one row, [n, k]", () => standardize(zeros([3]) as Tensor), [[3]]],
    ["standardize: features are [0, 2]; give at least one row, [n, k]", () => standardize(zeros([0, 2])), [[0, 2]]],
    [
      "standardize: row 1, column 0 is NaN; drop or fill such values first",
      () =>
        standardize(
          tensor([
            [1, 2],
            [Number.NaN, 3],
          ]),
        ),
      [[2, 2]],
    ],
    [
      "standardize: row 0, column 1 is -Infinity; drop or fill such values first",
      () => standardize(tensor([[1, Number.NEGATIVE_INFINITY]])),
      [[1, 2]],
    ],
    [
      "standardize: fitted to 2 columns, got [1, 3]; give [m, k] with the same columns",
      () => standardize(zeros([4, 2]))(zeros([1, 3]) as Tensor),
      [[1, 3]],
    ],
    [
      "standardize: fitted to 2 columns, got [2]; give [m, k] with the same columns",
      () => standardize(zeros([4, 2]))(zeros([2]) as Tensor),
      [[2]],
    ],
  ])("%s", (sentence, f, shapes = []) => {
    expect(refusal(f)).toEqual({ message: sentence, op: sentence.split(":")[0], shapes });
  });
});
