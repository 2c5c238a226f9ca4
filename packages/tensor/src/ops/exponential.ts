/** @file Exponentials, and powers whose exponent varies. */
import { onesLike, zerosLike } from "../core/create.ts";
import * as single from "../core/elementary/single.ts";
import * as elementary from "../core/elementary.ts";
import { TensorError } from "../core/errors.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { type Binary, mul, pointwise, sub } from "./arithmetic.ts";
import { equal, greaterEqual, where } from "./compare.ts";
import { log } from "./logarithmic.ts";

/**
 * eˣ, for each element.
 *
 * Derivative: eˣ.
 * At the edges: overflows to ∞ above 709.78; −∞ gives 0.
 *
 * @example
 * exp(tensor([0, -Infinity])).toArray();   // => [1, 0]
 */
export const exp = pointwise("exp", elementary.exp, (_x, y) => y, {
  rounding: 2,
  scalar: "exp",
  float32: single.exp,
  ...byVectors("exp"),
  reads: "output",
  increasing: true,
});

/**
 * 2ˣ, for each element; exact at whole numbers.
 *
 * Derivative: 2ˣ·log 2.
 *
 * @example
 * exp2(tensor([-1, 10])).toArray();   // => [0.5, 1024]
 */
export const exp2 = pointwise("exp2", elementary.exp2, (_x, y) => mul(Math.LN2, y), {
  rounding: 2,
  increasing: true,
  reads: "output",
  formula: (x) => exp(mul(Math.LN2, x)),
  float32: single.exp2,
  ...byVectors("exp2"),
});

/**
 * eˣ − 1, accurate for small x.
 *
 * Derivative: eˣ.
 *
 * @example
 * expm1(tensor(1e-300)).item();   // => 1e-300
 */
export const expm1 = pointwise("expm1", elementary.expm1, (x) => exp(x), {
  rounding: 2,
  increasing: true,
  scalar: "expm1",
  float32: single.expm1,
  ...byVectors("expm1"),
  formula: (x) => sub(exp(x), 1),
});

function integerPower(base: number, exponent: number): number {
  if (exponent < 0)
    throw new TensorError("pow", `int32 ${base} to the power ${exponent} is a fraction`, "cast to float64 first");
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest >>>= 1) {
    if (rest & 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

/**
 * a to the power b, for each element, with broadcasting. int32 wraps, and refuses negative exponents.
 *
 * Derivative: b·a^(b−1) to a, which is 0 at 0⁰; a^b·log a to b, which is 0 where a is 0 and b ≥ 0.
 * At the edges: 0⁰ is 1 and NaN⁰ is 1, as IEEE 754 has it; a fractional power of a negative number is NaN; 1 to the
 * power ±∞ is NaN in JavaScript (1 in C).
 *
 * @example
 * pow(tensor([1, 2, 3]), 2).toArray();                  // => [1, 4, 9]
 * grad((x) => sum(pow(x, 2)))(tensor([0, 3])).toArray();   // => [0, 6]
 */
export const pow: Binary = pointwise(
  "pow",
  elementary.pow,
  [
    (x, p) => {
      // At 0⁰ the factor x⁻¹ is replaced before it is computed: 0·∞ would be NaN, here and in further derivatives.
      const still = mul(equal(x, 0), equal(p, 0));
      return where(still, zerosLike(p), mul(p, pow(x, where(still, onesLike(p), sub(p, 1)))));
    },
    (x, p, y) => {
      const still = mul(equal(x, 0), greaterEqual(p, 0));
      return where(still, zerosLike(y), mul(y, log(where(still, onesLike(x), x))));
    },
  ],
  {
    rounding: 2,
    result: "same",
    int32: integerPower,
    bool: null,
    scalar: "pow",
    float32: single.pow,
    ...byVectors("pow"),
  },
);
