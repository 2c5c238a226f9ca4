/** @file The public surface of @deltagrad/nn. Activations are functions of @deltagrad/tensor. */
// Layers
export { dense } from "./layers/dense.ts";
export type { Dense, DenseOptions, DenseParams } from "./layers/dense.ts";
export { conv1d, conv2d, convTranspose1d, convTranspose2d } from "./layers/convolution.ts";
export type {
  ConvLayer,
  ConvLayerOptions,
  ConvParams,
  ConvTransposeLayerOptions,
} from "./layers/convolution.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  globalAvgPool1d,
  globalAvgPool2d,
  globalMaxPool1d,
  globalMaxPool2d,
  maxPool1d,
  maxPool2d,
} from "./layers/pooling.ts";
export type { MaxPoolLayerOptions } from "./layers/pooling.ts";
export { batchNorm } from "./layers/batchNorm.ts";
export type { BatchNorm, BatchNormLayerOptions, BatchNormState } from "./layers/batchNorm.ts";
export { groupNorm, instanceNorm, layerNorm, rmsNorm } from "./layers/normalization.ts";
export type { GroupNormOptions, NormLayerOptions, NormParams } from "./layers/normalization.ts";
export { dropout } from "./layers/dropout.ts";
export { flatten, reshape } from "./layers/shapes.ts";
export * as activations from "./layers/activations.ts";
export { embedding, learnedPositions, sinusoidalPositions } from "./layers/embedding.ts";
export type { EmbeddingOptions, EmbeddingParams } from "./layers/embedding.ts";
export { gru, lstm, rnn } from "./layers/cells.ts";
export type { RnnOptions } from "./layers/cells.ts";
export { bidirectional, last } from "./layers/sequences.ts";
export type { BidirectionalParams } from "./layers/sequences.ts";
export type {
  Carried,
  Cell,
  Recurrent,
  RecurrentOptions,
  RecurrentParams,
  Sequence,
  SequenceOptions,
} from "./layers/recurrent.ts";
export { multiHeadAttention } from "./layers/attention.ts";
export type {
  Attended,
  AttentionLayerOptions,
  AttentionParams,
  MultiHeadAttention,
} from "./layers/attention.ts";
export { transformerDecoderBlock, transformerEncoderBlock } from "./layers/transformer.ts";
export type {
  DecoderBlockParams,
  EncoderBlockParams,
  TransformerBlock,
  TransformerOptions,
} from "./layers/transformer.ts";

// Layers of layers
export { stack } from "./layers/stack.ts";
export type { Stack } from "./layers/stack.ts";
export { parallel, repeated, residual } from "./layers/branches.ts";
export type { Parallel, ParallelOptions, Repeated, Residual } from "./layers/branches.ts";
export { tied } from "./layers/tied.ts";
export type { Tied, Ties } from "./layers/tied.ts";
export { initState } from "./layer.ts";
export type { Composite, Context, Layer, LayerConfig, LayerLike, ParamsOf, StateOf } from "./layer.ts";
export { fromConfig, toConfig } from "./config/config.ts";
export type { ConfigEntry, FromConfigOptions } from "./config/config.ts";
export { summary } from "./summary.ts";
export type { Summary, SummaryRow } from "./summary.ts";

// Parameters
export * as initializers from "./initializers.ts";
export type { Fans, Initializer, Nonlinearity } from "./initializers/initializer.ts";
export { getIn, merged, partition, setIn } from "./trees.ts";
export type { Match } from "./trees.ts";

// Losses
export { crossEntropy, crossEntropyFromLogits } from "./losses/binary.ts";
export type { LogitsOptions } from "./losses/binary.ts";
export { klDivergence, nll, softmaxCrossEntropy } from "./losses/categorical.ts";
export type { ClassOptions, SoftmaxCrossEntropyOptions } from "./losses/categorical.ts";
export { huber, mae, mse, smoothL1 } from "./losses/regression.ts";
export { cosineEmbedding, cosineSimilarity, hinge, softMargin } from "./losses/margin.ts";
export type { Reduced, Reduction } from "./losses/reduction.ts";

// Optimizers
export { sgd } from "./optimizers/sgd.ts";
export { adam, adamax, adamW, lion, nadam, radam } from "./optimizers/adam.ts";
export { adadelta, adagrad, asgd, rmsprop, rprop } from "./optimizers/adaptive.ts";
export { lbfgs } from "./optimizers/lbfgs.ts";
export {
  accumulated,
  averaged,
  clipByNorm,
  clipByValue,
  globalNorm,
  grouped,
  transformed,
} from "./optimizers/combine.ts";
export * as schedules from "./optimizers/schedules.ts";
export { reduceOnPlateau } from "./optimizers/plateau.ts";
export type { SgdOptions } from "./optimizers/sgd.ts";
export type { AdamOptions } from "./optimizers/adam.ts";
export type {
  AdadeltaOptions,
  AdagradOptions,
  AsgdOptions,
  RmspropOptions,
  RpropOptions,
} from "./optimizers/adaptive.ts";
export type { Lbfgs, LbfgsOptions, LbfgsState, LbfgsStep } from "./optimizers/lbfgs.ts";
export type { Around, Group } from "./optimizers/combine.ts";
export type { PlateauOptions, PlateauState } from "./optimizers/plateau.ts";
export type { Schedule } from "./optimizers/schedules.ts";
export type { Optimizer, OptimizerState, Rate } from "./optimizers/optimizer.ts";

// Training
export { train } from "./train.ts";
export type { Epoch, Training } from "./train.ts";
