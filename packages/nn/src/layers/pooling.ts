/** @file Pooling as layers: they mind the spatial axes, and let channels and batches pass. */
import {
  type AvgPoolOptions,
  adaptiveAvgPool1d as adaptiveAvg1d,
  adaptiveAvgPool2d as adaptiveAvg2d,
  adaptiveMaxPool1d as adaptiveMax1d,
  adaptiveMaxPool2d as adaptiveMax2d,
  avgPool1d as avg1d,
  avgPool2d as avg2d,
  expandDims,
  type MaxPoolOptions,
  max,
  maxPool1d as max1d,
  maxPool2d as max2d,
  mean,
  type OutputExtents,
  type PerAxis,
  type Shape,
  squeeze,
  type Tensor,
  TensorError,
} from "@deltagrad/tensor";
import type { Layer, LayerConfig } from "../layer.ts";
import { ANY } from "../signature.ts";
import { checkInput, inOneBatch, perAxis, showOptions } from "./options.ts";

type Spatial1 = readonly [number];
type Spatial2 = readonly [number, number];

export interface MaxPoolLayerOptions extends Omit<MaxPoolOptions, "returnIndices"> {}

/** A layer without parameters on the last `rank` axes. */
function spatial(
  op: string,
  rank: number,
  name: string,
  config: LayerConfig,
  output: Shape,
  f: (x: Tensor) => Tensor,
): Layer<null> {
  const input = new Array<number>(rank).fill(ANY);
  return {
    name,
    input,
    output,
    config,
    init: () => null,
    apply(_params: null, x: Tensor): Tensor {
      checkInput(
        op,
        rank === 1 ? "sequences, [batch, channels, length]" : "images, [batch, channels, height, width]",
        input,
        x,
      );
      return f(x);
    },
  };
}

/** A layer that pools windows: each axis in front is a batch of one channel. */
function pooling(
  op: string,
  rank: number,
  kernel: PerAxis,
  options: AvgPoolOptions & MaxPoolLayerOptions,
  pool: (x: Tensor) => Tensor,
): Layer<null> {
  const kernels = perAxis(op, "kernel", kernel, rank, 1);
  const { stride = kernel, padding = 0, dilation = 1 } = options;
  perAxis(op, "stride", stride, rank, 1);
  perAxis(op, "dilation", dilation, rank, 1);
  perAxis(op, "padding", padding, rank, 0).forEach((n, i) => {
    if (n > kernels[i]! / 2)
      throw new TensorError(op, `padding ${n} for a kernel of ${kernels[i]}`, "it may be half of the kernel at most");
  });
  const name = `${op}(${JSON.stringify(kernel)}${showOptions(options)})`;
  return spatial(
    op,
    rank,
    name,
    { [op]: kernel, ...options },
    new Array<number>(rank).fill(ANY),
    channelwise(rank, pool),
  );
}

