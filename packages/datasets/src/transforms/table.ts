/** @file What transforms of columns share: a table to be fitted to, and the same columns later. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import { checkTensor, formatShape } from "../checks.ts";

/** A transform of K columns that was fitted to some rows and can be applied to others, and undone. */
export interface Fitted<K extends number = number, Out extends number = K> {
  <M extends number>(features: Tensor<readonly [M, K]>): Tensor<readonly [M, Out]>;
  /** Undoes it. */
  inverse<M extends number>(features: Tensor<readonly [M, Out]>): Tensor<readonly [M, K]>;
}

/** Throws unless the table has rows of finite numbers. */
export function checkTable(op: string, features: Tensor): void {
  checkTensor(op, "the table", features);
  if (features.rank !== 2 || features.shape[0] === 0)
    throw new TensorError(op, `features are ${formatShape(features.shape)}`, "give at least one row, [n, k]", [
      features,
    ]);
  const columns = features.shape[1]!;
  const values = features.toTypedArray();
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / columns)}, column ${bad % columns}`;
    throw new TensorError(op, `${place} is ${values[bad]}`, "drop or fill such values first", [features]);
  }
}

/** f for tables of as many columns as it was fitted to. */
export const forColumns =
  (op: string, columns: number, f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor => {
    checkTensor(op, "the table", x);
    if (x.rank !== 2 || x.shape[1] !== columns)
      throw new TensorError(
        op,
        `fitted to ${columns} columns, got ${formatShape(x.shape)}`,
        "give [m, k] with the same columns",
        [x],
      );
    return f(x);
  };
