/** @file Logistic regression by Newton's method: gradient and Hessian by automatic differentiation, nothing by hand. */
import {
  add,
  cast,
  concat,
  grad,
  hessian,
  less,
  matvec,
  mean,
  mul,
  ones,
  rng,
  type Scalar,
  sigmoid,
  softplus,
  solve,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "@deltagrad/tensor";

export default function newton({ examples = 500, steps = 12, say = console.log } = {}) {
  // Labels that follow a known weight, with chance.
  const stream = rng("newton");
  const x = concat([stream.normal([examples, 3]), ones([examples, 1])], 1) as Tensor;
  const truth = tensor([1.5, -2, 0.5, 0.3]) as Tensor;
  const logits = (w: Tensor): Tensor => matvec(x, w) as Tensor;
  const labels = cast(less(stream.uniform([examples]), sigmoid(logits(truth))), "float64") as Tensor;

  /** Mean cross-entropy, with a little weight decay so that a minimum exists whatever the data. */
  const cost = (w: Tensor): Scalar => {
    const z = logits(w);
    return add(mean(sub(softplus(z), mul(labels, z))), mul(1e-4, sum(square(w)))) as Scalar;
  };
  const [slope, curvature] = [grad(cost), hessian(cost)];

  let w = zeros([4]) as Tensor;
  const norms: number[] = [];
  for (let step = 0; step < steps; step++) {
    const g = slope(w);
    norms.push((sum(square(g)) as Tensor).item() ** 0.5);
    say(`step ${step}  cost ${cost(w).item().toFixed(12)}  |gradient| ${norms.at(-1)!.toExponential(1)}`);
    if (norms.at(-1)! < 1e-14) break;
    w = sub(w, solve(curvature(w) as Tensor, g) as Tensor) as Tensor;
  }
  say("weights", w.toArray(), "drawn from", truth.toArray());
  return { norms, weights: w.toArray() as number[] };
}
