/**
 * @file Activations as layers. Plain functions of a tensor (relu, sigmoid, tanh, gelu, …) are layers already; here are
 * those that are told something (a slope, an axis) or learn it. The namespace `activations`.
 */
import {
  celu as celuOf,
  elu as eluOf,
  full,
  gelu as geluOf,
  glu as gluOf,
  greater,
  hardshrink as hardshrinkOf,
  hardTanh as hardTanhOf,
  leakyRelu as leakyReluOf,
  logSoftmax as logSoftmaxOf,
  mul,
  reshape,
  softmax as softmaxOf,
  softshrink as softshrinkOf,
  type Tensor,
  threshold as thresholdOf,
  where,
  zeros,
} from "@deltagrad/tensor";
import type { Layer, LayerConfig } from "../layer.ts";
import { channelExtents } from "./normalization.ts";
import { checkInput, checkNumber, checkParams, checkSizes, showOptions } from "./options.ts";

/** A layer without parameters that keeps any shape. */
export type Activation = Layer<null, readonly [], readonly []>;

const pointwise = (name: string, config: LayerConfig, f: (x: Tensor) => Tensor): Activation => ({
  name,
  input: [],
  output: [],
  config,
  init: () => null,
  apply: (_params: null, x: Tensor): Tensor => f(x),
});

/** An activation with options, which the operation itself checks: once at construction, on a single number. */
function configured<O extends object>(op: string, options: O, f: (x: Tensor, options: O) => Tensor): Activation {
  f(zeros([]) as Tensor, options);
  const shown = showOptions(options).replace(/^, /, "");
  return pointwise(`${op}(${shown})`, Object.keys(options).length === 0 ? op : { [op]: options }, (x) => f(x, options));
}

/** An activation along an axis. */
function along(op: string, axis: number, f: (x: Tensor, axis: number) => Tensor): Activation {
  checkNumber(op, "axis", axis, Number.isInteger(axis), "give a whole number");
  return pointwise(`${op}(${axis})`, { [op]: axis }, (x) => f(x, axis));
}

/**
 * x where it is positive, else slope·x (0.01); see `leakyRelu` of the tensor package.
 *
 * Shapes: any → the same.
 *
 * @example
 * leakyRelu({ slope: 0.1 }).apply(null, tensor([-10, 2])).toArray();   // => [-1, 2]
 */
export const leakyRelu = (options: { readonly slope?: number } = {}): Activation =>
  configured("leakyRelu", options, (x, told) => leakyReluOf(x, told) as Tensor);

/**
 * x where it is positive, else alpha·(eˣ − 1) (alpha 1); see `elu` of the tensor package.
 *
 * Shapes: any → the same.
 *
 * @example
 * elu({ alpha: 2 }).apply(null, tensor([0, 3])).toArray();   // => [0, 3]
 */
export const elu = (options: { readonly alpha?: number } = {}): Activation =>
  configured("elu", options, (x, told) => eluOf(x, told) as Tensor);

/**
 * x where it is positive, else alpha·(e^(x/alpha) − 1) (alpha 1); see `celu` of the tensor package.
 *
 * Shapes: any → the same.
 *
 * @example
 * celu({ alpha: 2 }).apply(null, tensor([0, 3])).toArray();   // => [0, 3]
 */
export const celu = (options: { readonly alpha?: number } = {}): Activation =>
  configured("celu", options, (x, told) => celuOf(x, told) as Tensor);

/**
 * x times the normal distribution of x, exactly or by a tanh; see `gelu` of the tensor package.
 *
 * Shapes: any → the same.
 *
 * @example
 * gelu({ approximate: "tanh" }).apply(null, tensor([0])).toArray();   // => [0]
 */
export const gelu = (options: { readonly approximate?: "none" | "tanh" } = {}): Activation =>
  configured("gelu", options, (x, told) => geluOf(x, told) as Tensor);

/**
 * x brought into [min, max] (−1, 1).
 *
 * Shapes: any → the same.
 *
 * @example
 * hardTanh({ max: 2 }).apply(null, tensor([-5, 5])).toArray();   // => [-1, 2]
 */
export const hardTanh = (options: { readonly min?: number; readonly max?: number } = {}): Activation =>
  configured("hardTanh", options, (x, told) => hardTanhOf(x, told) as Tensor);

