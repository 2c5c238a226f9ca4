/** @file Three small trainings, whose parameters and losses have the same bits wherever they run: in Node and in pages. */
import { batches, oneHot } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import {
  adam,
  conv2d,
  crossEntropyFromLogits,
  dense,
  dropout,
  flatten,
  gru,
  type LayerLike,
  last,
  maxPool2d,
  type Optimizer,
  rmsprop,
  sgd,
  softmaxCrossEntropy,
  stack,
  train,
} from "@deltagrad/nn";
import { cast, type DType, div, leaves, mapTree, reshape, rng, sigmoid, silu, type Tensor } from "@deltagrad/tensor";
import { blas } from "@deltagrad/tensor/blas";

const SEED = "the same bits";

interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly labels: Tensor;
}

interface Case {
  readonly layers: readonly LayerLike[];
  readonly dtype: DType;
  /** What one image is to the network. */
  readonly image: readonly number[];
  readonly batch: number;
  readonly steps: number;
  readonly optimizer: Optimizer<unknown>;
  loss(z: Tensor, batch: Batch): Tensor<[]>;
}

// Wide enough, and in batches large enough, that products and passes are split between threads.
const cases: Readonly<Record<string, Case>> = {
  "digits dense float64": {
    layers: [dense(64, 256), sigmoid, dense(256, 10)],
    dtype: "float64",
    image: [64],
    batch: 256,
    steps: 14,
    optimizer: sgd({ rate: 0.5, momentum: 0.9 }),
    loss: (z, { y }) => crossEntropyFromLogits(z, y) as Tensor<[]>,
  },
  "digits convolution float32": {
    layers: [conv2d(1, 16, 3), silu, conv2d(16, 32, 3), silu, maxPool2d(2), flatten(), dropout(0.2), dense(128, 10)],
    dtype: "float32",
    image: [1, 8, 8],
    batch: 128,
    steps: 6,
    optimizer: adam({ rate: 0.003 }),
    loss: (z, { labels }) => softmaxCrossEntropy(z, labels) as Tensor<[]>,
  },
  "digits GRU float64": {
    // An image is read row by row.
    layers: [last(gru(8, 64)), dense(64, 10)],
    dtype: "float64",
    image: [8, 8],
    batch: 128,
    steps: 6,
    optimizer: rmsprop({ rate: 0.003 }),
    loss: (z, { labels }) => softmaxCrossEntropy(z, labels) as Tensor<[]>,
  },
};

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256 of all the parameters' bytes after the training, and of the loss of every step. */
async function hashOf({ layers, dtype, image, batch, steps, ...rest }: Case): Promise<string> {
  const { features, labels, classes } = digits();
  const data = {
    x: cast(reshape(div(features, 16), [features.shape[0]!, ...image]), dtype),
    y: cast(oneHot(labels, classes.length), dtype),
    labels,
  };
  const net = stack(...layers);
  const params = mapTree((p: Tensor) => cast(p, dtype), net.init(rng(SEED).stream("parameters")));
  const list = (epoch: number) => batches(data, { size: batch, seed: SEED, epoch });
  const losses: number[] = [];
  let trained: unknown = params;
  for await (const event of train({ net, params, seed: SEED, data: list, epochs: steps, ...rest }))
    if (event.type === "step") {
      losses.push(event.loss);
      trained = event.snapshot.params;
      if (losses.length === steps) break;
    }
  const arrays = [...leaves(trained).map(({ tensor }) => tensor.toTypedArray()), Float64Array.from(losses)];
  const bytes = await new Blob(arrays.map((array) => array.slice() as Uint8Array<ArrayBuffer>)).arrayBuffer();
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

/** The hash of each training, by name. Refuses while a BLAS does the products: their bits are its own. */
export async function hashes(): Promise<Record<string, string>> {
  const inCharge = blas();
  if (inCharge)
    throw new Error(
      `hash: products are computed by ${inCharge.library}, with bits of its own; call useBlas(null) first`,
    );
  const found: Record<string, string> = {};
  for (const [name, each] of Object.entries(cases)) found[name] = await hashOf(each);
  return found;
}
