/** @file The arbiter: the value of a program in about 32 digits. */
import { TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";

/** A number as the unevaluated sum of two: `value` is the nearest float64, `rest` what it leaves out. */
export interface Precise {
  /** The path of the tensor in what f returns. */
  readonly path: string;
  readonly value: Tensor;
  readonly rest: Tensor;
}

/**
 * The function that returns, for each tensor of f's result in order, its value in double-double arithmetic: about 32
 * digits, for inputs and constants taken as the float64 numbers they are. Branches are taken as in float64.
 *
 * Accuracy: a few units of 2⁻¹⁰⁴ of the terms for sums and products, 30 digits for the elementary functions.
 * Throws: TensorError for an operation without a rule in this arithmetic, by name.
 * Source: Dekker (1971), Knuth (TAOCP 2, 4.2.2); Hida, Li, Bailey (2001).
 *
 * @example
 * const [y] = preciseValue((x: Tensor) => sub(add(x, 1e-20), x))(tensor(1));
 * y.value.item();   // => 1e-20
 */
export function preciseValue<A extends readonly unknown[]>(_f: (...args: A) => unknown): (...args: A) => Precise[] {
  throw new TensorError("preciseValue", "is being written", "wait");
}
