/** @file Overlapping windows along axes, and their sum where they overlap: each is the other's transpose. */
import { checkOptions, checkTensor, checkWhole } from "../core/checks.ts";
import { allocate, type Storage } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { linear, looking } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { resolveDistinct, rowMajor, type Shape, sizeOf } from "../core/shape.ts";
import { type Tensor, valuesOf } from "../core/tensor.ts";
import { rows } from "../core/walk.ts";

interface Windows {
  readonly axis: number;
  readonly size: number;
  readonly step: number;
}

/** Window w of an axis starts at w·step; the last axis of the result goes through it. */
const windowsOp = looking<Windows>(
  {
    name: "slidingWindows",
    shape([x], { axis, size, step }) {
      const count = Math.floor((x!.shape[axis]! - size) / step) + 1;
      return { shape: [...x!.shape.map((extent, i) => (i === axis ? count : extent)), size], dtype: x!.dtype };
    },
    view: (x, _result, { axis, step }) => ({
      strides: [...x.strides.map((stride, i) => (i === axis ? stride * step : stride)), x.strides[axis]!],
      offset: x.offset,
    }),
    batch: (params) => ({ ...params, axis: params.axis + 1 }),
  },
  (ct, x, windows) => apply(overlapOp, [ct], { ...windows, extent: x.shape[windows.axis]! }),
);

const overlapOp: Primitive<Windows & { readonly extent: number }> = linear(
  {
    name: "overlapAdd",
    shape: ([x], { axis, extent }) => ({
      shape: x!.shape.slice(0, -1).map((count, i) => (i === axis ? extent : count)),
      dtype: x!.dtype,
    }),
    run([x], { shape, dtype }, { axis, step, size }) {
      const out = allocate(dtype, sizeOf(shape), "overlapAdd");
      const strides = rowMajor(shape);
      // Place after place within the windows, so that windows are added in order of their starts.
      for (let place = size - 1; place >= 0; place--) {
        const layer = { strides: x!.strides.slice(0, -1), offset: x!.offset + place * x!.strides.at(-1)! };
        const target = {
          strides: strides.map((stride, i) => (i === axis ? stride * step : stride)),
          offset: place * strides[axis]!,
        };
        addTo(out, valuesOf("overlapAdd", x!), rows(x!.shape.slice(0, -1), [layer, target]));
      }
      return out;
    },
    batch: (params) => ({ ...params, axis: params.axis + 1 }),
    rounding: (_inputs, { size, step }) => Math.ceil(size / step) - 1,
  },
  (ct, _x, { axis, size, step }) => apply(windowsOp, [ct], { axis, size, step }),
);

function addTo(out: Storage, source: Storage, { inner, steps, visit }: ReturnType<typeof rows>): void {
  const [from, to] = steps as [number, number];
  visit((_position, [a, b]) => {
    for (let i = 0, p = a!, q = b!; i < inner; i++, p += from, q += to) out[q]! += source[p]!;
  });
}

export interface WindowOptions {
  /** The axis along which windows slide; one for each size. */
  readonly axis?: number | Shape;
  /** From the start of one window to the next; one for all axes, or one for each. */
  readonly step?: number | Shape;
}

/**
 * All windows of `size` elements along an axis, as a last axis of the result; with several sizes along as many axes,
 * as several last axes. A view: overlapping windows share their elements. NumPy's `sliding_window_view`, and PyTorch's
 * `Tensor.unfold` with its step.
 *
 * Shapes: [a, n], size k → [a, n − k + 1, k]; with a step s: [a, ⌊(n − k)/s⌋ + 1, k].
 * Derivative: the cotangents of the windows, added where they overlap.
 * Throws: TensorError for a window that is longer than its axis, or sizes and steps that are no whole numbers ≥ 1.
 *
 * @example
 * slidingWindows(tensor([1, 2, 3, 4]), 2).toArray();                // => [[1, 2], [2, 3], [3, 4]]
 * slidingWindows(tensor([1, 2, 3, 4]), 2, { step: 2 }).toArray();   // => [[1, 2], [3, 4]]
 * slidingWindows(zeros([5, 6]), [2, 3], { axis: [0, 1] }).shape;    // => [4, 4, 2, 3]
 */
export function slidingWindows(x: Tensor, size: number | Shape, options: WindowOptions = {}): Tensor {
  checkTensor("slidingWindows", x);
  checkOptions("slidingWindows", options);
  const { axis = -1, step = 1 } = options;
  const axes = resolveDistinct("slidingWindows", axis, x.rank);
  const sizes = [size].flat();
  const steps = Array.isArray(step) ? [...step] : axes.map(() => step as number);
  if (sizes.length !== axes.length || steps.length !== axes.length)
    throw new TensorError(
      "slidingWindows",
      `sizes ${formatShape(sizes)} and steps ${formatShape(steps)} for axes ${formatShape(axes)}`,
      "give one of each for each axis",
      [x],
    );
  axes.forEach((place, i) => {
    checkWhole("slidingWindows", "a size", sizes[i], 1);
    checkWhole("slidingWindows", "a step", steps[i], 1);
    if (sizes[i]! > x.shape[place]!)
      throw new TensorError(
        "slidingWindows",
        `a window of ${sizes[i]} does not fit axis ${place} of ${show(x)}`,
        "use a smaller one, or pad",
        [x],
      );
  });
  return axes.reduce((y, place, i) => apply(windowsOp, [y], { axis: place, size: sizes[i]!, step: steps[i]! }), x);
}
