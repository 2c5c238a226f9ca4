/** @file Normalization within each example, which needs no state: of features, of groups of channels, of channels. */
import {
  ones,
  instanceNorm as overChannels,
  layerNorm as overFeatures,
  groupNorm as overGroups,
  rmsNorm as overSquares,
  type Shape,
  type Tensor,
  TensorError,
  zeros,
} from "@deltagrad/tensor";
import type { Layer, LayerConfig } from "../layer.ts";
import { ANY, showExtents } from "../signature.ts";
import { checkInput, checkNumber, checkParams, checkSizes, inOneBatch, showOptions } from "./options.ts";

/** The scale and the shift after normalizing; null where there are none. */
export interface NormParams {
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
}

export interface NormLayerOptions {
  /** Added to the variance, so that a constant gives 0 and no NaN (10⁻⁵). */
  readonly epsilon?: number;
  /** Whether the result is scaled and shifted by parameters (true). */
  readonly affine?: boolean;
}

/** Throws unless epsilon is a finite number ≥ 0. */
export const checkEpsilon = (op: string, epsilon: number): void =>
  checkNumber(op, "epsilon", epsilon, Number.isFinite(epsilon) && epsilon >= 0, "give a finite number ≥ 0");

/** Scale and shift as normalizing operations take them. */
export const scales = ({ weight, bias }: NormParams): { weight: Tensor | undefined; bias: Tensor | undefined } => ({
  weight: weight ?? undefined,
  bias: bias ?? undefined,
});

interface Definition {
  readonly op: string;
  readonly name: string;
  readonly config: LayerConfig;
  /** The last axes, as far as they are known. */
  readonly extents: Shape;
  readonly words: string;
  /** The shape of the parameters, and which there are. */
  readonly shape: Shape;
  readonly weight: boolean;
  readonly bias: boolean;
  readonly run: (x: Tensor, params: NormParams) => Tensor;
}

function normalization({ op, name, config, extents, words, shape, weight, bias, run }: Definition): Layer<NormParams> {
  return {
    name,
    input: extents,
    output: extents,
    config,
    init: () => ({
      weight: weight ? (ones(shape) as Tensor) : null,
      bias: bias ? (zeros(shape) as Tensor) : null,
    }),
    apply(params: NormParams, x: Tensor): Tensor {
      checkInput(op, words, extents, x);
      checkParams(name, params, { weight: weight ? shape : null, bias: bias ? shape : null });
      return run(x, params);
    },
  };
}

type Ending<S extends number | Shape> = S extends number ? readonly [S] : S extends Shape ? Readonly<S> : never;

function ofFeatures(
  op: "layerNorm" | "rmsNorm",
  shape: number | Shape,
  options: NormLayerOptions,
  bias: boolean,
  run: Definition["run"],
): Layer<NormParams> {
  const { epsilon = 1e-5, affine = true } = options;
  const extents: Shape = typeof shape === "number" ? [shape] : shape;
  const name = `${op}(${JSON.stringify(shape)}${showOptions(options)})`;
  checkSizes(op, name, extents);
  checkEpsilon(op, epsilon);
  const words = extents.length === 1 ? `${extents[0]} features on the last axis` : `${showExtents(extents)} at the end`;
  return normalization({
    op,
    name,
    config: { [op]: shape, ...options },
    extents,
    words,
    shape: extents,
    weight: affine,
    bias: affine && bias,
    run,
  });
}

/**
 * The features of each example brought to mean 0 and variance 1 together, then scaled and shifted.
 *
 * Shapes: [batch, …, ...shape] → the same; weight and bias of `shape`, which begin at 1 and 0: PyTorch's layout.
 * Throws: TensorError when x does not end in `shape`, or epsilon is no number ≥ 0.
 * Source: Ba, Kiros, Hinton, Layer Normalization (2016), eq 3 and 4.
 *
 * @example
 * const layer = layerNorm(2, { epsilon: 0 });
 * layer.apply(layer.init(rng(7)), tensor([[1, 3], [10, 30]])).toArray();   // => [[-1, 1], [-1, 1]]
 */
export function layerNorm<const S extends number | Shape>(
  shape: S,
  options: NormLayerOptions = {},
): Layer<NormParams, Ending<S>, Ending<S>> {
  return ofFeatures("layerNorm", shape, options, true, (x, params) =>
    overFeatures(x, shape, { ...scales(params), epsilon: options.epsilon ?? 1e-5 }),
  );
}

/**
 * The features of each example divided by the root of their mean square, then scaled.
 *
 * Shapes: [batch, …, ...shape] → the same; weight of `shape`, which begins at 1.
 * Throws: TensorError when x does not end in `shape`, or epsilon is no number ≥ 0.
 * Source: Zhang, Sennrich, Root Mean Square Layer Normalization (2019), eq 4.
 *
 * @example
 * const layer = rmsNorm(2, { epsilon: 0 });
 * layer.apply(layer.init(rng(7)), tensor([[3, 3]])).toArray();   // => [[1, 1]]
 */
