/** @file The numbers all subjects work on: a function of seed and index, the same in every language, exact in float32. */

/** @typedef {"float32" | "float64"} Float */
/** @typedef {Float32Array | Float64Array} Floats */

/** @param {Float} dtype @param {number} length @returns {Floats} */
export const floats = (dtype, length) => (dtype === "float32" ? new Float32Array(length) : new Float64Array(length));

/**
 * Evenly from [−scale, scale): 24 bits of an integer hash of seed and index.
 * Source: the hash is C. Wellons' lowbias32 (2018).
 *
 * @param {number} seed @param {number} length @param {Float} dtype @param {number} [scale]
 */
export function uniform(seed, length, dtype, scale = 1) {
  const values = floats(dtype, length);
  for (let i = 0; i < length; i++) {
    let h = (Math.imul(seed, 0x9e3779b9) + i) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    h ^= h >>> 16;
    values[i] = ((h >>> 8) / 2 ** 23 - 1) * scale;
  }
  return values;
}

/**
 * 0 or 1, by the sign of `uniform`.
 *
 * @param {number} seed @param {number} length @param {Float} dtype
 */
const bits = (seed, length, dtype) => uniform(seed, length, dtype).map((x) => (x > 0 ? 1 : 0));

/** What a subject's result comes down to: Σ cᵢ wᵢ with weights that no permutation keeps. @param {ArrayLike<number>} values */
export function checksum(values) {
  const weights = uniform(99, values.length, "float64");
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Number(values[i]) * Number(weights[i]);
  return total;
}

/** The rate of descent in every training step. */
export const RATE = 0.1;

/**
 * What pointwise work and reductions run over: values, others, targets, and values in [0, 1) whose sum does not cancel.
 *
 * @param {{ length: number, dtype: Float }} spec
 */
export const arrays = ({ length, dtype }) => ({
  a: uniform(1, length, dtype, 8),
  b: uniform(2, length, dtype),
  y: bits(3, length, dtype),
  positive: uniform(4, length, dtype).map((x) => (x + 1) / 2),
});

/**
 * A network of dense layers before its first step: weights [in, out] after Glorot, biases 0, a batch and its targets.
 *
 * @param {{ sizes: readonly number[], batch: number, dtype: Float }} spec
 */
export function network({ sizes, batch, dtype }) {
  const layers = sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i] ?? 0;
    const weight = uniform(10 + i, inputs * outputs, dtype, Math.sqrt(6 / (inputs + outputs)));
    return { inputs, outputs, weight, bias: floats(dtype, outputs) };
  });
  const [inputs = 0, outputs = 0] = [sizes[0], sizes.at(-1)];
  return { layers, x: uniform(1, batch * inputs, dtype), y: bits(2, batch * outputs, dtype) };
}

/** The small convolutional network: its extents, kernels [out, in, 3, 3], and a batch [batch, 1, 28, 28]. */
export const CONVOLUTION = {
  side: 28,
  kernel: 3,
  channels: [1, 8, 16],
  strides: [1, 2],
  flat: 16 * 12 * 12,
  classes: 10,
};

/** @param {{ batch: number, dtype: Float }} spec */
export function convolutionNetwork({ batch, dtype }) {
  const { side, kernel, channels, flat, classes } = CONVOLUTION;
  const kernels = channels.slice(1).map((outputs, i) => {
    const fanIn = (channels[i] ?? 0) * kernel * kernel;
    return { weight: uniform(20 + i, outputs * fanIn, dtype, Math.sqrt(3 / fanIn)), bias: floats(dtype, outputs) };
  });
  return {
    kernels,
    dense: { weight: uniform(30, flat * classes, dtype, Math.sqrt(3 / flat)), bias: floats(dtype, classes) },
    x: uniform(1, batch * side * side, dtype),
    y: bits(2, batch * classes, dtype),
  };
}
