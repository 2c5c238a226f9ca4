/** @file Entry "@deltagrad/datasets/breast-cancer": cell nuclei of tumours, embedded. */
import { tensor } from "@deltagrad/tensor";
import { columns, labels, table } from "../data/breastCancer.ts";
import type { Classification } from "../record.ts";
import { decodeTable } from "./decode.ts";

const EXAMPLES = 569;

/**
 * 569 breast tumours, 212 malignant and 357 benign: ten measures of the cell nuclei in an image of a fine needle
 * aspirate, each with its mean, standard error, and worst (the mean of the three largest).
 *
 * Shapes: features [569, 30], float64; labels [569], int32.
 * Units: pixels of the image, and ratios.
 * Source: W. Wolberg and others, Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning Repository,
 * doi:10.24432/C5DW2B, CC BY 4.0.
 *
 * @example
 * breastCancer().features.slice(0, [0, 3]).toArray();   // => [17.99, 10.38, 122.8]
 * breastCancer().classes;                               // => ["malignant", "benign"]
 */
export function breastCancer(): Classification<readonly [569, 30]> & { readonly featureNames: readonly string[] } {
  return {
    features: tensor(decodeTable(table, columns, EXAMPLES), { shape: [EXAMPLES, 30] }),
    labels: tensor(Int32Array.from(labels, Number), { shape: [EXAMPLES] }),
    classes: ["malignant", "benign"],
    featureNames: columns.map(({ name }) => name),
    about: {
      name: "Breast Cancer Wisconsin (Diagnostic)",
      description: "thirty measurements of the cell nuclei of 569 breast tumours, malignant or benign",
      source: "W. Wolberg, O. Mangasarian, N. Street, W. Street, UCI Machine Learning Repository",
      doi: "10.24432/C5DW2B",
      licence: "CC BY 4.0",
    },
  };
}
