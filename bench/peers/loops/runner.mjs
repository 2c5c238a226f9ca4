/** @file The work as one writes it by hand: plain loops on typed arrays, buffers made once. */
import { arrays, checksum, floats, network, RATE, uniform } from "../../runners/inputs.mjs";
import { serve } from "../../runners/serve.mjs";

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const crossEntropy = (z, y) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z;

/** c += a·b for a [m, k], b [k, n]: rows of b added up, the order of loops that the cache likes. */
function product(a, b, c, m, k, n) {
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const s = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] += s * b[p * n + j];
    }
}

/** c = aᵀ·b for a [m, k], b [m, n]. */
function productOfTransposed(a, b, c, m, k, n) {
  c.fill(0);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const s = a[i * k + p];
      for (let j = 0; j < n; j++) c[p * n + j] += s * b[i * n + j];
    }
}

/** c = a·bᵀ for a [m, n], b [k, n]. */
function productWithTransposed(a, b, c, m, k, n) {
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      let s = 0;
      for (let j = 0; j < n; j++) s += a[i * n + j] * b[p * n + j];
      c[i * k + p] = s;
    }
}

/** A training step, which returns the loss before it. */
function training(spec) {
  const { batch, dtype } = spec;
  const { layers, x, y } = network(spec);
  const values = [x, ...layers.map(({ outputs }) => floats(dtype, batch * outputs))];
  const deltas = layers.map(({ outputs }) => floats(dtype, batch * outputs));
  const gradients = layers.map(({ weight }) => floats(dtype, weight.length));

  function forward() {
    layers.forEach(({ inputs, outputs, weight, bias }, l) => {
      const z = values[l + 1];
      for (let i = 0; i < batch; i++) z.set(bias, i * outputs);
      product(values[l], weight, z, batch, inputs, outputs);
      if (l < layers.length - 1) for (let i = 0; i < z.length; i++) z[i] = sigmoid(z[i]);
    });
    const [z, delta] = [values.at(-1), deltas.at(-1)];
    let loss = 0;
    for (let i = 0; i < z.length; i++) {
      loss += crossEntropy(z[i], y[i]);
      delta[i] = (sigmoid(z[i]) - y[i]) / batch;
    }
    return loss / batch;
  }

  function backward() {
    for (let l = layers.length - 1; l >= 0; l--) {
      const { inputs, outputs, weight, bias } = layers[l];
      const [h, delta, gradient] = [values[l], deltas[l], gradients[l]];
      productOfTransposed(h, delta, gradient, batch, inputs, outputs);
      if (l > 0) {
        const below = deltas[l - 1];
        productWithTransposed(delta, weight, below, batch, inputs, outputs);
        for (let i = 0; i < below.length; i++) below[i] *= h[i] * (1 - h[i]);
      }
      for (let i = 0; i < weight.length; i++) weight[i] -= RATE * gradient[i];
      for (let i = 0; i < batch; i++) for (let j = 0; j < outputs; j++) bias[j] -= RATE * delta[i * outputs + j];
    }
  }

  return () => {
    const loss = forward();
    backward();
    return loss;
  };
}

const repeated = (once) => (times) => {
  for (let t = 0; t < times; t++) once();
};

/** Work that leaves its result in `out`. */
const into = (out, once) => ({
  run: repeated(once),
  check() {
    once();
    return checksum(out);
  },
});

/** A pass over arrays of a million, which writes all of `out` or its first element. */
const over = (pass, results) => (spec) => {
  const inputs = arrays(spec);
  const out = floats(spec.dtype, results ?? spec.length);
  return into(out, () => pass(out, inputs));
};

await serve(
  { node: process.versions.node },
  {
    matmul({ m, k, n, dtype }) {
      const [a, b, c] = [uniform(1, m * k, dtype), uniform(2, k * n, dtype), floats(dtype, m * n)];
      return into(c, () => product(a, b, c.fill(0), m, k, n));
    },
    train(spec) {
      const step = training(spec);
      const run = repeated(step);
      const check = () => {
        run(spec.steps - 1);
        return step();
      };
      return { run, check };
    },
    add: over((out, { a, b }) => {
      for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
    }),
    copy: over((out, { a }) => out.set(a)),
    sigmoid: over((out, { a }) => {
      for (let i = 0; i < out.length; i++) out[i] = sigmoid(a[i]);
    }),
    chain: over((out, { a, b }) => {
      for (let i = 0; i < out.length; i++) out[i] = sigmoid(0.5 * a[i] + 0.25) * b[i];
    }),
    crossEntropy: over((out, { a, y }) => {
      let total = 0;
      for (let i = 0; i < a.length; i++) total += crossEntropy(a[i], y[i]);
      out[0] = total / (a.length / 1000);
    }, 1),
    sum: over((out, { positive }) => {
      let total = 0;
      for (let i = 0; i < positive.length; i++) total += positive[i];
      out[0] = total;
    }, 1),
    softmax: over((out, { a }) => {
      for (let row = 0; row < a.length; row += 1000) {
        let [largest, total] = [-Infinity, 0];
        for (let i = row; i < row + 1000; i++) largest = Math.max(largest, a[i]);
        for (let i = row; i < row + 1000; i++) total += out[i] = Math.exp(a[i] - largest);
        for (let i = row; i < row + 1000; i++) out[i] /= total;
      }
    }),
  },
);
