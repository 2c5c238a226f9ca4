/** @file Functions with a kink or a jump: their derivative at it is a stated choice. */
import { checkNumber } from "../core/checks.ts";
import { asTensor, scalarLike } from "../core/create.ts";
import type { DType } from "../core/dtype.ts";
import { TensorError } from "../core/errors.ts";
import { constant, looking } from "../core/kinds.ts";
import * as loops from "../core/loops.ts";
import { apply } from "../core/primitive.ts";
import type { Shape } from "../core/shape.ts";
import type { Broadcast, Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { mul, parametric, pointwise } from "./arithmetic.ts";
import { align, cast } from "./broadcast.ts";
import { equal, greater, greaterEqual, less, lessEqual } from "./compare.ts";

/**
 * |x|, for each element.
 *
 * Derivative: sign(x), which is 0 at the kink.
 *
 * @example
 * abs(tensor([-2, 3])).toArray();   // => [2, 3]
 */
export const abs = pointwise("abs", loops.abs, (x) => sign(x), {
  result: "same",
  rounding: 0,
  lipschitz: 1,
  scalar: "abs",
  ...byVectors("abs"),
});

const signOf = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x);

/**
 * −1, 0 or 1, for each element; NaN stays NaN.
 *
 * Derivative: 0 everywhere, at the jump too.
 *
 * @example
 * sign(tensor([-2, 0, 3])).toArray();   // => [-1, 0, 1]
 */
export const sign = pointwise("sign", signOf, (x) => scalarLike(x, 0), {
  result: "same",
  rounding: 0,
  increasing: true,
});

/**
 * |a| with the sign of b, for each element, with broadcasting; −0 has a sign, NaN counts as positive.
 *
 * Derivative: ±1 to a, 0 where a is 0; none to b.
 *
 * @example
 * copysign(tensor([1, -2]), tensor([-0, 5])).toArray();   // => [-1, 2]
 */
export const copysign = pointwise(
  "copysign",
  (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)),
  [(a, _b, y) => mul(sign(a), sign(y)), (_a, b) => scalarLike(b, 0)],
  { rounding: 0 },
);

/** x but at least (`below`: less) or at most (`below`: greater) another: at a tie x itself is taken. */
// @__NO_SIDE_EFFECTS__
const bounded = (
  f: (x: number, bound: number) => number,
  inside: (x: Tensor, bound: Tensor) => Tensor,
  beyond: (x: Tensor, bound: Tensor) => Tensor,
) =>
  pointwise(
    "clamp",
    f,
    [(x, bound) => cast(inside(x, bound), x.dtype), (x, bound) => cast(beyond(x, bound), x.dtype)],
    {
      result: "same",
      rounding: 0,
      lipschitz: 1,
      increasing: true,
    },
  );

const atLeast = bounded(Math.max, greaterEqual, less);
const atMost = bounded(Math.min, lessEqual, greater);

/**
 * x brought into [min, max], for each element, with broadcasting; either bound may be a tensor, or left out (null).
 *
 * Derivative: to x where it is within the bounds or on them, else to the bound that was taken.
 * At the edges: max where min > max; NaN where x or a bound is.
 * Throws: TensorError when both bounds are left out.
 *
 * @example
 * clamp(tensor([-1, 0.5, 3]), 0, 1).toArray();   // => [0, 0.5, 1]
 * clamp(tensor([-1, 3]), null, 1).toArray();     // => [-1, 1]
 */
export function clamp<X extends Operand, A extends Operand | null = null, B extends Operand | null = null>(
  x: X,
  min: A = null as A,
  max: B = null as B,
): Tensor<Broadcast<ShapeOf<X>, Broadcast<ShapeOf<A>, ShapeOf<B>>>> {
  if (min === null && max === null)
    throw new TensorError("clamp", "there is neither min nor max", "give at least one bound");
  const operands = [x, min, max].filter((operand) => operand !== null);
  const [value, ...bounds] = align("clamp", operands, "same") as [Tensor, Tensor, Tensor];
  const raised = min === null ? value : atLeast(value, bounds[0]);
  return max === null ? raised : atMost(raised, bounds.at(-1)!);
}

interface Replacements {
  readonly nan: number;
  readonly posInf: number;
  readonly negInf: number;
}

const nanToNumOp = parametric<Replacements>(
  "nanToNum",
  ({ nan, posInf, negInf }) =>
    (x) =>
      Number.isNaN(x) ? nan : x === Number.POSITIVE_INFINITY ? posInf : x === Number.NEGATIVE_INFINITY ? negInf : x,
  (x, _params, y) => cast(equal(x, y), x.dtype),
  { result: "same", rounding: 0 },
);

/** The largest finite number of a type. */
const largest = (dtype: DType): number => (dtype === "float32" ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE);

/**
 * x with numbers in place of NaN (0), ∞ and −∞ (the largest finite numbers of the dtype, or −∞'s the negative of it),
 * for each element.
 *
 * Derivative: 1; 0 where something was replaced.
 * Throws: TensorError when a replacement is no number.
 *
 * @example
 * nanToNum(tensor([NaN, Infinity, 1]), { posInf: 9 }).toArray();   // => [0, 9, 1]
 */
export function nanToNum<A extends Operand>(x: A, options: Partial<Replacements> = {}): Tensor<ShapeOf<A>> {
  const max = largest(asTensor("nanToNum", x).dtype);
  const { nan = 0, posInf = max, negInf = -max } = options;
  for (const [name, value] of Object.entries({ nan, posInf, negInf })) checkNumber("nanToNum", name, value);
  return nanToNumOp(x, { nan, posInf, negInf });
}

const stopOp = constant(
  looking<null>(
    { name: "stopGradient", shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }), view: (x) => x },
    (ct) => ct,
  ),
  "linear",
);

/**
 * x as a constant: every transform takes it as something that does not vary.
 *
 * Derivative: none.
 *
 * @example
 * grad((x) => sum(mul(x, stopGradient(x))))(tensor([3])).toArray();   // => [3]
 */
export const stopGradient = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(stopOp, [x], null);
