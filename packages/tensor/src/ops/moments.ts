/** @file Means and spreads. */
import { checkNumber } from "../core/checks.ts";
import { allocate, type DType } from "../core/dtype.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { type Reducer, reduceAxes, summing } from "../core/reduce.ts";
import { reduceShape } from "../core/shape.ts";
import type { Spec, Tensor } from "../core/tensor.ts";
import { div, mul, sub } from "./arithmetic.ts";
import { batchOver, countOf, keep, type Over, type Reduction, reduction } from "./axes.ts";
import { cast, sum, toFloat } from "./broadcast.ts";
import { equal, where } from "./compare.ts";
import { sqrt } from "./powers.ts";

/**
 * The mean over an axis, several, or all: the sum divided by the count; whole numbers give float64.
 *
 * Derivative: the cotangent, repeated, divided by the count.
 * At the edges: the mean of nothing is NaN.
 *
 * @example
 * mean(tensor([[1, 2], [3, 6]]), 1).toArray();   // => [1.5, 4.5]
 */
export const mean: Reduction = reduction("mean", (x, axes) => div(sum(toFloat(x), axes) as Tensor, countOf(x, axes)));

interface Spread extends Over {
  readonly correction: number;
}

/** What the sum of squares is divided by. */
const degreesOfFreedom = (x: Spec, { axes, correction }: Spread): number => Math.max(0, countOf(x, axes) - correction);

/** Two passes: deviations from the mean, less what rounding left of their own mean; then their squares. */
function varianceOf(dtype: DType, extent: number, divisor: number): Reducer {
  const add = summing(dtype);
  const deviations = allocate(dtype, extent, "variance");
  return (data, start, step, count) => {
    const center = add(data, start, step, count) / count;
    for (let i = 0; i < count; i++) deviations[i] = data[start + i * step]! - center;
    const rest = add(deviations, 0, 1, count) / count;
    for (let i = 0; i < count; i++) {
      const deviation = deviations[i]! - rest;
      deviations[i] = deviation * deviation;
    }
    return add(deviations, 0, 1, count) / divisor;
  };
}

/** x − mean(x), twice: the second takes out the rounding of the mean, which large offsets make larger than x's spread. */
function centered(x: Tensor, axes: readonly number[]): Tensor {
  const once: Tensor = sub(x, mean(x, axes, { keepDims: true }) as Tensor);
  return sub(once, mean(once, axes, { keepDims: true }) as Tensor);
}

const varianceOp: Primitive<Spread> = {
  name: "variance",
  kind: "general",
  shape: ([x], { axes }) => ({ shape: reduceShape(x!.shape, axes, false), dtype: x!.dtype }),
  run([x], result, params) {
    const reducer = varianceOf(x!.dtype, countOf(x!, params.axes), degreesOfFreedom(x!, params));
    return reduceAxes("variance", x!, params.axes, result, reducer);
  },
  vjp: [
    (ct, _y, [x], params) =>
      mul(keep(mul(ct, 2 / degreesOfFreedom(x!, params)), x!, params.axes), centered(x!, params.axes)),
  ],
  jvp: [
    (t, _y, [x], params) =>
      mul(sum(mul(t, centered(x!, params.axes)), params.axes) as Tensor, 2 / degreesOfFreedom(x!, params)),
  ],
  batch: batchOver,
  formula([x], params) {
    const deviation: Tensor = sub(x!, mean(x!, params.axes, { keepDims: true }) as Tensor);
    return div(sum(mul(deviation, deviation), params.axes) as Tensor, degreesOfFreedom(x!, params));
  },
  rounding: () => Number.POSITIVE_INFINITY,
};

interface Correction {
  /** What is taken off the count: 1 (Bessel's) for a sample, 0 for a whole population. */
  readonly correction?: number;
}

/**
 * The variance over an axis, several, or all: Σ(x − mean)² / (n − correction); whole numbers give float64.
 * The correction is 1 unless told, as in PyTorch; NumPy's `var` has 0.
 *
 * Derivative: 2(x − mean) / (n − correction).
 * At the edges: NaN of fewer elements than make a spread: of one with correction 1, of none.
 * Rounding: in two passes, so a large offset costs nothing: 10⁹ + {1, 2, 3} have variance 1.
 * Throws: TensorError when the correction is no finite number.
 *
 * @example
 * variance(tensor([1, 2, 3, 4]), 0, { correction: 0 }).item();   // => 1.25
 * variance(tensor([1e9 + 1, 1e9 + 2, 1e9 + 3])).item();          // => 1
 */
export const variance: Reduction<Correction> = reduction<Correction>("variance", (x, axes, options) =>
  varianceNamed("variance", x, axes, options),
);

function varianceNamed(name: string, x: Tensor, axes: readonly number[], { correction = 1 }: Correction): Tensor {
  checkNumber(
    name,
    "correction",
    correction,
    Number.isFinite,
    "give a finite number: 1 for a sample, 0 for all there is",
  );
  return apply(varianceOp, [toFloat(x)], { axes, correction });
}

/**
 * The standard deviation over an axis, several, or all: √variance(x).
 *
 * Derivative: (x − mean) / ((n − correction)·std); 0 where all elements are equal.
 * At the edges: as variance.
 *
 * @example
 * std(tensor([[1, 3], [2, 2]]), 1, { correction: 0 }).toArray();   // => [1, 0]
 */
export const std: Reduction<Correction> = reduction<Correction>("std", (x, axes, options) => {
  const square = varianceNamed("std", x, axes, options);
  const none = equal(square, 0);
  return where(none, 0, sqrt(where(none, 1, square)));
});

/** Whether an element is no NaN. */
const isNumber = (x: Tensor): Tensor => equal(x, x);

/**
 * The sum over an axis, several, or all, of what is not NaN.
 *
 * Derivative: the cotangent, repeated; 0 at NaN.
 * At the edges: of nothing, or of NaN alone, it is 0.
 *
 * @example
 * nansum(tensor([1, NaN, 3])).item();   // => 4
 */
export const nansum: Reduction = reduction("nansum", (x, axes) => sum(where(isNumber(x), x, 0), axes) as Tensor);

/**
 * The mean over an axis, several, or all, of what is not NaN.
 *
 * Derivative: the cotangent, repeated, divided by the count of numbers; 0 at NaN.
 * At the edges: of nothing, or of NaN alone, it is NaN.
 *
 * @example
 * nanmean(tensor([1, NaN, 3])).item();   // => 2
 */
export const nanmean: Reduction = reduction("nanmean", (x, axes) => {
  const floats = toFloat(x);
  return div(nansum(floats, axes) as Tensor, cast(sum(isNumber(floats), axes) as Tensor, floats.dtype));
});
