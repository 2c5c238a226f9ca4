/** @file A small transformer learns to sort: it reads eight numbers and says, for each place, which one belongs there. */
import * as nn from "@deltagrad/nn";
import { all, argMax, cast, equal, mean, type Rng, reshape, rng, sort, type Tensor } from "@deltagrad/tensor";

const NUMBERS = 10;

interface Task {
  readonly x: Tensor;
  readonly y: Tensor;
}
/** Lists of numbers from 0 to 9, and the same in order. */
function lists(stream: Rng, count: number, length: number): Task {
  const x = stream.randint([count, length], { high: NUMBERS }) as Tensor;
  return { x, y: sort(x, -1) as Tensor };
}

export default async function sorting({ steps = 450, length = 8, features = 32, batch = 64, say = console.log } = {}) {
  const net = nn.stack(
    nn.embedding(NUMBERS, features),
    nn.learnedPositions(length, features),
    nn.transformerEncoderBlock(features, 4, { norm: "pre", dropout: 0, hidden: 2 * features }),
    nn.transformerEncoderBlock(features, 4, { norm: "pre", dropout: 0, hidden: 2 * features }),
    nn.layerNorm(features),
    nn.dense(features, NUMBERS),
  );
  const stream = rng("lists");
  const data = function* (): Generator<Task> {
    for (let step = 0; step < steps; step++) yield lists(stream, batch, length);
  };
  const flat = (t: Tensor, ...rest: number[]): Tensor => reshape(t, [t.shape[0]! * length, ...rest]) as Tensor;
  const begin = performance.now();
  let params = net.init(rng(1));
  const run = nn.train({
    net,
    loss: (logits, { y }: Task) => nn.softmaxCrossEntropy(flat(logits, NUMBERS), flat(y)),
    optimizer: nn.transformed(nn.adam({ rate: nn.schedules.oneCycle(0.005, { steps }) }), (g) => nn.clipByNorm(g, 1)),
    data,
    epochs: 1,
    seed: 3,
  });
  for await (const event of run) {
    if (event.type === "step" && event.step % 100 === 0) say(`step ${event.step}  loss ${event.loss.toFixed(4)}`);
    if (event.type === "end") params = event.params;
  }

  const test = lists(rng("unseen"), 500, length);
  const answer = argMax(net.apply(params, test.x as never) as Tensor, -1) as Tensor;
  const exact = (mean(cast(all(equal(answer, test.y), -1), "float64")) as Tensor).item();
  const seconds = (performance.now() - begin) / 1000;
  say(test.x.slice(0).toArray(), "becomes", answer.slice(0).toArray());
  say(`${(100 * exact).toFixed(1)} % of 500 unseen lists are sorted without a mistake, after ${seconds.toFixed(0)} s`);
  return { exact, seconds };
}
