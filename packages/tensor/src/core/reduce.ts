/** @file Reducing along axes: one result from each run of elements, and the order in which a sum is taken. */
import { allocate, type DType, type Storage } from "./dtype.ts";
import { sizeOf } from "./shape.ts";
import { type Spec, type Tensor, valuesOf } from "./tensor.ts";
import { rows } from "./walk.ts";

/** One number from `count` elements of `data`: those at start, start + step, … */
export type Reducer = (data: Storage, start: number, step: number, count: number) => number;

/** Applies `reducer` over `axes` (ascending) at every place of the others; elements come in row-major order. */
export function reduceAxes(op: string, x: Tensor, axes: readonly number[], result: Spec, reducer: Reducer): Storage {
  const data = valuesOf(op, x);
  const pick = (list: readonly number[], reduced: boolean): number[] =>
    list.filter((_, axis) => axes.includes(axis) === reduced);
  const extents = pick(x.shape, true);
  const count = sizeOf(extents);
  const run = rows(extents, [{ strides: pick(x.strides, true), offset: 0 }]);
  const straight = run.inner === count;
  const scratch = straight ? data : allocate(x.dtype, count, op);
  const step = run.steps[0]!;

  const kept = pick(x.shape, false);
  const out = allocate(result.dtype, sizeOf(kept), op);
  const places = rows(kept, [{ strides: pick(x.strides, false), offset: x.offset }]);
  const reduceAt = (start: number): number => {
    if (straight) return reducer(data, start, step, count);
    run.visit((position, [offset]) => {
      const from = start + offset!;
      if (step === 1) scratch.set(data.subarray(from, from + run.inner), position);
      else for (let i = 0; i < run.inner; i++) scratch[position + i] = data[from + i * step]!;
    });
    return reducer(scratch, 0, 1, count);
  };
  places.visit((position, [offset]) => {
    for (let i = 0; i < places.inner; i++) out[position + i] = reduceAt(offset! + i * places.steps[0]!);
  });
  return out;
}

/** Runs of up to this many elements are summed with eight partial sums; longer ones are halved. */
const BLOCK = 128;

/**
 * The sum in the order that is part of the contract, NumPy's pairwise one: runs of up to 128 in eight interleaved
 * partial sums, longer runs halved at a multiple of eight. The error grows with log n; eight lanes suit any SIMD.
 */
function pairwise(data: Storage, start: number, step: number, count: number, single: boolean): number {
  if (count > BLOCK) {
    const half = (count >> 1) - ((count >> 1) % 8);
    const left = pairwise(data, start, step, half, single);
    return rounded(left + pairwise(data, start + half * step, step, count - half, single), single);
  }
  const whole = count - (count % 8);
  let total = whole === 0 ? 0 : eightLanes(data, start, step, whole, single);
  for (let i = whole; i < count; i++) total = rounded(total + data[start + i * step]!, single);
  return total;
}

/**
 * The sum of a multiple of eight elements. Eight variables, not an array: the loop then runs as fast as a plain sum.
 * They begin with −0, which changes no number that is added to it.
 */
function eightLanes(data: Storage, start: number, step: number, count: number, single: boolean): number {
  let a = -0;
  let b = -0;
  let c = -0;
  let d = -0;
  let e = -0;
  let f = -0;
  let g = -0;
  let h = -0;
  for (let i = 0, p = start; i < count; i += 8, p += 8 * step) {
    a = rounded(a + data[p]!, single);
    b = rounded(b + data[p + step]!, single);
    c = rounded(c + data[p + 2 * step]!, single);
    d = rounded(d + data[p + 3 * step]!, single);
    e = rounded(e + data[p + 4 * step]!, single);
    f = rounded(f + data[p + 5 * step]!, single);
    g = rounded(g + data[p + 6 * step]!, single);
    h = rounded(h + data[p + 7 * step]!, single);
  }
  const left = rounded(rounded(a + b, single) + rounded(c + d, single), single);
  return rounded(left + rounded(rounded(e + f, single) + rounded(g + h, single), single), single);
}

/** A number as the dtype holds it: float32 (`single`) or float64. */
const rounded = (x: number, single: boolean): number => (single ? Math.fround(x) : x);

const sumFloat64: Reducer = (data, start, step, count) => pairwise(data, start, step, count, false);
const sumFloat32: Reducer = (data, start, step, count) => pairwise(data, start, step, count, true);

/** Wraps modulo 2³², as int32 arithmetic does. */
const sumInt32: Reducer = (data, start, step, count) => {
  let total = 0;
  for (let i = 0; i < count; i++) total = (total + data[start + i * step]!) | 0;
  return total;
};

/** How elements are added up in a dtype. */
export const summing = (dtype: DType): Reducer =>
  dtype === "float64" ? sumFloat64 : dtype === "float32" ? sumFloat32 : sumInt32;

/** The largest element, or smallest: NaN where there is one, and 0 above −0. */
export const extremeOf =
  (largest: boolean): Reducer =>
  (data, start, step, count) => {
    let best = data[start]!;
    if (largest) for (let i = 1, p = start + step; i < count; i++, p += step) best = Math.max(best, data[p]!);
    else for (let i = 1, p = start + step; i < count; i++, p += step) best = Math.min(best, data[p]!);
    return best;
  };

/** The position of the first largest element, or smallest; the first NaN counts as the most extreme. */
export const argExtreme =
  (largest: boolean): Reducer =>
  (data, start, step, count) => {
    let place = 0;
    let best = data[start]!;
    for (let i = 0, p = start; i < count; i++, p += step) {
      const value = data[p]!;
      if (largest ? value <= best : value >= best) continue;
      if (Number.isNaN(value)) return i;
      place = i;
      best = value;
    }
    return place;
  };
