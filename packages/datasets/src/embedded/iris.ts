/** @file Entry "@deltagrad/datasets/iris": Fisher's iris flowers, embedded. */
import { tensor } from "@deltagrad/tensor";
import { columns, labels, table } from "../data/iris.ts";
import type { Classification } from "../record.ts";
import { decodeTable } from "./decode.ts";

const EXAMPLES = 150;

/**
 * 150 iris flowers of three species, 50 of each.
 *
 * Shapes: features [150, 4], float64; labels [150], int32.
 * Units: centimetres.
 * Source: R. A. Fisher, Iris, UCI Machine Learning Repository, doi:10.24432/C56C76, CC BY 4.0; flowers 35 and 38 as
 * Fisher printed them, where the repository's file has errors.
 *
 * @example
 * iris().features.slice(0).toArray();   // => [5.1, 3.5, 1.4, 0.2]
 * iris().classes;                       // => ["setosa", "versicolor", "virginica"]
 */
export function iris(): Classification<readonly [150, 4]> & { readonly featureNames: readonly string[] } {
  return {
    features: tensor(decodeTable(table, columns, EXAMPLES), { shape: [EXAMPLES, 4] }),
    labels: tensor(Int32Array.from(labels, Number), { shape: [EXAMPLES] }),
    classes: ["setosa", "versicolor", "virginica"],
    featureNames: columns.map(({ name }) => name),
    about: {
      name: "Iris",
      description: "four measurements of 150 flowers of three species",
      source: "R. A. Fisher, UCI Machine Learning Repository",
      doi: "10.24432/C56C76",
      licence: "CC BY 4.0",
    },
  };
}
