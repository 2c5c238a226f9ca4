/** @file Pooling: one number for each window, its largest or its mean. Layout: [batch, channels, …spatial]. */
import { asTensor } from "../../core/create.ts";
import { allocate, isFloat } from "../../core/dtype.ts";
import { show, TensorError } from "../../core/errors.ts";
import { sizeOf } from "../../core/shape.ts";
import { fromStorage, type Tensor } from "../../core/tensor.ts";
import { div } from "../arithmetic.ts";
import { cast } from "../broadcast.ts";
import { gather } from "../gather.ts";
import { reshape } from "../shape.ts";
import { outputs, placesOfLargest, sumWindows, type Windows } from "./boxes.ts";
import { checkImage, type PerAxis, perAxis, reach } from "./windows.ts";

interface Common {
  /** How far one window is from the next (the kernel's own extent). */
  readonly stride?: PerAxis | undefined;
  /** How far windows begin before the first element, at most half of the kernel (0). */
  readonly padding?: PerAxis;
  /** Whether one window more may reach over the end, if none ends there and it begins before (false). */
  readonly ceilMode?: boolean;
}

export interface MaxPoolOptions extends Common {
  /** How far one element of a window is from the next (1). */
  readonly dilation?: PerAxis;
  /** Whether to return the places too (false). */
  readonly returnIndices?: boolean;
}

export interface AvgPoolOptions extends Common {
  /** Whether zeros of the padding count in the mean (true). */
  readonly countIncludePad?: boolean;
  /** What to divide each sum by, in place of how many there are. */
  readonly divisor?: number;
}

/** The extents of the result, for all spatial axes or for each; null: as it is. */
export type OutputExtents = number | readonly (number | null)[];

/** Windows of one extent, and how many elements each has with the padding. */
interface Padded extends Windows {
  readonly padded: readonly number[];
}

function windowsOn(
  op: string,
  x: Tensor,
  kernel: PerAxis,
  options: Common & { readonly dilation?: PerAxis },
  rank: number,
): Padded[] {
  checkImage(op, asTensor(op, x), rank);
  const kernels = perAxis(op, "kernel", kernel, rank, 1);
  const strides = perAxis(op, "stride", options.stride ?? kernel, rank, 1);
  const paddings = perAxis(op, "padding", options.padding ?? 0, rank, 0);
  const dilations = perAxis(op, "dilation", options.dilation ?? 1, rank, 1);
  return kernels.map((size, i) => {
    const [stride, padding, dilation] = [strides[i]!, paddings[i]!, dilations[i]!];
    const extent = x.shape[x.rank - rank + i]!;
    if (padding > size / 2)
      throw new TensorError(op, `padding ${padding} for a kernel of ${size}`, "it may be half of the kernel at most");
    const room = extent + 2 * padding - reach({ kernel: size, dilation });
    let output = (options.ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    if (options.ceilMode && (output - 1) * stride >= extent + padding) output--;
    const begins = Array.from({ length: Math.max(0, output) }, (_, n) => n * stride - padding);
    const skipped = begins.map((begin) => Math.max(0, Math.ceil(-begin / dilation)));
    const starts = begins.map((begin, n) => begin + skipped[n]! * dilation);
    const counts = starts.map((start, n) => Math.min(size - skipped[n]!, Math.ceil((extent - start) / dilation)));
    if (room < 0 || output < 1 || counts.some((count) => count < 1))
      throw new TensorError(
        op,
        `a window of ${size} (dilation ${dilation}, padding ${padding}) does not fit the extent ${extent} of ${show(x)}`,
        "use a smaller kernel",
        [x],
      );
    const padded = begins.map((begin) => Math.min(begin + size, extent + padding) - begin);
    return { extent, starts, counts, step: dilation, padded };
  });
}

/** Windows from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉, which cover an axis evenly. */
function evenWindows(op: string, x: Tensor, extents: OutputExtents, rank: number): Windows[] {
  checkImage(op, asTensor(op, x), rank);
  const input = x.shape.slice(-rank);
  const given = Array.isArray(extents) ? extents.map((extent, i) => extent ?? input[i]) : extents;
  return perAxis(op, "extents", given as PerAxis, rank, 0).map((output, i) => {
    const extent = input[i]!;
    if (extent === 0 && output > 0)
      throw new TensorError(op, `${show(x)} has no elements to pool`, "its spatial extents must be 1 at least", [x]);
    const starts = Array.from({ length: output }, (_, n) => Math.floor((n * extent) / output));
    const counts = starts.map((start, n) => Math.ceil(((n + 1) * extent) / output) - start);
    return { extent, starts, counts, step: 1 };
  });
}

function largest(x: Tensor, axes: readonly Windows[]): [values: Tensor, places: Tensor] {
  const outer = x.shape.slice(0, x.rank - axes.length);
  const [batch, plane, windows] = [sizeOf(outer), sizeOf(axes.map(({ extent }) => extent)), sizeOf(outputs(axes))];
  const places = placesOfLargest(x, axes);
  const flat = gather(reshape(x, [batch, plane]), reshape(places, [batch, windows]), 1);
  return [reshape(flat, places.shape), places];
}

/** The products of one count for each axis, at every place. */
function sizesOfBoxes(counts: readonly (readonly number[])[], { dtype }: Tensor): Tensor {
  const shape = counts.map((list) => list.length);
  const sizes = allocate(dtype, sizeOf(shape));
  const all = counts.reduce((before, list) => before.flatMap((a) => list.map((b) => a * b)), [1]);
  sizes.set(all);
  return fromStorage(shape, dtype, sizes);
}

const asFloat = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : cast(x, "float64"));

