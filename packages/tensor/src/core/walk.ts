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

export function rows(shape: Shape, arrays: readonly Layout[]): Rows {
  // Where each goes by one step all the way, in row-major order or on one spot, all is one row.
  const steps: number[] = [];
  for (const { strides } of arrays) {
    if (isRowMajor(shape, strides)) steps.push(1);
    else if (strides.every((stride) => stride === 0)) steps.push(0);
    else return nested(collapse(shape, arrays), arrays);
  }
  return nested({ extents: [sizeOf(shape)], strides: [steps] }, arrays);
}

/** Shorter rows than this cost more to begin than to walk. */
const SHORT = 16;

/** The same for bodies that do not ask for the position: along the longest axis where the last one is short. */
export function rowsInAnyOrder(shape: Shape, arrays: readonly Layout[]): Rows {
  const walk = collapse(shape, arrays);
  const { extents, strides } = walk;
  if ((extents.at(-1) ?? SHORT) < SHORT) {
    const longest = extents.indexOf(Math.max(...extents));
    extents.push(...extents.splice(longest, 1));
    strides.push(...strides.splice(longest, 1));
  }
  return nested(walk, arrays);
}

/** A row along the last axis; an index that counts on for all others. */
function nested({ extents, strides }: ReturnType<typeof collapse>, arrays: readonly Layout[]): Rows {
  const inner = extents.pop() ?? 1;
  const steps = strides.pop() ?? arrays.map(() => 0);
  return {
    inner,
    steps,
    visit(body) {
      const offsets = arrays.map(({ offset }) => offset);
      const index = extents.map(() => 0);
      for (let position = 0, end = inner * sizeOf(extents); position < end; position += inner) {
        body(position, offsets);
        for (let axis = extents.length - 1; axis >= 0; axis--) {
          const within = ++index[axis]! < extents[axis]!;
          const jump = within ? 1 : 1 - extents[axis]!;
          const step = strides[axis]!;
          for (let array = 0; array < step.length; array++) offsets[array]! += jump * step[array]!;
          if (within) break;
          index[axis] = 0;
        }
      }
    },
  };
}
