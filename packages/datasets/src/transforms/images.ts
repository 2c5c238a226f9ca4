/** @file Images as training sees them: the last two axes are height and width, any before them are kept. */
import { add, pad, type Rng, type Shape, slice, type Tensor, TensorError } from "@deltagrad/tensor";
import { checkNumber, checkTensor, checkWhole, formatShape, shown } from "../checks.ts";
import { rotate } from "./rotate.ts";

/** Throws unless there is an image to change, by numbers that are drawn. */
function checkDrawn(op: string, image: unknown, random: unknown): asserts image is Tensor {
  checkTensor(op, "the image", image);
  if (image.rank < 2)
    throw new TensorError(op, `${formatShape(image.shape)} is no image`, "give [height, width], or more axes before", [
      image,
    ]);
  if (typeof (random as Rng | undefined)?.next !== "function")
    throw new TensorError(op, `random is ${shown(random)}`, "give a stream of numbers: rng(seed).stream(…)");
}

export interface CropOptions {
  readonly size: readonly [height: number, width: number];
  /** The width of a margin of `value` around the image, from which parts are cut too. */
  readonly padding?: number;
  readonly value?: number;
}

/**
 * x filled up to the given extents, at the end of its last axes.
 *
 * Shapes: x […, a, b], extents [c, d] → […, c, d].
 * Derivative: the cotangent without the margin.
 * Throws: TensorError when x is larger, or has fewer axes.
 *
 * @example
 * padTo(tensor([[1, 2]]), [2, 3], { value: -1 }).toArray();   // => [[1, 2, -1], [-1, -1, -1]]
 */
export function padTo(x: Tensor, extents: Shape, { value = 0 }: { readonly value?: number } = {}): Tensor {
  checkTensor("padTo", "x", x);
  if (!Array.isArray(extents) || extents.length > x.rank)
    throw new TensorError(
      "padTo",
      `extents are ${shown(extents)} for ${formatShape(x.shape)}`,
      "give those of the last axes",
      [x],
    );
  for (const extent of extents) checkWhole("padTo", "an extent", extent);
  const kept = x.rank - extents.length;
  const missing = x.shape.map((extent, axis) => (axis < kept ? 0 : extents[axis - kept]! - extent));
  if (missing.some((count) => count < 0))
    throw new TensorError("padTo", `${formatShape(x.shape)} is larger than ${formatShape(extents)}`, "crop it first", [
      x,
    ]);
  return pad(
    x,
    missing.map((count) => [0, count] as const),
    { value },
  );
}

/**
 * A part of the image of the given size, from a place that is drawn; with `padding`, from the image in a margin.
 *
 * Shapes: image […, h, w], size [a, b] → […, a, b].
 * Derivative: the cotangent in the place that was cut out.
 * Throws: TensorError when the size is larger than the image with its margin.
 *
 * @example
 * randomCrop(zeros([3, 28, 28]), rng(7), { size: [24, 24] }).shape;              // => [3, 24, 24]
 * randomCrop(zeros([28, 28]), rng(7), { size: [28, 28], padding: 2 }).shape;     // => [28, 28]
 */
export function randomCrop(image: Tensor, random: Rng, { size, padding = 0, value = 0 }: CropOptions): Tensor {
  checkDrawn("randomCrop", image, random);
  checkWhole("randomCrop", "padding", padding);
  if (!Array.isArray(size) || size.length !== 2)
    throw new TensorError("randomCrop", `size is ${shown(size)}`, "give [height, width]");
  const [height, width]: readonly number[] = size;
  checkWhole("randomCrop", "the height", height);
  checkWhole("randomCrop", "the width", width);
  const kept = image.rank - 2;
  const margin = (axis: number): readonly [number, number] => (axis < kept ? [0, 0] : [padding, padding]);
  const framed = pad(
    image,
    image.shape.map((_, axis) => margin(axis)),
    { value },
  );
  const [rows, columns] = [framed.shape[kept]! - height, framed.shape[kept + 1]! - width];
  if (rows < 0 || columns < 0)
    throw new TensorError(
      "randomCrop",
      `there is no ${formatShape(size)} in ${formatShape(framed.shape)}`,
      "use a smaller size, or padding",
      [image],
    );
  const [top, left] = [Math.floor(random.next() * (rows + 1)), Math.floor(random.next() * (columns + 1))];
  return slice(framed, ...image.shape.slice(0, kept).map(() => null), [top, top + height], [left, left + width]);
}

/**
 * x with one axis in reverse: left and right (the last axis, if not told) change places. It is its own inverse.
 *
 * Derivative: the flipped cotangent.
 *
 * @example
 * flip(tensor([[1, 2], [3, 4]])).toArray();                // => [[2, 1], [4, 3]]
 * flip(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray();   // => [[3, 4], [1, 2]]
 */
export function flip(x: Tensor, { axis = -1 }: { readonly axis?: number } = {}): Tensor {
  checkTensor("flip", "x", x);
  if (!Number.isInteger(axis) || axis < -x.rank || axis >= x.rank)
    throw new TensorError("flip", `there is no axis ${shown(axis)} in ${formatShape(x.shape)}`, "count from 0", [x]);
  const place = axis < 0 ? axis + x.rank : axis;
  return slice(x, ...x.shape.slice(0, place).map(() => null), [null, null, -1]);
}

/**
 * The image or its `flip`, as is drawn.
 *
 * @example
 * randomFlip(tensor([[1, 2]]), rng(7), { probability: 1 }).toArray();   // => [[2, 1]]
 */
export function randomFlip(
  image: Tensor,
  random: Rng,
  { axis = -1, probability = 0.5 }: { readonly axis?: number; readonly probability?: number } = {},
): Tensor {
  checkDrawn("randomFlip", image, random);
  checkNumber("randomFlip", "probability", probability, 0, 1);
  return random.next() < probability ? flip(image, { axis }) : image;
}

/**
 * The image turned by an angle that is drawn from −degrees to degrees; see `rotate`.
 *
 * @example
 * randomRotate(zeros([28, 28]), rng(7), { degrees: 10 }).shape;   // => [28, 28]
 */
export function randomRotate(
  image: Tensor,
  random: Rng,
  { degrees, fill = 0 }: { readonly degrees: number; readonly fill?: number },
): Tensor {
  checkDrawn("randomRotate", image, random);
  checkNumber("randomRotate", "degrees", degrees, 0);
  return rotate(image, (2 * random.next() - 1) * degrees, { fill });
}

/**
 * x with normally distributed noise of the standard deviation `std`.
 *
 * Throws: TensorError when x is not a float, or std is no finite number ≥ 0.
 *
 * @example
 * addNoise(tensor([1, 2]), rng(7), { std: 0 }).toArray();   // => [1, 2]
 */
export function addNoise(x: Tensor, random: Rng, { std }: { readonly std: number }): Tensor {
  checkTensor("addNoise", "x", x);
  checkNumber("addNoise", "std", std, 0);
  if (x.dtype !== "float64" && x.dtype !== "float32")
    throw new TensorError("addNoise", `x is ${x.dtype}`, 'give a float: cast(x, "float32")', [x]);
  if (typeof random?.normal !== "function")
    throw new TensorError("addNoise", `random is ${shown(random)}`, "give a stream of numbers: rng(seed).stream(…)");
  return add(x, random.normal(x.shape, { std, dtype: x.dtype }));
}
