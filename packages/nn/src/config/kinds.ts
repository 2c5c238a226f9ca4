/** @file The kinds of layers that data can name: their arguments, and what of them the shape before them says. */
import {
  abs,
  celu,
  cos,
  elu,
  exp,
  gelu,
  hardSigmoid,
  hardSwish,
  hardshrink,
  hardTanh,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  neg,
  relu,
  relu6,
  type Shape,
  selu,
  sigmoid,
  silu,
  sin,
  softmax,
  softplus,
  softshrink,
  softsign,
  square,
  tanh,
  tanhshrink,
} from "@deltagrad/tensor";
import type { LayerLike } from "../layer.ts";
import * as activations from "../layers/activations.ts";
import { multiHeadAttention } from "../layers/attention.ts";
import { batchNorm } from "../layers/batchNorm.ts";
import { parallel, repeated, residual } from "../layers/branches.ts";
import { gru, lstm, rnn } from "../layers/cells.ts";
import { conv1d, conv2d, convTranspose1d, convTranspose2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding, learnedPositions, sinusoidalPositions } from "../layers/embedding.ts";
import { groupNorm, instanceNorm, layerNorm, rmsNorm } from "../layers/normalization.ts";
import * as pooling from "../layers/pooling.ts";
import { bidirectional, last } from "../layers/sequences.ts";
import { flatten, reshape } from "../layers/shapes.ts";
import { stack } from "../layers/stack.ts";
import { tied } from "../layers/tied.ts";
import { transformerDecoderBlock, transformerEncoderBlock } from "../layers/transformer.ts";

/** The activations that have a name of their own and need nothing said. */
export const functions: Readonly<Record<string, LayerLike>> = {
  abs,
  celu,
  cos,
  elu,
  exp,
  gelu,
  hardSigmoid,
  hardSwish,
  hardTanh,
  hardshrink,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  neg,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  sin,
  softmax,
  softplus,
  softshrink,
  softsign,
  square,
  tanh,
  tanhshrink,
};

/** The main argument, which stands under the kind's own name. */
export const MAIN = "*";

export interface Kind {
  /** The arguments in order, by name. */
  readonly args: readonly string[];
  /** How many of them must be there. */
  readonly needed: number;
  readonly options: readonly string[];
  /** What the shape of an example before the layer says of arguments and options that were not given. */
  readonly infer: (shape: Shape) => Readonly<Record<string, unknown>>;
  /** Whether the main argument is layers: in a row, side by side, or one. */
  readonly inside: "row" | "list" | "one" | null;
  readonly make: (...args: never[]) => LayerLike;
}

interface Extra {
  readonly options?: readonly string[];
  readonly needed?: number;
  readonly infer?: Kind["infer"];
  readonly inside?: Kind["inside"];
}

const kind = (make: (...args: never[]) => unknown, args: readonly string[], extra: Extra = {}): Kind => ({
  args,
  needed: extra.needed ?? args.length,
  options: extra.options ?? [],
  infer: extra.infer ?? (() => ({})),
  inside: extra.inside ?? null,
  make: make as Kind["make"],
});

const features = (name: string) => (shape: Shape) => ({ [name]: shape.at(-1) });
const channels =
  (name: string, spatial: number) =>
  (shape: Shape): Readonly<Record<string, unknown>> => ({ [name]: shape.at(-1 - spatial) });
/** Channels are the features of a vector, else the first axis. */
const image = (name: string) => (shape: Shape) => ({ [name]: shape[0], spatial: shape.length - 1 });

const window = ["stride", "padding", "dilation", "groups", "bias", "initializer"];
const norm = ["epsilon", "affine"];
const conv = (make: Kind["make"], spatial: number, extra: readonly string[] = []): Kind =>
  kind(make, ["inputs", MAIN, "kernel"], { options: [...window, ...extra], infer: channels("inputs", spatial) });
const maxPool = (make: Kind["make"]): Kind =>
  kind(make, [MAIN], { options: ["stride", "padding", "dilation", "ceilMode"] });
const avgPool = (make: Kind["make"]): Kind =>
  kind(make, [MAIN], { options: ["stride", "padding", "ceilMode", "countIncludePad", "divisor"] });
const cell = (make: Kind["make"], extra: readonly string[] = []): Kind =>
  kind(make, ["inputs", MAIN], { options: ["bias", "initializer", ...extra], infer: features("inputs") });
const block = (make: Kind["make"]): Kind =>
  kind(make, ["features", MAIN], {
    options: ["hidden", "activation", "norm", "dropout", "causal", "epsilon"],
    infer: features("features"),
  });

