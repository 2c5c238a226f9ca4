/** @file Regression that knows how sure it is: a network gives a mean and a deviation, learned by likelihood. */
import { adam, dense, fit, schedules, stack } from "@deltagrad/nn";
import {
  abs,
  add,
  cast,
  div,
  exp,
  less,
  mean,
  mul,
  rng,
  type Scalar,
  sin,
  slice,
  square,
  sub,
  type Tensor,
  tanh,
} from "@deltagrad/tensor";

const column = (y: Tensor, place: number): Tensor => slice(y, null, [place, place + 1]) as Tensor;

/** −log density of a normal distribution, without the constant; the second output is log σ. */
function surprise(y: Tensor, target: Tensor): Scalar {
  const [centre, logSigma] = [column(y, 0), column(y, 1)];
  return mean(add(mul(0.5, square(div(sub(target, centre), exp(logSigma)))), logSigma)) as Scalar;
}

/** A sine whose noise grows from left to right. */
function observations(seed: string, count: number) {
  const stream = rng(seed);
  const x = stream.uniform([count, 1], { low: -2, high: 2 }) as Tensor;
  const sigma = add(0.05, mul(0.1, add(x, 2))) as Tensor;
  return { x, y: add(sin(mul(2, x)), mul(sigma, stream.normal([count, 1]))) as Tensor, sigma };
}

export default async function uncertainty({ epochs = 1500, say = console.log } = {}) {
  const data = observations("seen", 400);
  const net = stack(dense(1, 32), tanh, dense(32, 32), tanh, dense(32, 2));
  const { params } = await fit({
    net,
    loss: (y, batch: typeof data) => surprise(y, batch.y),
    optimizer: adam({ rate: schedules.cosine(0.01, { steps: epochs }) }),
    data: [data],
    epochs,
    seed: 3,
  });

  const fresh = observations("fresh", 2000);
  const y = net.apply(params, fresh.x as never) as Tensor;
  const [centre, sigma] = [column(y, 0), exp(column(y, 1)) as Tensor];
  const within = less(abs(div(sub(fresh.y, centre), sigma)), 1.96);
  const inside = (mean(cast(within, "float64")) as Tensor).item();
  const off = (mean(square(sub(sigma, fresh.sigma))) as Tensor).item() ** 0.5;
  say(`of 2000 new points ${(100 * inside).toFixed(1)} % are within 95 % intervals; σ is off by ${off.toFixed(3)}`);
  return { inside, off };
}