interface MaxPool {
  (
    x: Tensor,
    kernel: PerAxis,
    options: MaxPoolOptions & { readonly returnIndices: true },
  ): [values: Tensor, indices: Tensor];
  (x: Tensor, kernel: PerAxis, options?: MaxPoolOptions & { readonly returnIndices?: false }): Tensor;
}

// @__NO_SIDE_EFFECTS__
function maxPooling(rank: 1 | 2): MaxPool {
  const op = `maxPool${rank}d`;
  return ((x: Tensor, kernel: PerAxis, options: MaxPoolOptions = {}) => {
    const [values, places] = largest(x, windowsOn(op, x, kernel, options, rank));
    return options.returnIndices ? [values, places] : values;
  }) as MaxPool;
}

type AvgPool = (x: Tensor, kernel: PerAxis, options?: AvgPoolOptions) => Tensor;

// @__NO_SIDE_EFFECTS__
function avgPooling(rank: 1 | 2): AvgPool {
  const op = `avgPool${rank}d`;
  return (x, kernel, { countIncludePad = true, divisor, ...options } = {}) => {
    const axes = windowsOn(op, x, kernel, { ...options, dilation: 1 }, rank);
    if (divisor !== undefined && !(Number.isFinite(divisor) && divisor !== 0))
      throw new TensorError(op, `divisor is ${divisor}`, "give a finite number that is not 0");
    const floats = asFloat(x);
    const counts = axes.map((axis) => (countIncludePad ? axis.padded : axis.counts));
    return div(sumWindows(floats, axes), divisor ?? sizesOfBoxes(counts, floats)) as Tensor;
  };
}

type AdaptivePool = (x: Tensor, extents: OutputExtents) => Tensor;

// @__NO_SIDE_EFFECTS__
function adaptiveAvgPooling(rank: 1 | 2): AdaptivePool {
  const op = `adaptiveAvgPool${rank}d`;
  return (x, extents) => {
    const axes = evenWindows(op, x, extents, rank);
    const floats = asFloat(x);
    const counts = axes.map((axis) => axis.counts);
    return div(sumWindows(floats, axes), sizesOfBoxes(counts, floats)) as Tensor;
  };
}

// @__NO_SIDE_EFFECTS__
function adaptiveMaxPooling(rank: 1 | 2): AdaptivePool {
  const op = `adaptiveMaxPool${rank}d`;
  return (x, extents) => largest(x, evenWindows(op, x, extents, rank))[0];
}

/**
 * The largest element of each window along the last axis; with `returnIndices` also where it was, int32.
 *
 * Shapes: x [batch, channels, length] or [channels, length] → [batch, channels, ⌊(length + 2·padding −
 * dilation·(kernel − 1) − 1) / stride⌋ + 1], in ceilMode with ⌈…⌉, if that last window begins before the end.
 * Derivative: the cotangent to the largest element; of equal ones to the first.
 * At the edges: padding is never the largest, also among −∞; NaN where there is one.
 * Throws: TensorError when x is no sequence, a window does not fit, or padding is more than half of the kernel.
 *
 * @example
 * maxPool1d(tensor([[1, 5, 2, 7]]), 2).toArray();                                            // => [[5, 7]]
 * maxPool1d(tensor([[1, 5, 2, 7]]), 2, { returnIndices: true }).map((x) => x.toArray());     // => [[[5, 7]], [[1, 3]]]
 */
export const maxPool1d: MaxPool = maxPooling(1);

