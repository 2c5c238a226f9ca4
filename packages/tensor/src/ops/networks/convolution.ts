/**
 * @file Convolution and its transpose over one, two and three spatial axes. Layout: images [batch, channels, …spatial],
 * PyTorch's NCHW; without the batch axis an image is taken, and given, alone.
 */
import { asTensor } from "../../core/create.ts";
import { promote } from "../../core/dtype.ts";
import { formatShape, TensorError } from "../../core/errors.ts";
import { apply } from "../../core/primitive.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add } from "../arithmetic.ts";
import { cast } from "../broadcast.ts";
import { reshape } from "../shape.ts";
import { convOp, convTransposeOp } from "./trilinear.ts";
import { called, checkImage, inBatch, type PerAxis, perAxis, reach, type WindowAxis } from "./windows.ts";

interface Common {
  /** Added to each channel of the result. */
  readonly bias?: Tensor | undefined;
  /** How far one window is from the next (1). */
  readonly stride?: PerAxis;
  /** How far one element of a window is from the next (1). */
  readonly dilation?: PerAxis;
  /** Into how many parts the channels are cut, each with kernels of its own (1). */
  readonly groups?: number;
}

export interface ConvOptions extends Common {
  /** Zeros on both sides of each spatial axis (0); "valid": none; "same": as many as keep the extents, for stride 1. */
  readonly padding?: PerAxis | "same" | "valid";
}

export interface ConvTransposeOptions extends Common {
  /** What the convolution had as padding, cut off here (0). */
  readonly padding?: PerAxis;
  /** Elements added behind: of the extents that the convolution would take to the same one, how many more (0). */
  readonly outputPadding?: PerAxis;
}

const axisNames = ["depth", "height", "width"];

/** Checks what all convolutions have in common, and brings the operands to one dtype. */
function operands(op: string, rank: number, transposed: boolean, x: Tensor, weight: Tensor, options: Common) {
  const { bias, groups = 1 } = options;
  const given = [asTensor(op, x), asTensor(op, weight), ...(bias === undefined ? [] : [asTensor(op, bias)])];
  checkImage(op, x, rank);
  if (weight.rank !== rank + 2 || weight.shape.slice(2).includes(0)) {
    const order = transposed ? "in, channels out" : "out, channels in";
    const advice = `give [channels ${order} / groups, ${axisNames.slice(-rank).join(", ")}] with no empty window`;
    throw new TensorError(op, `${called("weight", weight)} is no ${rank}-d kernel`, advice, [weight]);
  }
  if (!Number.isInteger(groups) || groups < 1 || weight.shape[0]! % groups !== 0)
    throw new TensorError(
      op,
      `groups ${groups} for ${called("weight", weight)}`,
      "give a whole number ≥ 1 that divides its first axis",
      [weight],
    );
  const channels = x.shape[x.rank - rank - 1]!;
  const expected = transposed ? weight.shape[0]! : weight.shape[1]! * groups;
  if (channels !== expected)
    throw new TensorError(
      op,
      `${called("x", x)} has ${channels} channels, ${called("weight", weight)} with groups ${groups} takes ${expected}`,
      "channels stand before the spatial axes",
      [x, weight],
    );
  const made = transposed ? weight.shape[1]! * groups : weight.shape[0]!;
  if (bias !== undefined && (bias.rank !== 1 || bias.size !== made))
    throw new TensorError(op, `${called("bias", bias)} for ${made} channels`, `give a bias of shape [${made}]`, [bias]);
  const dtype = given.map((operand) => operand.dtype).reduce(promote);
  if (dtype === "bool") throw new TensorError(op, "is not defined for bool", "cast to int32 or float64 first", given);
  const spatial = new Array<number>(rank).fill(1);
  return {
    image: cast(x, dtype),
    kernels: cast(weight, dtype),
    groups,
    extents: x.shape.slice(-rank),
    finish: (y: Tensor): Tensor =>
      bias === undefined ? y : (add(y, reshape(cast(bias, dtype), [made, ...spatial])) as Tensor),
  };
}

/** The zeros before and behind each axis. */
function marginsOf(
  op: string,
  padding: PerAxis | string,
  kernels: readonly Reach[],
): readonly (readonly [number, number])[] {
  if (padding === "valid") return kernels.map(() => [0, 0]);
  if (padding === "same") {
    if (kernels.some(({ stride }) => stride !== 1))
      throw new TensorError(
        op,
        `padding "same" with stride ${formatShape(kernels.map(({ stride }) => stride))}`,
        "it keeps extents, which only stride 1 can; give numbers",
      );
    return kernels.map((kernel) => {
      const before = Math.floor((reach(kernel) - 1) / 2);
      return [before, reach(kernel) - 1 - before];
    });
  }
  if (typeof padding === "string")
    throw new TensorError(op, `padding is ${JSON.stringify(padding)}`, 'give numbers, "same" or "valid"');
  return perAxis(op, "padding", padding, kernels.length, 0).map((n) => [n, n]);
}

