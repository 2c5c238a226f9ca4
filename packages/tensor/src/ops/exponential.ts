/** @file Exponentials, logarithms, powers, and the activations made of them. */
import { onesLike, zerosLike } from "../core/create.ts";
import { TensorError } from "../core/errors.ts";
import { add, type Binary, div, mul, neg, pointwise, sub } from "./arithmetic.ts";
import { equal, greaterEqual, where } from "./compare.ts";

/**
 * eˣ, for each element.
 *
 * Derivative: eˣ.
 * At the edges: overflows to ∞ above 709.78; −∞ gives 0.
 *
 * @example
 * exp(tensor([0, -Infinity])).toArray();   // => [1, 0]
 */
export const exp = pointwise("exp", Math.exp, (_x, y) => y, { scalar: "exp", increasing: true });

/**
 * eˣ − 1, accurate for small x.
 *
 * Derivative: eˣ.
 *
 * @example
 * expm1(tensor(1e-300)).item();   // => 1e-300
 */
export const expm1 = pointwise("expm1", Math.expm1, (x) => exp(x), {
  scalar: "expm1",
  increasing: true,
  formula: (x) => sub(exp(x), 1),
});

/**
 * The natural logarithm, for each element.
 *
 * Derivative: 1/x.
 * At the edges: 0 gives −∞, negative x gives NaN.
 *
 * @example
 * log(tensor([1, 0])).toArray();   // => [0, -Infinity]
 */
export const log = pointwise("log", Math.log, (x) => reciprocal(x), { scalar: "log", increasing: true });

/**
 * log(1 + x), accurate for small x.
 *
 * Derivative: 1/(1 + x).
 *
 * @example
 * log1p(tensor(1e-300)).item();   // => 1e-300
 */
export const log1p = pointwise("log1p", Math.log1p, (x) => reciprocal(add(1, x)), {
  scalar: "log1p",
  increasing: true,
  formula: (x) => log(add(1, x)),
});

/**
 * 1/x, for each element.
 *
 * Derivative: −1/x².
 *
 * @example
 * reciprocal(tensor([2, 4])).toArray();   // => [0.5, 0.25]
 */
export const reciprocal = pointwise(
  "reciprocal",
  (x) => 1 / x,
  (_x, y) => neg(mul(y, y)),
  { rounding: 1, formula: (x) => div(1, x) },
);

/**
 * The square root, for each element.
 *
 * Derivative: 1/(2√x), ∞ at 0.
 * At the edges: negative x gives NaN.
 *
 * @example
 * sqrt(tensor([4, 9])).toArray();   // => [2, 3]
 */
export const sqrt = pointwise("sqrt", Math.sqrt, (_x, y) => div(0.5, y), {
  rounding: 1,
  scalar: "sqrt",
  increasing: true,
});

/**
 * x², for each element.
 *
 * Derivative: 2x.
 *
 * @example
 * square(tensor([2, -3])).toArray();   // => [4, 9]
 */
export const square = pointwise(
  "square",
  (x) => x * x,
  (x) => mul(2, x),
  { result: "same", integer: (x: number) => Math.imul(x, x), rounding: 1, formula: (x) => mul(x, x) },
);

/**
 * The logistic sigmoid 1/(1 + e⁻ˣ), for each element, without overflow.
 *
 * Derivative: y(1 − y), with y = sigmoid(x).
 * At the edges: −∞ gives 0, ∞ gives 1, NaN stays NaN.
 * Source: Brawer (2017), eq. 2 and 15a.
 *
 * @example
 * sigmoid(tensor([-1000, 0, 1000])).toArray();   // => [0, 0.5, 1]
 */
export const sigmoid = pointwise("sigmoid", logistic, (_x, y) => mul(y, sub(1, y)), {
  rounding: 6,
  scalar: "sigmoid",
  increasing: true,
  formula: (x) => reciprocal(add(1, exp(neg(x)))),
});

function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/**
 * log(1 + eˣ), for each element, without overflow.
 *
 * Derivative: sigmoid(x).
 * At the edges: x → ∞ gives x, x → −∞ gives 0, NaN stays NaN.
 *
 * @example
 * softplus(tensor([-1000, 0, 1000])).toArray();   // => [0, 0.6931471805599453, 1000]
 */
export const softplus = pointwise(
  "softplus",
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  (x) => sigmoid(x),
  { rounding: 6, scalar: "softplus", increasing: true, formula: (x) => log(add(1, exp(x))) },
);

/**
 * The hyperbolic tangent, for each element.
 *
 * Derivative: 1 − tanh²x.
 *
 * @example
 * tanh(tensor([0, 1000])).toArray();   // => [0, 1]
 */
export const tanh = pointwise("tanh", Math.tanh, (_x, y) => sub(1, mul(y, y)), {
  scalar: "tanh",
  increasing: true,
  formula: (x) => sub(1, div(2, add(exp(mul(2, x)), 1))),
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
  (x: number, p: number) => x ** p,
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
  { result: "same", integer: integerPower, bool: null, scalar: "pow" },
);
