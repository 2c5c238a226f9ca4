/** @file The vector product of three dimensions. */
import { asTensor } from "../../core/create.ts";
import { promote } from "../../core/dtype.ts";
import { show, TensorError } from "../../core/errors.ts";
import { broadcastShapes, resolveAxis } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { mul, sub } from "../arithmetic.ts";
import { slice, stack } from "../slice.ts";

/**
 * The cross product a × b of the vectors along an axis of extent 3; other axes broadcast.
 *
 * Shapes: [..., 3] and [..., 3] → [..., 3], of one rank.
 * Dtype: NumPy's promotion; int32 wraps; not defined for bool.
 * Derivative: b × ct to a, ct × a to b.
 * Throws: TensorError when the axis is not of extent 3, ranks differ, or other axes do not broadcast.
 *
 * @example
 * cross(tensor([1, 0, 0]), tensor([0, 1, 0])).toArray();   // => [0, 0, 1]
 */
export function cross(a: Tensor, b: Tensor, { axis = -1 }: { readonly axis?: number } = {}): Tensor {
  const rank = asTensor("cross", a).rank;
  if (asTensor("cross", b).rank !== rank)
    throw new TensorError(
      "cross",
      `${show(a)} and ${show(b)} differ in rank (${rank} ≠ ${b.rank})`,
      "an axis would not be the same in both: add axes with expandDims",
      [a, b],
    );
  const place = resolveAxis("cross", axis, rank);
  for (const x of [a, b]) {
    if (x.shape[place] !== 3)
      throw new TensorError(
        "cross",
        `axis ${axis} of ${show(x)} has extent ${x.shape[place]}, not 3`,
        "name the axis of the vectors",
        [a, b],
      );
  }
  broadcastShapes("cross", a.shape, b.shape);
  if (promote(a.dtype, b.dtype) === "bool")
    throw new TensorError("cross", "is not defined for bool", "cast to int32 or float64 first", [a, b]);
  const partsOf = (x: Tensor) =>
    [0, 1, 2].map((i) => slice(x, ...x.shape.slice(0, place).map(() => null), i)) as [Tensor, Tensor, Tensor];
  const [[a0, a1, a2], [b0, b1, b2]] = [partsOf(a), partsOf(b)];
  const minor = (p: Tensor, q: Tensor, r: Tensor, s: Tensor): Tensor => sub(mul(p, q), mul(r, s));
  return stack([minor(a1, b2, a2, b1), minor(a2, b0, a0, b2), minor(a0, b1, a1, b0)], place);
}
