/** @file A hidden layer of tanh with squared error, derived by hand and held to the judges. */
import { add, div, matmul, mul, rng, square, sub, sum, type Tensor, tanh, transpose } from "@deltagrad/tensor";
import { type ClosedFormOf, compareDerivation } from "@deltagrad/tensor/check";

const inputs = {
  x: rng("tanh").stream("x").normal([6, 3]),
  W: rng("tanh").stream("W").normal([3, 4]),
  b: rng("tanh").stream("b").normal([4]),
  V: rng("tanh").stream("V").normal([4, 2]),
  y: rng("tanh").stream("y").normal([6, 2]),
};

/** J = 1/2m Σ (h V − y)², with h = tanh(z) and z = x W + b. */
const forward = ({ x, W, b, V, y }: typeof inputs): Tensor => {
  const z = add(matmul(x, W), b).named("z");
  const h = tanh(z).named("h");
  const output = matmul(h, V).named("output");
  return div(sum(square(sub(output, y))), 2 * x.shape[0]) as Tensor;
};

const derived: Record<string, ClosedFormOf<typeof inputs>> = {
  "δ output": ({ output, y }) => div(sub(output!, y), y.shape[0]) as Tensor,
  "∂J/∂V": ({ h }, { "δ output": delta }) => matmul(transpose(h!), delta!),
  // tanh′ = 1 − h².
  "δ z": ({ h, V }, { "δ output": delta }) => mul(matmul(delta!, transpose(V)), sub(1, square(h!))) as Tensor,
  "∂J/∂W": ({ x }, { "δ z": delta }) => matmul(transpose(x), delta!) as Tensor,
  "∂J/∂b": (_, { "δ z": delta }) => sum(delta!, 0) as Tensor,
};

export const right = () => compareDerivation({ inputs, forward, derived });

/** With the derivative of the sigmoid, h(1 − h), in place of that of tanh. */
export const wrong = () =>
  compareDerivation({
    inputs,
    forward,
    derived: {
      ...derived,
      "δ z": ({ h, V }, { "δ output": delta }) => mul(matmul(delta!, transpose(V)), mul(h!, sub(1, h!))) as Tensor,
    },
  });
