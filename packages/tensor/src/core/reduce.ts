/** @file Reducing along axes: one result from each run of elements, and the order in which a sum is taken. */
import { allocate, type Storage } from "./dtype.ts";
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
      for (let i = 0; i < run.inner; i++) scratch[position + i] = data[start + offset! + i * step]!;
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
function pairwise(data: Storage, start: number, step: number, count: number, round: (x: number) => number): number {
  if (count < 8) {
    let total = 0;
    for (let i = 0; i < count; i++) total = round(total + data[start + i * step]!);
    return total;
  }
  if (count > BLOCK) {
    const half = (count >> 1) - ((count >> 1) % 8);
    return round(
      pairwise(data, start, step, half, round) + pairwise(data, start + half * step, step, count - half, round),
    );
  }
  const lanes = Array.from({ length: 8 }, (_, lane) => data[start + lane * step]!);
  const whole = count - (count % 8);
  for (let i = 8; i < whole; i++) lanes[i & 7] = round(lanes[i & 7]! + data[start + i * step]!);
  const [a, b, c, d, e, f, g, h] = lanes as [number, number, number, number, number, number, number, number];
  let total = round(round(round(a + b) + round(c + d)) + round(round(e + f) + round(g + h)));
  for (let i = whole; i < count; i++) total = round(total + data[start + i * step]!);
  return total;
}

const identity = (x: number): number => x;

export const sumFloat64: Reducer = (data, start, step, count) => pairwise(data, start, step, count, identity);
export const sumFloat32: Reducer = (data, start, step, count) => pairwise(data, start, step, count, Math.fround);

/** Wraps modulo 2³², as int32 arithmetic does. */
export const sumInt32: Reducer = (data, start, step, count) => {
  let total = 0;
  for (let i = 0; i < count; i++) total = (total + data[start + i * step]!) | 0;
  return total;
};

/** The position of the first extreme element; the first NaN counts as the most extreme. */
export const argExtreme =
  (beats: (x: number, best: number) => boolean): Reducer =>
  (data, start, step, count) => {
    let place = 0;
    for (let i = 0; i < count; i++) {
      const value = data[start + i * step]!;
      if (Number.isNaN(value)) return i;
      if (beats(value, data[start + place * step]!)) place = i;
    }
    return place;
  };