type Reach = Pick<WindowAxis, "kernel" | "stride" | "dilation">;

function reaches(op: string, rank: number, weight: Tensor, { stride = 1, dilation = 1 }: Common): readonly Reach[] {
  const strides = perAxis(op, "stride", stride, rank, 1);
  const dilations = perAxis(op, "dilation", dilation, rank, 1);
  return weight.shape.slice(2).map((kernel, i) => ({ kernel, stride: strides[i]!, dilation: dilations[i]! }));
}

type Conv = (x: Tensor, weight: Tensor, options?: ConvOptions) => Tensor;

// @__NO_SIDE_EFFECTS__
function convolution(rank: 1 | 2 | 3): Conv {
  const op = `conv${rank}d`;
  return (x, weight, options = {}) => {
    const { image, kernels, groups, extents, finish } = operands(op, rank, false, x, weight, options);
    const windows = reaches(op, rank, weight, options);
    const margins = marginsOf(op, options.padding ?? 0, windows);
    const padded = extents.map((extent, i) => margins[i]![0] + extent + margins[i]![1]);
    if (padded.some((extent, i) => extent < reach(windows[i]!)))
      throw new TensorError(
        op,
        `windows reach over ${formatShape(windows.map(reach))}, but ${called("x", x)} with its padding has ${formatShape(padded)}`,
        "pad more, or use smaller kernels",
        [x, weight],
      );
    const axes = windows.map((window, i) => ({
      ...window,
      input: extents[i]!,
      output: Math.floor((padded[i]! - reach(window)) / window.stride) + 1,
      before: margins[i]![0],
    }));
    return inBatch(image, rank, (batch) => finish(apply(convOp, [batch, kernels], { axes, groups, leading: 0 })));
  };
}

type ConvTranspose = (x: Tensor, weight: Tensor, options?: ConvTransposeOptions) => Tensor;

// @__NO_SIDE_EFFECTS__
function transposedConvolution(rank: 1 | 2 | 3): ConvTranspose {
  const op = `convTranspose${rank}d`;
  return (x, weight, options = {}) => {
    const { image, kernels, groups, extents, finish } = operands(op, rank, true, x, weight, options);
    const windows = reaches(op, rank, weight, options);
    const padding = perAxis(op, "padding", options.padding ?? 0, rank, 0);
    const behind = perAxis(op, "outputPadding", options.outputPadding ?? 0, rank, 0);
    windows.forEach(({ stride, dilation }, i) => {
      if (behind[i]! >= Math.max(stride, dilation))
        throw new TensorError(
          op,
          `outputPadding ${behind[i]} on an axis of stride ${stride} and dilation ${dilation}`,
          "it must be smaller than one of them",
        );
    });
    // The axes of the convolution whose transpose this is: what it takes is what is made here.
    const axes = windows.map((window, i) => ({
      ...window,
      input: (extents[i]! - 1) * window.stride + reach(window) - 2 * padding[i]! + behind[i]!,
      output: extents[i]!,
      before: padding[i]!,
    }));
    if (extents.includes(0) || axes.some(({ input }) => input < 1))
      throw new TensorError(
        op,
        `${called("x", x)} would give spatial extents ${formatShape(axes.map(({ input }) => input))}`,
        "an extent is (input − 1)·stride + dilation·(kernel − 1) + 1 − 2·padding + outputPadding, at least 1",
        [x, weight],
      );
    return inBatch(image, rank, (batch) =>
      finish(apply(convTransposeOp, [batch, kernels], { axes, groups, leading: 0 })),
    );
  };
}

/**
 * The convolution (as everywhere in neural networks: the cross-correlation) of sequences with kernels:
 * y[n, o, i] = bias[o] + Σ_c Σ_k weight[o, c, k] · x[n, c, i·stride + k·dilation − padding], zeros outside.
 *
 * Shapes: x [batch, channels, length] or [channels, length], weight [channels out, channels in / groups, kernel] →
 * [batch, channels out, ⌊(length + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1].
 * Dtype: NumPy's promotion; int32 wraps; not defined for bool.
 * Derivative: convTranspose1d of the cotangent to x; to weight, the sum of x times the cotangent over all windows.
 * At the edges: padding is zeros that are multiplied too, so an infinite weight on them gives NaN.
 * Rounding: an element sums over channels, then places in the window, in ascending order, rounding each step.
 * Throws: TensorError when ranks, channels or groups do not fit, or a window reaches over more than there is.
 *
 * @example
 * conv1d(tensor([[1, 2, 3, 4]]), tensor([[[1, 1]]])).toArray();                            // => [[3, 5, 7]]
 * conv1d(tensor([[1, 2, 3, 4]]), tensor([[[1, 1]]]), { stride: 2, padding: 1 }).toArray();   // => [[1, 5, 4]]
 */
