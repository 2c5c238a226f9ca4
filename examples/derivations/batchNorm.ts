/** @file Batch normalization, derived by hand and held to the judges. */
import { add, div, mean, mul, rng, sqrt, square, sub, sum, type Tensor } from "@deltagrad/tensor";
import { type ClosedFormOf, compareDerivation } from "@deltagrad/tensor/check";

const inputs = {
  x: rng("batch").stream("x").normal([6, 3]),
  gamma: rng("batch").stream("gamma").normal([3]),
  beta: rng("batch").stream("beta").normal([3]),
  c: rng("batch").stream("c").normal([6, 3]),
};

/** J = Σ c·y with y = γ x̂ + β, where x̂ = (x − μ)/σ and σ = √(mean (x − μ)² + ε) over the batch. */
const forward = ({ x, gamma, beta, c }: typeof inputs): Tensor => {
  const centred = sub(x, mean(x, 0));
  const sigma = sqrt(add(mean(square(centred), 0), 1e-5)).named("sigma");
  const normal = div(centred, sigma).named("normal");
  const y = add(mul(gamma, normal), beta).named("y");
  return sum(mul(c, y)) as Tensor;
};

const derived: Record<string, ClosedFormOf<typeof inputs>> = {
  "δ y": ({ c }) => c,
  "∂J/∂beta": (_, { "δ y": delta }) => sum(delta!, 0) as Tensor,
  "∂J/∂gamma": ({ normal }, { "δ y": delta }) => sum(mul(delta!, normal!), 0) as Tensor,
  // x̂ moves with x directly, through μ, and through σ: Ioffe and Szegedy (2015), section 3, in one line.
  "∂J/∂x": ({ gamma, normal, sigma }, { "δ y": delta }) => {
    const d = mul(delta!, gamma);
    return div(sub(sub(d, mean(d, 0)), mul(normal!, mean(mul(d, normal!), 0))), sigma!) as Tensor;
  },
};

export const right = () => compareDerivation({ inputs, forward, derived });

/** With σ taken for a constant: the last term is missing. */
export const wrong = () =>
  compareDerivation({
    inputs,
    forward,
    derived: {
      ...derived,
      "∂J/∂x": ({ gamma, sigma }, { "δ y": delta }) => {
        const d = mul(delta!, gamma);
        return div(sub(d, mean(d, 0)), sigma!) as Tensor;
      },
    },
  });
