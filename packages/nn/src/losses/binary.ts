/** @file Cross-entropy of outputs that are true or false independently of each other. */
import { add, equal, log, mul, neg, onesLike, softplus, sub, type Tensor, where, zerosLike } from "@deltagrad/tensor";
import { sigmoidCrossEntropy } from "@deltagrad/tensor/extend";
import {
  checkAlike,
  checkReduction,
  probabilities,
  type Reduced,
  type Reduction,
  type ReductionOption,
  reduce,
  weighted,
  within,
} from "./reduction.ts";

interface Weighted<R extends Reduction> extends ReductionOption<R> {
  /** What each loss is multiplied by; broadcasts to the losses. */
  readonly weight?: Tensor | undefined;
}

export interface LogitsOptions<R extends Reduction> extends Weighted<R> {
  /** What the cost of a true target counts for; broadcasts to the losses. */
  readonly positiveWeight?: Tensor | undefined;
}

/**
 * Cross-entropy of independent Bernoulli outputs, from logits: −y log σ(z) − (1 − y) log(1 − σ(z)). By default J = 1/m
 * Σᵢ Σₖ of it: summed over the K outputs, divided by the m examples (reduction "batchMean").
 *
 * Shapes: z and y [m, K], or any → [], or with "none" as they are.
 * Units: nats per example; with "mean" nats per output, divided by how many there are (whatever the weights).
 * Derivative: ∂J/∂z = (σ(z) − y) / m, with σ(z) − y computed as it stands: no clamp, no NaN for any finite z.
 * At the edges: exact to rounding for every z, |z| = 800 too; of no examples it is NaN.
 * Throws: TensorError when the shapes differ, or a target is not in [0, 1].
 * Source: Brawer (2017), eq 18, rewritten with h = σ(z) so that log 0 cannot occur; its gradient is eq 19.
 *
 * @example
 * crossEntropyFromLogits(tensor([[0, 800]]), tensor([[1, 1]])).item();                                      // => 0.6931471805599453
 * crossEntropyFromLogits(tensor([800, -800]), tensor([0, 1]), { reduction: "none" }).toArray();             // => [800, 800]
 */
export function crossEntropyFromLogits<const R extends Reduction = "batchMean">(
  z: Tensor,
  y: Tensor,
  { reduction = "batchMean" as R, weight, positiveWeight }: LogitsOptions<R> = {},
): Reduced<R> {
  const op = "crossEntropyFromLogits";
  checkAlike(op, z, y);
  checkReduction(op, reduction, z);
  const targets = probabilities(op, y);
  const losses =
    positiveWeight === undefined
      ? sigmoidCrossEntropy(z, targets)
      : add(
          weighted(op, mul(targets, softplus(neg(z))) as Tensor, "positiveWeight", positiveWeight),
          mul(sub(1, targets), softplus(z)) as Tensor,
        );
  return reduce(weighted(op, losses as Tensor, "weight", weight), reduction);
}

/** x·log p, which is 0 for x = 0 whatever p is: no 0·∞, neither here nor in the derivative. */
function xLogP(x: Tensor, p: Tensor): Tensor {
  const absent = equal(x, 0);
  return where(absent, zerosLike(p), mul(x, log(where(absent, onesLike(p), p))));
}

/**
 * Cross-entropy of independent Bernoulli outputs, from probabilities: −y log h − (1 − y) log(1 − h). By default J = 1/m
 * Σᵢ Σₖ of it: summed over the K outputs, divided by the m examples (reduction "batchMean").
 *
 * Shapes: h and y [m, K], or any → [], or with "none" as they are.
 * Units: nats per example; with "mean" nats per output, divided by how many there are (whatever the weights).
 * Derivative: ∂J/∂h = (h − y) / (h(1 − h)) / m.
 * At the edges: nothing is clamped. h = 0 where y > 0 (or 1 where y < 1) costs ∞. From h = σ(z) that begins at
 * z ≈ 37, where h rounds to 1, and digits are lost well before: 1 − h has lost half of them at z = 18. Use
 * crossEntropyFromLogits unless only probabilities are at hand.
 * Throws: TensorError when the shapes differ, or an output or a target is not in [0, 1] (an output may be NaN).
 * Source: Brawer (2017), eq 18.
 *
 * @example
 * crossEntropy(tensor([[0.5, 1]]), tensor([[1, 1]])).item();   // => 0.6931471805599453
 */
export function crossEntropy<const R extends Reduction = "batchMean">(
  h: Tensor,
  y: Tensor,
  { reduction = "batchMean" as R, weight }: Weighted<R> = {},
): Reduced<R> {
  const op = "crossEntropy";
  checkAlike(op, h, y);
  checkReduction(op, reduction, h);
  const targets = probabilities(op, y);
  const advice = "outputs are probabilities, 0 to 1: use crossEntropyFromLogits for others";
  const outputs = within(h, { op, name: "output", low: 0, high: 1, nan: true, advice });
  const losses = neg(add(xLogP(targets, outputs), xLogP(sub(1, targets), sub(1, outputs))));
  return reduce(weighted(op, losses, "weight", weight), reduction);
}
