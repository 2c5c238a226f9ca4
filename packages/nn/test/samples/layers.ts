/** @file Every layer with the shape of one example: a line here puts it under the laws of layers.laws.test.ts. */
import { broadcastTo, relu, rng, type Shape, sigmoid, type Tensor, tanh, tensor } from "@deltagrad/tensor";
import * as nn from "../../src/index.ts";

export interface LayerSample {
  readonly layer: nn.LayerLike;
  /** The shape of one example. */
  readonly shape: Shape;
  /** For layers of whole numbers: how many there are. */
  readonly rows?: number;
  readonly context?: (batch: Shape) => nn.Context;
  /** Whether an example's result depends on its place in the batch, or on the others. */
  readonly mixes?: true;
}

const of = (layer: unknown, shape: Shape, more: Omit<LayerSample, "layer" | "shape"> = {}): LayerSample => ({
  layer: layer as nn.LayerLike,
  shape,
  ...more,
});

/** True but for the last place of each sequence. */
const allButLast =
  (length: number) =>
  (batch: Shape): nn.Context => ({
    mask: tensor(
      Array.from({ length: batch.reduce((a, b) => a * b, 1) }, () =>
        Array.from({ length }, (_, i) => (i < length - 1 ? 1 : 0)),
      ).flat(),
      { shape: [...batch, length], dtype: "bool" },
    ) as Tensor,
  });

const { activations, initializers } = nn;

