/** @file The public surface of @deltagrad/nn. Activations are functions of @deltagrad/tensor. */
export { dense } from "./layers/dense.ts";
export type { Dense, DenseParams } from "./layers/dense.ts";
export { stack } from "./layers/stack.ts";
export type { Stack } from "./layers/stack.ts";
export type { Layer, LayerLike, ParamsOf } from "./layer.ts";
export * as initializers from "./initializers.ts";
export type { Initializer } from "./initializers.ts";

// Optimizers
export { crossEntropy, crossEntropyFromLogits } from "./losses/binary.ts";
export type { LogitsOptions } from "./losses/binary.ts";
export { klDivergence, nll, softmaxCrossEntropy } from "./losses/categorical.ts";
export type { ClassOptions, SoftmaxCrossEntropyOptions } from "./losses/categorical.ts";
export { huber, mae, mse, smoothL1 } from "./losses/regression.ts";
export { cosineEmbedding, cosineSimilarity, hinge, softMargin } from "./losses/margin.ts";
export type { Reduced, Reduction } from "./losses/reduction.ts";

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
export { fit, train } from "./training/train.ts";
export { evaluate } from "./training/evaluate.ts";
export { findRate } from "./training/findRate.ts";
export { progress } from "./training/progress.ts";
export * as metrics from "./metrics.ts";
export type { Training } from "./training/train.ts";
export type { Batched, Evaluation } from "./training/evaluate.ts";
export type {
  Best,
  EndEvent,
  EpochEvent,
  Position,
  Results,
  Snapshot,
  StartEvent,
  StepEvent,
  TrainEvent,
  ValidationEvent,
} from "./training/events.ts";
export type { EarlyStopping } from "./training/stopping.ts";
export type { StepContext, Task, Trainable } from "./training/network.ts";
export type { FoundRate, RateSearch } from "./training/findRate.ts";
export type { ProgressOptions, TextStream } from "./training/progress.ts";
export type { Accumulator, Metric } from "./metrics/metric.ts";
