/**
 * @file Normalization: x less a mean, divided by a deviation, scaled and shifted. The variance is that of the
 * differences from the mean (two passes), so a large offset costs no digits.
 */
import { asTensor } from "../../core/create.ts";
import { isFloat } from "../../core/dtype.ts";
import { formatShape, show, TensorError } from "../../core/errors.ts";
import { type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add, div, mul, sub } from "../arithmetic.ts";
import { cast } from "../broadcast.ts";
import { mean } from "../moments.ts";
import { sqrt, square } from "../powers.ts";
import { permute, reshape } from "../shape.ts";
import { standardize } from "./standardize.ts";
import { called } from "./windows.ts";

interface Epsilon {
  /** Added to the variance, so that a constant gives 0 and no NaN (10⁻⁵). */
  readonly epsilon?: number;
}

export interface ScaleOptions extends Epsilon {
  /** What the result is multiplied by (1). */
  readonly weight?: Tensor | undefined;
}

export interface NormOptions extends ScaleOptions {
  /** What is then added (0). */
  readonly bias?: Tensor | undefined;
}

/** The mean and the variance (divided by the count) of each channel. */
export interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

export interface BatchNormOptions extends NormOptions {
  readonly mean?: Tensor | undefined;
  readonly variance?: Tensor | undefined;
}

function checkEpsilon(op: string, epsilon: number): void {
  if (!(Number.isFinite(epsilon) && epsilon >= 0))
    throw new TensorError(op, `epsilon is ${epsilon}`, "give a finite number ≥ 0");
}

/** x in a float type. */
function floats(op: string, x: Tensor): Tensor {
  const { dtype } = asTensor(op, x);
  return isFloat(dtype) ? x : cast(x, "float64");
}

/** A factor or a summand of the shape that it must have, brought to the shape in which it broadcasts. */
function part(op: string, name: string, x: Tensor | undefined, shape: Shape, as: Shape): Tensor | undefined {
  if (x === undefined) return undefined;
  if (!sameShape(asTensor(op, x).shape, shape))
    throw new TensorError(op, called(name, x), `give the shape ${formatShape(shape)}`, [x]);
  return reshape(x, as);
}

const scaled = (x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor => {
  const y = (weight === undefined ? x : mul(x, weight)) as Tensor;
  return (bias === undefined ? y : add(y, bias)) as Tensor;
};

const centered = (x: Tensor, axes: readonly number[]): Tensor =>
  sub(x, mean(x, axes, { keepDims: true }) as Tensor) as Tensor;

/** The last axes, as many as `shape` has; x must have these extents there. */
function lastAxes(op: string, x: Tensor, shape: number | Shape): { readonly extents: Shape; readonly axes: number[] } {
  const extents: Shape = typeof shape === "number" ? [shape] : shape;
  const first = asTensor(op, x).rank - (Array.isArray(extents) ? extents.length : x.rank + 1);
  if (first < 0 || first === x.rank || !sameShape(x.shape.slice(first), extents))
    throw new TensorError(
      op,
      `${called("x", x)} does not end in [${String(shape)}]`,
      "give the extents of the last axes, those that are normalized together",
      [x],
    );
  return { extents, axes: extents.map((_, i) => first + i) };
}

/**
 * x with the elements of the last axes, together, brought to mean 0 and variance 1, then scaled and shifted:
 * (x − mean) / √(variance + epsilon) · weight + bias.
 *
 * Shapes: x [batch, …, features], shape `features` or [… , features], weight and bias of that shape → as x.
 * Derivative: through mean and variance too.
 * At the edges: equal elements give bias; the variance is taken of the differences, so offsets cost no digits.
 * Throws: TensorError when x does not end in `shape`, or weight or bias is of another shape.
 * Source: Ba, Kiros, Hinton, Layer Normalization (2016), eq 3 and 4.
 *
 * @example
 * layerNorm(tensor([[1, 3], [10, 30]]), 2, { epsilon: 0 }).toArray();   // => [[-1, 1], [-1, 1]]
 */
export function layerNorm(x: Tensor, shape: number | Shape, options: NormOptions = {}): Tensor {
  const { weight, bias, epsilon = 1e-5 } = options;
  checkEpsilon("layerNorm", epsilon);
  const { extents } = lastAxes("layerNorm", x, shape);
  const together = [...x.shape.slice(0, x.rank - extents.length), sizeOf(extents)];
  const y = reshape(standardize(reshape(floats("layerNorm", x), together), epsilon), x.shape) as Tensor;
  return scaled(
    y,
    part("layerNorm", "weight", weight, extents, extents),
    part("layerNorm", "bias", bias, extents, extents),
  );
}

/**
 * x divided by the root of the mean square of the last axes together: x / √(mean(x²) + epsilon) · weight.
 *
 * Shapes: x [batch, …, features], shape `features` or [… , features], weight of that shape → as x.
 * Throws: TensorError when x does not end in `shape`, or weight is of another shape.
 * Source: Zhang, Sennrich, Root Mean Square Layer Normalization (2019), eq 4.
 *
 * @example
 * rmsNorm(tensor([3, 3]), 2, { epsilon: 0 }).toArray();   // => [1, 1]
 */
export function rmsNorm(x: Tensor, shape: number | Shape, { weight, epsilon = 1e-5 }: ScaleOptions = {}): Tensor {
  checkEpsilon("rmsNorm", epsilon);
  const { extents, axes } = lastAxes("rmsNorm", x, shape);
  const float = floats("rmsNorm", x);
  const scale = sqrt(add(mean(square(float), axes, { keepDims: true }) as Tensor, epsilon));
  return scaled(div(float, scale) as Tensor, part("rmsNorm", "weight", weight, extents, extents), undefined);
}

/** All axes with the first two exchanged. */
const firstTwo = (rank: number): number[] => [1, 0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2)];

