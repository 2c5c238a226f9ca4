/** @file Iris: three species from four measurements, with early stopping and a confusion matrix. */
import { batches, split, standardize } from "@deltagrad/datasets";
import { iris as load } from "@deltagrad/datasets/iris";
import { adam, dense, fit, metrics, progress, softmaxCrossEntropy, stack } from "@deltagrad/nn";
import { type Tensor, tanh } from "@deltagrad/tensor";

export default async function iris({ epochs = 200, say = console.log } = {}) {
  const { features, labels, classes } = load();
  const { train, test } = split({ x: features, y: labels }, { test: 0.3, seed: 7, stratify: labels });
  // Fitted to the training part only.
  const scale = standardize(train.x);
  const data = { x: scale(train.x) as Tensor, y: train.y as Tensor };
  const held = { x: scale(test.x) as Tensor, y: test.y as Tensor };

  const net = stack(dense(4, 16), tanh, dense(16, 3));
  const { params, reason, snapshot } = await fit({
    net,
    loss: (logits, { y }: typeof data) => softmaxCrossEntropy(logits, y),
    optimizer: adam({ rate: 0.01 }),
    data: (epoch) => batches(data, { size: 16, epoch, seed: 7 }),
    validation: { data: [held], metrics: { accuracy: metrics.accuracy.streaming() } },
    earlyStopping: { patience: 20 },
    callbacks: [progress({ write: (line) => say(line.trimEnd()) })],
    epochs,
  });

  const logits = net.apply(params, held.x as never) as Tensor;
  const accuracy = metrics.accuracy(logits, held.y);
  say(
    `${reason} after ${snapshot.epoch} epochs, best in ${(snapshot.best?.epoch ?? 0) + 1}; accuracy ${accuracy.toFixed(4)}`,
  );
  say(classes.join(", "), metrics.confusionMatrix(logits, held.y).toArray());
  return { accuracy };
}
