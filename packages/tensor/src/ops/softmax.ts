/** @file Sums of exponentials, and what is made of them: with the largest taken out first, none overflows. */
import { zerosLike } from "../core/create.ts";
import { allocate, type DType, type Storage } from "../core/dtype.ts";
import * as single from "../core/elementary/single.ts";
import * as elementary from "../core/elementary.ts";
import { eachLane, packed } from "../core/lanes.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { type Reducer, reduceAxes, summing } from "../core/reduce.ts";
import { reduceShape, sizeOf } from "../core/shape.ts";
import { contiguous, type Tensor, valuesOf } from "../core/tensor.ts";
import type { Float } from "../wasm/floats.ts";
import { backend } from "../wasm/machine.ts";
import { type Kind, softmaxRuns } from "../wasm/reduce/softmax.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import {
  type Along,
  along,
  batchOn,
  batchOver,
  countOf,
  keep,
  type On,
  type Over,
  type Reduction,
  reduction,
} from "./axes.ts";
import { broadcastTo, sum, toFloat } from "./broadcast.ts";
import { equal, less, where } from "./compare.ts";
import { exp } from "./exponential.ts";
import { max } from "./extremes.ts";
import { log } from "./logarithmic.ts";
import { abs, stopGradient } from "./piecewise.ts";
import { reshape } from "./shape.ts";

/** Elements from which a call of WebAssembly pays. */
const WORTH = 64;

/** The exponentials of a run of numbers, each less the largest (`shift`: 0 unless that is finite), and their sum. */
interface Exponentials {
  readonly shift: number;
  readonly total: number;
}

/** The functions of the dtype. */
const functionsOf = (storage: Storage): { readonly exp: (x: number) => number; readonly log: (x: number) => number } =>
  storage instanceof Float32Array ? { exp: single.exp, log: single.log } : { exp: elementary.exp, log: elementary.log };

/** Fills `terms` with the exponentials of as many elements; each step is rounded to the dtype. */
function exponentials(dtype: DType, terms: Storage): (data: Storage, start: number, step: number) => Exponentials {
  const add = summing(dtype);
  const { exp } = functionsOf(terms);
  const count = terms.length;
  return (data, start, step) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0, p = start; i < count; i++, p += step) if (data[p]! > largest) largest = data[p]!;
    const shift = Math.abs(largest) < Number.POSITIVE_INFINITY ? largest : 0;
    for (let i = 0, p = start; i < count; i++, p += step) terms[i] = data[p]! - shift;
    for (let i = 0; i < count; i++) terms[i] = exp(terms[i]!);
    return { shift, total: add(terms, 0, 1, count) };
  };
}

/** The logarithm as an element of the storage holds it. */
function logIn(storage: Storage, x: number): number {
  const y = functionsOf(storage).log(x);
  return storage instanceof Float32Array ? Math.fround(y) : y;
}

/** What WebAssembly makes of the runs along the last axes, of so many elements; null: it does not pay, or cannot. */
function byRuns(kind: Kind, x: Tensor, count: number, size: number): Storage | null {
  if (x.size < WORTH || backend() === "plain") return null;
  const out = allocate(x.dtype, size, kind) as Float64Array;
  return softmaxRuns(kind, x.dtype as Float, contiguous(kind, x) as Float64Array, count, out) ? out : null;
}

/** The largest element kept as an axis of 1, as a constant: finite, so that x − shift is no NaN where x is ±∞. */
function shiftOf(x: Tensor, axes: readonly number[]): Tensor {
  const kept = reduceShape(x.shape, axes, true);
  if (x.size === 0) return broadcastTo(zerosLike(sum(x)), kept);
  const largest = stopGradient(max(x, axes, { keepDims: true }) as Tensor);
  return where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
}

/** The exponentials over their sum, where that is not 0 (all are −∞): what each has a share in. */
function sharesOf(x: Tensor, axes: readonly number[]): Tensor {
  const weights: Tensor = exp(sub(x, shiftOf(x, axes)));
  const total: Tensor = sum(weights, axes, { keepDims: true });
  return div(weights, where(equal(total, 0), 1, total));
}

const logSumExpOp: Primitive<Over> = {
  name: "logSumExp",
  kind: "general",
  reads: "inputs",
  shape: ([x], { axes }) => ({ shape: reduceShape(x!.shape, axes, false), dtype: x!.dtype }),
  run([x], result, { axes }) {
    const terms = allocate(x!.dtype, countOf(x!, axes), "logSumExp");
    const exponentialsOf = exponentials(x!.dtype, terms);
    const reducer: Reducer = (data, start, step) => {
      const { shift, total } = exponentialsOf(data, start, step);
      // Only −∞ alone sums to 0: the largest gives 1.
      return total === 0 ? Number.NEGATIVE_INFINITY : logIn(terms, total) + shift;
    };
    return reduceAxes("logSumExp", x!, axes, result, reducer);
  },
  kernel([x], result, { axes }) {
    const isLast = axes.every((axis, i) => axis === x!.rank - axes.length + i);
    return isLast ? byRuns("logSumExp", x!, countOf(x!, axes), sizeOf(result.shape)) : null;
  },
  vjp: [(ct, _y, [x], { axes }) => mul(keep(ct, x!, axes), sharesOf(x!, axes))],
  jvp: [(t, _y, [x], { axes }) => sum(mul(t, sharesOf(x!, axes)), axes) as Tensor],
  batch: batchOver,
  formula([x], { axes }) {
    const shift = shiftOf(x!, axes);
    const total: Tensor = sum(exp(sub(x!, shift)), axes, { keepDims: true });
    // No logarithm of 0, and no derivative of one, is taken.
    const none = equal(total, 0);
    const y = add(log(where(none, 1, total)), where(none, Number.NEGATIVE_INFINITY, shift)) as Tensor;
    return reshape(y, reduceShape(x!.shape, axes, false));
  },
  rounding: () => Number.POSITIVE_INFINITY,
};