/** Where the channels are: second in a batch, first in a single example. */
function channelsOf(op: string, x: Tensor): { readonly axis: number; readonly channels: number; readonly as: Shape } {
  if (asTensor(op, x).rank === 0)
    throw new TensorError(op, "a scalar has no channels", "give [batch, channels, …]", [x]);
  const axis = Math.min(1, x.rank - 1);
  const channels = x.shape[axis]!;
  return { axis, channels, as: [channels, ...x.shape.slice(axis + 1).map(() => 1)] };
}

/**
 * The mean and the variance of each channel over the batch and all that follows the channels; the variance is divided
 * by the count n (PyTorch keeps n/(n − 1) times that as the running one).
 *
 * Shapes: x [batch, channels, …] → two of [channels].
 * Derivative: both vary with x.
 * Throws: TensorError when x has no batch.
 *
 * @example
 * batchStatistics(tensor([[1, 10], [3, 30]])).mean.toArray();       // => [2, 20]
 * batchStatistics(tensor([[1, 10], [3, 30]])).variance.toArray();   // => [1, 100]
 */
export function batchStatistics(x: Tensor): Statistics {
  const float = floats("batchStatistics", x);
  if (x.rank < 2) throw new TensorError("batchStatistics", `${show(x)} is no batch`, "give [batch, channels, …]", [x]);
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return {
    mean: mean(float, axes) as Tensor,
    variance: mean(square(centered(float, axes)), axes) as Tensor,
  };
}

/**
 * Each channel of x less its mean, divided by its deviation, then scaled and shifted. Without `mean` and `variance`
 * they are those of the batch, as in training; with them, as in evaluation. Nothing is kept: for running statistics
 * take `const now = batchStatistics(x)`, give `{ ...now, weight, bias }` here and average `now` with what you have.
 *
 * Shapes: x [batch, channels, …] (with statistics also [channels]), the others [channels] → as x.
 * Derivative: through the statistics too, where they are the batch's.
 * At the edges: the variance is taken of the differences, so offsets cost no digits.
 * Throws: TensorError when a shape does not fit, one statistic is missing, or the batch has one value for a channel.
 * Source: Ioffe, Szegedy, Batch Normalization (2015), algorithm 1.
 *
 * @example
 * batchNorm(tensor([[1], [3]]), { epsilon: 0 }).toArray();                                           // => [[-1], [1]]
 * batchNorm(tensor([[5]]), { mean: tensor([1]), variance: tensor([4]), epsilon: 0 }).toArray();      // => [[2]]
 */
