/** @file Columns brought to a common scale, as the training part has it. */
import {
  abs,
  add,
  div,
  equal,
  max,
  mean,
  min,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  TensorError,
  where,
} from "@deltagrad/tensor";
import { shown } from "../checks.ts";
import { checkTable, type Fitted, forColumns } from "./table.ts";

export interface Standardizer<K extends number = number> extends Fitted<K> {
  readonly mean: Tensor<readonly [K]>;
  /** Of the whole set (divided by n); 1 where a column is constant. */
  readonly std: Tensor<readonly [K]>;
}

/**
 * Fits columns to mean 0 and standard deviation 1: give it the training part only, and apply the result to all parts.
 * A constant column is only shifted, to 0. `inverse` of the result undoes it.
 *
 * Shapes: features [n, k] → a function [m, k] → [m, k], with `mean` and `std` [k].
 * Throws: TensorError when there are no rows, or a value is NaN or infinite.
 *
 * @example
 * const scale = standardize(tensor([[1, 5], [3, 5]]));
 * scale(tensor([[2, 6], [3, 5]])).toArray();   // => [[0, 1], [1, 0]]
 * scale.inverse(tensor([[0, 1]])).toArray();   // => [[2, 6]]
 */
export function standardize<K extends number>(table: Tensor<readonly [number, K]>): Standardizer<K> {
  const features: Tensor = table;
  checkTable("standardize", features);
  const columns = features.shape[1]!;
  // Asked of the values: the rounded mean of equal numbers may differ from them.
  const lowest: Tensor = min(features, 0);
  const constant: Tensor = equal(lowest, max(features, 0));
  const center: Tensor = where(constant, lowest, mean(features, 0));
  const deviation: Tensor = sub(features, center);
  // Squares of shares of the largest deviation neither overflow nor vanish.
  const largest: Tensor = where(constant, 1, max(abs(deviation), 0));
  const std: Tensor = where(constant, 1, mul(largest, sqrt(mean(square(div(deviation, largest)), 0))));
  const transform = forColumns("standardize", columns, (x) => div(sub(x, center), std));
  const inverse = forColumns("inverse", columns, (y) => add(mul(y, std), center));
  return Object.assign(transform, { mean: center, std, inverse }) as Standardizer<K>;
}

export interface MinMaxScaler<K extends number = number> extends Fitted<K> {
  readonly min: Tensor<readonly [K]>;
  readonly max: Tensor<readonly [K]>;
}

/**
 * Fits columns to a range, [0, 1] if not told: give it the training part only, and apply the result to all parts, whose
 * values may then lie outside. A constant column is only shifted, to the low end.
 *
 * Shapes: features [n, k] → a function [m, k] → [m, k], with `min` and `max` [k].
 * Throws: TensorError when there are no rows, a value is NaN or infinite, or the range is none.
 *
 * @example
 * const scale = minMax(tensor([[1, 5], [3, 5]]), { range: [-1, 1] });
 * scale(tensor([[2, 6], [5, 5]])).toArray();      // => [[0, 0], [3, -1]]
 * scale.inverse(tensor([[3, -1]])).toArray();     // => [[5, 5]]
 */
export function minMax<K extends number>(
  table: Tensor<readonly [number, K]>,
  { range: [low, high] = [0, 1] }: { readonly range?: readonly [low: number, high: number] } = {},
): MinMaxScaler<K> {
  const features: Tensor = table;
  checkTable("minMax", features);
  if (!(low < high && Number.isFinite(high - low)))
    throw new TensorError("minMax", `there is no range from ${shown(low)} to ${shown(high)}`, "use low < high");
  const columns = features.shape[1]!;
  const [lowest, highest]: [Tensor, Tensor] = [min(features, 0), max(features, 0)];
  const extent: Tensor = where(equal(lowest, highest), high - low, sub(highest, lowest));
  const transform = forColumns("minMax", columns, (x) => add(mul(div(sub(x, lowest), extent), high - low), low));
  const inverse = forColumns("inverse", columns, (y) => add(mul(div(sub(y, low), high - low), extent), lowest));
  return Object.assign(transform, { min: lowest, max: highest, inverse }) as MinMaxScaler<K>;
}
