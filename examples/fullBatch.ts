/** @file L-BFGS and Adam on all digits at once: the loss after as many gradients, Adam at the best of several rates. */
import { oneHot } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import { adam, crossEntropyFromLogits, dense, lbfgs, stack } from "@deltagrad/nn";
import { div, rng, sigmoid, type Tensor, valueAndGrad } from "@deltagrad/tensor";

export default function fullBatch({
  gradients = 100,
  rates = [0.003, 0.01, 0.03, 0.1, 0.3, 1],
  seed = 7,
  say = console.log,
} = {}) {
  const { features, labels } = digits();
  const [x, y] = [div(features, 16), oneHot(labels, 10)];
  const net = stack(dense(64, 32), sigmoid, dense(32, 10));
  type Params = ReturnType<typeof net.init>;
  const start = net.init(rng(seed));
  const lossOf = (params: Params) => crossEntropyFromLogits(net.apply(params, x as never) as Tensor, y);
  const gradientOf = valueAndGrad(lossOf);

  const newton = lbfgs({ lineSearch: "strongWolfe", maxIterations: gradients, maxEvaluations: gradients });
  let evaluations = 0;
  const evaluate = (params: Params): ReturnType<typeof gradientOf> => {
    evaluations++;
    return gradientOf(params);
  };
  const { params } = newton.step(evaluate, start, newton.init(start));
  const byLbfgs = lossOf(params).item();
  say(`L-BFGS             ${byLbfgs.toPrecision(3)} after ${evaluations} gradients`);

  const byAdam = rates.map((rate) => {
    const optimizer = adam({ rate });
    let [params, state] = [start, optimizer.init(start)];
    // As many as L-BFGS took: it ends early where nothing is left to gain.
    for (let n = 0; n < evaluations; n++)
      [params, state] = optimizer.update(params, gradientOf(params)[1] as Params, state);
    const loss = lossOf(params).item();
    say(`Adam, rate ${String(rate).padEnd(6)}  ${loss.toPrecision(3)}`);
    return loss;
  });
  return { byLbfgs, byAdam, evaluations };
}
