/**
 * @file Sums and maxima over windows that are boxes, taken one axis at a time. A sum of runs has another sum of runs
 * for its transpose; of a maximum the place is found, for `gather` to read.
 */
import { allocate, isFloat, type Storage } from "../../core/dtype.ts";
import { exact, linear } from "../../core/kinds.ts";
import { apply, type Primitive, unchanged } from "../../core/primitive.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { contiguous, type Tensor } from "../../core/tensor.ts";
import type { Float } from "../../wasm/floats.ts";
import { backend } from "../../wasm/machine.ts";
import { largestPlaces, sumNeighbours } from "../../wasm/pooling/kernel.ts";

type Floats = Float32Array | Float64Array;

/** Elements from which a call of WebAssembly pays. */
const WORTH = 256;

/** Windows along one axis, cut to what is there: `counts[i]` elements from `starts[i]` on, `step` apart. */
export interface Windows {
  /** The extent of the axis that they are on. */
  readonly extent: number;
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly step: number;
}

/** Windows of neighbours along the axis that is `fromEnd` from the end (1: the last). */
interface Runs extends Omit<Windows, "step"> {
  readonly fromEnd: number;
}

/** For each element, the windows that it is in: one run each again, because neither starts nor ends descend. */
function transposed({ extent, starts, counts, fromEnd }: Runs): Runs {
  const first = new Array<number>(extent).fill(0);
  const count = new Array<number>(extent).fill(0);
  starts.forEach((start, i) => {
    for (let at = start; at < start + counts[i]!; at++) if (count[at]!++ === 0) first[at] = i;
  });
  return { extent: starts.length, starts: first, counts: count, fromEnd };
}

const sumRunsOp: Primitive<Runs> = linear<Runs>(
  {
    name: "sumRuns",
    shape: ([x], { starts, fromEnd }) => ({
      shape: x!.shape.with(x!.shape.length - fromEnd, starts.length),
      dtype: x!.dtype,
    }),
    run([x], result, { extent, starts, counts, fromEnd }) {
      const out = allocate(result.dtype, sizeOf(result.shape), "sumRuns");
      const source = contiguous("sumRuns", x!);
      const outer = sizeOf(x!.shape.slice(0, x!.rank - fromEnd));
      const inner = sizeOf(x!.shape.slice(x!.rank - fromEnd + 1));
      for (let n = 0, to = 0; n < outer; n++)
        for (let i = 0; i < starts.length; i++) {
          const [start, count] = [starts[i]!, counts[i]!];
          for (let j = 0, first = (n * extent + start) * inner; j < inner; j++, first++, to++)
            for (let k = 0, from = first; k < count; k++, from += inner) out[to]! += source[from]!;
        }
      return out;
    },
    kernel([x], { dtype, shape }, { fromEnd, ...axis }) {
      if (x!.size < WORTH || !isFloat(dtype) || sizeOf(shape) === 0 || backend() === "plain") return null;
      const out = allocate(dtype, sizeOf(shape), "sumRuns") as Floats;
      const inner = sizeOf(shape.slice(shape.length - fromEnd + 1));
      return sumNeighbours(dtype as Float, contiguous("sumRuns", x!) as Floats, axis, inner, out) ? out : null;
    },
    rounding: (_inputs, { counts }) => Math.max(0, ...counts),
    batch: unchanged,
  },
  (ct, _x, params) => apply(sumRunsOp, [ct], transposed(params)),
);

/** The sum over each window on the last axes: over the last axis first, in ascending order. */
export const sumWindows = (x: Tensor, axes: readonly Windows[]): Tensor =>
  axes.reduceRight(
    (y, { extent, starts, counts }, axis) =>
      apply(sumRunsOp, [y], { extent, starts, counts, fromEnd: axes.length - axis }),
    x,
  );

/** Values, and where in the axes that are done each was found (null: nothing is done, each is its own place). */
interface Found {
  readonly values: Storage;
  readonly places: Int32Array | null;
}

/**
 * The largest of each window along one axis of [outer, extent, inner], and its place: the first of equals, or the first
 * NaN. `plane`: what one step along the axis counts for in a place.
 */
function largestAlong(
  { extent, starts, counts, step }: Windows,
  { values, places }: Found,
  into: Storage,
  outer: number,
  inner: number,
  plane: number,
): Found {
  const at = new Int32Array(into.length);
  const next = step * inner;
  for (let n = 0, to = 0; n < outer; n++)
    for (let i = 0; i < starts.length; i++) {
      const [start, count] = [starts[i]!, counts[i]!];
      for (let j = 0, first = (n * extent + start) * inner; j < inner; j++, first++, to++) {
        let best = values[first]!;
        let found = 0;
        for (let k = 1, from = first + next; k < count; k++, from += next) {
          const value = values[from]!;
          // A NaN beats all but another NaN.
          if (value <= best || Number.isNaN(best)) continue;
          best = value;
          found = k;
        }
        into[to] = best;
        const place = (start + found * step) * plane;
        at[to] = places === null ? place : place + places[first + found * next]!;
      }
    }
  return { values: into, places: at };
}

const placesOp: Primitive<{ readonly axes: readonly Windows[] }> = {
  name: "placesOfLargest",
  kind: "general",
  shape: ([x], { axes }) => ({
    shape: [...x!.shape.slice(0, x!.shape.length - axes.length), ...outputs(axes)],
    dtype: "int32",
  }),
  run([x], _result, { axes }) {
    const batch = sizeOf(x!.shape.slice(0, x!.rank - axes.length));
    const inputs = axes.map(({ extent }) => extent);
    let found: Found = { values: contiguous("placesOfLargest", x!), places: null };
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const outer = batch * sizeOf(inputs.slice(0, axis));
      const inner = sizeOf(outputs(axes.slice(axis + 1)));
      const into = allocate(x!.dtype, outer * axes[axis]!.starts.length * inner, "placesOfLargest");
      found = largestAlong(axes[axis]!, found, into, outer, inner, sizeOf(inputs.slice(axis + 1)));
    }
    return found.places!;
  },
  kernel([x], { shape }, { axes }) {
    if (x!.dtype !== "float32" || x!.size < WORTH || sizeOf(shape) === 0 || backend() === "plain") return null;
    const out = new Int32Array(sizeOf(shape));
    return largestPlaces(contiguous("placesOfLargest", x!) as Float32Array, axes, out) ? out : null;
  },
  vjp: [null],
  jvp: [null],
  rounding: exact,
  batch: unchanged,
};

/** How many windows there are along each axis. */
export const outputs = (axes: readonly Windows[]): Shape => axes.map(({ starts }) => starts.length);

/** Where the largest element of each window on the last axes is, counted in row-major order in those axes; int32. */
export const placesOfLargest = (x: Tensor, axes: readonly Windows[]): Tensor => apply(placesOp, [x], { axes });
