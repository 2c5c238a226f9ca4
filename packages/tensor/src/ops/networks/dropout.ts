/** @file Dropout: elements set to 0 by chance, the others scaled so that the expectation stays. */
import { asTensor } from "../../core/create.ts";
import { isFloat } from "../../core/dtype.ts";
import { TensorError } from "../../core/errors.ts";
import { Rng } from "../../core/random.ts";
import type { Tensor } from "../../core/tensor.ts";
import { div } from "../arithmetic.ts";
import { cast } from "../broadcast.ts";
import { greaterEqual, where } from "../compare.ts";

/**
 * x with each element set to 0 with probability p, the others divided by 1 − p. In evaluation, leave it out.
 *
 * Derivative: the cotangent where the element stayed, divided by 1 − p.
 * Dtype: as x; whole numbers give float64.
 * At the edges: p = 1 gives zeros; a dropped NaN or ∞ is 0. Draws one number for each element, so the same stream
 * drops the same ones. In a recorded graph, and for all elements that `vmap` maps over, the choice is the same.
 * Throws: TensorError unless 0 ≤ p ≤ 1 and `rng` is a stream.
 * Source: Srivastava et al., Dropout (2014); the scaling in training is the "inverted" form of section 10.
 *
 * @example
 * dropout(tensor([1, 2, 3]), rng(7).stream("dropout"), 1).toArray();     // => [0, 0, 0]
 * dropout(tensor([1, 2, 3]), rng(7).stream("dropout")).toArray();        // => [0, 4, 6]
 */
export function dropout(x: Tensor, rng: Rng, p = 0.5): Tensor {
  const { dtype, shape } = asTensor("dropout", x);
  if (!(p >= 0 && p <= 1)) throw new TensorError("dropout", `p is ${p}`, "give a probability from 0 to 1");
  if (!(rng instanceof Rng))
    throw new TensorError("dropout", "there is no random stream", 'give one, as rng(7).stream("dropout")');
  const floats = isFloat(dtype) ? x : cast(x, "float64");
  const kept = greaterEqual(rng.uniform(shape), p) as Tensor;
  return where(kept, p === 1 ? floats : div(floats, 1 - p), 0) as Tensor;
}
