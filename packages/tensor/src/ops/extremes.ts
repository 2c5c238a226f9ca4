/** @file Extremes and where they are. */

import { checkTensor } from "../core/checks.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { argExtreme, extremeOf } from "../core/reduce.ts";
import { resolveAxes, resolveAxis, type Shape } from "../core/shape.ts";
import type { Reduce } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { reduceRuns } from "../wasm/reduce/kernel.ts";
import { div, mul } from "./arithmetic.ts";
import { keep, type Over, type Reduction, reducing, reduction } from "./axes.ts";
import { cast, sum } from "./broadcast.ts";
import { equal } from "./compare.ts";

const needed = "an extreme";

// @__NO_SIDE_EFFECTS__
function extreme(name: "max" | "min", largest: boolean): Reduction {
  /** 1/n at each of n equal extremes, 0 elsewhere, in the shape of x. */
  const share = (x: Tensor, y: Tensor, axes: readonly number[]): Tensor => {
    const ties = cast(equal(x, keep(y, x, axes)), x.dtype);
    return div(ties, sum(ties, axes, { keepDims: true }) as Tensor);
  };
  const op: Primitive<Over> = {
    ...reducing(name, extremeOf(largest), { needed }),
    kernel: ([x], result, { axes }) => reduceRuns(name, x!, axes, result),
    increasing: true,
    vjp: [(ct, y, [x], { axes }) => mul(keep(ct, x!, axes), share(x!, y, axes))],
    jvp: [(t, y, [x], { axes }) => sum(mul(t, share(x!, y, axes)), axes)],
  };
  return reduction(name, (x, axes) => apply(op, [x], { axes }));
}

/**
 * The largest element over an axis, several, or all; NaN where there is one, 0 above −0. PyTorch's amax.
 *
 * Derivative: to the largest element; equal ones share evenly.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * max(tensor([[1, 5], [7, 3]]), 1).toArray();   // => [5, 7]
 */
export const max = extreme("max", true);

/**
 * The smallest element over an axis, several, or all; NaN where there is one, −0 below 0. PyTorch's amin.
 *
 * Derivative: to the smallest element; equal ones share evenly.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * min(tensor([[1, 5], [7, 3]])).item();   // => 1
 */
export const min = extreme("min", false);

// @__NO_SIDE_EFFECTS__
function placeOfExtreme(name: string, largest: boolean) {
  const op: Primitive<Over> = {
    ...reducing(name, argExtreme(largest), { dtype: "int32", needed }),
    vjp: [null],
    jvp: [null],
  };
  return <S extends Shape, const A extends number | undefined = undefined>(
    x: Tensor<S>,
    axis?: A,
  ): Tensor<Reduce<S, A, false>> => {
    checkTensor(name, x);
    return apply(op, [x], {
      axes: axis === undefined ? resolveAxes(name, axis, x.rank) : [resolveAxis(name, axis, x.rank)],
    });
  };
}

/**
 * Where the largest element is along an axis (in row-major order for all axes), int32: the first of equals, or the
 * first NaN.
 *
 * Derivative: none.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * argMax(tensor([[1, 5], [7, 3]]), 1).toArray();   // => [1, 0]
 */
export const argMax = placeOfExtreme("argMax", true);

/**
 * Where the smallest element is along an axis (in row-major order for all axes), int32: the first of equals, or the
 * first NaN.
 *
 * Derivative: none.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * argMin(tensor([[1, 5], [7, 3]]), 1).toArray();   // => [0, 1]
 */
export const argMin = placeOfExtreme("argMin", false);
