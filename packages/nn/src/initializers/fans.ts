/** @file Initializers whose spread follows from the fans, so that the variance of signals or gradients is kept. */
import { type Rng, type Shape, type Tensor, TensorError } from "@deltagrad/tensor";
import { checkFinite, type Fans, fansOf, gainOf, type Initializer, made, type Nonlinearity } from "./initializer.ts";

/** Evenly from ±√3·std, which has that standard deviation. */
const evenly = (shape: Shape, rng: Rng, std: number): Tensor =>
  rng.uniform(shape, { low: -Math.sqrt(3) * std, high: Math.sqrt(3) * std }) as Tensor;

const normally = (shape: Shape, rng: Rng, std: number): Tensor => rng.normal(shape, { std }) as Tensor;

/** An initializer that spreads by its fans; a fan of 0 belongs to a tensor without elements. */
const byFans = (name: string, options: object, draw: typeof evenly, std: (fans: Fans) => number): Initializer =>
  made(name, options, (shape, rng, fans = fansOf(shape)) => {
    const spread = std(fans);
    return draw(shape, rng, Number.isFinite(spread) ? spread : 0);
  });

interface Gain {
  readonly gain?: number;
}

const glorot =
  (name: string, draw: typeof evenly) =>
  (options: Gain = {}): Initializer => {
    const { gain = 1 } = options;
    checkFinite(name, { gain });
    return byFans(name, options, draw, ({ inputs, outputs }) => gain * Math.sqrt(2 / (inputs + outputs)));
  };

/**
 * Evenly from ±gain·√(6 / (inputs + outputs)): the variance of signals is kept both ways. Also known as Xavier's.
 *
 * Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), eq 16.
 *
 * @example
 * glorotUniform()([2, 4], rng(7)).max().item() < 1;   // => true
 */
export const glorotUniform: (options?: Gain) => Initializer = /* @__PURE__ */ glorot("glorotUniform", evenly);

/**
 * Normally with variance gain²·2 / (inputs + outputs). Also known as Xavier's.
 *
 * Source: X. Glorot, Y. Bengio (2010), eq 12.
 *
 * @example
 * glorotNormal({ gain: 0 })([1, 2], rng(7)).toArray();   // => [[0, 0]]
 */
export const glorotNormal: (options?: Gain) => Initializer = /* @__PURE__ */ glorot("glorotNormal", normally);

interface HeOptions {
  /** Whose variance is kept: that of signals forward ("inputs", the default), or of gradients backward ("outputs"). */
  readonly fan?: "inputs" | "outputs";
  /** What follows the layer (relu), and of leakyRelu its slope (0.01). */
  readonly nonlinearity?: Nonlinearity;
  readonly slope?: number;
}

const he =
  (name: string, draw: typeof evenly) =>
  (options: HeOptions = {}): Initializer => {
    const { fan = "inputs", nonlinearity = "relu", slope = 0.01 } = options;
    if (fan !== "inputs" && fan !== "outputs")
      throw new TensorError(name, `fan is ${JSON.stringify(fan)}`, 'use "inputs" or "outputs"');
    const gain = gainOf(nonlinearity, { slope });
    return byFans(name, options, draw, (fans) => gain / Math.sqrt(fans[fan]));
  };

/**
 * Evenly from ±gain·√(3 / fan), for layers followed by relu. Also known as Kaiming's.
 *
 * Source: K. He and others, Delving Deep into Rectifiers (2015), eq 10 and 15.
 *
 * @example
 * heUniform()([6, 3], rng(7)).abs().max().item() <= 1;   // => true
 */
export const heUniform: (options?: HeOptions) => Initializer = /* @__PURE__ */ he("heUniform", evenly);

/**
 * Normally with variance gain² / fan: 2 / inputs for layers followed by relu. Also known as Kaiming's.
 *
 * Source: K. He and others (2015), eq 10 and 15.
 *
 * @example
 * heNormal({ fan: "outputs" })([3, 2], rng(7)).shape;   // => [3, 2]
 */
export const heNormal: (options?: HeOptions) => Initializer = /* @__PURE__ */ he("heNormal", normally);

const lecun = (name: string, draw: typeof evenly) => (): Initializer =>
  byFans(name, {}, draw, ({ inputs }) => 1 / Math.sqrt(inputs));

/**
 * Evenly from ±√(3 / inputs), which has variance 1 / inputs.
 *
 * Source: Y. LeCun and others, Efficient BackProp (1998), eq 16.
 *
 * @example
 * lecunUniform()([3, 2], rng(7)).abs().max().item() <= 1;   // => true
 */
export const lecunUniform: () => Initializer = /* @__PURE__ */ lecun("lecunUniform", evenly);

/**
 * Normally with variance 1 / inputs, for layers followed by selu.
 *
 * Source: Y. LeCun and others (1998), eq 16.
 *
 * @example
 * lecunNormal()([3, 2], rng(7)).shape;   // => [3, 2]
 */
export const lecunNormal: () => Initializer = /* @__PURE__ */ lecun("lecunNormal", normally);

/**
 * Evenly from ±1/√inputs: what PyTorch's linear, convolutional and recurrent layers begin with (those call it Kaiming's
 * with slope √5, which comes to the same), and their biases.
 *
 * @example
 * torchUniform()([4, 2], rng(7)).abs().max().item() <= 0.5;   // => true
 */
export const torchUniform = (): Initializer =>
  byFans("torchUniform", {}, evenly, ({ inputs }) => 1 / Math.sqrt(3 * inputs));
