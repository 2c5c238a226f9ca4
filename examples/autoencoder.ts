/** @file Digits through a narrow place: an autoencoder, and a sheet of what it makes of them: out/autoencoder.png. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { batches } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import { grid } from "@deltagrad/datasets/images";
import { adam, dense, fit, mse, progress, stack } from "@deltagrad/nn";
import { stack as beside, div, relu, reshape, sigmoid, slice, type Tensor } from "@deltagrad/tensor";

export default async function autoencoder({
  epochs = 20,
  narrow = 8,
  file = fileURLToPath(new URL("../out/autoencoder.png", import.meta.url)),
  say = console.log,
} = {}) {
  const x = div(digits().features, 16) as Tensor;
  const data = { x: slice(x, [0, 1500]) as Tensor };
  const unseen = slice(x, [1500]) as Tensor;

  const encoder = stack(dense(64, 32), relu, dense(32, narrow));
  const decoder = stack(dense(narrow, 32), relu, dense(32, 64), sigmoid);
  const net = stack(encoder, decoder);
  const { params } = await fit({
    net,
    loss: (y, batch: typeof data) => mse(y, batch.x),
    optimizer: adam({ rate: 0.005 }),
    data: (epoch) => batches(data, { size: 32, epoch, seed: 2 }),
    callbacks: [progress({ write: (line) => say(line.trimEnd()) })],
    epochs,
  });

  const again = net.apply(params, unseen as never) as Tensor;
  const error = mse(again, unseen).item();
  // Pairs: as it was, and as it came out.
  const pairs = beside([slice(unseen, [0, 40]), slice(again, [0, 40])] as Tensor[], 1);
  mkdirSync(new URL("../out", import.meta.url), { recursive: true });
  writeFileSync(file, await grid(reshape(pairs, [80, 8, 8]) as Tensor, { columns: 16, scale: 4, range: [0, 1] }));
  say(`mean squared error on unseen digits ${error.toFixed(4)}; before and after, in ${file}`);
  return { error };
}
