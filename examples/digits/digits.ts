/** @file The experiment itself: data, network, training, accuracy, comparison. */
import { createHash } from "node:crypto";
import { batches, oneHot, split } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import {
  crossEntropyFromLogits,
  dense,
  type LayerLike,
  metrics,
  sgd,
  stack,
  type Training,
  train,
} from "@deltagrad/nn";
import { compare, fromStack } from "@deltagrad/nn/brawer";
import { div, leaves, rng, sigmoid, slice, type Tensor } from "@deltagrad/tensor";

const RATE = 0.5;
const BATCH = 32;
/** How many test samples the equations are compared on. */
export const COMPARED = 100;

/** Pixels in 0…1, targets as rows with a 1, in a training and a test part. */
export function loadDigits(seed: string) {
  const { features, labels, classes } = digits();
  const data = { x: div(features, 16), y: oneHot(labels, classes.length), labels };
  return { ...split(data, { test: 0.2, seed }), classes };
}

/** Logits from pixels: dense layers with the sigmoid between them; the cost adds the last sigmoid. */
export function network(hidden: readonly number[]) {
  const sizes = [64, ...hidden, 10];
  const layers = sizes.slice(1).flatMap((outputs, i): LayerLike[] => {
    const layer = dense(sizes[i]!, outputs);
    return i === 0 ? [layer] : [sigmoid, layer];
  });
  return stack(...layers);
}

type Data = ReturnType<typeof loadDigits>;
type Net = ReturnType<typeof network>;
type Params = ReturnType<Net["init"]>;

/** The training as an iterator of its events; after each epoch the test accuracy. */
export const training = (
  net: Net,
  data: Pick<Data, "train" | "test">,
  { seed, ...options }: { readonly seed: string; readonly epochs: number } & Pick<Listening, "callbacks" | "signal">,
) =>
  train({
    net,
    params: net.init(rng(seed).stream("weights")),
    loss: (z, { y }: Data["train"]) => crossEntropyFromLogits(z, y),
    optimizer: sgd({ rate: RATE }),
    data: (epoch) => batches(data.train, { size: BATCH, seed, epoch }),
    validation: {
      data: [data.test],
      metrics: { accuracy: metrics.accuracy.streaming({ threshold: 0 }) },
      actual: ({ labels }) => labels,
    },
    ...options,
  });
type Listening = Training<unknown, unknown, unknown>;

/** How often each class was taken for each: confusion[actual][predicted]. */
export const confusion = (net: Net, params: Params, { x, labels }: Data["test"], classes: number) =>
  metrics.confusionMatrix(net.apply(params, x) as Tensor, labels, { classes }).toArray() as number[][];

/** SHA-256 of the parameters' bytes, in order: equal for equal runs. */
export function hashOf(params: Params): string {
  const hash = createHash("sha256");
  for (const { tensor } of leaves(params)) hash.update(new Uint8Array(tensor.toTypedArray().buffer));
  return hash.digest("hex");
}

/** Every equation of the derivation for the trained network, on real samples. */
export const judge = (net: Net, params: Params, { x, y }: Data["test"]) =>
  compare(fromStack(net, params), slice(x, [0, COMPARED]), slice(y, [0, COMPARED]));
