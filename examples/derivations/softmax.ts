/** @file Softmax with cross-entropy, derived by hand and held to the judges. */
import { div, log, matmul, mul, neg, rng, softmax, sub, sum, type Tensor, transpose } from "@deltagrad/tensor";
import { compareDerivation } from "@deltagrad/tensor/check";

const inputs = {
  x: rng("softmax").stream("x").normal([5, 4]),
  W: rng("softmax").stream("W").normal([4, 3]),
  // Targets are distributions: each row sums to 1.
  y: softmax(rng("softmax").stream("y").normal([5, 3])),
};

/** J = −1/m Σᵢ Σₖ yᵢₖ log pᵢₖ, with p = softmax(z) and z = x W. */
const forward = ({ x, W, y }: typeof inputs): Tensor => {
  const z = matmul(x, W).named("z");
  const p = softmax(z).named("p");
  return div(neg(sum(mul(y, log(p)))), x.shape[0]) as Tensor;
};

/**
 * δ z = (p Σy − y)/m, and ∂J/∂W = xᵀ δ z. The textbook leaves Σy out, which is 1 for targets that are distributions;
 * as formulas, for any y, the two are not equal, and the proof says so.
 */
export const right = () =>
  compareDerivation({
    inputs,
    forward,
    derived: {
      "∂J/∂y": ({ p, x }) => div(neg(log(p!)), x.shape[0]) as Tensor,
      "δ z": ({ p, y, x }) => div(sub(mul(p!, sum(y, 1, { keepDims: true })), y), x.shape[0]) as Tensor,
      "∂J/∂W": ({ x }, { "δ z": delta }) => matmul(transpose(x), delta!) as Tensor,
    },
  });

/** With y and p exchanged. */
export const wrong = () =>
  compareDerivation({
    inputs,
    forward,
    derived: {
      "∂J/∂y": ({ p, x }) => div(neg(log(p!)), x.shape[0]) as Tensor,
      "δ z": ({ p, y, x }) => div(sub(y, mul(p!, sum(y, 1, { keepDims: true }))), x.shape[0]) as Tensor,
      "∂J/∂W": ({ x }, { "δ z": delta }) => matmul(transpose(x), delta!) as Tensor,
    },
  });