const told = (make: Kind["make"]): Kind => kind(make, [MAIN], { needed: 0 });

/** All kinds by name. A function, so that a program which names no layers by data has none of them. */
export const kinds = (): Readonly<Record<string, Kind>> => ({
  dense: kind(dense, ["inputs", MAIN], { options: ["bias", "initializer"], infer: features("inputs") }),
  conv1d: conv(conv1d, 1),
  conv2d: conv(conv2d, 2),
  convTranspose1d: conv(convTranspose1d, 1, ["outputPadding"]),
  convTranspose2d: conv(convTranspose2d, 2, ["outputPadding"]),
  maxPool1d: maxPool(pooling.maxPool1d),
  maxPool2d: maxPool(pooling.maxPool2d),
  avgPool1d: avgPool(pooling.avgPool1d),
  avgPool2d: avgPool(pooling.avgPool2d),
  adaptiveAvgPool1d: kind(pooling.adaptiveAvgPool1d, [MAIN]),
  adaptiveAvgPool2d: kind(pooling.adaptiveAvgPool2d, [MAIN]),
  adaptiveMaxPool1d: kind(pooling.adaptiveMaxPool1d, [MAIN]),
  adaptiveMaxPool2d: kind(pooling.adaptiveMaxPool2d, [MAIN]),
  globalAvgPool1d: kind(pooling.globalAvgPool1d, []),
  globalAvgPool2d: kind(pooling.globalAvgPool2d, []),
  globalMaxPool1d: kind(pooling.globalMaxPool1d, []),
  globalMaxPool2d: kind(pooling.globalMaxPool2d, []),
  batchNorm: kind(batchNorm, [MAIN], { options: [...norm, "momentum", "spatial"], infer: image(MAIN) }),
  groupNorm: kind(groupNorm, [MAIN, "channels"], { options: [...norm, "spatial"], infer: image("channels") }),
  instanceNorm: kind(instanceNorm, [MAIN], { options: [...norm, "spatial"], infer: image(MAIN) }),
  layerNorm: kind(layerNorm, [MAIN], { options: norm, infer: features(MAIN) }),
  rmsNorm: kind(rmsNorm, [MAIN], { options: norm, infer: features(MAIN) }),
  dropout: kind(dropout, [MAIN], { needed: 0 }),
  flatten: kind(flatten, [MAIN], { needed: 0 }),
  reshape: kind(reshape, ["from", MAIN], { infer: (shape) => ({ from: shape }) }),
  leakyRelu: told(activations.leakyRelu),
  elu: told(activations.elu),
  celu: told(activations.celu),
  gelu: told(activations.gelu),
  hardTanh: told(activations.hardTanh),
  softshrink: told(activations.softshrink),
  hardshrink: told(activations.hardshrink),
  softmax: told(activations.softmax),
  logSoftmax: told(activations.logSoftmax),
  threshold: kind(activations.threshold, [MAIN, "value"]),
  glu: kind(activations.glu, []),
  prelu: kind(activations.prelu, [MAIN], { needed: 0, options: ["initial", "spatial"] }),
  embedding: kind(embedding, ["rows", MAIN], { options: ["paddingIndex", "initializer"] }),
  sinusoidalPositions: kind(sinusoidalPositions, [MAIN], { options: ["base"], infer: features(MAIN) }),
  learnedPositions: kind(learnedPositions, ["length", MAIN], {
    options: ["initializer"],
    infer: (shape) => ({ length: shape.at(-2), [MAIN]: shape.at(-1) }),
  }),
  rnn: cell(rnn, ["activation"]),
  lstm: cell(lstm),
  gru: cell(gru),
  bidirectional: kind(bidirectional, [MAIN], { inside: "one" }),
  last: kind(last, [MAIN], { inside: "one" }),
  multiHeadAttention: kind(multiHeadAttention, ["features", MAIN], {
    options: ["causal", "dropout", "bias", "initializer"],
    infer: features("features"),
  }),
  transformerEncoderBlock: block(transformerEncoderBlock),
  transformerDecoderBlock: block(transformerDecoderBlock),
  stack: kind((layers: readonly LayerLike[]) => stack(...(layers as [])), [MAIN], { inside: "row" }),
  residual: kind((layers: readonly LayerLike[]) => residual(...(layers as [])), [MAIN], { inside: "row" }),
  parallel: kind(parallel, [MAIN], { inside: "list", options: ["combine", "axis"] }),
  repeated: kind(repeated, [MAIN, "times"], { inside: "one" }),
  tied: kind(tied, [MAIN, "ties"], { inside: "one" }),
});
