/** @file Entry "@deltagrad/datasets/wine": wines of three growers, embedded. */
import { tensor } from "@deltagrad/tensor";
import { columns, labels, table } from "../data/wine.ts";
import type { Classification } from "../record.ts";
import { decodeTable } from "./decode.ts";

const EXAMPLES = 178;

/**
 * 178 wines of one region in Italy, from three cultivars (59, 71 and 48): what a chemical analysis found.
 *
 * Shapes: features [178, 13], float64; labels [178], int32.
 * Source: S. Aeberhard, M. Forina, Wine, UCI Machine Learning Repository, doi:10.24432/C5PC7J, CC BY 4.0.
 *
 * @example
 * wine().features.slice(0, [0, 3]).toArray();   // => [14.23, 1.71, 2.43]
 * wine().featureNames[0];                       // => "alcohol"
 */
export function wine(): Classification<readonly [178, 13]> & { readonly featureNames: readonly string[] } {
  return {
    features: tensor(decodeTable(table, columns, EXAMPLES), { shape: [EXAMPLES, 13] }),
    labels: tensor(Int32Array.from(labels, Number), { shape: [EXAMPLES] }),
    classes: ["cultivar 1", "cultivar 2", "cultivar 3"],
    featureNames: columns.map(({ name }) => name),
    about: {
      name: "Wine",
      description: "thirteen measurements of 178 Italian wines from three cultivars",
      source: "S. Aeberhard, M. Forina, UCI Machine Learning Repository",
      doi: "10.24432/C5PC7J",
      licence: "CC BY 4.0",
    },
  };
}
