/**
 * @file The public surface of @deltagrad/datasets, in reading order. Embedded sets, worker threads and pictures have
 * entries of their own: "…/digits", "…/iris", "…/wine", "…/breast-cancer", "…/workers", "…/images".
 */

// Data sets
export type { About, Classification, Regression } from "./record.ts";
export type { Row, Rows } from "./rows.ts";
export type { Seed } from "./checks.ts";

// Generated
export { xor } from "./generated/xor.ts";
export { makeCircles, makeMoons, makeParity, makeSpirals, makeXor } from "./generated/curves.ts";
export { makeBlobs } from "./generated/blobs.ts";
export type { BlobsOptions } from "./generated/blobs.ts";
export { makeClassification } from "./generated/classification.ts";
export type { ClassificationOptions } from "./generated/classification.ts";
export {
  makeFriedman1,
  makeFriedman2,
  makeFriedman3,
  makeRegression,
  makeSine,
} from "./generated/functions.ts";
export type { RegressionOptions } from "./generated/functions.ts";
export { makeSCurve, makeSwissRoll } from "./generated/surfaces.ts";
export { makeAddSequences, makeCopySequences, makeSortSequences } from "./generated/sequences.ts";
export type { SequenceOptions, SymbolOptions } from "./generated/sequences.ts";
export type { GeneratorOptions, NoisyOptions, ShuffledOptions } from "./generated/assemble.ts";

// Pipelines
export { Dataset, dataset, tensorDataset } from "./pipeline/dataset.ts";
export type { SampleOptions, ShuffleOptions, Source, WindowOptions } from "./pipeline/dataset.ts";
export { Stream, stream } from "./pipeline/stream.ts";
export type { BufferOptions, Opening } from "./pipeline/stream.ts";
export type { Mapper, MapSession } from "./pipeline/concurrent.ts";
export { kFold, split } from "./pipeline/split.ts";
export type { KFoldOptions, Labels, Parts, SplitOptions } from "./pipeline/split.ts";
export { batches } from "./pipeline/batches.ts";
export type { AsyncBatches, Batches, BatchOptions, BatchState } from "./pipeline/batches.ts";
export { collate } from "./pipeline/collate.ts";
export type { Batch, CollateOptions } from "./pipeline/collate.ts";

// Transforms
export { categories, oneHot } from "./transforms/classes.ts";
export type { Categories } from "./transforms/classes.ts";
export { minMax, standardize } from "./transforms/scale.ts";
export type { MinMaxScaler, Standardizer } from "./transforms/scale.ts";
export { whiten } from "./transforms/whiten.ts";
export type { Whitener, WhitenOptions } from "./transforms/whiten.ts";
export type { Fitted } from "./transforms/table.ts";
export { addNoise, flip, padTo, randomCrop, randomFlip, randomRotate } from "./transforms/images.ts";
export type { CropOptions } from "./transforms/images.ts";
export { rotate } from "./transforms/rotate.ts";

// Looking
export { describe } from "./look/describe.ts";
export type { Description, Field } from "./look/describe.ts";
