/** @file Convolutions and their transposes as layers. Images are [channels, …spatial], kernels as PyTorch has them. */
import {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d as convolve1d,
  conv2d as convolve2d,
  type PerAxis,
  type Tensor,
  TensorError,
  convTranspose1d as transposed1d,
  convTranspose2d as transposed2d,
  zeros,
} from "@deltagrad/tensor";
import { heUniform } from "../initializers/fans.ts";
import type { Initializer } from "../initializers/initializer.ts";
import type { Layer } from "../layer.ts";
import { ANY } from "../signature.ts";
import { checkInput, checkOneOf, checkParams, checkSizes, inOneBatch, perAxis, showOptions } from "./options.ts";

/** The parameters of a convolution; bias is null where there is none. */
export interface ConvParams {
  readonly weight: Tensor;
  readonly bias: Tensor | null;
}

interface Common {
  /** Whether there is a bias (true). */
  readonly bias?: boolean;
  /** How the kernels begin (heUniform). */
  readonly initializer?: Initializer;
}

export interface ConvLayerOptions extends Common, Omit<ConvOptions, "bias"> {}
export interface ConvTransposeLayerOptions extends Common, Omit<ConvTransposeOptions, "bias"> {}

type Spatial1 = readonly [number];
type Spatial2 = readonly [number, number];

/** A layer from an image of I channels to one of O. */
export type ConvLayer<I extends number, O extends number, Spatial extends readonly number[]> = Layer<
  ConvParams,
  readonly [I, ...Spatial],
  readonly [O, ...Spatial]
>;

type Convolve = (x: Tensor, weight: Tensor, options: ConvOptions & { readonly outputPadding?: PerAxis }) => Tensor;

interface Kind {
  readonly op: string;
  readonly rank: 1 | 2;
  readonly transposed: boolean;
  readonly convolve: Convolve;
}

interface AnyOptions extends ConvLayerOptions {
  readonly outputPadding?: PerAxis;
}

function convolution(
  { op, rank, transposed, convolve }: Kind,
  inputs: number,
  outputs: number,
  kernel: PerAxis,
  options: AnyOptions,
): Layer<ConvParams> {
  const { bias: biased = true, initializer = heUniform(), ...window } = options;
  const { groups = 1, stride = 1, dilation = 1, padding = 0, outputPadding = 0 } = window;
  const name = `${op}(${inputs}, ${outputs}, ${JSON.stringify(kernel)}${showOptions(options)})`;
  checkSizes(op, name, [inputs, outputs, groups]);
  const extents = perAxis(op, "kernel", kernel, rank, 1);
  perAxis(op, "stride", stride, rank, 1);
  perAxis(op, "dilation", dilation, rank, 1);
  if (typeof padding !== "string" || transposed) perAxis(op, "padding", padding as PerAxis, rank, 0);
  else checkOneOf(op, "padding", padding, ["same", "valid"]);
  perAxis(op, "outputPadding", outputPadding, rank, 0);
  if (inputs % groups !== 0 || outputs % groups !== 0)
    throw new TensorError(
      op,
      `${groups} groups for ${inputs} channels in and ${outputs} out`,
      "give a number that divides both",
    );
  const shape = transposed ? [inputs, outputs / groups, ...extents] : [outputs, inputs / groups, ...extents];
  const image = [inputs, ...extents.map(() => ANY)];
  return {
    name,
    input: image,
    output: [outputs, ...image.slice(1)],
    config: { [op]: outputs, inputs, kernel, ...options },
    init: (rng) => ({
      weight: initializer(shape, rng.stream("weight")) as Tensor,
      bias: biased ? (zeros([outputs]) as Tensor) : null,
    }),
    apply(params: ConvParams, x: Tensor): Tensor {
      checkInput(op, `${inputs} channels on axis ${x.rank - rank - 1}`, image, x);
      checkParams(name, params, { weight: shape, bias: biased ? [outputs] : null });
      const { weight, bias } = params;
      return inOneBatch(x, rank + 1, (batch) => convolve(batch, weight, { ...window, bias: bias ?? undefined }));
    },
  };
}