/** f of [batch, 1, …spatial] as a function of [batch, …, …spatial]. */
const channelwise =
  (rank: number, f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    inOneBatch(x, rank, (batch) => squeeze(f(expandDims(batch, 1) as Tensor), 1) as Tensor);

/**
 * The largest element of each window along the last axis; see `maxPool1d` of the tensor package. Windows do not overlap unless `stride` says so.
 *
 * Shapes: [batch, …, length] → the same with length ⌊(extent + 2·padding − kernel) / stride⌋ + 1.
 * Throws: TensorError for options that are none, and when a window does not fit.
 *
 * @example
 * maxPool1d(2).apply(null, tensor([[1, 3, 2, 5]])).toArray();   // => [[3, 5]]
 */
export function maxPool1d(kernel: PerAxis, options: MaxPoolLayerOptions = {}): Layer<null, Spatial1, Spatial1> {
  return pooling("maxPool1d", 1, kernel, options, (x) => max1d(x, kernel, options));
}

/**
 * The largest element of each window over the last two axes; see `maxPool2d` of the tensor package. Windows do not overlap unless `stride` says so.
 *
 * Shapes: [batch, …, height, width] → the same with height and width, each ⌊(extent + 2·padding − kernel) / stride⌋ + 1.
 * Throws: TensorError for options that are none, and when a window does not fit.
 *
 * @example
 * maxPool2d(2).apply(null, tensor([[[1, 3], [2, 5]]])).toArray();   // => [[[5]]]
 */
export function maxPool2d(kernel: PerAxis, options: MaxPoolLayerOptions = {}): Layer<null, Spatial2, Spatial2> {
  return pooling("maxPool2d", 2, kernel, options, (x) => max2d(x, kernel, options));
}

/**
 * The mean of each window along the last axis; see `avgPool1d` of the tensor package. Windows do not overlap unless `stride` says so.
 *
 * Shapes: [batch, …, length] → the same with length ⌊(extent + 2·padding − kernel) / stride⌋ + 1.
 * Throws: TensorError for options that are none, and when a window does not fit.
 *
 * @example
 * avgPool1d(2).apply(null, tensor([[1, 3, 2, 6]])).toArray();   // => [[2, 4]]
 */
export function avgPool1d(kernel: PerAxis, options: AvgPoolOptions = {}): Layer<null, Spatial1, Spatial1> {
  return pooling("avgPool1d", 1, kernel, options, (x) => avg1d(x, kernel, options));
}

/**
 * The mean of each window over the last two axes; see `avgPool2d` of the tensor package. Windows do not overlap unless `stride` says so.
 *
 * Shapes: [batch, …, height, width] → the same with height and width, each ⌊(extent + 2·padding − kernel) / stride⌋ + 1.
 * Throws: TensorError for options that are none, and when a window does not fit.
 *
 * @example
 * avgPool2d(2).apply(null, tensor([[[1, 3], [2, 6]]])).toArray();   // => [[[3]]]
 */
export function avgPool2d(kernel: PerAxis, options: AvgPoolOptions = {}): Layer<null, Spatial2, Spatial2> {
  return pooling("avgPool2d", 2, kernel, options, (x) => avg2d(x, kernel, options));
}

function adaptive(op: string, rank: number, extents: OutputExtents, pool: (x: Tensor) => Tensor): Layer<null> {
  const given = (typeof extents === "number" ? new Array<number>(rank).fill(extents) : extents) as readonly unknown[];
  const output = perAxis(op, "extents", (Array.isArray(given) ? given.map((n) => n ?? 1) : given) as PerAxis, rank, 1);
  const name = `${op}(${JSON.stringify(extents)})`;
  const known = output.map((n, i) => (given[i] === null ? ANY : n));
  return spatial(op, rank, name, { [op]: extents }, known, channelwise(rank, pool));
}

/**
 * The means of windows that cover the last axis evenly, as many as asked; see `adaptiveAvgPool1d` of the tensor package.
 *
 * Shapes: [batch, …, length] → [batch, …, extent].
 *
 * @example
 * adaptiveAvgPool1d(2).apply(null, tensor([[1, 3, 5, 7]])).toArray();   // => [[2, 6]]
 */
export function adaptiveAvgPool1d(extents: OutputExtents): Layer<null, Spatial1, Spatial1> {
  return adaptive("adaptiveAvgPool1d", 1, extents, (x) => adaptiveAvg1d(x, extents));
}

/**
 * The means of windows that cover the last two axes evenly, as many as asked; see `adaptiveAvgPool2d` of the tensor package.
 *
 * Shapes: [batch, …, height, width] → [batch, …, n, m]; null leaves an extent as it is.
 *
 * @example
 * adaptiveAvgPool2d([1, null]).apply(null, tensor([[[1, 3], [5, 7]]])).toArray();   // => [[[3, 5]]]
 */
export function adaptiveAvgPool2d(extents: OutputExtents): Layer<null, Spatial2, Spatial2> {
  return adaptive("adaptiveAvgPool2d", 2, extents, (x) => adaptiveAvg2d(x, extents));
}

/**
 * The largest elements of windows that cover the last axis evenly, as many as asked; see `adaptiveMaxPool1d` of the tensor package.
 *
 * Shapes: [batch, …, length] → [batch, …, extent].
 *
 * @example
 * adaptiveMaxPool1d(2).apply(null, tensor([[1, 3, 5, 7]])).toArray();   // => [[3, 7]]
 */
export function adaptiveMaxPool1d(extents: OutputExtents): Layer<null, Spatial1, Spatial1> {
  return adaptive("adaptiveMaxPool1d", 1, extents, (x) => adaptiveMax1d(x, extents));
}

/**
 * The largest elements of windows that cover the last two axes evenly, as many as asked; see `adaptiveMaxPool2d` of the tensor package.
 *
 * Shapes: [batch, …, height, width] → [batch, …, n, m]; null leaves an extent as it is.
 *
 * @example
 * adaptiveMaxPool2d(1).apply(null, tensor([[[1, 3], [5, 7]]])).toArray();   // => [[[7]]]
 */
export function adaptiveMaxPool2d(extents: OutputExtents): Layer<null, Spatial2, Spatial2> {
  return adaptive("adaptiveMaxPool2d", 2, extents, (x) => adaptiveMax2d(x, extents));
}

/**
 * The mean of each channel: one number in place of a sequence.
 *
 * Shapes: [batch, …, channels, length] → [batch, …, channels].
 *
 * @example
 * globalAvgPool1d().apply(null, tensor([[1, 3], [5, 9]])).toArray();   // => [2, 7]
 */
export const globalAvgPool1d = (): Layer<null, Spatial1, readonly []> =>
  spatial("globalAvgPool1d", 1, "globalAvgPool1d()", "globalAvgPool1d", [], (x) => mean(x, -1) as Tensor);

/**
 * The mean of each channel: one number in place of an image.
 *
 * Shapes: [batch, …, channels, height, width] → [batch, …, channels].
 *
 * @example
 * globalAvgPool2d().apply(null, tensor([[[1, 3], [5, 7]]])).toArray();   // => [4]
 */
export const globalAvgPool2d = (): Layer<null, Spatial2, readonly []> =>
  spatial("globalAvgPool2d", 2, "globalAvgPool2d()", "globalAvgPool2d", [], (x) => mean(x, [-2, -1]) as Tensor);

/**
 * The largest element of each channel: one number in place of a sequence.
 *
 * Shapes: [batch, …, channels, length] → [batch, …, channels].
 *
 * @example
 * globalMaxPool1d().apply(null, tensor([[1, 3], [5, 9]])).toArray();   // => [3, 9]
 */
export const globalMaxPool1d = (): Layer<null, Spatial1, readonly []> =>
  spatial("globalMaxPool1d", 1, "globalMaxPool1d()", "globalMaxPool1d", [], (x) => max(x, -1) as Tensor);

/**
 * The largest element of each channel: one number in place of an image.
 *
 * Shapes: [batch, …, channels, height, width] → [batch, …, channels].
 *
 * @example
 * globalMaxPool2d().apply(null, tensor([[[1, 3], [5, 7]]])).toArray();   // => [7]
 */
export const globalMaxPool2d = (): Layer<null, Spatial2, readonly []> =>
  spatial("globalMaxPool2d", 2, "globalMaxPool2d()", "globalMaxPool2d", [], (x) => max(x, [-2, -1]) as Tensor);
