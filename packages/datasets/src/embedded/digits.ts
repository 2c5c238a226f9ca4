/** @file Entry "@deltagrad/datasets/digits": real handwritten digits, embedded. */
import { tensor } from "@deltagrad/tensor";
import { labels, pixels } from "../data/digits.ts";
import type { Classification } from "../record.ts";

const EXAMPLES = 1797;
const PIXELS = 64;

/**
 * 1,797 handwritten digits as 8 × 8 images, row by row; decoded at each call, without a network.
 *
 * Shapes: features [1797, 64], float64; labels [1797], int32.
 * Units: a pixel is the count of inked points in a cell of 4 × 4: 0 (white) to 16.
 * Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits (test part), UCI Machine Learning
 * Repository, doi:10.24432/C50P49, CC BY 4.0.
 *
 * @example
 * digits().features.shape;             // => [1797, 64]
 * digits().labels.slice(0).item();     // => 0
 */
export function digits(): Classification<readonly [1797, 64]> {
  const values = new Float64Array(EXAMPLES * PIXELS);
  for (let row = 0; row < values.length / 8; row++) {
    let packed = 0;
    for (let i = 0; i < 5; i++) packed = packed * 94 + pixels.charCodeAt(row * 5 + i) - 33;
    for (let i = 7; i >= 0; i--, packed = Math.floor(packed / 17)) values[row * 8 + i] = packed % 17;
  }
  return {
    features: tensor(values, { shape: [EXAMPLES, PIXELS] }),
    labels: tensor(Int32Array.from(labels, Number), { shape: [EXAMPLES] }),
    classes: [..."0123456789"],
    about: {
      name: "Optical Recognition of Handwritten Digits (test part)",
      description: "1,797 digits written by 13 people, scanned, reduced to 8 × 8 pixels of 0 to 16",
      source: "E. Alpaydin, C. Kaynak, UCI Machine Learning Repository",
      doi: "10.24432/C50P49",
      licence: "CC BY 4.0",
    },
  };
}
