/** @file Trigonometric functions and their inverses, closed under differentiation. */
import { scalarLike } from "../core/create.ts";
import * as single from "../core/elementary/single.ts";
import * as elementary from "../core/elementary.ts";
import type { Operand, ShapeOf } from "../core/shape-types.ts";
import { sinc as sincDerivative } from "../core/special/circle.ts";
import type { Tensor } from "../core/tensor.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { add, div, mul, neg, type Parametric, parametric, pointwise, ratio, sub, type Unary } from "./arithmetic.ts";
import { hypot, reciprocal, sqrt, square } from "./powers.ts";

/**
 * The sine of x radians, for each element.
 *
 * Derivative: cos x.
 *
 * @example
 * sin(tensor([0, Math.PI / 2])).toArray();   // => [0, 1]
 */
export const sin: Unary = pointwise("sin", elementary.sin, (x) => cos(x), {
  rounding: 2,
  scalar: "sin",
  float32: single.sin,
  ...byVectors("sin"),
});

/**
 * The cosine of x radians, for each element.
 *
 * Derivative: −sin x.
 *
 * @example
 * cos(tensor([0, Math.PI])).toArray();   // => [1, -1]
 */
export const cos: Unary = pointwise("cos", elementary.cos, (x) => neg(sin(x)), {
  rounding: 2,
  scalar: "cos",
  float32: single.cos,
  ...byVectors("cos"),
});

/**
 * The tangent of x radians, for each element.
 *
 * Derivative: 1 + tan²x.
 *
 * @example
 * tan(tensor([0, 1e-300])).toArray();   // => [0, 1e-300]
 */
export const tan = pointwise("tan", elementary.tan, (_x, y) => add(1, square(y)), {
  rounding: 2,
  reads: "output",
  formula: (x) => div(sin(x), cos(x)),
});

/** √(1 − x²), of two factors: near ±1 the square would lose what matters. */
const otherLeg = (x: Tensor): Tensor => sqrt(mul(sub(1, x), add(1, x)));

/**
 * The angle in [−π/2, π/2] whose sine is x, for each element.
 *
 * Derivative: 1/√(1 − x²), ∞ at ±1.
 * At the edges: |x| > 1 gives NaN.
 *
 * @example
 * asin(tensor([0, 2])).toArray();   // => [0, NaN]
 */
export const asin = pointwise("asin", elementary.asin, (x) => reciprocal(otherLeg(x)), {
  rounding: 2,
  increasing: true,
});

/**
 * The angle in [0, π] whose cosine is x, for each element.
 *
 * Derivative: −1/√(1 − x²), −∞ at ±1.
 * At the edges: |x| > 1 gives NaN.
 *
 * @example
 * acos(tensor([1, 2])).toArray();   // => [0, NaN]
 */
export const acos = pointwise("acos", elementary.acos, (x) => neg(reciprocal(otherLeg(x))), { rounding: 2 });

/**
 * The angle in [−π/2, π/2] whose tangent is x, for each element.
 *
 * Derivative: 1/(1 + x²).
 *
 * @example
 * atan(tensor([0, Infinity])).toArray();   // => [0, 1.5707963267948966]
 */
export const atan = pointwise("atan", elementary.atan, (x) => reciprocal(add(1, square(x))), {
  rounding: 2,
  increasing: true,
});

/**
 * The angle in [−π, π] of the point (b, a), for each element, with broadcasting.
 *
 * Derivative: b/(a² + b²) to a, −a/(a² + b²) to b; 0 at the origin, where there is none.
 *
 * @example
 * atan2(tensor([1, 0]), tensor([0, -1])).toArray();   // => [1.5707963267948966, 3.141592653589793]
 */
export const atan2 = pointwise(
  "atan2",
  elementary.atan2,
  [(a, b) => overHypotTwice(b, a, b), (a, b) => neg(overHypotTwice(a, a, b))],
  { rounding: 2 },
);

/** x/(a² + b²), in two divisions: the squares would overflow. */
const overHypotTwice = (x: Tensor, a: Tensor, b: Tensor): Tensor => {
  const radius = hypot(a, b);
  return ratio(ratio(x, radius), radius);
};

const sincOp: Parametric<{ readonly order: number }> = parametric(
  "sinc",
  ({ order }) =>
    (x) =>
      sincDerivative(x, order),
  (x, { order }) => sincOp(x, { order: order + 1 }),
  { rounding: null },
);

/**
 * sin(πx)/(πx), for each element; 1 at 0, and 0 at all other whole numbers.
 *
 * Derivative: exact to any order, at 0 too: 0, −π²/3, 0, π⁴/5, ….
 * At the edges: ±∞ give 0.
 *
 * @example
 * sinc(tensor([0, 0.5, 1])).toArray();   // => [1, 0.6366197723675814, 0]
 */
export const sinc = <A extends Operand>(x: A): Tensor<ShapeOf<A>> => sincOp(x, { order: 0 });

const RADIANS = Math.PI / 180;

/**
 * Degrees in radians, for each element.
 *
 * Derivative: π/180.
 *
 * @example
 * deg2rad(tensor([0, 180])).toArray();   // => [0, 3.141592653589793]
 */
export const deg2rad = pointwise(
  "deg2rad",
  (x) => x * RADIANS,
  (x) => scalarLike(x, RADIANS),
  { increasing: true, rounding: 3, formula: (x) => mul(RADIANS, x) },
);

/**
 * Radians in degrees, for each element.
 *
 * Derivative: 180/π.
 *
 * @example
 * rad2deg(tensor([0, Math.PI])).toArray();   // => [0, 180]
 */
export const rad2deg = pointwise(
  "rad2deg",
  (x) => x * (180 / Math.PI),
  (x) => scalarLike(x, 180 / Math.PI),
  { increasing: true, rounding: 3, formula: (x) => mul(180 / Math.PI, x) },
);
