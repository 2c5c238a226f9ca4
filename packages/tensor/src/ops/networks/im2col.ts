/** @file Images as matrices of their windows, and back: each is the other's transpose. */
import { allocate } from "../../core/dtype.ts";
import { formatShape, show, TensorError } from "../../core/errors.ts";
import { linear } from "../../core/kinds.ts";
import { apply, type Primitive, unchanged } from "../../core/primitive.ts";
import { sizeOf } from "../../core/shape.ts";
import { contiguous, type Spec, type Tensor } from "../../core/tensor.ts";
import { checkImage, extents, frameOf, type PerAxis, perAxis, reach, type WindowAxis } from "./windows.ts";

/** Any axes may stand before the image's channels. */
interface Columns {
  readonly axes: readonly WindowAxis[];
}

export interface Im2colOptions {
  /** How far one window is from the next (1). */
  readonly stride?: PerAxis;
  /** Zeros on both sides of each spatial axis (0). */
  readonly padding?: PerAxis;
  /** How far one element of a window is from the next (1). */
  readonly dilation?: PerAxis;
}

/** Where the channels are: before the spatial axes of an image, and before the windows of a matrix. */
const sizesOf = (image: Spec["shape"], { axes }: Columns) => {
  const outer = image.slice(0, -axes.length - 1);
  const channels = image[outer.length]!;
  return { outer, images: sizeOf(outer), channels, size: sizeOf(image.slice(outer.length)) };
};

const im2colOp: Primitive<Columns> = linear<Columns>(
  {
    name: "im2col",
    shape([x], { axes }) {
      const { outer, channels } = sizesOf(x!.shape, { axes });
      const rows = channels * sizeOf(extents(axes, "kernel"));
      return { shape: [...outer, rows, sizeOf(extents(axes, "output"))], dtype: x!.dtype };
    },
    run([x], result, params) {
      const out = allocate(result.dtype, sizeOf(result.shape), "im2col");
      const { images, channels, size } = sizesOf(x!.shape, params);
      const { windows, taps, ...frame } = frameOf(params.axes, 1, channels);
      const scratch = allocate(result.dtype, frame.size, "im2col");
      const source = contiguous("im2col", x!);
      let at = 0;
      for (let n = 0; n < images; n++) {
        const [data, start] = frame.read(source, n * size, scratch);
        for (let k = 0; k < taps.length; k++)
          for (let j = 0; j < windows.length; j++) out[at++] = data[start + taps[k]! + windows[j]!]!;
      }
      return out;
    },
    batch: unchanged,
  },
  (ct, _x, params) => apply(col2imOp, [ct], params),
);

const col2imOp: Primitive<Columns> = linear<Columns>(
  {
    name: "col2im",
    shape([x], { axes }) {
      const channels = x!.shape.at(-2)! / sizeOf(extents(axes, "kernel"));
      return { shape: [...x!.shape.slice(0, -2), channels, ...extents(axes, "input")], dtype: x!.dtype };
    },
    run([x], result, params) {
      const out = allocate(result.dtype, sizeOf(result.shape), "col2im");
      const { images, channels, size } = sizesOf(result.shape, params);
      const { windows, taps, ...frame } = frameOf(params.axes, 1, channels);
      const scratch = allocate(result.dtype, frame.size, "col2im");
      const source = contiguous("col2im", x!);
      let at = 0;
      for (let n = 0; n < images; n++) {
        scratch.fill(0);
        for (let k = 0; k < taps.length; k++)
          for (let j = 0; j < windows.length; j++) scratch[taps[k]! + windows[j]!]! += source[at++]!;
        frame.write(scratch, out, n * size);
      }
      return out;
    },
    rounding: (_inputs, { axes }) => sizeOf(extents(axes, "kernel")),
    batch: unchanged,
  },
  (ct, _x, params) => apply(im2colOp, [ct], params),
);

function windowsOn(
  op: string,
  input: readonly number[],
  kernel: PerAxis,
  { stride = 1, padding = 0, dilation = 1 }: Im2colOptions,
): WindowAxis[] {
  const rank = input.length;
  const kernels = perAxis(op, "kernel", kernel, rank, 1);
  const strides = perAxis(op, "stride", stride, rank, 1);
  const dilations = perAxis(op, "dilation", dilation, rank, 1);
  const margins = perAxis(op, "padding", padding, rank, 0);
  const axes = input.map((extent, i) => {
    const window = { kernel: kernels[i]!, dilation: dilations[i]!, stride: strides[i]! };
    const output = Math.floor((extent + 2 * margins[i]! - reach(window)) / window.stride) + 1;
    return { ...window, input: extent, output, before: margins[i]! };
  });
  if (axes.some(({ output }) => output < 1))
    throw new TensorError(
      op,
      `windows reach over ${formatShape(axes.map(reach))}, but the image with its padding has ` +
        formatShape(axes.map(({ input: extent, before }) => extent + 2 * before)),
      "pad more, or use a smaller kernel",
    );
  return axes;
}

/**
 * The windows of images as the columns of matrices: a matrix product with it is a convolution. PyTorch's `unfold` of
 * images.
 *
 * Shapes: x [batch, channels, height, width] or [channels, height, width], kernel [k, l] → [batch, channels·k·l,
 * windows]: rows by channel, then place in the window; columns by place of the window, row by row.
 * Derivative: col2im of the cotangent.
 * Throws: TensorError when x is no image, or a window reaches over more than there is.
 *
 * @example
 * im2col(tensor([[[1, 2, 3], [4, 5, 6]]]), 2).toArray();   // => [[1, 2], [2, 3], [4, 5], [5, 6]]
 */
export function im2col(x: Tensor, kernel: PerAxis, options: Im2colOptions = {}): Tensor {
  checkImage("im2col", x, 2);
  const axes = windowsOn("im2col", x.shape.slice(-2), kernel, options);
  return apply(im2colOp, [x], { axes });
}

/**
 * Images from matrices of windows: each element is added where `im2col` would have read it. PyTorch's `fold`.
 *
 * Shapes: columns [batch, channels·k·l, windows] or [channels·k·l, windows], extents [height, width] → [batch,
 * channels, height, width].
 * Derivative: im2col of the cotangent.
 * Rounding: an element sums over places in the window in ascending order.
 * Throws: TensorError when the columns are not those of such an image.
 *
 * @example
 * col2im(ones([4, 2]), [2, 3], 2).toArray();   // => [[[1, 2, 1], [1, 2, 1]]]
 */
export function col2im(
  columns: Tensor,
  extents2d: readonly [number, number],
  kernel: PerAxis,
  options: Im2colOptions = {},
): Tensor {
  const axes = windowsOn("col2im", perAxis("col2im", "extents", extents2d, 2, 0), kernel, options);
  const size = sizeOf(extents(axes, "kernel"));
  const windows = sizeOf(extents(axes, "output"));
  const { rank } = columns;
  if (rank < 2 || rank > 3 || columns.shape[rank - 2]! % size !== 0 || columns.shape[rank - 1] !== windows)
    throw new TensorError(
      "col2im",
      `${show(columns)} for windows of ${size} elements at ${windows} places`,
      `give [batch, channels·${size}, ${windows}]`,
      [columns],
    );
  return apply(col2imOp, [columns], { axes });
}
