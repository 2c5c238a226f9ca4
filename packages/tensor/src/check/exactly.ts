/** @file Linear and bilinear operations on whole numbers, where float64 is exact whatever the operation is. */
import * as elementary from "../core/elementary.ts";
import { TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { contiguous, type Tensor } from "../core/tensor.ts";

/** How many bits whole numbers may have if sums of so many of their products are to stay below 2⁵². */
export function widthFor(name: string, terms: number): number {
  const width = Math.min(21, Math.floor((51 - Math.ceil(elementary.log2(terms))) / 2));
  if (width >= 8) return width;
  throw new TensorError(name, `sums of ${terms} products are too long for exact arithmetic`, "judge a smaller case");
}

/** The result of an operation on whole numbers, which must be whole again: then nothing was rounded. */
export function onWholeNumbers<P>(
  name: string,
  op: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
): ArrayLike<number> {
  const result = contiguous(op.name, apply(op, inputs, params));
  for (let i = 0; i < result.length; i++) {
    const x = result[i]!;
    if (Number.isNaN(x) || (Number.isInteger(x) && Math.abs(x) <= 2 ** 52)) continue;
    throw new TensorError(
      name,
      `the coefficients of ${op.name} are no small whole numbers`,
      "give the primitive a formula: a sum, then a division",
      inputs,
    );
  }
  return result;
}
