/** @file Columns made uncorrelated, as the training part has them. */
import {
  add,
  cast,
  div,
  eigh,
  expandDims,
  matmul,
  maximum,
  mean,
  mul,
  slice,
  sqrt,
  sub,
  type Tensor,
  TensorError,
  transpose,
} from "@deltagrad/tensor";
import { checkNumber, checkWhole, shown } from "../checks.ts";
import { checkTable, type Fitted, forColumns } from "./table.ts";

export interface WhitenOptions {
  /** zca: as near to the data as can be; pca: along the principal axes, that of the largest variance first. */
  readonly method?: "zca" | "pca";
  /** How many principal axes are kept (pca only); all, if left out. */
  readonly components?: number;
  /** Added to each variance, so that directions with next to none are not blown up. */
  readonly epsilon?: number;
}

export interface Whitener<K extends number = number> extends Fitted<K, number> {
  readonly mean: Tensor<readonly [K]>;
  /** The principal axes, as rows, largest variance first. */
  readonly axes: Tensor<readonly [number, K]>;
  /** The variances along them (divided by n). */
  readonly variances: Tensor<readonly [number]>;
}

/**
 * Fits columns to mean 0, variance 1 and no correlation: give it the training part only, and apply the result to all
 * parts. `inverse` undoes it, up to the components that were left out. The work grows with k³.
 *
 * Shapes: features [n, k] → a function [m, k] → [m, k], or [m, components].
 * Dtype: float32 is kept; the axes are found in float64.
 * Throws: TensorError when there are no rows, a value is NaN or infinite, or a direction has no variance while epsilon
 * is 0.
 * Source: Kessy, Lewin, Strimmer, Optimal Whitening and Decorrelation (2018), ZCA and PCA.
 *
 * @example
 * const white = whiten(tensor([[1, 1], [-1, -1], [2, -2], [-2, 2]]), { method: "pca" });
 * white.variances.toArray().map((variance) => Math.round(variance));   // => [4, 1]
 * white(tensor([[0, 0]])).shape;                                       // => [1, 2]
 */
export function whiten<K extends number>(
  table: Tensor<readonly [number, K]>,
  { method = "zca", components, epsilon = 0 }: WhitenOptions = {},
): Whitener<K> {
  const features: Tensor = table;
  checkTable("whiten", features);
  const [rows, columns] = features.shape as [number, number];
  checkOptions(method, components, epsilon, columns);
  const kept = components ?? columns;
  const precise: Tensor = cast(features, "float64");
  const center: Tensor = mean(precise, 0);
  const deviations: Tensor = sub(precise, center);
  const [ascending, byColumns] = eigh(div(matmul(transpose(deviations), deviations), rows));
  // Rounding may leave less than nothing of a variance that is 0.
  const variances: Tensor = maximum(slice(ascending, [null, -kept - 1, -1]), 0);
  const axes: Tensor = transpose(slice(byColumns, null, [null, -kept - 1, -1]));
  checkVariances(variances, columns, epsilon, features);

  const dtype = features.dtype === "float32" ? "float32" : "float64";
  const spread: Tensor = expandDims(sqrt(add(variances, epsilon)), 1);
  const turned = (scaled: Tensor): Tensor => cast(method === "pca" ? scaled : matmul(transpose(axes), scaled), dtype);
  const [forth, back] = [transpose(turned(div(axes, spread))) as Tensor, turned(mul(axes, spread))];
  const middle: Tensor = cast(center, dtype);
  const transform = forColumns("whiten", columns, (x) => matmul(sub(x, middle), forth));
  const inverse = forColumns("inverse", kept, (y) => add(matmul(y, back), middle));
  return Object.assign(transform, { mean: middle, axes, variances, inverse }) as unknown as Whitener<K>;
}

/** Throws when a direction would be divided by what is nothing but rounding. */
function checkVariances(variances: Tensor, columns: number, epsilon: number, features: Tensor): void {
  const values = variances.toTypedArray();
  const flat = values.filter((value) => value <= values[0]! * columns * Number.EPSILON).length;
  if (epsilon === 0 && flat > 0)
    throw new TensorError(
      "whiten",
      `${flat} of ${values.length} directions have no variance`,
      "give an epsilon > 0, or fewer components with method pca",
      [features],
    );
}

function checkOptions(method: unknown, components: number | undefined, epsilon: number, columns: number): void {
  if (method !== "zca" && method !== "pca")
    throw new TensorError("whiten", `there is no method ${shown(method)}`, 'use "zca" or "pca"');
  checkNumber("whiten", "epsilon", epsilon, 0);
  if (components === undefined) return;
  checkWhole("whiten", "components", components, 1);
  if (method === "zca")
    throw new TensorError("whiten", `${components} components with method zca`, "only pca can leave some out");
  if (components > columns)
    throw new TensorError("whiten", `${components} components of ${columns} columns`, "there are no more than columns");
}
