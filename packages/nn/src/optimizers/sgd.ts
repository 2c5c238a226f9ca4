/** @file Stochastic gradient descent, with and without momentum. */
import { add, mul, sub, type Tensor, TensorError } from "@deltagrad/tensor";
import { checkOption, fromZero, type Optimizer, perParameter, type Rate } from "./optimizer.ts";

export interface SgdOptions {
  readonly rate: Rate;
  /** How much of the last step is kept; 0: none is. */
  readonly momentum?: number;
  /** How much of the gradient does not go into the momentum (not at the first step, as in PyTorch). */
  readonly dampening?: number;
  /** Look ahead: the gradient is taken as if the momentum had been followed already. */
  readonly nesterov?: boolean;
  /** Added to the gradient: weightDecay · params, the gradient of weightDecay/2 · Σ params². */
  readonly weightDecay?: number;
}

/** g + weightDecay · x: what most optimizers make of a gradient first. */
export const decayed = (g: Tensor, x: Tensor, weightDecay: number): Tensor =>
  weightDecay === 0 ? g : (add(g, mul(weightDecay, x)) as Tensor);

/**
 * params − rate · grads; with momentum μ the step is v ← μ·v + (1 − dampening)·g, and with `nesterov` g + μ·v.
 *
 * Throws: TensorError when the rate is not a finite number ≥ 0, momentum is not in [0, 1), or nesterov has no momentum.
 * Source: B. Polyak (1964); Y. Nesterov (1983), in the form of I. Sutskever and others (2013); torch.optim.SGD.
 *
 * @example
 * const optimizer = sgd({ rate: 0.1 });
 * const [next] = optimizer.update(tensor([1, 2]), tensor([10, 0]), optimizer.init(tensor([1, 2])));
 * next.toArray();   // => [0, 2]
 */
export function sgd({ rate, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 }: SgdOptions): Optimizer {
  checkOption("sgd", "momentum", momentum, 0, 1);
  checkOption("sgd", "dampening", dampening, 0);
  checkOption("sgd", "weightDecay", weightDecay, 0);
  if (nesterov && (momentum === 0 || dampening !== 0))
    throw new TensorError("sgd", "nesterov without momentum, or with dampening", "give a momentum and no dampening");
  if (momentum === 0)
    return perParameter<never>({
      name: "sgd",
      rate,
      memory: {},
      step: ({ x, g, rate }) => ({ x: sub(x, mul(rate, decayed(g, x, weightDecay))) as Tensor }),
    });
  return perParameter({
    name: "sgd",
    rate,
    memory: { velocity: fromZero },
    step: ({ x, g, t, rate }, { velocity }) => {
      const slope = decayed(g, x, weightDecay);
      const v: Tensor = t === 1 ? slope : add(mul(momentum, velocity), mul(1 - dampening, slope));
      return { x: sub(x, mul(rate, nesterov ? add(slope, mul(momentum, v)) : v)) as Tensor, velocity: v };
    },
  });
}