export function rmsNorm<const S extends number | Shape>(
  shape: S,
  options: NormLayerOptions = {},
): Layer<NormParams, Ending<S>, Ending<S>> {
  return ofFeatures("rmsNorm", shape, options, false, (x, { weight }) =>
    overSquares(x, shape, { weight: weight ?? undefined, epsilon: options.epsilon ?? 1e-5 }),
  );
}

export interface GroupNormOptions extends NormLayerOptions {
  /** How many axes stand behind the channels: 1 for sequences, 2 for images (2). */
  readonly spatial?: number;
}

/** [C, …spatial] with as many spatial axes as are known: two unless told. */
export type Image<C extends number, O> = O extends { readonly spatial: infer N }
  ? N extends 0
    ? readonly [C]
    : N extends 1
      ? readonly [C, number]
      : N extends 2
        ? readonly [C, number, number]
        : N extends 3
          ? readonly [C, number, number, number]
          : readonly number[]
  : readonly [C, number, number];

/** What the options of a layer of channels make of its input. */
export function channelExtents(op: string, channels: number, spatial: number, least: number): Shape {
  checkNumber(
    op,
    "spatial",
    spatial,
    Number.isInteger(spatial) && spatial >= least && spatial <= 3,
    `give the number of axes behind the channels, ${least} to 3`,
  );
  return [channels, ...new Array<number>(spatial).fill(ANY)];
}

function ofChannels(
  op: "groupNorm" | "instanceNorm",
  channels: number,
  options: GroupNormOptions,
  { name, config, least }: { readonly name: string; readonly config: LayerConfig; readonly least: number },
  run: Definition["run"],
): Layer<NormParams> {
  const { epsilon = 1e-5, affine = op === "groupNorm", spatial = 2 } = options;
  checkSizes(op, name, [channels]);
  checkEpsilon(op, epsilon);
  const extents = channelExtents(op, channels, spatial, least);
  return normalization({
    op,
    name,
    config,
    extents,
    words: `${channels} channels on axis −${spatial + 1}`,
    shape: [channels],
    weight: affine,
    bias: affine,
    run: (x, params) => inOneBatch(x, spatial + 1, (batch) => run(batch, params)),
  });
}

/**
 * The channels of each group of each example brought to mean 0 and variance 1 together, then scaled and shifted channel
 * by channel.
 *
 * Shapes: [batch, …, channels, …spatial] → the same; weight and bias [channels], which begin at 1 and 0.
 * Throws: TensorError when the groups do not divide the channels, or x has others.
 * Source: Wu, He, Group Normalization (2018), eq 1 to 7.
 *
 * @example
 * const layer = groupNorm(1, 2, { spatial: 0, epsilon: 0 });
 * layer.apply(layer.init(rng(7)), tensor([[1, 3]])).toArray();   // => [[-1, 1]]
 */
export function groupNorm<const C extends number, const O extends GroupNormOptions = Record<never, never>>(
  groups: number,
  channels: C,
  options?: O,
): Layer<NormParams, Image<C, O>, Image<C, O>>;
export function groupNorm(groups: number, channels: number, options: GroupNormOptions = {}): Layer<NormParams> {
  const name = `groupNorm(${groups}, ${channels}${showOptions(options)})`;
  checkSizes("groupNorm", name, [groups, channels]);
  if (channels % groups !== 0)
    throw new TensorError("groupNorm", `${groups} groups for ${channels} channels`, "give a number that divides them");
  const config = { groupNorm: groups, channels, ...options };
  return ofChannels("groupNorm", channels, options, { name, config, least: 0 }, (x, params) =>
    overGroups(x, groups, { ...scales(params), epsilon: options.epsilon ?? 1e-5 }),
  );
}

/**
 * Each channel of each example brought to mean 0 and variance 1; with `affine: true` then scaled and shifted.
 *
 * Shapes: [batch, …, channels, …spatial] → the same; weight and bias, if any, [channels].
 * Throws: TensorError when x has other channels.
 * Source: Ulyanov, Vedaldi, Lempitsky, Instance Normalization (2016), eq 1.
 *
 * @example
 * const layer = instanceNorm(1, { spatial: 1, epsilon: 0 });
 * layer.apply(layer.init(rng(7)), tensor([[[1, 3]]])).toArray();   // => [[[-1, 1]]]
 */
export function instanceNorm<const C extends number, const O extends GroupNormOptions = Record<never, never>>(
  channels: C,
  options?: O,
): Layer<NormParams, Image<C, O>, Image<C, O>>;
export function instanceNorm(channels: number, options: GroupNormOptions = {}): Layer<NormParams> {
  const name = `instanceNorm(${channels}${showOptions(options)})`;
  const config = { instanceNorm: channels, ...options };
  return ofChannels("instanceNorm", channels, options, { name, config, least: 1 }, (x, params) =>
    overChannels(x, { ...scales(params), epsilon: options.epsilon ?? 1e-5 }),
  );
}
