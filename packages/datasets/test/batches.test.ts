/** @file Batches go through the examples once, in an order that seed and epoch decide alone. */
import { batches } from "@deltagrad/datasets";
import { arange, tensor, zeros } from "@deltagrad/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ascending, expectedRows, idsOf, records, seeds } from "./draws.ts";

const sizes = fc.integer({ min: 1, max: 50 });
const epochs = fc.nat({ max: 1000 });

describe("laws", () => {
  test("every example is in just one batch", () => {
    fc.assert(
      fc.property(records(0), sizes, seeds, epochs, fc.boolean(), (data, size, seed, epoch, shuffle) => {
        const ids = [...batches(data, { size, seed, epoch, shuffle })].flatMap(idsOf);
        expect(shuffle ? ascending(ids) : ids).toEqual(idsOf(data));
      }),
    );
  });

  test("all batches but the last are of the size asked for; dropLast leaves out a smaller one", () => {
    fc.assert(
      fc.property(records(0), sizes, (data, size) => {
        const extents = (dropLast: boolean) => [...batches(data, { size, dropLast })].map(({ id }) => id.size);
        const [whole, rest] = [Math.floor(data.id.size / size), data.id.size % size];
        expect(extents(true)).toEqual(Array(whole).fill(size));
        expect(extents(false)).toEqual([...Array(whole).fill(size), ...(rest > 0 ? [rest] : [])]);
      }),
    );
  });

  test("rows of all tensors go together, with shape and dtype; other fields are kept", () => {
    fc.assert(
      fc.property(records(1), sizes, seeds, (data, size, seed) => {
        for (const batch of batches(data, { size, seed })) {
          expect([...batch.x.toTypedArray()]).toEqual(expectedRows(data, batch));
          expect(batch.x.shape).toEqual([batch.id.size, ...data.x.shape.slice(1)]);
          expect([batch.x.dtype, batch.note]).toEqual([data.x.dtype, data.note]);
        }
      }),
    );
  });

  test("the same seed and epoch give the same batches, in every pass", () => {
    fc.assert(
      fc.property(records(0), sizes, seeds, epochs, (data, size, seed, epoch) => {
        const passes = batches(data, { size, seed, epoch });
        const first = [...passes].map(idsOf);
        expect([...passes].map(idsOf)).toEqual(first);
        expect([...batches(data, { size, seed, epoch })].map(idsOf)).toEqual(first);
      }),
    );
  });
});

describe("cases", () => {
  const order = (seed: number, epoch: number) =>
    [...batches({ id: arange(100) }, { size: 32, seed, epoch })].flatMap(idsOf);

  test("a hundred epochs of a seed have a hundred orders", () => {
    const orders = Array.from({ length: 100 }, (_, epoch) => order(7, epoch).join());
    expect(new Set(orders).size).toBe(100);
  });

  test("two seeds have different orders, and seed 1, epoch 11 is not seed 11, epoch 1", () => {
    expect(order(1, 0)).not.toEqual(order(2, 0));
    expect(order(1, 11)).not.toEqual(order(11, 1));
  });

  test("two passes at once do not disturb each other", () => {
    const passes = batches({ id: arange(10) }, { size: 3, seed: 7 });
    const expected = [...passes].map(idsOf);
    const [left, right] = [passes[Symbol.iterator](), passes[Symbol.iterator]()];
    const alternating = expected.map(() => [left.next().value, right.next().value].map(idsOf));
    expect(alternating).toEqual(expected.map((ids) => [ids, ids]));
  });

  test("a view is read row by row, not by its storage", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).transpose();
    expect([...batches({ x }, { size: 2, shuffle: false })].map((batch) => batch.x.toArray())).toEqual([
      [
        [1, 4],
        [2, 5],
      ],
      [[3, 6]],
    ]);
  });
});

describe("errors are raised at the call, before the first batch is asked for", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("a size of %d", (size) => {
    expect(() => batches({ x: zeros([3]) }, { size })).toThrow(
      `batches: there is no batch of ${size} examples; size is a whole number ≥ 1`,
    );
  });

  test("tensors with different numbers of rows", () => {
    expect(() => batches({ x: zeros([2, 3]), y: zeros([3]) }, { size: 1 })).toThrow(
      "batches: x has 2 rows and y has 3; all tensors must have one row for each example",
    );
  });

  test("a seed that is none", () => {
    expect(() => batches({ x: zeros([3]) }, { size: 1, seed: Number.NaN })).toThrow(
      "batches: seed is NaN; use a string or a finite number",
    );
  });
});
