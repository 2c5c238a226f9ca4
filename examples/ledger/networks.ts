/** @file The networks that are judged: random ones, and the one that has learned to read digits. */
import { activations, fromStack, type Given } from "@deltagrad/nn/brawer";
import { rng, slice, type Tensor } from "@deltagrad/tensor";
import { network as digitsNetwork, loadDigits, training } from "../digits/digits.ts";

/** A network with its samples, and how to say which one it is. */
export interface Subject extends Given {
  readonly name: string;
}

const names = Object.keys(activations) as (keyof typeof activations)[];

/**
 * The random network of a number: 2 to 6 layers in turn, 1 to 6 nodes a layer, 1 to 6 samples, any activation on each
 * hidden layer, weights from small to saturating; targets between 0 and 1, or 0 and 1 themselves.
 */
export function randomNetwork(seed: string, number: number): Subject {
  const stream = rng(`${seed} network ${number}`);
  const upTo = (most: number): number => 1 + Math.floor(stream.next() * most);
  const sizes = Array.from({ length: 2 + (number % 5) }, () => upTo(6));
  const hidden = sizes.slice(2).map(() => activations[names[upTo(names.length) - 1]!]);
  const std = [0.1, 0.5, 1, 3][upTo(4) - 1]!;
  const [samples, hard] = [upTo(6), upTo(4) === 1];
  const normal = (name: string, shape: number[], scale = 1): Tensor =>
    stream.stream(name).normal(shape, { std: scale }) as Tensor;
  const theta = sizes.slice(1).map((outputs, i) => normal(`θ${i + 1}`, [outputs, sizes[i]! + 1], std));
  const y = stream.stream("y").uniform([samples, sizes.at(-1)!]) as Tensor;
  return {
    name: `network ${number}: ${sizes.join("-")}${hidden.map(({ name }) => ` ${name}`).join("")}`,
    network: { theta, hidden },
    x: normal("x", [samples, sizes[0]!]),
    y: hard ? (y.greater(0.5).cast("float64") as Tensor) : y,
  };
}

/** How long the network learns to read, as in `npm start`. */
export const EPOCHS = 60;

/** How many test samples it is judged on: a Jacobian of z in θ has as many numbers as both together, for each. */
const SAMPLES = 16;

/** The training, a step for each epoch; at its end the trained network with some test samples. */
export async function* trainedNetwork(seed: string): AsyncGenerator<number, Subject> {
  const { train, test } = loadDigits(seed);
  const net = digitsNetwork([32]);
  let params = net.init(rng(seed));
  for await (const event of training(net, { train, test }, { seed, epochs: EPOCHS })) {
    if (event.type === "epoch") yield event.epoch + 1;
    if (event.type === "end") params = event.params;
  }
  const some = (rows: Tensor): Tensor => slice(rows, [0, SAMPLES]);
  return {
    name: `trained on digits: 64-32-10, ${SAMPLES} test samples`,
    network: fromStack(net, params),
    x: some(test.x),
    y: some(test.y),
  };
}
