/** @file A mixture of Gaussians by maximum likelihood: one log-likelihood, its gradient, and steps uphill. */
import {
  add,
  concat,
  exp,
  expandDims,
  logSoftmax,
  logSumExp,
  mapTree,
  mean,
  mul,
  neg,
  reshape,
  rng,
  type Scalar,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  zipTrees,
} from "@deltagrad/tensor";

const centres = [
  [-3, 0],
  [0, 3],
  [3, -1],
];

/** Per point: log Σₖ πₖ N(x | μₖ, diag σₖ²), without the constant. x [n, 2]; centres and log σ [3, 2]. */
function logDensity(p: Mixture, x: Tensor): Tensor {
  const z = mul(sub(expandDims(x, 1), p.centre), exp(neg(p.logSigma))) as Tensor;
  const each = sub(mul(-0.5, sum(square(z), -1)), sum(p.logSigma, -1)) as Tensor;
  return logSumExp(add(each, logSoftmax(p.weight, 0)) as Tensor, 1) as Tensor;
}
interface Mixture {
  readonly centre: Tensor;
  readonly logSigma: Tensor;
  readonly weight: Tensor;
}

export default function mixture({ points = 300, steps = 400, say = console.log } = {}) {
  const stream = rng("mixture");
  const counts = [points / 2, points / 4, points / 4].map(Math.round);
  const x = concat(
    centres.map((c, k) => add(mul(0.5 + 0.25 * k, stream.normal([counts[k]!, 2])), tensor(c)) as Tensor),
  ) as Tensor;

  let p: Mixture = {
    // Begun at points that are drawn.
    centre: stream.normal([3, 2]) as Tensor,
    logSigma: tensor(new Array(6).fill(0), { shape: [3, 2] }) as Tensor,
    weight: tensor([0, 0, 0]) as Tensor,
  };
  const step = valueAndGrad((q: Mixture) => neg(mean(logDensity(q, x))) as Scalar);
  let speed = mapTree((t) => mul(0, t) as Tensor, p);
  for (let done = 0; done < steps; done++) {
    const [loss, g] = step(p);
    if (done % 100 === 0) say(`step ${done}  −log-likelihood a point ${loss.item().toFixed(4)}`);
    speed = zipTrees((v, slope) => add(mul(0.9, v), slope) as Tensor, speed, g);
    p = zipTrees((t, v) => sub(t, mul(0.05, v)) as Tensor, p, speed);
  }
  const found = (reshape(p.centre, [3, 2]).toArray() as number[][]).sort((a, b) => a[0]! - b[0]!);
  say("centres", found, "shares", softmax(p.weight, 0).toArray(), "sigmas", exp(p.logSigma).toArray());
  return { found, centres };
}