/**
 * x brought nearer to 0 by lambda (0.5).
 *
 * Shapes: any → the same.
 *
 * @example
 * softshrink({ lambda: 1 }).apply(null, tensor([-3, 0.5])).toArray();   // => [-2, 0]
 */
export const softshrink = (options: { readonly lambda?: number } = {}): Activation =>
  configured("softshrink", options, (x, told) => softshrinkOf(x, told) as Tensor);

/**
 * x where it is further from 0 than lambda (0.5), else 0.
 *
 * Shapes: any → the same.
 *
 * @example
 * hardshrink({ lambda: 1 }).apply(null, tensor([-3, 0.5])).toArray();   // => [-3, 0]
 */
export const hardshrink = (options: { readonly lambda?: number } = {}): Activation =>
  configured("hardshrink", options, (x, told) => hardshrinkOf(x, told) as Tensor);

/**
 * x where it is greater than level, else value.
 *
 * Shapes: any → the same.
 *
 * @example
 * threshold(1, -1).apply(null, tensor([0.5, 2])).toArray();   // => [-1, 2]
 */
export function threshold(level: number, value: number): Activation {
  thresholdOf(0, level, value);
  return pointwise(`threshold(${level}, ${value})`, { threshold: level, value }, (x) => thresholdOf(x, level, value));
}

/**
 * Exponentials divided by their sum along an axis, by default the last. (Losses from logits need none.)
 *
 * Shapes: any → the same.
 *
 * @example
 * softmax().apply(null, tensor([[0, 0]])).toArray();   // => [[0.5, 0.5]]
 */
export const softmax = (axis = -1): Activation => along("softmax", axis, softmaxOf);

/**
 * The logarithm of softmax, without its rounding.
 *
 * Shapes: any → the same.
 *
 * @example
 * logSoftmax().apply(null, tensor([[1000, 0]])).toArray();   // => [[0, -1000]]
 */
export const logSoftmax = (axis = -1): Activation => along("logSoftmax", axis, logSoftmaxOf);

/**
 * The first half of the last axis times the sigmoid of the second.
 *
 * Shapes: [batch, …, 2·features] → [batch, …, features].
 * Source: Dauphin and others, Language Modeling with Gated Convolutional Networks (2016), eq 1.
 *
 * @example
 * glu().apply(null, tensor([1, 2, 0, 1000])).toArray();   // => [0.5, 2]
 */
export const glu = (): Layer<null, readonly [number], readonly [number]> => ({
  name: "glu()",
  input: [-1],
  output: [-1],
  config: "glu",
  init: () => null,
  apply: (_params: null, x: Tensor): Tensor => gluOf(x, -1),
});

/** The slopes of a prelu. */
export interface PreluParams {
  readonly slope: Tensor;
}

interface PreluOptions {
  /** Where the slopes begin (0.25). */
  readonly initial?: number;
  /** How many axes stand behind the channels (0). */
  readonly spatial?: number;
}

/**
 * x where it is positive, else slope·x with a slope that is learned: one for all, or one for each channel.
 *
 * Shapes: any → the same, or [batch, …, channels, …spatial] → the same; slope [channels], which begins at `initial`.
 * Derivative: to the slope, the sum of what it is multiplied by.
 * Source: K. He and others, Delving Deep into Rectifiers (2015), eq 1.
 *
 * @example
 * const layer = prelu();
 * layer.apply(layer.init(rng(7)), tensor([-4, 2])).toArray();   // => [-1, 2]
 */
export function prelu(channels = 1, options: PreluOptions = {}): Layer<PreluParams, readonly [], readonly []> {
  const { initial = 0.25, spatial = 0 } = options;
  const name = `prelu(${channels}${showOptions(options)})`;
  checkSizes("prelu", name, [channels]);
  checkNumber("prelu", "initial", initial, Number.isFinite(initial), "give a finite number");
  const extents = channelExtents("prelu", channels, spatial, 0);
  return {
    name,
    input: [],
    output: [],
    config: { prelu: channels, ...options },
    init: () => ({ slope: full([channels], initial) as Tensor }),
    apply(params: PreluParams, x: Tensor): Tensor {
      if (channels > 1) checkInput("prelu", `${channels} channels on axis −${spatial + 1}`, extents, x);
      checkParams(name, params, { slope: [channels] });
      const as = channels === 1 ? [] : [channels, ...extents.slice(1).map(() => 1)];
      return where(greater(x, 0), x, mul(reshape(params.slope, as), x) as Tensor) as Tensor;
    },
  };
}
