/** @file A GRU learns to write, character by character, from a text file: this repository's page on architecture. */
import { readFileSync } from "node:fs";
import { batches } from "@deltagrad/datasets";
import * as nn from "@deltagrad/nn";
import { div, reshape, rng, slice, type Tensor, tensor } from "@deltagrad/tensor";

export default async function characters({
  file = new URL("../docs/architecture.md", import.meta.url),
  epochs = 12,
  hidden = 96,
  say = console.log,
} = {}) {
  const text = readFileSync(file, "utf8");
  const alphabet = [...new Set(text)].sort();
  const codes = tensor(
    Int32Array.from(text, (char) => alphabet.indexOf(char)),
    { shape: [text.length] },
  ) as Tensor;

  const [cell, head] = [nn.gru(24, hidden), nn.dense(hidden, alphabet.length)];
  const table = nn.embedding(alphabet.length, 24);
  const net = nn.stack(table, cell, head);

  // Pieces of 32 characters; each place is to say what comes next.
  const length = 32;
  const pieces = Math.floor((text.length - 1) / length);
  const rows = (from: number): Tensor =>
    reshape(slice(codes, [from, from + pieces * length]), [pieces, length]) as Tensor;
  const all = { x: rows(0), y: rows(1) };
  const flat = (t: Tensor, ...rest: number[]): Tensor => reshape(t, [t.shape[0]! * length, ...rest]) as Tensor;
  const losses: number[] = [];
  const { params } = await nn.fit({
    net,
    loss: (logits, { y }: typeof all) => nn.softmaxCrossEntropy(flat(logits, alphabet.length), flat(y)),
    optimizer: nn.transformed(nn.adam({ rate: 0.01 }), (g) => nn.clipByNorm(g, 1)),
    data: (epoch) => batches(all, { size: 16, dropLast: true, epoch, seed: 5 }),
    epochs,
    seed: 5,
    callbacks: [
      (event) => {
        if (event.type !== "epoch") return;
        losses.push(event.loss);
        say(`epoch ${event.epoch + 1}/${epochs}  ${(event.loss / Math.LN2).toFixed(3)} bits a character`);
      },
    ],
  });

  // One character at a time: the cell carries what it remembers.
  const stream = rng("writing");
  let carried: readonly Tensor[] = [tensor(new Array(hidden).fill(0), { shape: [1, hidden] }) as Tensor];
  let written = "The";
  for (let place = 0; written.length < 200; place++) {
    const code = tensor([alphabet.indexOf(written[place]!)], { dtype: "int32" }) as Tensor;
    carried = cell.step(params[1], table.apply(params[0], code as never) as Tensor, carried);
    const logits = head.apply(params[2], carried[0] as never) as Tensor;
    if (place < written.length - 1) continue;
    const [next] = (stream.categorical(div(logits, 0.7) as Tensor) as Tensor).toTypedArray();
    written += alphabet[next!];
  }
  say(written);
  return { losses, written };
}