/**
 * A convolution along the last axis, of sequences of channels; see `conv1d` of the tensor package.
 *
 * Shapes: [batch, …, inputs, length] → [batch, …, outputs, ⌊(length + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ +
 * 1]; weight [outputs, inputs / groups, kernel], bias [outputs], which begins at 0: PyTorch's layout.
 * Throws: TensorError for sizes and options that are none; when x has other channels, or is shorter than the kernel.
 *
 * @example
 * const layer = conv1d(3, 8, 5, { padding: "same" });
 * layer.apply(layer.init(rng(7)), zeros([2, 3, 16])).shape;   // => [2, 8, 16]
 */
export function conv1d<const I extends number, const O extends number>(
  inputs: I,
  outputs: O,
  kernel: PerAxis,
  options: ConvLayerOptions = {},
): ConvLayer<I, O, Spatial1> {
  return convolution(
    { op: "conv1d", rank: 1, transposed: false, convolve: convolve1d },
    inputs,
    outputs,
    kernel,
    options,
  );
}

/**
 * A convolution over the last two axes, of images; see `conv2d` of the tensor package.
 *
 * Shapes: [batch, …, inputs, height, width] → [batch, …, outputs, height, width], each as in conv1d; weight [outputs,
 * inputs / groups, kernel height, kernel width], bias [outputs], which begins at 0: PyTorch's layout.
 * Throws: TensorError for sizes and options that are none; when x has other channels, or is smaller than the kernel.
 *
 * @example
 * const layer = conv2d(1, 8, 3, { stride: 2, padding: 1 });
 * layer.apply(layer.init(rng(7)), zeros([2, 1, 28, 28])).shape;   // => [2, 8, 14, 14]
 */
export function conv2d<const I extends number, const O extends number>(
  inputs: I,
  outputs: O,
  kernel: PerAxis,
  options: ConvLayerOptions = {},
): ConvLayer<I, O, Spatial2> {
  return convolution(
    { op: "conv2d", rank: 2, transposed: false, convolve: convolve2d },
    inputs,
    outputs,
    kernel,
    options,
  );
}

/**
 * The transpose of a convolution along the last axis: it makes sequences longer where that made them shorter.
 *
 * Shapes: [batch, …, inputs, length] → [batch, …, outputs, (length − 1)·stride + dilation·(kernel − 1) + 1 − 2·padding +
 * outputPadding]; weight [inputs, outputs / groups, kernel], bias [outputs], which begins at 0: PyTorch's layout.
 * Throws: TensorError for sizes and options that are none, and when x has other channels.
 *
 * @example
 * const layer = convTranspose1d(3, 8, 4, { stride: 2, padding: 1 });
 * layer.apply(layer.init(rng(7)), zeros([2, 3, 16])).shape;   // => [2, 8, 32]
 */
export function convTranspose1d<const I extends number, const O extends number>(
  inputs: I,
  outputs: O,
  kernel: PerAxis,
  options: ConvTransposeLayerOptions = {},
): ConvLayer<I, O, Spatial1> {
  return convolution(
    { op: "convTranspose1d", rank: 1, transposed: true, convolve: transposed1d as Convolve },
    inputs,
    outputs,
    kernel,
    options,
  );
}

/**
 * The transpose of a convolution over the last two axes, as `convTranspose1d`: it makes images larger.
 *
 * Shapes: [batch, …, inputs, height, width] → [batch, …, outputs, height, width]; weight [inputs, outputs / groups,
 * kernel height, kernel width], bias [outputs], which begins at 0: PyTorch's layout.
 * Throws: TensorError for sizes and options that are none, and when x has other channels.
 *
 * @example
 * const layer = convTranspose2d(8, 1, 2, { stride: 2 });
 * layer.apply(layer.init(rng(7)), zeros([2, 8, 7, 7])).shape;   // => [2, 1, 14, 14]
 */
export function convTranspose2d<const I extends number, const O extends number>(
  inputs: I,
  outputs: O,
  kernel: PerAxis,
  options: ConvTransposeLayerOptions = {},
): ConvLayer<I, O, Spatial2> {
  return convolution(
    { op: "convTranspose2d", rank: 2, transposed: true, convolve: transposed2d as Convolve },
    inputs,
    outputs,
    kernel,
    options,
  );
}
