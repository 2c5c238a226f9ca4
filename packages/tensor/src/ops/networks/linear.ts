/** @file The affine map of a fully connected layer. */
import { asTensor } from "../../core/create.ts";
import { TensorError } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import { add } from "../arithmetic.ts";
import { matmul } from "../matmul.ts";
import { transpose } from "../shape.ts";
import { called } from "./windows.ts";

/**
 * x·weightᵀ + bias: every output is a weighted sum of the inputs.
 *
 * Shapes: x [batch, …, inputs], weight [outputs, inputs], bias [outputs] → [batch, …, outputs].
 * Dtype: NumPy's promotion; not defined for bool.
 * Derivative: ct·weight to x, ctᵀ·x to weight, the sum of ct to bias.
 * Throws: TensorError when the inputs differ, or bias is of another shape.
 *
 * @example
 * linear(tensor([1, 2]), tensor([[3, 4], [5, 6]]), tensor([100, 200])).toArray();   // => [111, 217]
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const given = [x, weight, ...(bias === undefined ? [] : [bias])].map((operand) => asTensor("linear", operand));
  if (weight.rank !== 2 || given[0]!.shape.at(-1) !== weight.shape[1])
    throw new TensorError(
      "linear",
      `${called("x", given[0]!)} and ${called("weight", weight)}`,
      "give x [batch, …, inputs] and weight [outputs, inputs]",
      given,
    );
  const outputs = weight.shape[0]!;
  if (bias !== undefined && (bias.rank !== 1 || bias.size !== outputs))
    throw new TensorError("linear", `${called("bias", bias)} for ${outputs} outputs`, `give the shape [${outputs}]`, [
      bias,
    ]);
  if (given.every(({ dtype }) => dtype === "bool"))
    throw new TensorError("linear", "is not defined for bool", "cast to int32 or float64 first", given);
  const y = matmul(x, transpose(weight)) as Tensor;
  return (bias === undefined ? y : add(y, bias)) as Tensor;
}
