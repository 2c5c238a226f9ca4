/** @file The public surface of @deltagrad/datasets. Embedded sets have entries of their own: "…/digits", "…/iris". */

export type { BatchOptions } from "./batches.ts";
export { batches } from "./batches.ts";
export type { About, Dataset } from "./dataset.ts";
export type { Rows } from "./rows.ts";
export { split } from "./split.ts";
export type { Standardizer } from "./transforms.ts";
export { oneHot, standardize } from "./transforms.ts";
export { xor } from "./xor.ts";
