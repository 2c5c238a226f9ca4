/** @file Whole parts, and division that leaves a rest. Whole parts are constant between their jumps: derivative 0. */
import { checkNumber } from "../core/checks.ts";
import { scalarLike } from "../core/create.ts";
import * as elementary from "../core/elementary.ts";
import { TensorError } from "../core/errors.ts";
import type { Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { neg, parametric, pointwise } from "./arithmetic.ts";

const zero = (x: Tensor): Tensor => scalarLike(x, 0);
const one = (x: Tensor): Tensor => scalarLike(x, 1);
const whole = { result: "same", rounding: 0 } as const;

/**
 * The largest whole number ≤ x, for each element.
 *
 * Derivative: 0, at the jumps too.
 *
 * @example
 * floor(tensor([1.5, -1.5])).toArray();   // => [1, -2]
 */
export const floor = pointwise("floor", Math.floor, zero, { ...whole, increasing: true });

/**
 * The smallest whole number ≥ x, for each element.
 *
 * Derivative: 0, at the jumps too.
 *
 * @example
 * ceil(tensor([1.5, 0.5])).toArray();   // => [2, 1]
 */
export const ceil = pointwise("ceil", Math.ceil, zero, { ...whole, increasing: true });

/**
 * x without its fraction, for each element.
 *
 * Derivative: 0, at the jumps too.
 *
 * @example
 * trunc(tensor([1.5, -2.5])).toArray();   // => [1, -2]
 */
export const trunc = pointwise("trunc", Math.trunc, zero, { ...whole, increasing: true });

/**
 * The fraction x − trunc(x), for each element, with the sign of x; exact.
 *
 * Derivative: 1, at the jumps too.
 * At the edges: ±∞ give NaN.
 *
 * @example
 * frac(tensor([1.5, -2.25])).toArray();   // => [0.5, -0.25]
 */
export const frac = pointwise("frac", (x) => x - Math.trunc(x), one, whole);

/** The nearest whole number, the even one of two: above 2⁵² all are whole, so adding it rounds. */
function roundHalfEven(x: number): number {
  const rounded = Math.abs(x) < 2 ** 52 ? Math.abs(x) + 2 ** 52 - 2 ** 52 : Math.abs(x);
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

function roundTo(decimals: number): (x: number) => number {
  const power = elementary.pow(10, Math.abs(decimals));
  if (decimals === 0) return roundHalfEven;
  return (x) => {
    const rounded = decimals > 0 ? roundHalfEven(x * power) / power : roundHalfEven(x / power) * power;
    // So large that it has no such decimals.
    return Number.isFinite(rounded) ? rounded : x;
  };
}

const roundOp = parametric<{ readonly decimals: number }>("round", ({ decimals }) => roundTo(decimals), zero, {
  result: "same",
  rounding: 3,
});

/**
 * The nearest whole number, for each element, the even one of two; or the nearest with so many `decimals`, which may
 * be negative: −2 rounds to hundreds.
 *
 * Derivative: 0, at the jumps too.
 * At the edges: with decimals it is the product with 10^decimals that is rounded, as in NumPy, so that a number written
 * as halfway may go either way: 0.285 is not exactly what it looks.
 * Throws: TensorError unless decimals is a whole number from −300 to 300.
 *
 * @example
 * round(tensor([0.5, 1.5, -2.5])).toArray();             // => [0, 2, -2]
 * round(tensor([1.25, 271]), { decimals: 1 }).toArray();   // => [1.2, 271]
 */
export function round<A extends Operand>(
  x: A,
  { decimals = 0 }: { readonly decimals?: number } = {},
): Tensor<ShapeOf<A>> {
  const fits = (count: number): boolean => Number.isInteger(count) && Math.abs(count) <= 300;
  checkNumber("round", "decimals", decimals, fits, "use a whole number from −300 to 300");
  return roundOp(x, { decimals });
}

/** The same function on int32, where 0 cannot divide. */
const refusingZero =
  (name: string, f: (x: number, y: number) => number) =>
  (x: number, y: number): number => {
    if (y === 0) throw new TensorError(name, `int32 ${x} divided by 0`, "cast to float64 first, or replace the zeros");
    return f(x, y);
  };

/** x − ⌊x/y⌋·y without rounding the quotient; 0 has the sign of y. */
function modulo(x: number, y: number): number {
  const rest = x % y;
  if (rest === 0) return y < 0 ? -0 : 0;
  return rest < 0 !== y < 0 ? rest + y : rest;
}

/** ⌊x/y⌋ of the exact quotient: x/y itself may round up to a whole number. */
function floorQuotient(x: number, y: number): number {
  if (y === 0) return x / y;
  const rest = x % y;
  // Whole but for rounding; a zero has the sign of x/y.
  const quotient = roundHalfEven((x - rest) / y);
  return rest !== 0 && rest < 0 !== y < 0 ? quotient - 1 : quotient === 0 ? 0 * (x / y) : quotient;
}

/**
 * ⌊a/b⌋, for each element, with broadcasting, of the exact quotient: −1 for −1/7, 9 for 1/0.1.
 *
 * Dtype: int32 stays int32: −2³¹/−1 wraps, and division by 0 is refused. Not for bool.
 * Derivative: 0, at the jumps too.
 * At the edges: floats divide by 0 as in `div`.
 * Throws: TensorError when an int32 is divided by 0.
 *
 * @example
 * floorDivide(tensor([7, -7]), 2).toArray();   // => [3, -4]
 */
export const floorDivide = pointwise("floorDivide", floorQuotient, [zero, zero], {
  ...whole,
  int32: refusingZero("floorDivide", (x, y) => Math.floor(x / y)),
  bool: null,
});

/**
 * a/b without its fraction, for each element, with broadcasting, as C divides whole numbers.
 *
 * Dtype: int32 stays int32: −2³¹/−1 wraps, and division by 0 is refused. Not for bool.
 * Derivative: 0, at the jumps too.
 * At the edges: floats divide by 0 as in `div`.
 * Throws: TensorError when an int32 is divided by 0.
 *
 * @example
 * truncDivide(tensor([7, -7]), 2).toArray();   // => [3, -3]
 */
export const truncDivide = pointwise("truncDivide", (x, y) => Math.trunc(x / y), [zero, zero], {
  ...whole,
  int32: refusingZero("truncDivide", (x, y) => Math.trunc(x / y)),
  bool: null,
});

/**
 * a − ⌊a/b⌋·b, for each element, with broadcasting: the rest with the sign of the divisor, as Python's %.
 *
 * Dtype: int32 stays int32, and division by 0 is refused. Not for bool.
 * Derivative: 1 to a, −⌊a/b⌋ to b, at the jumps too.
 * At the edges: floats modulo 0 are NaN.
 * Throws: TensorError when an int32 is divided by 0.
 *
 * @example
 * remainder(tensor([7, -7]), tensor([3, 3])).toArray();   // => [1, 2]
 */
export const remainder = pointwise("remainder", modulo, [one, (a, b) => neg(floorDivide(a, b))], {
  result: "same",
  rounding: 1,
  int32: refusingZero("remainder", modulo),
  bool: null,
});

/**
 * a − trunc(a/b)·b, for each element, with broadcasting: the rest with the sign of the dividend, as C's fmod and
 * JavaScript's %; exact.
 *
 * Dtype: int32 stays int32, and division by 0 is refused. Not for bool.
 * Derivative: 1 to a, −trunc(a/b) to b, at the jumps too.
 * At the edges: floats modulo 0 are NaN.
 * Throws: TensorError when an int32 is divided by 0.
 *
 * @example
 * fmod(tensor([7, -7]), tensor([3, 3])).toArray();   // => [1, -1]
 */
export const fmod = pointwise("fmod", (x, y) => x % y, [one, (a, b) => neg(truncDivide(a, b))], {
  ...whole,
  int32: refusingZero("fmod", (x, y) => x % y),
  bool: null,
});
