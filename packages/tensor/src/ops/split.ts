/** @file One tensor cut into several along an axis: views, that `concat` and `stack` put together again. */
import { checkNumber, checkTensor, checkWhole } from "../core/checks.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { resolveAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { sliceAlong } from "./slice.ts";

/** More pieces than anybody can mean: most of them would be empty. */
const MOST = 2 ** 24;

/** The pieces between neighbouring bounds. */
const between = (x: Tensor, axis: number, bounds: readonly number[]): Tensor[] =>
  bounds.slice(1).map((stop, i) => sliceAlong(x, axis, [bounds[i]!, Math.max(stop, bounds[i]!)]));

/** 0, size, 2·size, …, extent. */
const multiples = (size: number, extent: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil(extent / size)) + 1 }, (_, i) => Math.min(i * size, extent));

/**
 * x in pieces along an axis: of one size (the last may be smaller), or of the sizes in a list. As PyTorch's `split`;
 * NumPy's, which counts pieces or names the cuts, is `tensorSplit`.
 *
 * Shapes: [7, c], 3 → [3, c], [3, c], [1, c].
 * Derivative: the cotangent of each piece set into zeros of the shape of x.
 * Throws: TensorError for a size that is no whole number ≥ 1, or sizes whose sum is not the extent.
 *
 * @example
 * split(arange(5), 2).map((piece) => piece.toArray());        // => [[0, 1], [2, 3], [4]]
 * split(arange(5), [1, 4]).map((piece) => piece.toArray());   // => [[0], [1, 2, 3, 4]]
 */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0): Tensor[] {
  checkTensor("split", x);
  const place = resolveAxis("split", axis, x.rank);
  const extent = x.shape[place]!;
  if (!Array.isArray(sizes)) {
    checkWhole("split", "the size of a piece", sizes, 1);
    return between(x, place, multiples(sizes as number, extent));
  }
  const bounds = [0];
  for (const size of sizes) {
    checkWhole("split", "the size of a piece", size, 0);
    bounds.push(bounds.at(-1)! + size);
  }
  if (bounds.at(-1) !== extent)
    throw new TensorError(
      "split",
      `the sizes ${formatShape(sizes)} add to ${bounds.at(-1)}, axis ${place} of ${show(x)} has ${extent}`,
      "give sizes that add to the extent",
      [x],
    );
  return between(x, place, bounds);
}

/**
 * x in at most `count` pieces of one size (the last may be smaller) along an axis, as PyTorch's `chunk`.
 *
 * Derivative: the cotangent of each piece set into zeros of the shape of x.
 * Throws: TensorError unless `count` is a whole number from 1 to 2²⁴.
 *
 * @example
 * chunk(arange(5), 3).map((piece) => piece.toArray());   // => [[0, 1], [2, 3], [4]]
 */
export function chunk(x: Tensor, count: number, axis = 0): Tensor[] {
  checkTensor("chunk", x);
  const place = resolveAxis("chunk", axis, x.rank);
  checkWhole("chunk", "the number of pieces", count, 1, MOST);
  const extent = x.shape[place]!;
  // An axis of extent 0 gives the pieces that were asked for, all empty, as PyTorch has it.
  if (extent === 0) return between(x, place, new Array<number>(count + 1).fill(0));
  return between(x, place, multiples(Math.ceil(extent / count), extent));
}

/**
 * x in exactly `sections` pieces along an axis, the first ones longer by 1 where it does not go evenly; or cut before
 * the places in a list, which count as in a slice. As PyTorch's `tensor_split` and NumPy's `array_split`.
 *
 * Derivative: the cotangent of each piece set into zeros of the shape of x.
 * Throws: TensorError unless `sections` is a whole number from 1 to 2²⁴, or whole numbers in a list.
 *
 * @example
 * tensorSplit(arange(5), 3).map((piece) => piece.toArray());        // => [[0, 1], [2, 3], [4]]
 * tensorSplit(arange(5), [1, -1]).map((piece) => piece.toArray());  // => [[0], [1, 2, 3], [4]]
 */
export function tensorSplit(x: Tensor, sections: number | readonly number[], axis = 0): Tensor[] {
  checkTensor("tensorSplit", x);
  const place = resolveAxis("tensorSplit", axis, x.rank);
  const extent = x.shape[place]!;
  if (Array.isArray(sections)) {
    for (const cut of sections)
      checkNumber("tensorSplit", "a place to cut", cut, Number.isInteger, "give whole numbers");
    const cuts = sections.map((cut) => Math.min(Math.max(cut < 0 ? cut + extent : cut, 0), extent));
    return between(x, place, [0, ...cuts, extent]);
  }
  checkWhole("tensorSplit", "the number of sections", sections, 1, MOST);
  const count = sections as number;
  const [size, longer] = [Math.floor(extent / count), extent % count];
  return between(
    x,
    place,
    Array.from({ length: count + 1 }, (_, i) => i * size + Math.min(i, longer)),
  );
}

/**
 * The layers of x along an axis, without that axis: PyTorch's `unbind`, and what `stack` puts together.
 *
 * Shapes: [3, b], axis 0 → three times [b].
 * Derivative: the cotangent of each layer set into zeros of the shape of x.
 * Throws: TensorError for an axis out of range.
 *
 * @example
 * unstack(tensor([[1, 2], [3, 4]])).map((row) => row.toArray());   // => [[1, 2], [3, 4]]
 */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  checkTensor("unstack", x);
  const place = resolveAxis("unstack", axis, x.rank);
  return Array.from({ length: x.shape[place]! }, (_, i) => sliceAlong(x, place, i));
}
