/** @file How well a network does, in numbers that are for reading and not for descent. */
export {
  type Average,
  type AverageOptions,
  accuracy,
  confusionMatrix,
  f1,
  type PerClass,
  perClass,
  precision,
  recall,
  type ThresholdOptions,
  topK,
} from "./metrics/classification.ts";
export type { Accumulator, Metric } from "./metrics/metric.ts";
export { calibrationError, logLoss, rocAuc } from "./metrics/probability.ts";
export { mae, mse, r2, rmse } from "./metrics/regression.ts";
