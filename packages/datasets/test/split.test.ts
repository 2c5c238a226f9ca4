/** @file Splitting loses nothing, repeats nothing, and keeps rows together. */

import { split, xor } from "@deltagrad/datasets";
import { iris } from "@deltagrad/datasets/iris";
import { tensor, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ascending, expectedRows, idsOf, records, seeds } from "./draws.ts";

// From 2 rows on, these shares round to neither none nor all.
const shares = fc.double({ min: 0.3, max: 0.7, noNaN: true });

describe("laws", () => {
  test("every example is in just one part", () => {
    fc.assert(
      fc.property(records(2), seeds, shares, (data, seed, share) => {
        const parts = split(data, { test: share, seed });
        expect(ascending([...idsOf(parts.train), ...idsOf(parts.test)])).toEqual(idsOf(data));
        expect(parts.test.id.size).toBe(Math.round(data.id.size * share));
      }),
    );
  });

  test("rows of all tensors go together, with shape and dtype; other fields are kept", () => {
    fc.assert(
      fc.property(records(2), seeds, (data, seed) => {
        for (const part of Object.values(split(data, { test: 0.5, seed }))) {
          expect([...part.x.toTypedArray()]).toEqual(expectedRows(data, part));
          expect(part.x.shape).toEqual([part.id.size, ...data.x.shape.slice(1)]);
          expect([part.x.dtype, part.note]).toEqual([data.x.dtype, data.note]);
        }
      }),
    );
  });

  test("the same seed gives the same parts", () => {
    fc.assert(
      fc.property(records(2), seeds, (data, seed) => {
        const [once, again] = [split(data, { test: 0.5, seed }), split(data, { test: 0.5, seed })];
        expect(idsOf(again.train)).toEqual(idsOf(once.train));
        expect(idsOf(again.test)).toEqual(idsOf(once.test));
      }),
    );
  });
});

describe("cases", () => {
  test("two seeds draw different test parts of iris", () => {
    const draw = (seed: number) => split(iris(), { seed }).test.features.toArray();
    expect(draw(1)).not.toEqual(draw(2));
  });

  test("a fifth is set aside where nothing is said, and the classes stay", () => {
    const { train, test } = split(iris(), { seed: 7 });
    expect([train.features.shape, test.features.shape]).toEqual([
      [120, 4],
      [30, 4],
    ]);
    expect(test.classes).toEqual(["setosa", "versicolor", "virginica"]);
  });
});

describe("errors", () => {
  test.each([
    [0, 0],
    [1, 4],
    [-1, -4],
    [1.1, 4],
    [0.01, 0],
    [0.99, 4],
    [Number.NaN, Number.NaN],
  ])("a test part of %d of XOR leaves a part empty", (share, aside) => {
    expect(() => split(xor(), { test: share, seed: 1 })).toThrow(
      `split: a test part of ${share} of 4 examples has ${aside}; both parts need at least one; choose a fraction between 0 and 1`,
    );
  });

  test("one example cannot be split", () => {
    expect(() => split({ x: zeros([1, 2]) }, { test: 0.5, seed: 1 })).toThrow(
      "split: a test part of 0.5 of 1 examples has 1; both parts need at least one; choose a fraction between 0 and 1",
    );
  });

  test("tensors with different numbers of rows do not belong together", () => {
    expect(() => split({ x: zeros([2, 3]), y: zeros([3]) }, { seed: 1 })).toThrow(
      "split: x has 2 rows and y has 3; all tensors must have one row for each example",
    );
  });

  test("a scalar has no rows", () => {
    expect(() => split({ x: tensor(1) }, { seed: 1 })).toThrow(
      "split: x is a scalar; its leading axis must count the examples",
    );
  });

  test("a record without tensors has nothing to split", () => {
    expect(() => split({ x: [1, 2] }, { seed: 1 })).toThrow(
      "split: there is no tensor in the data; give a record such as { x, y }",
    );
  });
});
