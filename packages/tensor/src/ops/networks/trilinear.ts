/**
 * @file Convolution as three primitives. One trilinear sum, Σ x·w·y over all elements of all windows, is seen from each
 * of its factors: `conv` collects what belongs to y, `convTranspose` to x, `convKernel` to w. Each is bilinear and its
 * two transposes are the other two, so derivatives of any order stay among them.
 */
import { allocate, isFloat, type Storage } from "../../core/dtype.ts";
import { bilinear } from "../../core/kinds.ts";
import { apply, type Primitive } from "../../core/primitive.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { Spec, Tensor } from "../../core/tensor.ts";
import { collectKernel, convolve, convolveBack, type Operand } from "../../wasm/convolution/kernel.ts";
import type { Float } from "../../wasm/floats.ts";
import { backend } from "../../wasm/machine.ts";
import { type Collect, collects } from "./collect.ts";
import { type Distribute, distributes } from "./distribute.ts";
import { readLeading } from "./leading.ts";
import { extents, type Frame, frameOf, type WindowAxis } from "./windows.ts";

/** x is [batch, channels, …input], w [channels of y, channels of x / groups, …kernel], y [batch, channels, …output]. */
export interface Convolution {
  readonly groups: number;
  readonly axes: readonly WindowAxis[];
  /** How many axes stand before these in all three: those of `vmap`, where every element has kernels of its own. */
  readonly leading: number;
}

/** One group of one image: the frame of x, how many channels of y it makes, and where it begins in each. */
interface Group extends Frame {
  readonly data: Storage;
  readonly channels: number;
  readonly inX: number;
  readonly inW: number;
  readonly inY: number;
}

const sizesOf = ({ axes, groups, leading }: Convolution, images: Shape, kernels: Shape) => {
  const [to, from] = [kernels[leading]!, kernels[leading + 1]!];
  return {
    from,
    to: to / groups,
    outer: sizeOf(images.slice(0, leading)),
    batch: images[leading]!,
    kernel: sizeOf(extents(axes, "kernel")),
    output: sizeOf(extents(axes, "output")),
    input: sizeOf(extents(axes, "input")),
  };
};

/** `kernelStep` and `resultStep`: from one place on the leading axes to the next, in w and in y. */
function eachGroup(
  params: Convolution,
  x: Tensor,
  kernels: Shape,
  kernelStep: number,
  resultStep: number,
  body: (group: Group) => void,
): void {
  const { groups, leading } = params;
  const { from, to, outer, batch, kernel, output, input } = sizesOf(params, x.shape, kernels);
  const frame = frameOf(params.axes, groups, from);
  const scratch = allocate(x.dtype, frame.size, "conv");
  const source = readLeading("conv", x, leading);
  for (let l = 0; l < outer; l++)
    for (let n = 0; n < batch; n++) {
      const [data, start] = frame.read(source.data, l * source.step + n * groups * from * input, scratch);
      for (let g = 0; g < groups; g++)
        body({
          ...frame,
          data,
          channels: to,
          inX: start + g * from * frame.plane,
          inW: l * kernelStep + g * to * from * kernel,
          inY: l * resultStep + (n * groups + g) * to * output,
        });
    }
}

const collectFor = ({ dtype }: Spec): Collect => collects[dtype as keyof typeof collects];
const distributeFor = ({ dtype }: Spec): Distribute => distributes[dtype as keyof typeof distributes];

/** What a program of WebAssembly makes of two operands; null where there is none for the dtype, or it declines. */
function byProgram(
  program: typeof convolve,
  op: string,
  [a, b]: readonly Tensor[],
  result: Spec,
  params: Convolution,
  images: Shape,
  kernels: Shape,
): Storage | null {
  if (!isFloat(result.dtype) || backend() === "plain") return null;
  const out = allocate(result.dtype, sizeOf(result.shape), op);
  const operand = (x: Tensor): Operand => readLeading(op, x, params.leading) as Operand;
  const sizes = { ...params, ...sizesOf(params, images, kernels) };
  return program(result.dtype as Float, operand(a!), operand(b!), out as Operand["data"], sizes) ? out : null;
}

const deeper = (params: Convolution): Convolution => ({ ...params, leading: params.leading + 1 });

