/** @file CIFAR-10: 60,000 colour images of 32 × 32 pixels, in ten classes. */
import { TensorError, tensor } from "@deltagrad/tensor";
import { allocate } from "@deltagrad/tensor/extend";
import { readBytes } from "../files/source.ts";
import type { Classification } from "../record.ts";
import type { RemoteFile } from "./download.ts";
import { checkSetOptions, type SetOptions, sourceOf } from "./local.ts";
import { filesIn } from "./tar.ts";

const ARCHIVE = "cifar-10-binary.tar.gz";
const PIXELS = 3 * 32 * 32;

/** Its batches, by part. */
const BATCHES = {
  train: [1, 2, 3, 4, 5].map((number) => `cifar-10-batches-bin/data_batch_${number}.bin`),
  test: ["cifar-10-batches-bin/test_batch.bin"],
};

/**
 * CIFAR-10: 50,000 colour images of animals and vehicles to train with, 10,000 to test; downloaded once, 170 MB.
 *
 * Shapes: features [n, 3, 32, 32] (red, green, blue), float32 unless `dtype` says otherwise; labels [n], int32.
 * Units: 0 to 255.
 * Throws: TensorError when the archive cannot be had (see `download`), or a local copy is something else.
 * Source: A. Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images. Checksum: that of TensorFlow
 * Datasets.
 *
 * @example
 * await cifar10({ files: {} }).catch((error) => error.op);   // => "cifar10"
 */
export async function cifar10(options: SetOptions = {}): Promise<Classification<readonly [number, 3, 32, 32]>> {
  const op = "cifar10";
  checkSetOptions(op, options);
  const { part = "train", dtype = "float32" } = options;
  const file: RemoteFile = {
    name: `cifar10/${ARCHIVE}`,
    urls: [
      `https://www.cs.toronto.edu/~kriz/${ARCHIVE}`,
      `https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/${ARCHIVE}`,
      `https://web.archive.org/web/2020id_/https://www.cs.toronto.edu/~kriz/${ARCHIVE}`,
    ],
    bytes: 170052171,
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
  };
  const { bytes, refuse } = await readBytes(op, await sourceOf(op, file, options), {});
  const files = filesIn(bytes, refuse);
  const batches = BATCHES[part].map((name) => {
    const batch = files.get(name) ?? refuse(`there is no ${name} in it`, "give the binary version of CIFAR-10");
    // An image is the number of its class, and the pixels of its channels.
    if (batch.length % (1 + PIXELS) !== 0)
      refuse(`${name} has ${batch.length} bytes, not a multiple of ${1 + PIXELS}`, "it is damaged");
    return batch;
  });
  const n = batches.reduce((sum, batch) => sum + batch.length / (1 + PIXELS), 0);
  const values = allocate(dtype, n * PIXELS, op);
  const labels = new Int32Array(n);
  let image = 0;
  for (const batch of batches)
    for (let at = 0; at < batch.length; at += 1 + PIXELS, image++) {
      labels[image] = batch[at]!;
      if (batch[at]! > 9) throw new TensorError(op, `image ${image} has label ${batch[at]}`, "it is damaged");
      values.set(batch.subarray(at + 1, at + 1 + PIXELS), image * PIXELS);
    }
  return {
    features: tensor(values, { shape: [n, 3, 32, 32], dtype, copy: false }),
    labels: tensor(labels, { shape: [n], copy: false }),
    classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    about: {
      name: "CIFAR-10",
      description: "colour images of animals and vehicles, 32 × 32 pixels of 0 to 255",
      source: "A. Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images",
      licence: "none is stated; the author asks to cite the report",
    },
  };
}
