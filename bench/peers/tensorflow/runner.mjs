/** @file TensorFlow.js on the backend that the argument names: "wasm" or "cpu". */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { arrays, CONVOLUTION, checksum, convolutionNetwork, network, RATE, uniform } from "../../runners/inputs.mjs";
import { serve } from "../../runners/serve.mjs";

const wasm = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
setWasmPaths(`${dirname(wasm)}/`);
setThreadsCount(1);
await tf.setBackend(process.argv[2]);

/** Applies f again and again; on both backends a result is there when the call returns. */
const repeatedly = (f) => ({
  run(times) {
    for (let t = 0; t < times; t++) tf.dispose(f());
  },
  check() {
    const y = f();
    const values = y.dataSync();
    y.dispose();
    return checksum(values);
  },
});

const crossEntropy = (z, y) => tf.sum(tf.sub(tf.softplus(z), tf.mul(y, z)));

/** Descends along the gradient of `loss(...params)`. */
function descending(loss, start, steps) {
  let params = start;
  const gradient = tf.valueAndGrads(loss);
  const step = () => {
    const [cost, ...next] = tf.tidy(() => {
      const { value, grads } = gradient(params);
      return [value, ...params.map((p, i) => tf.sub(p, tf.mul(RATE, grads[i])))];
    });
    tf.dispose(params);
    params = next;
    return cost;
  };
  const run = (times) => {
    for (let t = 1; t < times; t++) step().dispose();
    const cost = step();
    const [value] = cost.dataSync();
    cost.dispose();
    return value;
  };
  return { run, check: () => run(steps) };
}

const over = (f, names) => (spec) => {
  const inputs = arrays(spec);
  const args = names.map((name) => tf.tensor2d(inputs[name], [spec.length / 1000, 1000]));
  return repeatedly(() => f(...args));
};

/** TensorFlow.js has no float64. */
const single = (works) =>
  Object.fromEntries(
    Object.entries(works).map(([kind, work]) => [kind, (spec) => (spec.dtype === "float32" ? work(spec) : null)]),
  );

await serve(
  { node: process.versions.node, "TensorFlow.js": tf.version.tfjs },
  single({
    matmul({ m, k, n, dtype }) {
      const [a, b] = [tf.tensor2d(uniform(1, m * k, dtype), [m, k]), tf.tensor2d(uniform(2, k * n, dtype), [k, n])];
      return repeatedly(() => tf.matMul(a, b));
    },
    train(spec) {
      const { layers, ...data } = network(spec);
      const { sizes, batch } = spec;
      const [x, y] = [tf.tensor2d(data.x, [batch, sizes[0]]), tf.tensor2d(data.y, [batch, sizes.at(-1)])];
      const loss = (...params) => {
        let h = x;
        for (let l = 0; l < layers.length; l++)
          h = tf.add(tf.matMul(l === 0 ? h : tf.sigmoid(h), params[2 * l]), params[2 * l + 1]);
        return tf.div(crossEntropy(h, y), batch);
      };
      const params = layers.flatMap(({ inputs, outputs, weight, bias }) => [
        tf.tensor2d(weight, [inputs, outputs]),
        tf.tensor1d(bias),
      ]);
      return descending(loss, params, spec.steps);
    },
    convolution(spec) {
      const { side, kernel, channels, strides, flat, classes } = CONVOLUTION;
      const { kernels, dense, ...data } = convolutionNetwork(spec);
      // Channels come last here, so the kernels and the rows of the dense layer are put in that order.
      const x = tf.tensor4d(data.x, [spec.batch, side, side, 1]);
      const y = tf.tensor2d(data.y, [spec.batch, classes]);
      const rows = tf.transpose(tf.tensor4d(dense.weight, [channels[2], 12, 12, classes]), [1, 2, 0, 3]);
      const params = [
        ...kernels.flatMap(({ weight, bias }, l) => [
          tf.transpose(tf.tensor4d(weight, [channels[l + 1], channels[l], kernel, kernel]), [2, 3, 1, 0]),
          tf.tensor1d(bias),
        ]),
        tf.reshape(rows, [flat, classes]),
        tf.tensor1d(dense.bias),
      ];
      const loss = (k0, b0, k1, b1, w, b) => {
        const conv = (h, k, bias, l) => tf.sigmoid(tf.add(tf.conv2d(h, k, strides[l], "valid"), bias));
        const h = conv(conv(x, k0, b0, 0), k1, b1, 1);
        return tf.div(crossEntropy(tf.add(tf.matMul(tf.reshape(h, [spec.batch, flat]), w), b), y), spec.batch);
      };
      return descending(loss, params, spec.steps);
    },
    add: over(tf.add, ["a", "b"]),
    sigmoid: over(tf.sigmoid, ["a"]),
    chain: over((a, b) => tf.tidy(() => tf.mul(tf.sigmoid(tf.add(tf.mul(a, 0.5), 0.25)), b)), ["a", "b"]),
    crossEntropy: over((z, y) => tf.tidy(() => tf.div(crossEntropy(z, y), z.shape[0])), ["a", "y"]),
    sum: over((x) => tf.sum(x), ["positive"]),
    softmax: over((x) => tf.softmax(x), ["a"]),
  }),
);