/**
 * log Σ eˣ over an axis, several, or all, without overflow.
 *
 * Derivative: softmax(x); 0 where all are −∞; NaN at ∞.
 * At the edges: of nothing, or of −∞ alone, it is −∞.
 *
 * @example
 * logSumExp(tensor([1000, 1000])).item();   // => 1000.6931471805599
 */
export const logSumExp: Reduction = reduction("logSumExp", (x, axes) => apply(logSumExpOp, [toFloat(x)], { axes }));

/** Ends a lane of `out`, where the differences from the shift are: their exponentials and the sum of these are known. */
type Finish = (out: Storage, start: number, step: number, terms: Storage, total: number) => void;

/** Shape and values of an operation along an axis that is made of the exponentials. */
// @__NO_SIDE_EFFECTS__
const ofExponentials = (
  name: Exclude<Kind, "logSumExp">,
  finish: Finish,
): Pick<Primitive<On>, "name" | "kind" | "reads" | "shape" | "run" | "kernel" | "batch" | "rounding"> => ({
  name,
  kind: "general",
  reads: "output",
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  run([x], result, { axis }) {
    const data = valuesOf(name, x!);
    const out = allocate(result.dtype, sizeOf(result.shape), name);
    const layout = packed(result.shape);
    const [from, to, extent] = [x!.strides[axis]!, layout.strides[axis]!, result.shape[axis]!];
    const terms = allocate(x!.dtype, extent, name);
    const exponentialsOf = exponentials(x!.dtype, terms);
    eachLane(result.shape, axis, [x!, layout], (a, b) => {
      const { shift, total } = exponentialsOf(data, a, from);
      for (let i = 0, p = a, q = b; i < extent; i++, p += from, q += to) out[q] = data[p]! - shift;
      finish(out, b, to, terms, total);
    });
    return out;
  },
  kernel: ([x], _result, { axis }) => (axis === x!.rank - 1 ? byRuns(name, x!, x!.shape[axis]!, x!.size) : null),
  batch: batchOn,
  rounding: () => Number.POSITIVE_INFINITY,
});

const logSoftmaxOp: Primitive<On> = {
  ...ofExponentials("logSoftmax", (out, start, step, { length }, total) => {
    const log = logIn(out, total);
    for (let i = 0, q = start; i < length; i++, q += step) out[q]! -= log;
  }),
  vjp: [(ct, y, _inputs, { axis }) => sub(ct, mul(exp(y), sum(ct, axis, { keepDims: true }) as Tensor)) as Tensor],
  jvp: [(t, y, _inputs, { axis }) => sub(t, sum(mul(exp(y), t), axis, { keepDims: true }) as Tensor) as Tensor],
  formula([x], { axis }) {
    const shifted: Tensor = sub(x!, shiftOf(x!, [axis]));
    return sub(shifted, log(sum(exp(shifted), axis, { keepDims: true }) as Tensor));
  },
};

/**
 * x − logSumExp(x) along an axis: the logarithm of softmax, without overflow.
 *
 * Derivative: ct − softmax(x)·Σct.
 *
 * @example
 * logSoftmax(tensor([0, 0])).toArray();   // => [-0.6931471805599453, -0.6931471805599453]
 */
export const logSoftmax: Along = along("logSoftmax", (x, axis) => apply(logSoftmaxOp, [toFloat(x)], { axis }));

/** The Jacobian is symmetric. */
const throughSoftmax = (t: Tensor, y: Tensor, _inputs: unknown, { axis }: On): Tensor =>
  mul(y, sub(t, sum(mul(t, y), axis, { keepDims: true }) as Tensor)) as Tensor;

const softmaxOp: Primitive<On> = {
  ...ofExponentials("softmax", (out, start, step, terms, total) => {
    for (let i = 0, q = start; i < terms.length; i++, q += step) out[q] = terms[i]! / total;
  }),
  vjp: [throughSoftmax],
  jvp: [throughSoftmax],
  formula([x], { axis }) {
    const weights: Tensor = exp(sub(x!, shiftOf(x!, [axis])));
    return div(weights, sum(weights, axis, { keepDims: true }) as Tensor);
  },
};

/**
 * eˣ / Σ eˣ along an axis: positive numbers that sum to 1, without overflow.
 *
 * Derivative: y·(ct − Σ ct·y).
 *
 * @example
 * softmax(tensor([1000, 1000])).toArray();   // => [0.5, 0.5]
 */
export const softmax: Along = along("softmax", (x, axis) => apply(softmaxOp, [toFloat(x)], { axis }));
