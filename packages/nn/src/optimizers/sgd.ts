/** @file Stochastic gradient descent. */
import { mul, sub, TensorError, zipTrees } from "@deltagrad/tensor";
import type { Optimizer } from "./optimizer.ts";

/**
 * params − rate · grads.
 *
 * Throws: TensorError when the rate is not a finite number > 0.
 *
 * @example
 * const [next] = sgd({ rate: 0.1 }).update(tensor([1, 2]), tensor([10, 0]), null);
 * next.toArray();   // => [0, 2]
 */
export function sgd({ rate }: { readonly rate: number }): Optimizer<null> {
  if (!(Number.isFinite(rate) && rate > 0))
    throw new TensorError("sgd", `the rate is ${rate}`, "use a finite number > 0");
  return {
    init: () => null,
    update: (params, grads, state) => [zipTrees((x, g) => sub(x, mul(rate, g)), params, grads), state],
  };
}
