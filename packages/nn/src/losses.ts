/** @file What training makes small. Each loss says what it divides by. */
import {
  add,
  div,
  equal,
  log,
  mul,
  neg,
  type Operand,
  onesLike,
  sigmoid,
  softplus,
  sub,
  sum,
  type Tensor,
  TensorError,
  where,
  zerosLike,
} from "@deltagrad/tensor";
import { pointwise } from "@deltagrad/tensor/extend";

/** −y log σ(z) − (1 − y) log(1 − σ(z)) for each element: two terms ≥ 0, so that nothing cancels. */
const sigmoidCrossEntropy = pointwise(
  "sigmoidCrossEntropy",
  (z, y) => (z > 0 ? z * (1 - y) : -z * y) + Math.log1p(Math.exp(-Math.abs(z))),
  [(z, y) => sub(sigmoid(z), y), (z) => neg(z)],
  { rounding: 8, formula: (z, y) => sub(softplus(z), mul(z, y)) },
);

function checkTargets(op: string, x: Tensor, y: Tensor): void {
  if (x.rank !== 2 || x.shape.join() !== y.shape.join())
    throw new TensorError(
      op,
      `outputs [${x.shape.join(", ")}] and targets [${y.shape.join(", ")}]`,
      "give both as [m, K]",
      [x, y],
    );
}

/** Divides the sum over all by the number of examples, the extent of the first axis. */
const perExample = (total: Tensor, x: Tensor): Tensor<readonly []> => div(sum(total), x.shape[0] as Operand) as Tensor;

/**
 * Cross-entropy of independent Bernoulli outputs, from logits: J = −1/m Σᵢ Σₖ y log σ(z) + (1 − y) log(1 − σ(z)).
 * Summed over the K outputs, divided by the m examples.
 *
 * Shapes: z and y [m, K] → [].
 * Units: nats per example.
 * Derivative: ∂J/∂z = (σ(z) − y) / m, with σ(z) − y computed as it stands: no clamp, no NaN for any finite z.
 * At the edges: exact to rounding for every z, |z| = 800 too; J ≥ 0 needs 0 ≤ y ≤ 1; of no examples it is NaN.
 * Throws: TensorError when the shapes differ.
 * Source: Brawer (2017), eq 18, rewritten with h = σ(z) so that log 0 cannot occur; its gradient is eq 19.
 *
 * @example
 * crossEntropyFromLogits(tensor([[0, 800]]), tensor([[1, 1]])).item();   // => 0.6931471805599453
 */
export function crossEntropyFromLogits(z: Tensor, y: Tensor): Tensor<readonly []> {
  checkTargets("crossEntropyFromLogits", z, y);
  return perExample(sigmoidCrossEntropy(z, y) as Tensor, z);
}

/** x·log p, which is 0 for x = 0 whatever p is: no 0·∞, neither here nor in the derivative. */
function xLogP(x: Tensor, p: Tensor): Tensor {
  const absent = equal(x, 0);
  return where(absent, zerosLike(p), mul(x, log(where(absent, onesLike(p), p))));
}

/**
 * Cross-entropy of independent Bernoulli outputs, from probabilities: J = −1/m Σᵢ Σₖ y log h + (1 − y) log(1 − h).
 * Summed over the K outputs, divided by the m examples.
 *
 * Shapes: h and y [m, K] → [].
 * Units: nats per example.
 * Derivative: ∂J/∂h = (h − y) / (h(1 − h)) / m.
 * At the edges: nothing is clamped. h = 0 where y > 0 (or 1 where y < 1) costs ∞. From h = σ(z) that begins at
 * z ≈ 37, where h rounds to 1, and digits are lost well before: 1 − h has lost half of them at z = 18. Use
 * crossEntropyFromLogits unless only probabilities are at hand.
 * Throws: TensorError when the shapes differ.
 * Source: Brawer (2017), eq 18.
 *
 * @example
 * crossEntropy(tensor([[0.5, 1]]), tensor([[1, 1]])).item();   // => 0.6931471805599453
 */
export function crossEntropy(h: Tensor, y: Tensor): Tensor<readonly []> {
  checkTargets("crossEntropy", h, y);
  return perExample(neg(add(xLogP(y, h), xLogP(sub(1, y), sub(1, h)))), h);
}
