/** @file Turning images: each pixel is a mean of up to four others, and the transpose gives its share back to each. */
import { add, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { allocate, apply, contiguous, elementary, linear, type Primitive } from "@deltagrad/tensor/extend";
import { checkNumber, checkTensor, formatShape } from "../checks.ts";

/** For each pixel of an image, four others and their weights (0 for those that are outside). */
interface Taps {
  readonly from: Int32Array;
  readonly weights: Float64Array;
}

/** Each pixel as the weighted sum of its taps, over all images of a stack. */
const resampleOp: Primitive<Taps> = /* @__PURE__ */ linear(
  {
    name: "resample",
    shape: ([x]) => x!,
    run([x], { dtype }, { from, weights }) {
      const source = contiguous("rotate", x!);
      const out = allocate(dtype, source.length, "rotate");
      const pixels = from.length / 4;
      for (let start = 0; start < out.length; start += pixels)
        for (let i = 0; i < pixels; i++) {
          let sum = 0;
          for (let k = 4 * i; k < 4 * i + 4; k++) if (weights[k] !== 0) sum += weights[k]! * source[start + from[k]!]!;
          out[start + i] = sum;
        }
      return out;
    },
    rounding: () => 8,
  },
  (ct, _x, taps) => apply(spreadOp, [ct], taps),
);

const spreadOp: Primitive<Taps> = /* @__PURE__ */ linear(
  {
    name: "spread",
    shape: ([x]) => x!,
    run([x], { dtype }, { from, weights }) {
      const source = contiguous("rotate", x!);
      const out = allocate(dtype, source.length, "rotate");
      const pixels = from.length / 4;
      for (let start = 0; start < out.length; start += pixels)
        for (let k = 0; k < from.length; k++)
          if (weights[k] !== 0) out[start + from[k]!]! += weights[k]! * source[start + (k >> 2)]!;
      return out;
    },
    rounding: (_inputs, { from }) => from.length,
  },
  (ct, _x, taps) => apply(resampleOp, [ct], taps),
);

/** Where each pixel of a turned image comes from: bilinear weights of the four around that place. */
function tapsOf(height: number, width: number, degrees: number): Taps {
  const [cos, sin] = turn(degrees);
  const from = new Int32Array(4 * height * width);
  const weights = new Float64Array(4 * height * width);
  const [cy, cx] = [(height - 1) / 2, (width - 1) / 2];
  for (let i = 0, k = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      const y = cy + cos * (i - cy) + sin * (j - cx);
      const x = cx - sin * (i - cy) + cos * (j - cx);
      const [top, left] = [Math.floor(y), Math.floor(x)];
      for (const [row, along] of [
        [top, 1 - (y - top)],
        [top + 1, y - top],
      ] as const)
        for (const [column, across] of [
          [left, 1 - (x - left)],
          [left + 1, x - left],
        ] as const) {
          const inside = row >= 0 && row < height && column >= 0 && column < width;
          from[k] = inside ? row * width + column : 0;
          weights[k++] = inside ? along * across : 0;
        }
    }
  return { from, weights };
}

/** Cosine and sine, exact at right angles. */
function turn(degrees: number): readonly [number, number] {
  const quarter = degrees / 90;
  if (Number.isInteger(quarter))
    return (
      [
        [1, 0],
        [0, 1],
        [-1, 0],
        [0, -1],
      ] as const
    )[((quarter % 4) + 4) % 4]!;
  return [elementary.cos((degrees * Math.PI) / 180), elementary.sin((degrees * Math.PI) / 180)];
}

/**
 * The image turned counterclockwise about its middle, in the same frame; what comes from outside is `fill`. Pixels are
 * interpolated bilinearly. Multiples of 90 degrees of a square image move pixels and change none.
 *
 * Shapes: image […, h, w] → […, h, w].
 * Dtype: float64 or float32.
 * Derivative: the transposed weights.
 * Throws: TensorError when the image has fewer than two axes or is no float, or the angle is not finite.
 *
 * @example
 * rotate(tensor([[1, 2], [3, 4]]), 90).toArray();   // => [[2, 4], [1, 3]]
 */
export function rotate(image: Tensor, degrees: number, { fill = 0 }: { readonly fill?: number } = {}): Tensor {
  checkTensor("rotate", "the image", image);
  if (image.rank < 2)
    throw new TensorError("rotate", `${formatShape(image.shape)} is no image`, "give [height, width], or more axes", [
      image,
    ]);
  if (image.dtype !== "float64" && image.dtype !== "float32")
    throw new TensorError("rotate", `the image is ${image.dtype}`, 'give a float: cast(image, "float32")', [image]);
  checkNumber("rotate", "degrees", degrees);
  checkNumber("rotate", "fill", fill);
  const [height, width] = image.shape.slice(-2) as [number, number];
  if (image.size === 0) return image;
  const taps = tapsOf(height, width, degrees);
  const turned = apply(resampleOp, [image], taps);
  if (fill === 0) return turned;
  const outside = Float64Array.from({ length: height * width }, (_, i) => {
    const share = taps.weights.subarray(4 * i, 4 * i + 4).reduce((sum, weight) => sum + weight, 0);
    return fill * (1 - share);
  });
  return add(turned, tensor(outside, { shape: [height, width], dtype: image.dtype }));
}
