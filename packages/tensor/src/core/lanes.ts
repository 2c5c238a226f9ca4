/** @file Lanes: the lines of elements along one axis, for operations that go from one element to the next. */
import { type Layout, rowMajor, type Shape } from "./shape.ts";
import { rows } from "./walk.ts";

/** The layout of a result in row-major order. */
export const packed = (shape: Shape): Layout => ({ strides: rowMajor(shape), offset: 0 });

/**
 * Calls `body` for each lane along `axis`, in row-major order of the others, with where it starts in each of up to
 * three arrays. Within a lane, an array goes by its own stride on the axis (and may have its own extent there).
 */
export function eachLane(
  shape: Shape,
  axis: number,
  arrays: readonly Layout[],
  body: (a: number, b: number, c: number) => void,
): void {
  const others = (list: readonly number[]): number[] => list.filter((_, i) => i !== axis);
  const { inner, steps, visit } = rows(
    others(shape),
    arrays.map(({ strides, offset }) => ({ strides: others(strides), offset })),
  );
  const [da, db, dc = 0] = steps as [number, number, number?];
  visit((_position, [a, b, c = 0]) => {
    for (let i = 0; i < inner; i++) body(a! + i * da, b! + i * db, c + i * dc);
  });
}
