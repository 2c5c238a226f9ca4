/** @file From raw numbers to what a network learns from. */
import {
  abs,
  div,
  equal,
  max,
  mean,
  min,
  mul,
  type Shape,
  sqrt,
  square,
  sub,
  type Tensor,
  TensorError,
  tensor,
  where,
} from "@deltagrad/tensor";

/**
 * Class numbers as rows with a 1 in the place of the class.
 *
 * Shapes: labels [n], int32 → [n, classes], float64.
 * Throws: TensorError when the labels are not int32, or one is not in 0 … classes − 1, or there is no class.
 *
 * @example
 * oneHot(tensor([0, 2], { dtype: "int32" }), 3).toArray();   // => [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot<N extends number, const K extends number>(
  labels: Tensor<readonly [N]>,
  classes: K,
): Tensor<readonly [N, K]> {
  if (labels.dtype !== "int32" || labels.rank !== 1)
    throw new TensorError(
      "oneHot",
      `labels are ${labels.dtype} [${(labels.shape as Shape).join(", ")}]`,
      "give class numbers, int32 [n]",
      [labels],
    );
  if (!Number.isInteger(classes) || classes < 1)
    throw new TensorError("oneHot", `there is no row of ${classes} classes`, "classes is a whole number ≥ 1");
  const numbers = labels.toTypedArray();
  const bad = numbers.findIndex((label) => label < 0 || label >= classes);
  if (bad >= 0)
    throw new TensorError(
      "oneHot",
      `label ${numbers[bad]} of example ${bad} is none of ${classes} classes`,
      `labels count from 0 to ${classes - 1}`,
      [labels],
    );
  const rows = new Float64Array(numbers.length * classes);
  numbers.forEach((label, i) => {
    rows[i * classes + label] = 1;
  });
  return tensor(rows, { shape: [numbers.length as N, classes] });
}

/** A transform of K columns that was fitted to some data and can be applied to other. */
export interface Standardizer<K extends number = number> {
  <M extends number>(features: Tensor<readonly [M, K]>): Tensor<readonly [M, K]>;
  readonly mean: Tensor<readonly [K]>;
  /** Of the whole set (divided by n); 1 where a column is constant. */
  readonly std: Tensor<readonly [K]>;
}

/**
 * Fits columns to mean 0 and standard deviation 1: give it the training part only, and apply the result to all parts.
 * A constant column is only shifted, to 0.
 *
 * Shapes: features [n, k] → a function [m, k] → [m, k], with `mean` and `std` [k].
 * Throws: TensorError when there are no rows, or a value is NaN or infinite.
 *
 * @example
 * const scale = standardize(tensor([[1, 5], [3, 5]]));
 * scale(tensor([[2, 6], [3, 5]])).toArray();   // => [[0, 1], [1, 0]]
 */
export function standardize<K extends number>(table: Tensor<readonly [number, K]>): Standardizer<K> {
  const features: Tensor = table;
  if (features.rank !== 2 || features.shape[0] === 0)
    throw new TensorError(
      "standardize",
      `features are [${features.shape.join(", ")}]`,
      "give at least one row, [n, k]",
      [features],
    );
  const columns = features.shape[1]!;
  const values = features.toTypedArray();
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / columns)}, column ${bad % columns}`;
    throw new TensorError("standardize", `${place} is ${values[bad]}`, "drop or fill such values first", [features]);
  }
  // Asked of the values: the rounded mean of equal numbers may differ from them.
  const lowest: Tensor = min(features, 0);
  const constant: Tensor = equal(lowest, max(features, 0));
  const center: Tensor = where(constant, lowest, mean(features, 0));
  const deviation: Tensor = sub(features, center);
  // Squares of shares of the largest deviation neither overflow nor vanish.
  const largest: Tensor = where(constant, 1, max(abs(deviation), 0));
  const std: Tensor = where(constant, 1, mul(largest, sqrt(mean(square(div(deviation, largest)), 0))));
  const transform = (x: Tensor): Tensor => {
    if (x.rank !== 2 || x.shape[1] !== columns)
      throw new TensorError(
        "standardize",
        `fitted to ${columns} columns, got [${x.shape.join(", ")}]`,
        "give [m, k] with the same columns",
        [x],
      );
    return div(sub(x, center), std);
  };
  return Object.assign(transform, { mean: center, std }) as Standardizer<K>;
}
