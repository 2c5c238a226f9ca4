/** @file Layers that change shapes and no values. */
import { reshape as reshapeTensor, type Shape, type Tensor, TensorError, type Unknown } from "@deltagrad/tensor";
import type { Layer } from "../layer.ts";
import { ANY } from "../signature.ts";
import { checkInput, checkSizes } from "./options.ts";

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/**
 * The last `axes` axes as one; unless told, all but the first, which is then the batch.
 *
 * Shapes: [batch, …] → [batch, features].
 * Throws: TensorError when x has fewer axes.
 *
 * @example
 * flatten().apply(null, zeros([5, 8, 3, 3])).shape;     // => [5, 72]
 * flatten(2).apply(null, zeros([5, 8, 3, 3])).shape;    // => [5, 8, 9]
 */
export function flatten(axes?: number): Layer<null, Unknown, readonly [number]> {
  if (axes !== undefined) checkSizes("flatten", `flatten(${axes})`, [axes]);
  return {
    name: axes === undefined ? "flatten()" : `flatten(${axes})`,
    input: axes === undefined ? undefined : new Array<number>(axes).fill(ANY),
    output: [ANY],
    config: axes === undefined ? "flatten" : { flatten: axes },
    init: () => null,
    apply(_params: null, x: Tensor): Tensor {
      const joined = axes ?? x.rank - 1;
      if (x.rank < joined || joined < 0)
        throw new TensorError(
          "flatten",
          `[${x.shape.join(", ")}] has ${x.rank === 1 ? "1 axis" : `${x.rank} axes`}`,
          axes === undefined ? "give a batch" : `give ${axes} at least`,
          [x],
        );
      const batch: Shape = x.shape.slice(0, x.rank - joined);
      return reshapeTensor(x, [...batch, sizeOf(x.shape.slice(batch.length))]) as Tensor;
    },
  };
}

/**
 * Each example given another shape, its elements in the same order.
 *
 * Shapes: [batch, …, ...from] → [batch, …, ...to].
 * Throws: TensorError when the two have not as many elements, or x does not end in `from`.
 *
 * @example
 * reshape([64], [1, 8, 8]).apply(null, zeros([5, 64])).shape;   // => [5, 1, 8, 8]
 */
export function reshape<const From extends Shape, const To extends Shape>(
  from: From,
  to: To,
): Layer<null, Readonly<From>, Readonly<To>> {
  const name = `reshape([${from.join(", ")}], [${to.join(", ")}])`;
  checkSizes("reshape", name, [...from, ...to]);
  if (sizeOf(from) !== sizeOf(to))
    throw new TensorError("reshape", `${name} has ${sizeOf(from)} elements for ${sizeOf(to)}`, "give two of one size");
  return {
    name,
    input: from,
    output: to,
    config: { reshape: to, from },
    init: () => null,
    apply(_params: null, x: Tensor): Tensor {
      checkInput("reshape", `[${from.join(", ")}] as the last axes`, from, x);
      return reshapeTensor(x, [...x.shape.slice(0, x.rank - from.length), ...to]) as Tensor;
    },
  } as Layer<null, Readonly<From>, Readonly<To>>;
}
