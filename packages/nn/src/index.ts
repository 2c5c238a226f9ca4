/** @file The public surface of @deltagrad/nn. Activations are functions of @deltagrad/tensor. */
export { dense } from "./layers/dense.ts";
export type { Dense, DenseParams } from "./layers/dense.ts";
export { stack } from "./layers/stack.ts";
export type { Stack } from "./layers/stack.ts";
export type { Layer, LayerLike, ParamsOf } from "./layer.ts";
export * as initializers from "./initializers.ts";
export type { Initializer } from "./initializers.ts";
export { crossEntropy, crossEntropyFromLogits } from "./losses/binary.ts";
export type { LogitsOptions } from "./losses/binary.ts";
export { klDivergence, nll, softmaxCrossEntropy } from "./losses/categorical.ts";
export type { ClassOptions, SoftmaxCrossEntropyOptions } from "./losses/categorical.ts";
export { huber, mae, mse, smoothL1 } from "./losses/regression.ts";
export { cosineEmbedding, cosineSimilarity, hinge, softMargin } from "./losses/margin.ts";
export type { Reduced, Reduction } from "./losses/reduction.ts";
export { sgd } from "./optimizers/sgd.ts";
export type { Optimizer } from "./optimizers/optimizer.ts";
export { train } from "./train.ts";
export type { Epoch, Training } from "./train.ts";
