/** @file Plans as programs read them: tables of distances in bytes, made once for each convolution and kept. */
import { type Float, widths } from "../floats.ts";
import { type Axis, backwardPlan, forwardPlan, type Plan, vectorsOf } from "./plan.ts";
import { VECTORS } from "./program.ts";

/** A part of the whole table: where it begins, in bytes, and how many entries it has: distances, or pairs of them. */
interface Part {
  readonly at: number;
  readonly count: number;
}

interface Product {
  /** By k: where a row's weights are from its first one. */
  readonly weights: Int32Array;
  readonly taps: Part;
  readonly windows: Part;
  readonly vectors: Part;
  /** Where the numbers of a row go; null: the row is as the result has it. */
  readonly leave: Part | null;
  /** The numbers of a row, and what may be written over its end. */
  readonly pitch: number;
}

export interface Tables {
  readonly whole: Int32Array;
  /** The numbers of one channel of the frame. */
  readonly plane: number;
  readonly enter: Part | null;
  readonly products: readonly Product[];
}

function tablesOf({ frame, products }: Plan, dtype: Float): Tables {
  const { bytes, lanes } = widths[dtype];
  const whole: number[] = [];
  const put = (places: ArrayLike<number>, size: 1 | 2): Part => {
    const at = 4 * whole.length;
    for (let i = 0; i < places.length; i++) whole.push(places[i]! * bytes);
    return { at, count: places.length / size };
  };
  const enter = frame.enter && put(frame.enter, 2);
  const parts = products.map(({ weights, taps, windows, leave }): Product => {
    const { pairs, short } = vectorsOf(windows, lanes);
    while (pairs.length % (2 * VECTORS) !== 0) pairs.push(...pairs.slice(-2));
    // Vectors that reach over the end of a row would be in the way of the next row.
    const leaves = leave ?? (short ? Int32Array.from(windows, (_, i) => i) : null);
    return {
      weights,
      taps: put(taps, 1),
      windows: put(windows, 1),
      vectors: put(pairs, 2),
      leave: leaves && put(Array.from(leaves, (to, from) => [from, to]).flat(), 2),
      pitch: windows.length + (leaves === null ? 0 : lanes),
    };
  });
  return { whole: Int32Array.from(whole), plane: frame.plane, enter, products: parts };
}

/** More than a network has. */
const KEPT = 256;
const kept = new Map<string, Tables>();

function keptAs(key: string, make: () => Tables): Tables {
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size === KEPT) kept.clear();
  const tables = make();
  kept.set(key, tables);
  return tables;
}

const keyOf = (axes: readonly Axis[]): string =>
  axes
    .map(({ input, kernel, output, stride, dilation, before }) => [input, kernel, output, stride, dilation, before])
    .join();

/** For images of `channels`, whose windows are summed. */
export const forwardTables = (dtype: Float, axes: readonly Axis[], channels: number): Tables =>
  keptAs(`${dtype} ${channels} ${keyOf(axes)}`, () => tablesOf(forwardPlan(axes, channels), dtype));

/** For sums of windows, of `channels`, which go back to images of `others`. */
export const backwardTables = (dtype: Float, axes: readonly Axis[], channels: number, others: number): Tables =>
  keptAs(`${dtype} ${channels} ${others} ${keyOf(axes)}`, () => tablesOf(backwardPlan(axes, channels, others), dtype));
