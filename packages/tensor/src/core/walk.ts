/** @file Walking strided arrays row by row: the one loop nest that every plain kernel shares. */
import type { Layout, Shape } from "./shape.ts";
import { isRowMajor, sizeOf } from "./shape.ts";

/** A walk over several arrays of one shape at once. */
export interface Rows {
  /** Elements in a row. */
  readonly inner: number;
  /** The stride within a row, one per array. */
  readonly steps: readonly number[];
  /** Calls `body` for each row with its position in row-major order and the start of the row in each array. */
  visit(body: (position: number, offsets: readonly number[]) => void): void;
}

/** Joins axes that can be walked as one, in all arrays alike, so that rows are as long as they can be. */
function collapse(shape: Shape, arrays: readonly Layout[]): { extents: number[]; strides: number[][] } {
  const extents: number[] = [];
  const strides: number[][] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!;
    if (extent === 1) continue;
    const last = strides.length - 1;
    if (last >= 0 && arrays.every((array, i) => strides[last]![i] === array.strides[axis]! * extent)) {
      extents[last]! *= extent;
      strides[last] = arrays.map((array) => array.strides[axis]!);
    } else {
      extents.push(extent);
      strides.push(arrays.map((array) => array.strides[axis]!));
    }
  }
  return { extents, strides };
}

/** Arrays that all lie in row-major order are one row. */
const oneRow = (inner: number, arrays: readonly Layout[]): Rows => ({
  inner,
  steps: arrays.map(() => 1),
  visit: (body) =>
    body(
      0,
      arrays.map(({ offset }) => offset),
    ),
});

export function rows(shape: Shape, arrays: readonly Layout[]): Rows {
  if (arrays.every(({ strides }) => isRowMajor(shape, strides))) return oneRow(sizeOf(shape), arrays);
  const { extents, strides } = collapse(shape, arrays);
  const inner = extents.pop() ?? 1;
  const steps = strides.pop() ?? arrays.map(() => 0);
  const empty = sizeOf(shape) === 0;
  return {
    inner,
    steps,
    visit(body) {
      if (empty) return;
      const offsets = arrays.map(({ offset }) => offset);
      const index = extents.map(() => 0);
      for (let position = 0; ; position += inner) {
        body(position, offsets);
        let axis = extents.length - 1;
        for (; axis >= 0; axis--) {
          const step = strides[axis]!;
          if (++index[axis]! < extents[axis]!) {
            for (let i = 0; i < offsets.length; i++) offsets[i]! += step[i]!;
            break;
          }
          for (let i = 0; i < offsets.length; i++) offsets[i]! -= step[i]! * (extents[axis]! - 1);
          index[axis] = 0;
        }
        if (axis < 0) return;
      }
    },
  };
}