export const samples: Readonly<Record<string, LayerSample>> = {
  dense: of(nn.dense(3, 2), [3]),
  "dense without bias": of(nn.dense(3, 2, { bias: false, initializer: initializers.orthogonal() }), [3]),
  conv1d: of(nn.conv1d(2, 4, 3, { padding: "same", groups: 2 }), [2, 5]),
  conv2d: of(nn.conv2d(2, 3, [2, 3], { stride: 2, padding: 1, dilation: [1, 2] }), [2, 5, 6]),
  "conv2d without bias": of(nn.conv2d(1, 2, 2, { bias: false }), [1, 3, 3]),
  convTranspose1d: of(nn.convTranspose1d(2, 3, 3, { stride: 2, outputPadding: 1 }), [2, 3]),
  convTranspose2d: of(nn.convTranspose2d(2, 2, 2, { stride: 2, padding: 1, groups: 2 }), [2, 3, 3]),
  maxPool1d: of(nn.maxPool1d(2), [2, 5]),
  maxPool2d: of(nn.maxPool2d(2, { stride: 1, padding: 1 }), [2, 3, 4]),
  avgPool1d: of(nn.avgPool1d(3, { padding: 1, countIncludePad: false }), [2, 5]),
  avgPool2d: of(nn.avgPool2d(2), [2, 4, 5]),
  adaptiveAvgPool1d: of(nn.adaptiveAvgPool1d(2), [2, 5]),
  adaptiveAvgPool2d: of(nn.adaptiveAvgPool2d([2, null]), [2, 5, 3]),
  adaptiveMaxPool1d: of(nn.adaptiveMaxPool1d(2), [2, 5]),
  adaptiveMaxPool2d: of(nn.adaptiveMaxPool2d(2), [2, 3, 5]),
  globalAvgPool1d: of(nn.globalAvgPool1d(), [2, 5]),
  globalAvgPool2d: of(nn.globalAvgPool2d(), [2, 3, 2]),
  globalMaxPool1d: of(nn.globalMaxPool1d(), [2, 5]),
  globalMaxPool2d: of(nn.globalMaxPool2d(), [2, 3, 2]),
  batchNorm: of(nn.batchNorm(3), [3]),
  "batchNorm in training": of(nn.batchNorm(2, { spatial: 1 }), [2, 2], {
    context: () => ({ training: true }),
    mixes: true,
  }),
  "batchNorm of images": of(nn.batchNorm(2, { spatial: 2, affine: false }), [2, 3, 2]),
  groupNorm: of(nn.groupNorm(2, 4), [4, 2, 3]),
  instanceNorm: of(nn.instanceNorm(2, { spatial: 1, affine: true }), [2, 4]),
  layerNorm: of(nn.layerNorm([2, 3]), [2, 3]),
  rmsNorm: of(nn.rmsNorm(4), [4]),
  "dropout in evaluation": of(nn.dropout(0.5), [4]),
  "dropout in training": of(nn.dropout(0.5), [4], {
    context: () => ({ training: true, rng: rng(5) }),
    mixes: true,
  }),
  flatten: of(nn.flatten(2), [2, 3]),
  reshape: of(nn.reshape([6], [2, 3]), [6]),
  leakyRelu: of(activations.leakyRelu({ slope: 0.2 }), [4]),
  elu: of(activations.elu({ alpha: 2 }), [4]),
  celu: of(activations.celu({ alpha: 2 }), [4]),
  gelu: of(activations.gelu({ approximate: "tanh" }), [4]),
  hardTanh: of(activations.hardTanh({ min: -2, max: 1.5 }), [4]),
  softshrink: of(activations.softshrink({ lambda: 0.2 }), [4]),
  hardshrink: of(activations.hardshrink({ lambda: 0.2 }), [4]),
  threshold: of(activations.threshold(0.1, -1), [4]),
  softmax: of(activations.softmax(-2), [3, 2]),
  logSoftmax: of(activations.logSoftmax(), [4]),
  glu: of(activations.glu(), [4]),
  prelu: of(activations.prelu(2, { spatial: 1 }), [2, 3]),
  embedding: of(nn.embedding(4, 3), [2], { rows: 4 }),
  sinusoidalPositions: of(nn.sinusoidalPositions(5), [3, 5]),
  learnedPositions: of(nn.learnedPositions(4, 2), [3, 2]),
  rnn: of(nn.rnn(2, 3), [3, 2]),
  lstm: of(nn.lstm(2, 3), [3, 2]),
  "lstm with a mask": of(nn.lstm(2, 3), [3, 2], { context: allButLast(3) }),
  gru: of(nn.gru(2, 3, { bias: false }), [3, 2]),
  bidirectional: of(nn.bidirectional(nn.gru(2, 2)), [3, 2], { context: allButLast(3) }),
  last: of(nn.last(nn.bidirectional(nn.lstm(2, 2))), [3, 2]),
  multiHeadAttention: of(nn.multiHeadAttention(4, 2, { causal: true }), [3, 4], { context: allButLast(3) }),
  transformerEncoderBlock: of(
    nn.transformerEncoderBlock(4, 2, { hidden: 6, activation: "gelu", norm: "pre" }),
    [3, 4],
    { context: allButLast(3) },
  ),
  "transformerEncoderBlock in training": of(nn.transformerEncoderBlock(4, 2, { hidden: 5 }), [2, 4], {
    context: () => ({ training: true, rng: rng(3) }),
    mixes: true,
  }),
  transformerDecoderBlock: of(nn.transformerDecoderBlock(4, 2, { hidden: 5, activation: "gelu" }), [2, 4], {
    context: (batch) => ({
      memory: broadcastTo(rng(9).normal([3, 4]), [...batch, 3, 4]) as Tensor,
      memoryMask: allButLast(3)(batch).mask!,
    }),
  }),
  stack: of(nn.stack(nn.dense(3, 4), nn.batchNorm(4), tanh, nn.dense(4, 2)), [3]),
  residual: of(nn.residual(nn.dense(3, 3), sigmoid), [3]),
  parallel: of(nn.parallel([nn.dense(3, 2), tanh]), [3]),
  "parallel sum": of(nn.parallel([nn.dense(3, 3), tanh], { combine: "add" }), [3]),
  "parallel product": of(nn.parallel([nn.dense(3, 3), sigmoid], { combine: "mul" }), [3]),
  repeated: of(nn.repeated(nn.residual(nn.dense(3, 3), tanh), 2), [3]),
  tied: of(nn.tied(nn.stack(nn.dense(3, 3), tanh, nn.dense(3, 3)), { "[2].weight": "[0].weight" }), [3]),
  "a network for images": of(
    nn.stack(nn.conv2d(1, 2, 2), nn.batchNorm(2, { spatial: 2 }), relu, nn.maxPool2d(2), nn.flatten(3), nn.dense(8, 2)),
    [1, 5, 5],
  ),
};
