/** @file Dropout as a layer: in training only, by the context's stream. */
import { dropout as drop, type Rng, type Tensor, TensorError } from "@deltagrad/tensor";
import type { Context, Layer } from "../layer.ts";
import { checkNumber } from "./options.ts";

/** Throws unless p is a probability. */
export const checkProbability = (op: string, p: number): void =>
  checkNumber(op, "p", p, p >= 0 && p <= 1, "give a probability from 0 to 1");

/** The stream to drop by: none in evaluation, or if nothing is dropped. */
export function dropStream(name: string, p: number, { training = false, rng }: Context<unknown>): Rng | null {
  if (!training || p === 0) return null;
  if (rng === undefined)
    throw new TensorError(
      name,
      "there is no random stream to drop by",
      'in training give one for each step: apply(params, x, { training: true, rng: rng(7).stream("step 0") })',
    );
  return rng.stream("dropout");
}

/**
 * In training, each element set to 0 with probability p, the others divided by 1 − p; in evaluation, x.
 *
 * Shapes: any → the same.
 * At the edges: the same context drops the same elements, so give each step a stream of its own.
 * Throws: TensorError unless 0 ≤ p ≤ 1; in training, when the context has no stream.
 * Source: Srivastava et al., Dropout (2014); the scaling in training is the "inverted" form of section 10.
 *
 * @example
 * const layer = dropout(0.5);
 * layer.apply(null, ones([4])).toArray();                                            // => [1, 1, 1, 1]
 * layer.apply(null, ones([4]), { training: true, rng: rng(3) }).toArray();           // => [2, 0, 0, 2]
 */
export function dropout(p = 0.5): Layer<null, readonly [], readonly []> {
  checkProbability("dropout", p);
  const name = `dropout(${p})`;
  return {
    name,
    input: [],
    output: [],
    config: { dropout: p },
    init: () => null,
    apply(_params: null, x: Tensor, context: Context<null> = {}): Tensor {
      const stream = dropStream(name, p, context);
      return stream === null ? x : drop(x, stream, p);
    },
  };
}
