/** @file One step of a GRU cell, derived by hand and held to the judges. */
import { add, matmul, mul, rng, sigmoid, square, sub, sum, type Tensor, tanh, transpose } from "@deltagrad/tensor";
import { type ClosedFormOf, compareDerivation } from "@deltagrad/tensor/check";

const draw = (name: string, ...shape: [number, number]): Tensor => rng("gru").stream(name).normal(shape);
const inputs = {
  x: draw("x", 4, 3),
  h: draw("h", 4, 2),
  Wr: draw("Wr", 3, 2),
  Ur: draw("Ur", 2, 2),
  Wu: draw("Wu", 3, 2),
  Uu: draw("Uu", 2, 2),
  Wn: draw("Wn", 3, 2),
  Un: draw("Un", 2, 2),
};

/** J = ½ Σ h′², h′ = (1 − u) n + u h, with gates r and u and the candidate n = tanh(x Wn + r (h Un)). */
const forward = ({ x, h, Wr, Ur, Wu, Uu, Wn, Un }: typeof inputs): Tensor => {
  const r = sigmoid(add(matmul(x, Wr), matmul(h, Ur)).named("zr")).named("r");
  const u = sigmoid(add(matmul(x, Wu), matmul(h, Uu)).named("zu")).named("u");
  const past = matmul(h, Un).named("past");
  const n = tanh(add(matmul(x, Wn), mul(r, past)).named("zn")).named("n");
  const next = add(mul(sub(1, u), n), mul(u, h)).named("next");
  return mul(0.5, sum(square(next))) as Tensor;
};

const derived: Record<string, ClosedFormOf<typeof inputs>> = {
  "δ next": ({ next }) => next!,
  "δ zu": ({ h, n, u }, { "δ next": d }) => mul(mul(d!, sub(h, n!)), mul(u!, sub(1, u!))) as Tensor,
  "δ zn": ({ n, u }, { "δ next": d }) => mul(mul(d!, sub(1, u!)), sub(1, square(n!))) as Tensor,
  "δ past": ({ r }, { "δ zn": d }) => mul(d!, r!) as Tensor,
  "δ zr": ({ past, r }, { "δ zn": d }) => mul(mul(d!, past!), mul(r!, sub(1, r!))) as Tensor,
  "∂J/∂Wn": ({ x }, { "δ zn": d }) => matmul(transpose(x), d!) as Tensor,
  "∂J/∂Un": ({ h }, { "δ past": d }) => matmul(transpose(h), d!) as Tensor,
  "∂J/∂Ur": ({ h }, { "δ zr": d }) => matmul(transpose(h), d!) as Tensor,
  // The old state is read by both gates, by the candidate, and by the sum.
  "∂J/∂h": ({ u, Ur, Uu, Un }, d) =>
    [["δ zr", Ur] as const, ["δ zu", Uu] as const, ["δ past", Un] as const]
      .map(([name, weights]) => matmul(d[name]!, transpose(weights)) as Tensor)
      .reduce((a, b) => add(a, b) as Tensor, mul(d["δ next"]!, u!) as Tensor),
};

export const right = () => compareDerivation({ inputs, forward, derived });

/** With the reset gate forgotten on the way back to the old state. */
export const wrong = () =>
  compareDerivation({
    inputs,
    forward,
    derived: { ...derived, "δ past": (_, { "δ zn": d }) => d! },
  });
