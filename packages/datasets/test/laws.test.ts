/** @file What holds at the edges too: any fraction, any bits in any layout, float32 as float64. */
import {
  arange,
  type DType,
  expandDims,
  squeeze,
  type Tensor,
  TensorError,
  tensor,
  transpose,
} from "@deltagrad/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batches, split, standardize } from "../src/index.ts";

const seeds = fc.oneof(fc.string(), fc.integer());
const dtypes = fc.constantFrom<DType>("float64", "float32", "int32", "bool");
const edges = [Number.NaN, Number.POSITIVE_INFINITY, -0, Number.MIN_VALUE, 2 ** 31 - 1];

/** A tensor of n rows, of any dtype and rank 1…3, in storage order or transposed; rows may have no elements. */
const rowsOf = (n: number): fc.Arbitrary<Tensor> =>
  fc
    .tuple(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }), dtypes, fc.boolean())
    .chain(([rest, dtype, turned]) => {
      const shape = [n, ...rest];
      const size = shape.reduce((a, b) => a * b, 1);
      const element = fc.oneof({ weight: 4, arbitrary: fc.integer() }, fc.constantFrom(...edges));
      return fc.array(element, { minLength: size, maxLength: size }).map((values): Tensor => {
        const flat = Float64Array.from(values);
        return turned
          ? (transpose(tensor(flat, { shape: shape.toReversed(), dtype })) as Tensor)
          : (tensor(flat, { shape, dtype }) as Tensor);
      });
    });

/** A record of n examples: its numbers, two tensors of any kind, and a field that is none. */
const recordOf = (n: number) =>
  fc.tuple(rowsOf(n), rowsOf(n)).map(([x, y]) => ({ id: arange(n), x, y, note: ["kept"] }));
type Record = { readonly id: Tensor; readonly x: Tensor; readonly y: Tensor; readonly note: string[] };

const records = (min: number, max: number): fc.Arbitrary<Record> => fc.integer({ min, max }).chain<Record>(recordOf);

const idsOf = ({ id }: { readonly id: Tensor }): number[] => [...id.toTypedArray()];
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const ascending = (ids: readonly number[]): number[] => ids.toSorted((a, b) => a - b);

/** Each row of the part is the row of the whole that its id says, bit for bit, with dtype and trailing axes kept. */
function expectRowsOf(whole: Record, part: Record): void {
  const ids = idsOf(part);
  for (const name of ["x", "y"] as const) {
    const [all, some] = [whole[name], part[name]];
    expect([some.dtype, some.shape]).toEqual([all.dtype, [ids.length, ...all.shape.slice(1)]]);
    const rows = all.toArray() as unknown[];
    expect(some.toArray()).toEqual(ids.map((id) => rows[id]));
  }
  expect(part.note).toBe(whole.note);
}

describe("split", () => {
  const fractions = fc.double({ min: 0, max: 1, noNaN: true });

  test("the parts are disjoint and cover the whole, for any n ≥ 2 and any fraction that leaves both filled", () => {
    fc.assert(
      fc.property(records(2, 30), fractions, seeds, (data, fraction, seed) => {
        const n = data.id.size;
        const aside = Math.round(n * fraction);
        const cut = () => split(data, { test: fraction, seed });
        if (aside === 0 || aside === n) return void expect(cut).toThrow(TensorError);
        const { train, test: held } = cut();
        expect([idsOf(train).length, idsOf(held).length]).toEqual([n - aside, aside]);
        expect(ascending([...idsOf(train), ...idsOf(held)])).toEqual(upTo(n));
        expectRowsOf(data, train);
        expectRowsOf(data, held);
      }),
    );
  });

  test("every size from 1 to n − 1 can be had, by the fraction size / n", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.nat(), seeds, (n, pick, seed) => {
        const size = 1 + (pick % (n - 1));
        expect(split({ id: arange(n) }, { test: size / n, seed }).test.id.shape).toEqual([size]);
      }),
    );
  });

  test("the same seed gives the same parts, whatever else is in the record", () => {
    fc.assert(
      fc.property(records(2, 30), seeds, (data, seed) => {
        const alone = { id: data.id };
        expect(idsOf(split(data, { test: 0.5, seed }).test)).toEqual(idsOf(split(alone, { test: 0.5, seed }).test));
      }),
    );
  });
});

