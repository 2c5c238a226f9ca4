/** @file Columns made uncorrelated, as the training part has them. */
import { add, matmul, mean, sub, type Tensor, TensorError, tensor, transpose } from "@deltagrad/tensor";
import { checkNumber, checkWhole, shown } from "../checks.ts";
import { eigenSymmetric } from "./jacobi.ts";
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
 * parts. `inverse` undoes it, up to the components that were left out. The work grows with k³: seconds for 200 columns.
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
  const columns = features.shape[1]!;
  const kept = components ?? columns;
  checkOptions(method, components, epsilon, columns);
  const dtype = features.dtype === "float32" ? "float32" : "float64";
  const center: Tensor = mean(
    features.dtype === dtype ? features : tensor(features.toTypedArray(), { shape: features.shape, dtype }),
    0,
  );
  const covariance = covarianceOf(features.toTypedArray(), features.shape[0]!, columns);
  const { values, vectors } = eigenSymmetric(covariance, columns);
  const flat = values.subarray(0, kept).filter((value) => value <= values[0]! * columns * Number.EPSILON).length;
  if (epsilon === 0 && flat > 0)
    throw new TensorError(
      "whiten",
      `${flat} of ${kept} directions have no variance`,
      "give an epsilon > 0, or fewer components with method pca",
      [features],
    );
  const scaled = (power: number): Tensor => {
    const rows = vectors.slice(0, kept * columns);
    for (let i = 0; i < rows.length; i++)
      rows[i]! *= (Math.max(0, values[Math.floor(i / columns)]!) + epsilon) ** power;
    return tensor(rows, { shape: [kept, columns], dtype: "float64" });
  };
  const axes: Tensor = tensor(vectors.slice(0, kept * columns), { shape: [kept, columns] });
  const onAxes = (power: number): Tensor =>
    tensor((method === "pca" ? scaled(power) : matmul(transpose(axes), scaled(power))).toTypedArray(), {
      shape: [kept, columns],
      dtype,
    });
  const [forth, back] = [transpose(onAxes(-0.5)) as Tensor, onAxes(0.5)];
  const transform = forColumns("whiten", columns, (x) => matmul(sub(x, center), forth));
  const inverse = forColumns("inverse", kept, (y) => add(matmul(y, back), center));
  const variances = tensor(values.slice(0, kept));
  return Object.assign(transform, { mean: center, axes, variances, inverse }) as unknown as Whitener<K>;
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

/** The covariances of the columns (divided by n), around their means. */
function covarianceOf(values: ArrayLike<number>, n: number, k: number): Float64Array {
  const means = new Float64Array(k);
  for (let i = 0; i < n * k; i++) means[i % k]! += values[i]! / n;
  const sums = new Float64Array(k * k);
  const row = new Float64Array(k);
  for (let start = 0; start < n * k; start += k) {
    for (let i = 0; i < k; i++) row[i] = values[start + i]! - means[i]!;
    for (let i = 0; i < k; i++) for (let j = i; j < k; j++) sums[i * k + j]! += (row[i]! * row[j]!) / n;
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) sums[i * k + j] = sums[j * k + i]!;
  return sums;
}
