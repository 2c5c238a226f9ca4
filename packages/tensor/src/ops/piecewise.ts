/** @file Functions with a kink or a jump: their derivative at it is a stated choice. */
import { zerosLike } from "../core/create.ts";
import { exact, looking } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { pointwise } from "./arithmetic.ts";
import { cast } from "./broadcast.ts";
import { greater } from "./compare.ts";

/**
 * |x|, for each element.
 *
 * Derivative: sign(x), which is 0 at the kink.
 *
 * @example
 * abs(tensor([-2, 3])).toArray();   // => [2, 3]
 */
export const abs = pointwise("abs", Math.abs, (x) => sign(x), {
  result: "same",
  rounding: 0,
  lipschitz: 1,
  scalar: "abs",
});

/**
 * −1, 0 or 1, for each element; NaN stays NaN.
 *
 * Derivative: 0 everywhere, at the jump too.
 *
 * @example
 * sign(tensor([-2, 0, 3])).toArray();   // => [-1, 0, 1]
 */
export const sign = pointwise("sign", Math.sign, (x) => zerosLike(x), {
  result: "same",
  rounding: 0,
  increasing: true,
});

/**
 * max(x, 0), for each element; NaN stays NaN.
 *
 * Derivative: 1 where x > 0, else 0 (0 at the kink, as PyTorch has it).
 *
 * @example
 * relu(tensor([-1, 0, 2])).toArray();   // => [0, 0, 2]
 */
export const relu = pointwise(
  "relu",
  (x) => Math.max(x, 0),
  (x) => cast(greater(x, 0), x.dtype),
  { result: "same", rounding: 0, lipschitz: 1, increasing: true },
);

const same = looking<null>(
  { name: "stopGradient", shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }), view: (x) => x },
  (ct) => ct,
);
const stopOp: Primitive<null> = { ...same, vjp: [null], jvp: [null], rounding: exact };

/**
 * x as a constant: every transform takes it as something that does not vary.
 *
 * Derivative: none.
 *
 * @example
 * grad((x) => sum(mul(x, stopGradient(x))))(tensor([3])).toArray();   // => [3]
 */
export const stopGradient = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(stopOp, [x], null);
