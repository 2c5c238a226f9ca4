/** @file Operations that sum, multiply, move and choose, in ONNX's words. */
import { type Attribute, type ElementType, typeOf } from "./messages.ts";
import { Float } from "./protobuf.ts";
import type { Translate, Value, Writer } from "./writer.ts";

interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly input: number;
  readonly output: number;
  readonly before: number;
}

interface Windows {
  readonly extent: number;
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly step: number;
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Strides, dilations and padding of a convolution; `after` is how far its windows go beyond the end. */
function convolution(axes: readonly Axis[], groups: number, after: readonly number[]): Record<string, Attribute> {
  return {
    kernel_shape: axes.map(({ kernel }) => kernel),
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(({ dilation }) => dilation),
    pads: [...axes.map(({ before }) => before), ...after],
    group: groups,
  };
}

const beyond = ({ kernel, stride, dilation, input, output, before }: Axis): number =>
  (output - 1) * stride + (kernel - 1) * dilation + 1 - input - before;

/** Windows as kernel, stride and padding, if they are regular. */
function regular(windows: Windows): Axis | null {
  const { extent, starts, counts, step } = windows;
  const most = Math.max(...counts);
  for (let kernel = most; kernel <= 2 * most; kernel++)
    for (let before = 0; before < kernel * step; before++)
      for (let stride = 1; stride <= extent; stride++) {
        const fits = starts.every((start, i) => {
          const places = Array.from({ length: kernel }, (_, k) => i * stride - before + k * step);
          const inside = places.filter((at) => at >= 0 && at < extent);
          return inside[0] === start && inside.length === counts[i];
        });
        if (fits) return { kernel, stride, dilation: step, input: extent, output: starts.length, before };
      }
  return null;
}

/** A value whose last axes are images, as [batch, channels, …image]. */
function asImages(writer: Writer, x: Value, axes: number): Value {
  const image = x.shape.slice(x.shape.length - axes);
  return x.shape.length === axes + 2 ? x : writer.reshaped(x, [null, 1, ...image], "pooling");
}

/** The operations by their names. A function, so that nothing is made before it is asked for. */
export const structural = (): Readonly<Record<string, Translate>> => ({
  stopGradient: (writer, { inputs }) => writer.operand(inputs[0]!),
  broadcastTo: (writer, { inputs, id, params }) => {
    if ((params as { batches: number }).batches > 0) writer.refuse("broadcastTo", "of a vmap has no words in ONNX");
    return writer.expanded(writer.operand(inputs[0]!), writer.shapeOf(id), "broadcastTo");
  },
  reshape: (writer, { inputs, id }) => writer.reshaped(writer.operand(inputs[0]!), writer.shapeOf(id), "reshape"),
  permute: (writer, { inputs, id, params }) =>
    writer.emit("Transpose", [writer.operand(inputs[0]!)], writer.shapeOf(id), {
      perm: (params as { order: readonly number[] }).order,
    }),
  cast: (writer, { inputs, id, params }) =>
    writer.emit("Cast", [writer.operand(inputs[0]!)], writer.shapeOf(id), {
      to: typeOf((params as { dtype: ElementType }).dtype),
    }),
  slice(writer, { inputs, id, params }) {
    const { start, step, extent } = params as Record<"start" | "step" | "extent", readonly number[]>;
    const x = writer.operand(inputs[0]!);
    const shape = writer.shapeOf(id);
    const cut = x.shape.flatMap((n, axis) =>
      n === shape[axis] && start[axis] === 0 && step[axis] === 1 ? [] : [axis],
    );
    if (cut.some((axis) => x.shape[axis] === null)) writer.refuse("slice", "cuts the batch");
    // A stop before the first element, as going backwards needs, is −∞.
    const stop = (axis: number): number => {
      const end = start[axis]! + step[axis]! * extent[axis]!;
      return end < 0 ? -(2 ** 31) : end;
    };
    const list = (of: (axis: number) => number): string => writer.integers(...cut.map(of));
    return writer.emit("Slice", [x, list((a) => start[a]!), list(stop), list((a) => a), list((a) => step[a]!)], shape);
  },
  concat: (writer, { inputs, id, params }) =>
    writer.emit(
      "Concat",
      inputs.map((input) => writer.operand(input)),
      writer.shapeOf(id),
      {
        axis: (params as { axis: number }).axis,
      },
    ),
  sum: (writer, { inputs, id, params }) => {
    const axes = writer.integers(...(params as { axes: readonly number[] }).axes);
    return writer.emit("ReduceSum", [writer.operand(inputs[0]!), axes], writer.shapeOf(id), { keepdims: 0 });
  },
  max: reduction("ReduceMax"),
  min: reduction("ReduceMin"),
  matmul: (writer, { inputs, id }) =>
    writer.emit(
      "MatMul",
      inputs.map((input) => writer.operand(input)),
      writer.shapeOf(id),
    ),
  embedding: (writer, { inputs, id }) => {
    const [places, rows] = inputs.map((input) => writer.operand(input));
    return writer.emit("Gather", [rows!, places!], writer.shapeOf(id), { axis: 0 });
  },
  standardize(writer, { inputs, id, params }) {
    const x = writer.operand(inputs[0]!);
    const features = x.shape.at(-1)!;
    const scale = writer.matrix([features], new Array<number>(features).fill(1));
    return writer.emit("LayerNormalization", [x, scale], writer.shapeOf(id), {
      axis: -1,
      epsilon: new Float((params as { epsilon: number }).epsilon),
    });
  },
  conv(writer, { inputs, id, params }) {
    const { axes, groups, leading } = params as { axes: readonly Axis[]; groups: number; leading: number };
    if (leading > 0) writer.refuse("conv", "of a vmap has no words in ONNX");
    const values = inputs.map((input) => writer.operand(input));
    return writer.emit("Conv", values, writer.shapeOf(id), convolution(axes, groups, axes.map(beyond)));
  },
  convTranspose(writer, { inputs, id, params }) {
    const { axes, groups, leading } = params as { axes: readonly Axis[]; groups: number; leading: number };
    if (leading > 0) writer.refuse("convTranspose", "of a vmap has no words in ONNX");
    const values = inputs.map((input) => writer.operand(input));
    // Its axes are those of the convolution that it is the transpose of.
    const after = axes.map(beyond);
    return writer.emit("ConvTranspose", values, writer.shapeOf(id), {
      ...convolution(
        axes,
        groups,
        after.map((n) => Math.max(0, n)),
      ),
      output_padding: after.map((n) => Math.max(0, -n)),
    });
  },
  /** Sums over windows are a product with a matrix of ones and zeros, whatever the windows are. */
  sumRuns(writer, { inputs, id, params }) {
    const { extent, starts, counts, fromEnd } = params as Windows & { readonly fromEnd: number };
    const x = writer.operand(inputs[0]!);
    const inside = (at: number, i: number): number => (at >= starts[i]! && at < starts[i]! + counts[i]! ? 1 : 0);
    const n = starts.length;
    if (fromEnd === 1) {
      const ones = Float32Array.from({ length: extent * n }, (_, k) => inside(Math.floor(k / n), k % n));
      return writer.emit("MatMul", [x, writer.matrix([extent, n], ones)], writer.shapeOf(id));
    }
    if (fromEnd > 2) writer.refuse("sumRuns", "of three axes has no words in ONNX");
    const ones = Float32Array.from({ length: extent * n }, (_, k) => inside(k % extent, Math.floor(k / extent)));
    return writer.emit("MatMul", [writer.matrix([n, extent], ones), x], writer.shapeOf(id));
  },
  /** ONNX counts the places of maxima over the whole tensor, we within an image. */
  placesOfLargest(writer, { inputs, id, params }) {
    const { axes } = params as { axes: readonly Windows[] };
    const found = axes.map(regular);
    const all = found.filter((axis) => axis !== null);
    if (all.length < axes.length)
      writer.refuse("max pooling", "has windows of different sizes, for which ONNX has no words,");
    const x = asImages(writer, writer.operand(inputs[0]!), axes.length);
    const { group: _, ...attributes } = convolution(
      all,
      1,
      all.map((axis) => Math.max(0, beyond(axis))),
    );
    const shape = writer.shapeOf(id);
    const pooled = [...x.shape.slice(0, 2), ...shape.slice(shape.length - axes.length)];
    const places = writer.emitSecond("MaxPool", x, pooled, attributes);
    const plane = writer.integers(product(axes.map(({ extent }) => extent)));
    const inImage = writer.emit("Mod", [places, plane], pooled);
    return pooled.length === shape.length ? inImage : writer.reshaped(inImage, shape, "max pooling");
  },
  /** Along one axis, by places of the result's shape. */
  gather(writer, { inputs, id, params }) {
    const { axes } = params as { axes: readonly { along?: number; by?: number; start?: number; step?: number }[] };
    const axis = axes.findIndex(({ by }) => by !== undefined);
    const plain = axes.every((at, i) => i === axis || (at.along === i && at.start === 0 && at.step === 1));
    const [x, places] = inputs.map((input) => writer.operand(input));
    const shape = writer.shapeOf(id);
    if (inputs.length !== 2 || axis < 0 || !plain || places!.shape.join() !== shape.join())
      writer.refuse("gather", "by several indices has no words in ONNX");
    return writer.emit("GatherElements", [x!, places!], shape, { axis });
  },
});

function reduction(op: string): Translate {
  return (writer, { inputs, id, params }) =>
    writer.emit(op, [writer.operand(inputs[0]!)], writer.shapeOf(id), {
      axes: (params as { axes: readonly number[] }).axes,
      keepdims: 0,
    });
}