export const conv1d: Conv = convolution(1);

/**
 * The convolution of images with kernels, as `conv1d` over two axes: y[n, o, i, j] = bias[o] + Σ weight[o, c, k, l] ·
 * x[n, c, i·stride + k·dilation − padding, …].
 *
 * Shapes: x [batch, channels, height, width] or [channels, height, width], weight [channels out, channels in / groups,
 * kernel height, kernel width] → [batch, channels out, height, width], each as in conv1d.
 * Dtype: NumPy's promotion; int32 wraps; not defined for bool.
 * Derivative: convTranspose2d of the cotangent to x; to weight, the sum of x times the cotangent over all windows.
 * At the edges: padding is zeros that are multiplied too, so an infinite weight on them gives NaN.
 * Rounding: an element sums over channels, then places in the window row by row, in ascending order.
 * Throws: TensorError when ranks, channels or groups do not fit, or a window reaches over more than there is.
 *
 * @example
 * const image = tensor([[[1, 2], [3, 4]]]);
 * conv2d(image, ones([1, 1, 2, 2])).toArray();                          // => [[[10]]]
 * conv2d(image, ones([1, 1, 3, 3]), { padding: "same" }).toArray();     // => [[[10, 10], [10, 10]]]
 */
export const conv2d: Conv = convolution(2);

/**
 * The convolution of volumes with kernels, as `conv1d` over three axes.
 *
 * Shapes: x [batch, channels, depth, height, width] or without batch, weight [channels out, channels in / groups, …] →
 * [batch, channels out, …].
 * Derivative: convTranspose3d of the cotangent to x; to weight, the sum of x times the cotangent over all windows.
 * Throws: TensorError when ranks, channels or groups do not fit, or a window reaches over more than there is.
 *
 * @example
 * conv3d(ones([1, 2, 2, 2]), ones([1, 1, 2, 2, 2])).toArray();   // => [[[[8]]]]
 */
export const conv3d: Conv = convolution(3);

/**
 * The transpose of `conv1d` as a linear map of its input: each element of x adds its multiple of the kernel where that
 * element's window was.
 *
 * Shapes: x [batch, channels in, length] or without batch, weight [channels in, channels out / groups, kernel] →
 * [batch, channels out, (length − 1)·stride + dilation·(kernel − 1) + 1 − 2·padding + outputPadding].
 * Dtype: NumPy's promotion; int32 wraps; not defined for bool.
 * Derivative: conv1d of the cotangent to x; to weight, the sum of the cotangent times x over all windows.
 * Rounding: an element sums over the channels of x, then places in the window, in ascending order, rounding each step.
 * Throws: TensorError when ranks, channels or groups do not fit, or an extent would be less than 1.
 *
 * @example
 * convTranspose1d(tensor([[1, 2]]), tensor([[[1, 10, 100]]])).toArray();                  // => [[1, 12, 120, 200]]
 * convTranspose1d(tensor([[1, 2]]), tensor([[[1, 10]]]), { stride: 2 }).toArray();        // => [[1, 10, 2, 20]]
 */
export const convTranspose1d: ConvTranspose = transposedConvolution(1);

/**
 * The transpose of `conv2d` as a linear map of its input, as `convTranspose1d` over two axes.
 *
 * Shapes: x [batch, channels in, height, width] or without batch, weight [channels in, channels out / groups, kernel
 * height, kernel width] → [batch, channels out, height, width], each as in convTranspose1d.
 * Derivative: conv2d of the cotangent to x; to weight, the sum of the cotangent times x over all windows.
 * Throws: TensorError when ranks, channels or groups do not fit, or an extent would be less than 1.
 *
 * @example
 * convTranspose2d(tensor([[[2]]]), tensor([[[[1, 2], [3, 4]]]])).toArray();   // => [[[2, 4], [6, 8]]]
 */
export const convTranspose2d: ConvTranspose = transposedConvolution(2);

/**
 * The transpose of `conv3d` as a linear map of its input, as `convTranspose1d` over three axes.
 *
 * Shapes: x [batch, channels in, depth, height, width] or without batch, weight [channels in, channels out / groups, …]
 * → [batch, channels out, …].
 * Derivative: conv3d of the cotangent to x; to weight, the sum of the cotangent times x over all windows.
 * Throws: TensorError when ranks, channels or groups do not fit, or an extent would be less than 1.
 *
 * @example
 * convTranspose3d(ones([1, 1, 1, 1]), ones([1, 1, 1, 1, 2])).toArray();   // => [[[[1, 1]]]]
 */
export const convTranspose3d: ConvTranspose = transposedConvolution(3);
