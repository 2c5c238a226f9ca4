/** @file Bringing a matrix of any strides into the scratch memory. */
import type { Matrices } from "../../core/product.ts";

/** Arrays of the elements that products are of. */
export type Floats = Float32Array | Float64Array;

/** A matrix in the scratch memory: element i, j at `start + i·down + j·right`, counted in elements. */
export interface Staged {
  readonly start: number;
  readonly down: number;
  readonly right: number;
}

/** So much longer than the matrix may be what it lies in, to be copied as it lies. */
const SLACK = 1.25;

/** How many elements a matrix may take in the scratch memory. */
export const roomFor = (rows: number, columns: number): number => Math.ceil(rows * columns * SLACK);

/** Copies rows × columns elements, from `start` on by the matrices' strides, to `place`. */
export function stage(
  scratch: Floats,
  place: number,
  { data, down, right }: Matrices<Floats>,
  start: number,
  rows: number,
  columns: number,
): Staged {
  const [toLastRow, toLastColumn] = [(rows - 1) * down, (columns - 1) * right];
  const first = start + Math.min(0, toLastRow) + Math.min(0, toLastColumn);
  const length = Math.abs(toLastRow) + Math.abs(toLastColumn) + 1;
  if (length <= roomFor(rows, columns)) {
    // Making a view costs as much as copying a few hundred elements.
    scratch.set(length === data.length ? data : data.subarray(first, first + length), place);
    return { start: place + start - first, down, right };
  }
  if (right === 1) {
    for (let i = 0, from = start; i < rows; i++, from += down)
      scratch.set(data.subarray(from, from + columns), place + i * columns);
    return { start: place, down: columns, right: 1 };
  }
  if (down === 1) {
    const turned = stage(scratch, place, { data, start, next: 0, down: right, right: 1 }, start, columns, rows);
    return { start: place, down: turned.right, right: turned.down };
  }
  for (let i = 0, to = place; i < rows; i++)
    for (let j = 0, from = start + i * down; j < columns; j++, from += right) scratch[to++] = data[from]!;
  return { start: place, down: columns, right: 1 };
}
