/** @file The smallest problem that a network without a hidden layer cannot learn. */
import { tensor } from "@deltagrad/tensor";
import type { Classification } from "../record.ts";

/**
 * The four cases of "one or the other, not both".
 *
 * Shapes: features [4, 2], float64; labels [4], int32.
 *
 * @example
 * xor().labels.toArray();   // => [0, 1, 1, 0]
 */
export const xor = (): Classification<readonly [4, 2]> => ({
  features: tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]),
  labels: tensor([0, 1, 1, 0], { dtype: "int32" }),
  classes: ["same", "different"],
  about: {
    name: "XOR",
    description: "the four cases of the exclusive or",
    source: "M. Minsky, S. Papert, Perceptrons (1969)",
    licence: "public domain",
  },
});
