/** @file jax-js on its WebAssembly device; with the argument "jit" every piece of work is one jitted function. */
import { readFileSync } from "node:fs";
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { arrays, CONVOLUTION, checksum, convolutionNetwork, network, RATE, uniform } from "../../runners/inputs.mjs";
import { serve } from "../../runners/serve.mjs";

await init("wasm");
defaultDevice("wasm");
const { version } = JSON.parse(readFileSync(new URL("node_modules/@jax-js/jax/package.json", import.meta.url), "utf8"));

const compiled = process.argv[2] === "jit" ? jit : (f) => f;
// Arrays are counted references: `.ref` is one more use, and a function eats what it is given.
const array = (values, shape) => np.array(values).reshape(shape);

/** Applies f to the same arguments again and again. */
function repeatedly(f, args) {
  const g = compiled(f);
  const once = () => g(...args.map((x) => x.ref));
  return {
    async run(times) {
      for (let t = 0; t < times; t++) {
        const y = once();
        // Results are lazy: one that nobody waits for is never computed.
        await y.blockUntilReady();
        y.dispose();
      }
    },
    check: async () => checksum(await once().data()),
  };
}

const crossEntropy = (z, y) => nn.softplus(z.ref).sub(y.mul(z)).sum();

/** Descends, from parameters that are a flat list, along the gradient of `loss(params, x, y)`. */
function descending(loss, start, x, y, steps) {
  const step = compiled((params, x, y) => {
    const [cost, grads] = valueAndGrad(loss)(
      params.map((p) => p.ref),
      x,
      y,
    );
    return [cost, params.map((p, i) => p.sub(grads[i].mul(RATE)))];
  });
  let params = start;
  const run = async (times) => {
    let cost;
    for (let t = 0; t < times; t++) {
      cost?.dispose();
      [cost, params] = step(params, x.ref, y.ref);
    }
    await blockUntilReady(params);
    return (await cost.data())[0];
  };
  return { run, check: () => run(steps) };
}

const over = (f, pick) => (spec) => {
  const inputs = arrays(spec);
  return repeatedly(
    f,
    pick.map((name) => array(inputs[name], [spec.length / 1000, 1000])),
  );
};

await serve(
  { node: process.versions.node, "jax-js": version },
  {
    matmul: ({ m, k, n, dtype }) =>
      repeatedly(np.matmul, [array(uniform(1, m * k, dtype), [m, k]), array(uniform(2, k * n, dtype), [k, n])]),
    train(spec) {
      const { layers, x, y } = network(spec);
      const loss = (params, x, y) => {
        let h = x;
        for (let l = 0; l < layers.length; l++)
          h = np.matmul(l === 0 ? h : nn.sigmoid(h), params[2 * l]).add(params[2 * l + 1]);
        return crossEntropy(h, y).div(spec.batch);
      };
      const params = layers.flatMap(({ inputs, outputs, weight, bias }) => [
        array(weight, [inputs, outputs]),
        array(bias, [outputs]),
      ]);
      const { sizes, batch } = spec;
      return descending(loss, params, array(x, [batch, sizes[0]]), array(y, [batch, sizes.at(-1)]), spec.steps);
    },
    convolution(spec) {
      const { side, kernel, channels, strides, flat, classes } = CONVOLUTION;
      const { kernels, dense, x, y } = convolutionNetwork(spec);
      const loss = ([k0, b0, k1, b1, w, b], x, y) => {
        const conv = (h, k, b, l) =>
          nn.sigmoid(
            lax.convGeneralDilated(h, k, [strides[l], strides[l]], "VALID").add(b.reshape([channels[l + 1], 1, 1])),
          );
        const h = conv(conv(x, k0, b0, 0), k1, b1, 1).reshape([spec.batch, flat]);
        return crossEntropy(np.matmul(h, w).add(b), y).div(spec.batch);
      };
      const params = [
        ...kernels.flatMap(({ weight, bias }, l) => [
          array(weight, [channels[l + 1], channels[l], kernel, kernel]),
          array(bias, [channels[l + 1]]),
        ]),
        array(dense.weight, [flat, classes]),
        array(dense.bias, [classes]),
      ];
      const images = array(x, [spec.batch, 1, side, side]);
      return descending(loss, params, images, array(y, [spec.batch, classes]), spec.steps);
    },
    add: over((a, b) => a.add(b), ["a", "b"]),
    sigmoid: over(nn.sigmoid, ["a"]),
    chain: over((a, b) => nn.sigmoid(a.mul(0.5).add(0.25)).mul(b), ["a", "b"]),
    crossEntropy: over((z, y) => crossEntropy(z, y).div(z.shape[0]), ["a", "y"]),
    sum: over(np.sum, ["positive"]),
    softmax: over((a) => nn.softmax(a, -1), ["a"]),
  },
);