/** y from x and w. An element sums over the channels of x, then the places in the window, each in ascending order. */
export const convOp: Primitive<Convolution> = bilinear<Convolution>(
  {
    name: "conv",
    shape: ([x, w], { axes, leading }) => ({
      shape: [...x!.shape.slice(0, leading + 1), w!.shape[leading]!, ...extents(axes, "output")],
      dtype: x!.dtype,
    }),
    run([x, w], result, params) {
      const out = allocate(result.dtype, sizeOf(result.shape), "conv");
      const kernels = readLeading("conv", w!, params.leading);
      const step = sizeOf(result.shape.slice(params.leading));
      const collect = collectFor(result);
      eachGroup(params, x!, w!.shape, kernels.step, step, ({ channels, data, inX, inW, inY, windows, taps }) =>
        collect(channels, out, inY, kernels.data, inW, data, inX, windows, taps),
      );
      return out;
    },
    kernel: ([x, w], result, params) => byProgram(convolve, "conv", [x!, w!], result, params, x!.shape, w!.shape),
    batch: deeper,
    rounding: ([, w], { leading }) => sizeOf(w!.shape.slice(leading + 1)),
  },
  (ct, w, params) => apply(convTransposeOp, [ct, w], params),
  (ct, x, params) => apply(convKernelOp, [x, ct], params),
);

/** w from x and y. An element sums over the images, then the windows, each in ascending order. */
export const convKernelOp: Primitive<Convolution> = bilinear<Convolution>(
  {
    name: "convKernel",
    shape: ([x, y], { axes, groups, leading }) => ({
      shape: [
        ...x!.shape.slice(0, leading),
        y!.shape[leading + 1]!,
        x!.shape[leading + 1]! / groups,
        ...extents(axes, "kernel"),
      ],
      dtype: x!.dtype,
    }),
    run([x, y], result, params) {
      const out = allocate(result.dtype, sizeOf(result.shape), "convKernel");
      const factors = readLeading("convKernel", y!, params.leading);
      const step = sizeOf(result.shape.slice(params.leading));
      const collect = collectFor(result);
      eachGroup(params, x!, result.shape, step, factors.step, ({ channels, data, inX, inW, inY, windows, taps }) =>
        collect(channels, out, inW, factors.data, inY, data, inX, taps, windows),
      );
      return out;
    },
    kernel: ([x, y], result, params) =>
      byProgram(collectKernel, "convKernel", [x!, y!], result, params, x!.shape, result.shape),
    batch: deeper,
    rounding: ([, y], { axes, leading }) => y!.shape[leading]! * sizeOf(extents(axes, "output")),
  },
  (ct, y, params) => apply(convTransposeOp, [y, ct], params),
  (ct, x, params) => apply(convOp, [x, ct], params),
);

/** x from y and w. An element sums over the channels of y, then the places in the window, each in ascending order. */
export const convTransposeOp: Primitive<Convolution> = bilinear<Convolution>(
  {
    name: "convTranspose",
    shape: ([y, w], { axes, groups, leading }) => ({
      shape: [...y!.shape.slice(0, leading + 1), groups * w!.shape[leading + 1]!, ...extents(axes, "input")],
      dtype: y!.dtype,
    }),
    run([y, w], result, params) {
      const { groups, axes, leading } = params;
      const { from, to, outer, batch, kernel, output, input } = sizesOf(params, y!.shape, w!.shape);
      const out = allocate(result.dtype, sizeOf(result.shape), "convTranspose");
      const source = readLeading("convTranspose", y!, leading);
      const kernels = readLeading("convTranspose", w!, leading);
      const { plane, size, taps, windows, write } = frameOf(axes, groups, from);
      const frame = allocate(result.dtype, size, "convTranspose");
      const distribute = distributeFor(result);
      for (let n = 0; n < outer * batch; n++) {
        const l = Math.floor(n / batch);
        frame.fill(0);
        for (let channel = 0; channel < groups * to; channel++) {
          const g = Math.floor(channel / to);
          const inW = l * kernels.step + channel * from * kernel;
          const inY = l * source.step + ((n % batch) * groups * to + channel) * output;
          distribute(frame, g * from * plane, taps, windows, kernels.data, inW, source.data, inY);
        }
        write(frame, out, n * groups * from * input);
      }
      return out;
    },
    kernel: ([y, w], result, params) =>
      byProgram(convolveBack, "convTranspose", [y!, w!], result, params, y!.shape, w!.shape),
    batch: deeper,
    rounding: ([, w], { axes, groups, leading }) => (w!.shape[leading]! / groups) * sizeOf(extents(axes, "kernel")),
  },
  (ct, w, params) => apply(convOp, [ct, w], params),
  (ct, y, params) => apply(convKernelOp, [ct, y], params),
);
