/** @file From raw numbers to what a network learns from. */
import { div, mean, type Shape, sqrt, sub, type Tensor, TensorError, tensor } from "@deltagrad/tensor";

/**
 * Class numbers as rows with a 1 in the place of the class.
 *
 * Shapes: labels [n], int32 → [n, classes], float64.
 * Throws: TensorError when the labels are not int32, or one is not in 0 … classes − 1.
 *
 * @example
 * oneHot(tensor([0, 2], { dtype: "int32" }), 3).toArray();   // => [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot<N extends number, K extends number>(labels: Tensor<readonly [N]>, classes: K): Tensor<readonly [N, K]> {
  if (labels.dtype !== "int32" || labels.rank !== 1)
    throw new TensorError("oneHot", `labels are ${labels.dtype} [${(labels.shape as Shape).join(", ")}]`, "give class numbers, int32 [n]", [labels]);
  const numbers = labels.toTypedArray();
  const bad = numbers.findIndex((label) => label < 0 || label >= classes);
  if (bad >= 0) throw new TensorError("oneHot", `label ${numbers[bad]} of example ${bad} is none of ${classes} classes`, `labels count from 0 to ${classes - 1}`, [labels]);
  const rows = new Float64Array(numbers.length * classes);
  numbers.forEach((label, i) => {
    rows[i * classes + label] = 1;
  });
  return tensor(rows, { shape: [numbers.length as N, classes] });
}

/** A transform that was fitted to some data and can be applied to other. */
export interface Standardizer {
  <S extends Shape>(features: Tensor<S>): Tensor<S>;
  readonly mean: Tensor;
  /** Of the whole set (divided by n); 1 where a column is constant. */
  readonly std: Tensor;
}

/**
 * Fits columns to mean 0 and standard deviation 1: give it the training part only, and apply the result to all parts.
 * A constant column is only shifted.
 *
 * Shapes: features [n, k] → a function [m, k] → [m, k], with `mean` and `std` [k].
 * Throws: TensorError when there are no rows, or a value is NaN or infinite.
 *
 * @example
 * const scale = standardize(tensor([[1, 5], [3, 5]]));
 * scale(tensor([[2, 6], [3, 5]])).toArray();   // => [[0, 1], [1, 0]]
 */
export function standardize(features: Tensor): Standardizer {
  if (features.rank !== 2 || features.shape[0] === 0)
    throw new TensorError("standardize", `features are [${features.shape.join(", ")}]`, "give at least one row, [n, k]", [features]);
  const columns = features.shape[1]!;
  const values = features.toTypedArray();
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / columns)}, column ${bad % columns}`;
    throw new TensorError("standardize", `${place} is ${values[bad]}`, "drop or fill such values first", [features]);
  }
  const center: Tensor = mean(features, 0);
  const spread: Tensor = sqrt(mean(sub(features, center).square(), 0));
  const constant = spread.toTypedArray().map((_, column) => {
    const first = values[column]!;
    for (let i = column; i < values.length; i += columns) if (values[i] !== first) return 0;
    return 1;
  });
  const std = spread.maximum(tensor(constant));
  const transform = (x: Tensor): Tensor => {
    if (x.rank !== 2 || x.shape[1] !== columns)
      throw new TensorError("standardize", `fitted to ${columns} columns, got [${x.shape.join(", ")}]`, "give [m, k] with the same columns", [x]);
    return div(sub(x, center), std);
  };
  return Object.assign(transform, { mean: center, std }) as Standardizer;
}
