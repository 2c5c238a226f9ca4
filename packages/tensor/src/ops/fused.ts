/** @file Several operations under one name: what is between two tensors, and a sum with a product or a quotient. */
import { checkNumber } from "../core/checks.ts";
import type { Broadcast, Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, div, mul, pointwise, sub } from "./arithmetic.ts";
import { align } from "./broadcast.ts";

/**
 * a + weight·(b − a), for each element, with broadcasting; weights outside of [0, 1] extrapolate.
 *
 * Derivative: 1 − weight to a, weight to b, b − a to the weight.
 * At the edges: exact at weights 0 and 1.
 *
 * @example
 * lerp(tensor([0, 10]), tensor([1, 20]), 0.5).toArray();   // => [0.5, 15]
 */
export const lerp = pointwise(
  "lerp",
  (a, b, weight) => (weight < 0.5 ? a + weight * (b - a) : b - (b - a) * (1 - weight)),
  [(_a, _b, weight) => sub(1, weight), (_a, _b, weight) => weight, (a, b) => sub(b, a)],
  { rounding: null, formula: (a, b, weight) => add(a, mul(weight, sub(b, a))) },
);

interface Value {
  /** A factor of the product or quotient. */
  readonly value?: number;
}

type Sum3<X, A, B> = Tensor<Broadcast<ShapeOf<X>, Broadcast<ShapeOf<A>, ShapeOf<B>>>>;

/**
 * x + value·a·b, for each element, with broadcasting.
 *
 * Derivative: 1 to x, value·b to a, value·a to b.
 * Throws: TensorError when value is no number.
 *
 * @example
 * addcmul(tensor([1, 2]), tensor([3, 4]), 10, { value: 0.5 }).toArray();   // => [16, 22]
 */
export function addcmul<X extends Operand, A extends Operand, B extends Operand>(
  x: X,
  a: A,
  b: B,
  { value = 1 }: Value = {},
): Sum3<X, A, B> {
  checkNumber("addcmul", "value", value);
  const [start, left, right] = align("addcmul", [x, a, b], "same") as [Tensor, Tensor, Tensor];
  const product = mul(left, right);
  return add(start, value === 1 ? product : mul(value, product));
}

/**
 * x + value·a/b, for each element, with broadcasting.
 *
 * Derivative: 1 to x, value/b to a, −value·a/b² to b.
 * Throws: TensorError when value is no number.
 *
 * @example
 * addcdiv(tensor([1, 2]), tensor([3, 4]), 2).toArray();   // => [2.5, 4]
 */
export function addcdiv<X extends Operand, A extends Operand, B extends Operand>(
  x: X,
  a: A,
  b: B,
  { value = 1 }: Value = {},
): Sum3<X, A, B> {
  checkNumber("addcdiv", "value", value);
  const [start, left, right] = align("addcdiv", [x, a, b], "float") as [Tensor, Tensor, Tensor];
  const quotient = div(left, right);
  return add(start, value === 1 ? quotient : mul(value, quotient));
}
