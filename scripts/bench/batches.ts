/**
 * @file What an epoch of 10,000 images of 784 pixels costs in shuffled batches of 128, beside the training step that it
 * feeds: `npm run bench:batches`. Prints milliseconds and their ratio, the median of several runs.
 */
import { batches, tensorDataset } from "@deltagrad/datasets";
import { crossEntropyFromLogits, dense, sgd, stack } from "@deltagrad/nn";
import { cast, mapTree, rng, sigmoid, type Tensor, valueAndGrad } from "@deltagrad/tensor";

const EXAMPLES = 10_000;
const SIZE = 128;
const RUNS = 7;
const STEPS = 8;
const LIMIT = 0.05;

const random = rng("bench");
const x = random.stream("pixels").uniform([EXAMPLES, 784], { dtype: "float32" });
const y = random.stream("targets").uniform([EXAMPLES, 10], { dtype: "float32" });
const data = { x, y };

function milliseconds(f: () => void): number {
  const start = performance.now();
  f();
  return performance.now() - start;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Going through all batches without doing anything with them. */
const epochOf = (make: (epoch: number) => Iterable<{ x: Tensor }>): number =>
  median(
    Array.from({ length: RUNS }, (_, epoch) =>
      milliseconds(() => {
        for (const { x } of make(epoch)) if (x.rank !== 2) throw new Error("not a batch");
      }),
    ),
  );

/** A step of gradient descent on a network of 784, 128 and 10, in float32. */
function stepTime(): number {
  const net = stack(dense(784, 128), sigmoid, dense(128, 10));
  const optimizer = sgd({ rate: 0.1 });
  const loss = (p: typeof params, batch: { x: Tensor; y: Tensor }) =>
    crossEntropyFromLogits(net.apply(p, batch.x), batch.y);
  let params = mapTree((weight) => cast(weight, "float32"), net.init(random.stream("weights")));
  let state = optimizer.init(params);
  const step = valueAndGrad(loss);
  const times: number[] = [];
  for (const batch of batches(data, { size: SIZE, seed: 1, dropLast: true })) {
    times.push(
      milliseconds(() => {
        const [, grads] = step(params, batch);
        [params, state] = optimizer.update(params, grads, state);
      }),
    );
    if (times.length === STEPS) break;
  }
  return median(times);
}

const step = stepTime();
const count = Math.ceil(EXAMPLES / SIZE);
console.log(`training step, 784-128-10 in float32, ${SIZE} examples: ${step.toFixed(2)} ms (median of ${STEPS})`);
console.log(`an epoch of ${EXAMPLES} in ${count} shuffled batches (median of ${RUNS}):`);
const rows = tensorDataset(data);
for (const [name, make] of [
  ["record of tensors", (epoch: number) => batches(data, { size: SIZE, seed: 7, epoch })],
  ["dataset of rows", (epoch: number) => batches(rows, { size: SIZE, seed: 7, epoch })],
  [
    "dataset, mapped one by one",
    (epoch: number) =>
      batches(
        rows.map((row) => row),
        { size: SIZE, seed: 7, epoch },
      ),
  ],
] as const) {
  const time = epochOf(make);
  const share = time / (step * count);
  console.log(`  ${name}: ${time.toFixed(1)} ms, ${(100 * share).toFixed(2)} % of the steps it feeds`);
  if (name !== "dataset, mapped one by one" && share > LIMIT) {
    console.error(`  more than ${100 * LIMIT} %`);
    process.exitCode = 1;
  }
}