describe("batches", () => {
  const options = fc.record({
    size: fc.integer({ min: 1, max: 12 }),
    seed: seeds,
    epoch: fc.nat(1000),
    shuffle: fc.boolean(),
    dropLast: fc.boolean(),
  });

  test("every example comes once, with all of its fields, in any dtype and rank", () => {
    fc.assert(
      fc.property(records(0, 30), options, (data, chosen) => {
        const all = [...batches(data, { ...chosen, dropLast: false })];
        expect(ascending(all.flatMap(idsOf))).toEqual(upTo(data.id.size));
        for (const batch of all) expectRowsOf(data, batch);
      }),
    );
  });

  test("all have the size but the last, which has the rest; dropLast leaves just that one out", () => {
    fc.assert(
      fc.property(records(0, 30), options, (data, chosen) => {
        const n = data.id.size;
        const all = [...batches(data, { ...chosen, dropLast: false })].map(idsOf);
        expect(all.map((ids) => ids.length)).toEqual(
          upTo(Math.ceil(n / chosen.size)).map((i) => Math.min(chosen.size, n - i * chosen.size)),
        );
        const full = [...batches(data, { ...chosen, dropLast: true })].map(idsOf);
        expect(full).toEqual(all.filter((ids) => ids.length === chosen.size));
      }),
    );
  });

  test("the size of the batches does not change the order of the examples", () => {
    fc.assert(
      fc.property(records(0, 30), options, fc.integer({ min: 1, max: 40 }), (data, chosen, size) => {
        const order = (by: number) => [...batches(data, { ...chosen, size: by, dropLast: false })].flatMap(idsOf);
        expect(order(size)).toEqual(order(chosen.size));
      }),
    );
  });
});

describe("standardize", () => {
  /**
   * n rows of columns that have whole numbers times a power of 2, so that their true mean and standard deviation are
   * known nearly exactly; in float64 or float32, in any layout.
   */
  const tables = fc
    .record({
      n: fc.integer({ min: 1, max: 20 }),
      columns: fc.array(fc.constantFrom(-60, -8, 0, 8, 60), { minLength: 0, maxLength: 4 }),
      dtype: fc.constantFrom<DType>("float64", "float32"),
      turned: fc.boolean(),
    })
    .chain(({ n, columns, dtype, turned }) =>
      fc
        .tuple(
          ...columns.map((power) =>
            fc
              .oneof(
                fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: n, maxLength: n }),
                fc.integer({ min: -1000, max: 1000 }).map((value) => new Array<number>(n).fill(value)),
              )
              .map((values) => values.map((value) => value * 2 ** power)),
          ),
        )
        .map((columnwise) => {
          const flat = Float64Array.from(columnwise.flat());
          const sideways = tensor(flat, { shape: [columns.length, n], dtype });
          const x = transpose(sideways) as Tensor;
          const straight = tensor(x.toTypedArray(), { shape: [n, columns.length] }) as Tensor;
          return { x: turned ? x : straight, columnwise, dtype, n };
        }),
    );

  const statistics = (values: readonly number[]) => {
    const center = values.reduce((total, value) => total + value, 0) / values.length;
    const square = values.reduce((total, value) => total + (value - center) ** 2, 0) / values.length;
    return { center, spread: Math.sqrt(square), largest: Math.max(...values.map(Math.abs)) };
  };
  const columnOf = (x: Tensor, column: number): number[] => (x.toArray() as number[][]).map((row) => row[column]!);

  test("columns come out with mean 0 and standard deviation 1, to rounding", () => {
    fc.assert(
      fc.property(tables, ({ x, columnwise, dtype, n }) => {
        const scale = standardize(x);
        const y = scale(x);
        expect([y.shape, y.dtype, scale.mean.dtype, scale.std.dtype]).toEqual([x.shape, dtype, dtype, dtype]);
        const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
        columnwise.forEach((values, column) => {
          const { spread, largest } = statistics(values);
          if (values.every((value) => value === values[0])) return;
          // A sum of n terms is off by at most n roundings of the largest magnitude there is. So the centre is off by
          // n·u·max|x|, which is that over σ once divided; the n + 4 roundings of the spread and the quotient, and
          // the sums that are taken here, are relative to 1. Doubled, for what is of second order.
          const bound = 2 * (2 * n + 4) * unit * (1 + largest / spread);
          const after = statistics(columnOf(y, column));
          expect(Math.abs(after.center)).toBeLessThanOrEqual(bound);
          expect(Math.abs(after.spread - 1)).toBeLessThanOrEqual(bound);
        });
      }),
    );
  });

  test("a constant column is only shifted: its differences stay what they are", () => {
    fc.assert(
      fc.property(tables, ({ x, columnwise }) => {
        const scale = standardize(x);
        columnwise.forEach((values, column) => {
          if (!values.every((value) => value === values[0])) return;
          expect(scale.std.slice(column).item()).toBe(1);
          const center = scale.mean.slice(column).item();
          const other = tensor([columnwise.map((_, i) => (i === column ? center + 1024 : 0))], {
            dtype: "float64",
          });
          expect(
            scale(other as Tensor)
              .slice(0, column)
              .item(),
          ).toBe(center + 1024 - center);
        });
      }),
    );
  });

  test("one row at a time comes out as all rows at once", () => {
    fc.assert(
      fc.property(tables, ({ x, n }) => {
        const scale = standardize(x);
        const all = scale(x).toArray() as number[][];
        for (let row = 0; row < n; row++) {
          const one = squeeze(scale(expandDims(x.slice(row), 0)), 0);
          expect(one.toArray()).toEqual(all[row]);
        }
      }),
    );
  });
});
