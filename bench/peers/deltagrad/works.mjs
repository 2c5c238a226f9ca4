/** @file All the work in our own operations, on the public names of the packages. */
import { crossEntropyFromLogits } from "@deltagrad/nn";
import * as dg from "@deltagrad/tensor";
import { arrays, CONVOLUTION, checksum, convolutionNetwork, network, RATE, uniform } from "../../runners/inputs.mjs";

const array = (values, shape) => dg.tensor(values, { shape });

/** Applies f to the same arguments again and again. */
function repeatedly(compiled, f, args) {
  const g = compiled(f);
  return {
    run(times) {
      for (let t = 0; t < times; t++) g(...args);
    },
    check: () => checksum(g(...args).toTypedArray()),
  };
}

/** Descends along the gradient of `loss(params, x, y)`. */
function descending(compiled, loss, start, x, y, steps) {
  const step = compiled((params, x, y) => {
    const [cost, grads] = dg.valueAndGrad(loss)(params, x, y);
    return [cost, dg.zipTrees((p, g) => dg.sub(p, dg.mul(RATE, g)), params, grads)];
  });
  let params = start;
  const run = (times) => {
    let cost;
    for (let t = 0; t < times; t++) [cost, params] = step(params, x, y);
    return cost.item();
  };
  return { run, check: () => run(steps) };
}

/** All the work, with every function that is repeated handed to `compiled` first. */
export function worksOf(compiled) {
  const over = (f, names) => (spec) => {
    const inputs = arrays(spec);
    return repeatedly(
      compiled,
      f,
      names.map((name) => array(inputs[name], [spec.length / 1000, 1000])),
    );
  };
  return {
    matmul: ({ m, k, n, dtype }) =>
      repeatedly(compiled, dg.matmul, [
        array(uniform(1, m * k, dtype), [m, k]),
        array(uniform(2, k * n, dtype), [k, n]),
      ]),
    train(spec) {
      const { layers, x, y } = network(spec);
      const { sizes, batch } = spec;
      const loss = (params, x, y) =>
        crossEntropyFromLogits(
          params.reduce((h, { weight, bias }, l) => dg.add(dg.matmul(l === 0 ? h : dg.sigmoid(h), weight), bias), x),
          y,
        );
      const params = layers.map(({ inputs, outputs, weight, bias }) => ({
        weight: array(weight, [inputs, outputs]),
        bias: array(bias, [outputs]),
      }));
      const [images, targets] = [array(x, [batch, sizes[0]]), array(y, [batch, sizes.at(-1)])];
      return descending(compiled, loss, params, images, targets, spec.steps);
    },
    convolution(spec) {
      const { side, kernel, channels, strides, flat, classes } = CONVOLUTION;
      const { kernels, dense, x, y } = convolutionNetwork(spec);
      const params = {
        kernels: kernels.map(({ weight, bias }, l) => ({
          weight: array(weight, [channels[l + 1], channels[l], kernel, kernel]),
          bias: array(bias, [channels[l + 1]]),
        })),
        weight: array(dense.weight, [flat, classes]),
        bias: array(dense.bias, [classes]),
      };
      const loss = ({ kernels, weight, bias }, x, y) => {
        const h = kernels.reduce(
          (h, { weight, bias }, l) =>
            dg.sigmoid(dg.add(dg.conv2d(h, weight, { stride: strides[l] }), dg.reshape(bias, [-1, 1, 1]))),
          x,
        );
        return crossEntropyFromLogits(dg.add(dg.matmul(dg.reshape(h, [spec.batch, flat]), weight), bias), y);
      };
      const images = array(x, [spec.batch, 1, side, side]);
      return descending(compiled, loss, params, images, array(y, [spec.batch, classes]), spec.steps);
    },
    add: over(dg.add, ["a", "b"]),
    sigmoid: over(dg.sigmoid, ["a"]),
    chain: over((a, b) => dg.mul(dg.sigmoid(dg.add(dg.mul(a, 0.5), 0.25)), b), ["a", "b"]),
    crossEntropy: over(crossEntropyFromLogits, ["a", "y"]),
    sum: over((x) => dg.sum(x), ["positive"]),
    softmax: over((a) => dg.softmax(a, -1), ["a"]),
  };
}
