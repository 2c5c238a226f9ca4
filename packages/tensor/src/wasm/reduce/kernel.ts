/** @file Reductions in WebAssembly, over runs that are copied into the cache piece by piece. */
import type { Storage } from "../../core/dtype.ts";
import { allocate } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import { type Spec, type Tensor, valuesOf } from "../../core/tensor.ts";
import { rows } from "../../core/walk.ts";
import { type Float, widths } from "../floats.ts";
import { scratch } from "../machine.ts";
import { sumColumns } from "./columns.ts";
import { LONGEST, programs, type Reduction } from "./program.ts";

type Floats = Float32Array | Float64Array;

/** Elements from which a call pays. */
const WORTH = 512;
/** Shorter stretches of memory cost more to begin than to copy. */
const STRETCH = 32;

/** What combines the results of two pieces of a run. */
const combining: Readonly<Record<Reduction, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

/** Scratch memory for LONGEST numbers and as many results. */
interface Panel {
  readonly numbers: Floats;
  readonly first: number;
  /** Reduces the runs of `count` numbers that the panel begins with; the first result. */
  reduce(count: number, runs: number): number;
}

function panelFor(reduction: Reduction, dtype: Float): Panel | null {
  const run = programs[dtype].exports()?.[reduction];
  const { bytes, view } = widths[dtype];
  const room = run === undefined ? null : scratch(2 * LONGEST * bytes);
  if (run === undefined || room === null) return null;
  const numbers = view(room);
  const first = room.base / bytes;
  return {
    numbers,
    first,
    reduce(count, runs) {
      run(room.base, count, runs, room.base + LONGEST * bytes);
      return numbers[first + LONGEST]!;
    },
  };
}

/**
 * The reduction over axes, if those are neighbours in memory: the same bits as by core/reduce.ts; null where it does not
 * pay, or there is no WebAssembly.
 */
export function reduceRuns(
  reduction: Reduction,
  x: Tensor,
  axes: readonly number[],
  { dtype, shape }: Spec,
): Storage | null {
  if (x.size < WORTH || x.dtype !== dtype || (dtype !== "float32" && dtype !== "float64")) return null;
  const pick = (list: readonly number[], reduced: boolean): number[] =>
    list.filter((_, axis) => axes.includes(axis) === reduced);
  const run = rows(pick(x.shape, true), [{ strides: pick(x.strides, true), offset: 0 }]);
  const places = rows(pick(x.shape, false), [{ strides: pick(x.strides, false), offset: x.offset }]);
  if (run.steps[0] !== 1 || run.inner < STRETCH) {
    const areColumns = reduction === "sum" && run.inner === sizeOf(pick(x.shape, true));
    if (!areColumns || places.steps[0] !== 1 || places.inner < STRETCH) return null;
    const sums = allocate(dtype, sizeOf(shape), reduction) as Floats;
    return sumColumns(dtype, valuesOf(reduction, x) as Floats, places, run.steps[0]!, run.inner, sums) ? sums : null;
  }
  const panel = panelFor(reduction, dtype);
  if (panel === null) return null;
  const data = valuesOf(reduction, x) as Floats;
  const out = allocate(dtype, sizeOf(shape), reduction) as Floats;
  const count = x.size / out.length;
  const [step, straight] = [places.steps[0]!, run.inner === count];
  if (straight && count <= LONGEST / 2 && step === count) {
    places.visit((position, [from]) =>
      manyRuns(panel, data, from!, count, out.subarray(position, position + places.inner)),
    );
    return out;
  }
  // Pieces of a run that lie apart are brought together first.
  const whole = straight ? data : (allocate(dtype, count, reduction) as Floats);
  places.visit((position, [from]) => {
    for (let i = 0; i < places.inner; i++) {
      const start = from! + i * step;
      if (!straight) run.visit((to, [at]) => whole.set(data.subarray(start + at!, start + at! + run.inner), to));
      out[position + i] = oneRun(panel, reduction, whole, straight ? start : 0, count);
    }
  });
  return out;
}

/** As many runs at once as the panel holds. */
function manyRuns({ numbers, first, reduce }: Panel, data: Floats, start: number, count: number, out: Floats): void {
  const atOnce = Math.floor(LONGEST / count);
  for (let i = 0; i < out.length; i += atOnce) {
    const runs = Math.min(atOnce, out.length - i);
    numbers.set(data.subarray(start + i * count, start + (i + runs) * count), first);
    reduce(count, runs);
    out.set(numbers.subarray(first + LONGEST, first + LONGEST + runs), i);
  }
}

/** A run of any length: halved as a pairwise sum is, until the panel holds it. */
function oneRun(panel: Panel, reduction: Reduction, data: Floats, start: number, count: number): number {
  if (count > LONGEST) {
    const half = (count >> 1) - ((count >> 1) % 8);
    const left = oneRun(panel, reduction, data, start, half);
    const both = combining[reduction](left, oneRun(panel, reduction, data, start + half, count - half));
    return data instanceof Float32Array ? Math.fround(both) : both;
  }
  panel.numbers.set(data.subarray(start, start + count), panel.first);
  return panel.reduce(count, 1);
}