export function batchNorm(x: Tensor, options: BatchNormOptions = {}): Tensor {
  const { epsilon = 1e-5 } = options;
  checkEpsilon("batchNorm", epsilon);
  const { channels, as } = channelsOf("batchNorm", x);
  const fit = (name: keyof BatchNormOptions): Tensor | undefined =>
    part("batchNorm", name, options[name] as Tensor | undefined, [channels], as);
  const [center, variance, factor, summand] = [fit("mean"), fit("variance"), fit("weight"), fit("bias")];
  if ((center === undefined) !== (variance === undefined))
    throw new TensorError("batchNorm", "one of mean and variance is missing", "give both, or none");
  const float = floats("batchNorm", x);
  if (center !== undefined && variance !== undefined) {
    const y = div(sub(float, center), sqrt(add(variance, epsilon))) as Tensor;
    return scaled(y, factor, summand);
  }
  const count = sizeOf(x.shape.filter((_, axis) => axis !== 1));
  if (x.rank < 2 || count === 1)
    throw new TensorError(
      "batchNorm",
      `${show(x)} has one value for each channel, which has no deviation`,
      "give more examples, or mean and variance",
      [x],
    );
  // The values of a channel as one run, and back.
  const byChannel = permute(float, firstTwo(x.rank)) as Tensor;
  const y = standardize(reshape(byChannel, [channels, count]), epsilon);
  return scaled(permute(reshape(y, byChannel.shape), firstTwo(x.rank)) as Tensor, factor, summand);
}

/**
 * x with the channels of each group of each example, together, brought to mean 0 and variance 1, then scaled and
 * shifted channel by channel.
 *
 * Shapes: x [batch, channels, …], weight and bias [channels] → as x.
 * Derivative: through mean and variance too.
 * Throws: TensorError when the groups do not divide the channels, or weight or bias is of another shape.
 * Source: Wu, He, Group Normalization (2018), eq 1 to 7.
 *
 * @example
 * groupNorm(tensor([[1, 3, 10, 30]]), 2, { epsilon: 0 }).toArray();   // => [[-1, 1, -1, 1]]
 */
export function groupNorm(x: Tensor, groups: number, options: NormOptions = {}): Tensor {
  return inGroups("groupNorm", x, groups, options);
}

function inGroups(op: string, x: Tensor, groups: number, { weight, bias, epsilon = 1e-5 }: NormOptions): Tensor {
  checkEpsilon(op, epsilon);
  const { channels, as } = channelsOf(op, x);
  if (x.rank < 2) throw new TensorError(op, `${show(x)} is no batch`, "give [batch, channels, …]", [x]);
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
    throw new TensorError(op, `${groups} groups for ${channels} channels`, "give a whole number that divides them", [
      x,
    ]);
  const [factor, summand] = [part(op, "weight", weight, [channels], as), part(op, "bias", bias, [channels], as)];
  const together = [x.shape[0]!, groups, (channels / groups) * sizeOf(x.shape.slice(2))];
  const y = reshape(standardize(reshape(floats(op, x), together), epsilon), x.shape) as Tensor;
  return scaled(y, factor, summand);
}

/**
 * x with each channel of each example brought to mean 0 and variance 1, then scaled and shifted channel by channel.
 *
 * Shapes: x [batch, channels, …spatial], weight and bias [channels] → as x.
 * Derivative: through mean and variance too.
 * Throws: TensorError when x has no spatial axes, or weight or bias is of another shape.
 * Source: Ulyanov, Vedaldi, Lempitsky, Instance Normalization (2016), eq 1.
 *
 * @example
 * instanceNorm(tensor([[[1, 3], [10, 30]]]), { epsilon: 0 }).toArray();   // => [[[-1, 1], [-1, 1]]]
 */
export function instanceNorm(x: Tensor, options: NormOptions = {}): Tensor {
  if (asTensor("instanceNorm", x).rank < 3)
    throw new TensorError("instanceNorm", `${show(x)} has no spatial axes`, "give [batch, channels, …spatial]", [x]);
  return x.shape[1] === 0 ? floats("instanceNorm", x) : inGroups("instanceNorm", x, x.shape[1]!, options);
}