/**
 * The largest element of each window on the last two axes, as `maxPool1d`; a place is counted row by row.
 *
 * Shapes: x [batch, channels, height, width] or [channels, height, width] → [batch, channels, height, width].
 * Derivative: the cotangent to the largest element; of equal ones to the first, row by row.
 * At the edges: padding is never the largest, also among −∞; NaN where there is one.
 * Throws: TensorError when x is no image, a window does not fit, or padding is more than half of the kernel.
 *
 * @example
 * maxPool2d(tensor([[[1, 5], [7, 2]]]), 2).toArray();   // => [[[7]]]
 */
export const maxPool2d: MaxPool = maxPooling(2);

/**
 * The mean of each window along the last axis; whole numbers give float64.
 *
 * Shapes: x [batch, channels, length] or [channels, length] → [batch, channels, ⌊(length + 2·padding − kernel) /
 * stride⌋ + 1], in ceilMode with ⌈…⌉, if that last window begins before the end.
 * Derivative: the cotangent, divided by the count, to each element of the window.
 * At the edges: zeros of the padding count unless countIncludePad is false; what lies beyond them never does.
 * Rounding: the sum in ascending order, divided once.
 * Throws: TensorError when x is no sequence, a window does not fit, or padding is more than half of the kernel.
 *
 * @example
 * avgPool1d(tensor([[1, 5, 2, 8]]), 2).toArray();                                                // => [[3, 5]]
 * avgPool1d(tensor([[3, 3]]), 2, { stride: 1, padding: 1, countIncludePad: false }).toArray();   // => [[3, 3, 3]]
 */
export const avgPool1d: AvgPool = avgPooling(1);

/**
 * The mean of each window on the last two axes, as `avgPool1d`.
 *
 * Shapes: x [batch, channels, height, width] or [channels, height, width] → [batch, channels, height, width].
 * Derivative: the cotangent, divided by the count, to each element of the window.
 * Rounding: the sums along rows, then those of rows, in ascending order, divided once.
 * Throws: TensorError when x is no image, a window does not fit, or padding is more than half of the kernel.
 *
 * @example
 * avgPool2d(tensor([[[1, 5], [8, 2]]]), 2).toArray();   // => [[[4]]]
 */
export const avgPool2d: AvgPool = avgPooling(2);

/**
 * The means of as many windows as asked for, which cover the last axis evenly: window i of m on n elements goes from
 * ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.
 *
 * Shapes: x [batch, channels, length] or [channels, length] → [batch, channels, extent].
 * Derivative: the cotangent, divided by the count, to each element of the window.
 * Throws: TensorError when x is no sequence or has no elements to pool.
 *
 * @example
 * adaptiveAvgPool1d(tensor([[1, 2, 3]]), 2).toArray();   // => [[1.5, 2.5]]
 */
export const adaptiveAvgPool1d: AdaptivePool = adaptiveAvgPooling(1);

/**
 * The means of windows that cover the last two axes evenly, as `adaptiveAvgPool1d`; null keeps an extent.
 *
 * Shapes: x [batch, channels, height, width] or [channels, height, width], extents n or [n, m] → [batch, channels, n, m].
 * Derivative: the cotangent, divided by the count, to each element of the window.
 * Throws: TensorError when x is no image or has no elements to pool.
 *
 * @example
 * adaptiveAvgPool2d(tensor([[[1, 3], [5, 7]]]), [1, null]).toArray();   // => [[[3, 5]]]
 */
export const adaptiveAvgPool2d: AdaptivePool = adaptiveAvgPooling(2);

/**
 * The largest elements of windows that cover the last axis evenly, as `adaptiveAvgPool1d`.
 *
 * Shapes: x [batch, channels, length] or [channels, length] → [batch, channels, extent].
 * Derivative: the cotangent to the largest element; of equal ones to the first.
 * Throws: TensorError when x is no sequence or has no elements to pool.
 *
 * @example
 * adaptiveMaxPool1d(tensor([[1, 2, 3]]), 2).toArray();   // => [[2, 3]]
 */
export const adaptiveMaxPool1d: AdaptivePool = adaptiveMaxPooling(1);

/**
 * The largest elements of windows that cover the last two axes evenly, as `adaptiveAvgPool2d`.
 *
 * Shapes: x [batch, channels, height, width] or [channels, height, width], extents n or [n, m] → [batch, channels, n, m].
 * Derivative: the cotangent to the largest element; of equal ones to the first, row by row.
 * Throws: TensorError when x is no image or has no elements to pool.
 *
 * @example
 * adaptiveMaxPool2d(tensor([[[1, 3], [5, 7]]]), 1).toArray();   // => [[[7]]]
 */
export const adaptiveMaxPool2d: AdaptivePool = adaptiveMaxPooling(2);
