/** @file Counting what is not 0. NaN is not 0. */
import type { DType } from "../core/dtype.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import type { Reducer } from "../core/reduce.ts";
import { type Over, type Reduction, reducing, reduction } from "./axes.ts";

// @__NO_SIDE_EFFECTS__
function counting(name: string, dtype: DType, reducer: Reducer): Reduction {
  const op: Primitive<Over> = { ...reducing(name, reducer, { dtype }), vjp: [null], jvp: [null] };
  return reduction(name, (x, axes) => apply(op, [x], { axes }));
}

/** The place of the first element that is 0 (or is not): `count` where there is none. */
// @__NO_SIDE_EFFECTS__
const firstThat =
  (isZero: boolean): Reducer =>
  (data, start, step, count) => {
    let place = 0;
    while (place < count && (data[start + place * step] === 0) !== isZero) place++;
    return place;
  };
const firstZero = firstThat(true);
const firstOther = firstThat(false);

/**
 * Whether all elements over an axis, several, or all, are not 0: bool.
 *
 * Derivative: none.
 * At the edges: true of nothing; NaN is not 0.
 *
 * @example
 * all(tensor([[1, 2], [0, 3]]), 1).toArray();   // => [1, 0]
 */
export const all = counting("all", "bool", (data, start, step, count) =>
  firstZero(data, start, step, count) === count ? 1 : 0,
);

/**
 * Whether any element over an axis, several, or all, is not 0: bool.
 *
 * Derivative: none.
 * At the edges: false of nothing; NaN is not 0.
 *
 * @example
 * any(tensor([[0, 0], [0, 3]]), 1).toArray();   // => [0, 1]
 */
export const any = counting("any", "bool", (data, start, step, count) =>
  firstOther(data, start, step, count) < count ? 1 : 0,
);

/**
 * How many elements over an axis, several, or all, are not 0: int32.
 *
 * Derivative: none.
 *
 * @example
 * countNonZero(tensor([[1, 2], [0, 3]]), 0).toArray();   // => [1, 2]
 */
export const countNonZero = counting("countNonZero", "int32", (data, start, step, count) => {
  let total = 0;
  for (let i = 0; i < count; i++) if (data[start + i * step] !== 0) total++;
  return total;
});
