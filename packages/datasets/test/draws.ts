/** @file What the laws draw: records of tensors in rows, of every dtype, whose rows can be recognised. */
import { type DType, type Tensor, tensor } from "@deltagrad/tensor";
import fc from "fast-check";

export interface Draw {
  readonly id: Tensor<readonly [number]>;
  readonly x: Tensor;
  readonly note: string;
}

/** Row i of x follows from i, so that rows taken from both tensors can be told to belong together. */
const valuesOfRow = (row: number, width: number): number[] =>
  Array.from({ length: width }, (_, i) => (row * 7 + i) % 5);

/** Records of at least `least` rows: ids 0 … n − 1, and x of rank 1 to 3 with axes of extent 0 to 3. */
export const records = (least: number): fc.Arbitrary<Draw> =>
  fc
    .record({
      count: fc.integer({ min: least, max: 40 }),
      inner: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      dtype: fc.constantFrom<DType>("float64", "float32", "int32", "bool"),
    })
    .map(({ count, inner, dtype }) => {
      const width = inner.reduce((size, extent) => size * extent, 1);
      const ids = Array.from({ length: count }, (_, row) => row);
      const values = Float64Array.from(ids.flatMap((row) => valuesOfRow(row, width)));
      return {
        id: tensor(Int32Array.from(ids)),
        x: tensor(values, { shape: [count, ...inner], dtype }),
        note: "kept as it is",
      };
    });

export const seeds = fc.oneof(fc.integer(), fc.string());

export const idsOf = ({ id }: { readonly id: Tensor }): number[] => [...id.toTypedArray()];

export const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** What x must hold for the rows that `part` says it has. */
export function expectedRows(whole: Draw, part: { readonly id: Tensor }): number[] {
  const values = [...whole.x.toTypedArray()];
  const width = whole.x.shape.slice(1).reduce((size: number, extent: number) => size * extent, 1);
  return idsOf(part).flatMap((row) => values.slice(row * width, (row + 1) * width));
}
