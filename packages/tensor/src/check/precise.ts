/** @file The arbiter: the value of a program in about 32 digits. */
import { isFloat } from "../core/dtype.ts";
import { contiguous, fromStorage, type Tensor } from "../core/tensor.ts";
import { leaves } from "../core/tree.ts";
import { record, replay } from "../graph/record.ts";
import { doubleAlgebra, given } from "./precise/algebra.ts";

/** A number as the unevaluated sum of two: `value` is the nearest float64, `rest` what it leaves out. */
export interface Precise {
  /** The path of the tensor in what f returns. */
  readonly path: string;
  readonly value: Tensor;
  readonly rest: Tensor;
}

/**
 * The function that returns, for each tensor of f's result in order, its value in double-double arithmetic: about 32
 * digits, for inputs taken as the float64 numbers they are. Branches are taken as in float64.
 *
 * Constants: the simplest fraction that rounds to the number, as `proveEqual` has them: 0.05 is 1/20.
 * Accuracy: a few units of 2⁻¹⁰⁴ of the terms for sums and products, 30 digits for the elementary functions.
 * Throws: TensorError for an operation without a rule in this arithmetic, by name.
 * Source: Dekker (1971), Knuth (TAOCP 2, 4.2.2); Hida, Li, Bailey (2001).
 *
 * @example
 * const [y] = preciseValue((x: Tensor) => sub(add(x, 1e-20), x))(tensor(1));
 * y.value.item();   // => 1e-20
 */
export function preciseValue<A extends readonly unknown[]>(f: (...args: A) => unknown): (...args: A) => Precise[] {
  return (...args) => {
    let paths: string[] = [];
    const graph = record((...abstract: A) => {
      const result = f(...abstract);
      paths = leaves(result, "preciseValue").map(({ path }) => path);
      return result;
    })(...args);
    const algebra = doubleAlgebra("preciseValue");
    const inputs = leaves(args, "preciseValue").map(({ tensor }) => given(tensor));
    return replay(graph, inputs, algebra).map(({ float, high, low }, i) => {
      const of = (numbers: Float64Array): Tensor => fromStorage(float.shape, "float64", numbers) as Tensor;
      const whole = isFloat(float.dtype) ? high : Float64Array.from(contiguous("preciseValue", float));
      return { path: paths[i]!, value: of(whole), rest: of(isFloat(float.dtype) ? low : new Float64Array(float.size)) };
    });
  };
}
