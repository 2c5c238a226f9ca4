/** @file Handwritten digits by convolutions: 8 × 8 pixels, and at least 98.5 % of the test digits right. */
import { batches, split } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import * as nn from "@deltagrad/nn";
import { div, relu, reshape, type Tensor } from "@deltagrad/tensor";

export default async function convolutions({ epochs = 12, width = 16, say = console.log } = {}) {
  const { features, labels } = digits();
  const images = reshape(div(features, 16), [labels.shape[0], 1, 8, 8]).cast("float32") as Tensor;
  const { train, test } = split({ x: images, y: labels as Tensor }, { test: 0.2, seed: 7, stratify: labels });

  const net = nn.stack(
    nn.conv2d(1, width, 3, { padding: 1 }),
    nn.batchNorm(width, { spatial: 2 }),
    relu,
    nn.maxPool2d(2),
    nn.conv2d(width, 2 * width, 3, { padding: 1 }),
    nn.batchNorm(2 * width, { spatial: 2 }),
    relu,
    nn.maxPool2d(2),
    nn.flatten(),
    nn.dropout(0.3),
    nn.dense(8 * width, 10),
  );
  say(String(nn.summary(net, [1, 8, 8])));
  const steps = epochs * Math.ceil(train.x.shape[0]! / 32);
  const begin = performance.now();
  const { params, state } = await nn.fit({
    net,
    loss: (logits, { y }: typeof train) => nn.softmaxCrossEntropy(logits, y),
    optimizer: nn.adamW({ rate: nn.schedules.oneCycle(0.01, { steps }), weightDecay: 0.01 }),
    data: (epoch) => batches(train, { size: 32, epoch, seed: 7 }),
    validation: { data: [test], metrics: { accuracy: nn.metrics.accuracy.streaming() } },
    callbacks: [nn.progress({ write: (line) => say(line.trimEnd()) })],
    epochs,
    seed: 7,
  });
  const seconds = (performance.now() - begin) / 1000;
  const logits = net.apply(params, test.x as never, { state: state as ReturnType<typeof net.initState> }) as Tensor;
  const accuracy = nn.metrics.accuracy(logits, test.y);
  say(`accuracy ${accuracy.toFixed(4)} on ${test.y.shape[0]} digits, after ${seconds.toFixed(1)} s`);
  return { accuracy, seconds };
}
