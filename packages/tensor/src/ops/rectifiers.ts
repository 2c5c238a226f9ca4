/** @file Activations made of straight pieces (hardSwish: of a parabola too), with PyTorch's derivatives at the kinks. */
import { checkNumber } from "../core/checks.ts";
import { scalarLike } from "../core/create.ts";
import * as loops from "../core/loops.ts";
import type { Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { add, div, mul, parametric, pointwise } from "./arithmetic.ts";
import { cast } from "./broadcast.ts";
import { greater, less, where } from "./compare.ts";
import { logicalAnd } from "./logical.ts";
import { abs } from "./piecewise.ts";

const kinked = { result: "same", rounding: 0, lipschitz: 1 } as const;

/** 1 where low < x < high, else 0. */
const between = (x: Tensor, low: number, high: number): Tensor =>
  cast(logicalAnd(greater(x, low), less(x, high)), x.dtype);

/**
 * max(x, 0), for each element; NaN stays NaN.
 *
 * Derivative: 1 where x > 0, else 0 (0 at the kink, as PyTorch has it).
 *
 * @example
 * relu(tensor([-1, 0, 2])).toArray();   // => [0, 0, 2]
 */
export const relu = pointwise("relu", loops.relu, (x) => cast(greater(x, 0), x.dtype), {
  ...kinked,
  increasing: true,
  ...byVectors("relu"),
});

/**
 * x brought into [0, 6], for each element.
 *
 * Derivative: 1 where 0 < x < 6, else 0.
 *
 * @example
 * relu6(tensor([-1, 2, 8])).toArray();   // => [0, 2, 6]
 */
export const relu6 = pointwise(
  "relu6",
  (x) => Math.min(Math.max(x, 0), 6),
  (x) => between(x, 0, 6),
  { ...kinked, increasing: true },
);

interface Slope {
  readonly slope: number;
}

const leakyReluOp = parametric<Slope>(
  "leakyRelu",
  ({ slope }) =>
    (x) =>
      x > 0 ? x : slope * x,
  (x, { slope }) => where(greater(x, 0), scalarLike(x, 1), slope),
  { rounding: 1, formula: (x, { slope }) => where(greater(x, 0), x, mul(slope, x)) },
);

/**
 * x where x > 0, else slope·x, for each element; the slope is 0.01 unless told.
 *
 * Derivative: 1 where x > 0, else the slope.
 * Throws: TensorError when the slope is no number.
 *
 * @example
 * leakyRelu(tensor([-1, 2]), { slope: 0.5 }).toArray();   // => [-0.5, 2]
 */
export function leakyRelu<A extends Operand>(x: A, { slope = 0.01 }: Partial<Slope> = {}): Tensor<ShapeOf<A>> {
  checkNumber("leakyRelu", "slope", slope);
  return leakyReluOp(x, { slope });
}

interface Interval {
  readonly min: number;
  readonly max: number;
}

const hardTanhOp = parametric<Interval>(
  "hardTanh",
  ({ min, max }) =>
    (x) =>
      Math.min(Math.max(x, min), max),
  (x, { min, max }) => between(x, min, max),
  kinked,
);

/**
 * x brought into [min, max], for each element: [−1, 1] unless told.
 *
 * Dtype: int32 stays int32, with the bounds cut off to whole numbers.
 * Derivative: 1 where min < x < max, else 0 (at the kinks too, unlike clamp).
 * Throws: TensorError unless min ≤ max.
 *
 * @example
 * hardTanh(tensor([-3, 0.5, 3])).toArray();   // => [-1, 0.5, 1]
 */
export function hardTanh<A extends Operand>(x: A, { min = -1, max = 1 }: Partial<Interval> = {}): Tensor<ShapeOf<A>> {
  checkNumber("hardTanh", "min", min);
  checkNumber("hardTanh", "max", max, (value) => value >= min, `use a number ≥ min = ${min}`);
  return hardTanhOp(x, { min, max });
}

/**
 * x/6 + ½ brought into [0, 1], for each element.
 *
 * Derivative: 1/6 where −3 < x < 3, else 0.
 *
 * @example
 * hardSigmoid(tensor([-4, 0, 4])).toArray();   // => [0, 0.5, 1]
 */
export const hardSigmoid = pointwise(
  "hardSigmoid",
  (x) => (x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6),
  (x) => mul(1 / 6, between(x, -3, 3)),
  { increasing: true, rounding: 2, lipschitz: 1 / 6, formula: (x) => div(relu6(add(x, 3)), 6) },
);

/**
 * x·hardSigmoid(x), for each element.
 *
 * Derivative: x/3 + ½ where −3 ≤ x < 3; 0 below, 1 above.
 * At the edges: −∞ gives −0.
 *
 * @example
 * hardSwish(tensor([-4, 1, 4])).toArray();   // => [-0, 0.6666666666666666, 4]
 */
export const hardSwish = pointwise(
  "hardSwish",
  (x) => (x <= -3 ? -0 : x >= 3 ? x : x * ((x + 3) / 6)),
  (x) => where(less(x, -3), 0, where(less(x, 3), add(mul(1 / 3, x), 0.5), scalarLike(x, 1))),
  { rounding: 3, lipschitz: 1.5, formula: (x) => mul(x, hardSigmoid(x)) },
);

interface Margin {
  readonly lambda: number;
}

const checkMargin = (op: string, lambda: number): void =>
  checkNumber(op, "lambda", lambda, (value) => value >= 0, "use a number ≥ 0");

/** 1 where |x| > lambda, else 0. */
const outside = (x: Tensor, { lambda }: Margin): Tensor => cast(greater(abs(x), lambda), x.dtype);

const softshrinkOp = parametric<Margin>(
  "softshrink",
  ({ lambda }) =>
    (x) =>
      x > lambda ? x - lambda : x < -lambda ? x + lambda : Number.isNaN(x) ? x : 0,
  outside,
  { rounding: 1, lipschitz: 1 },
);

/**
 * x moved towards 0 by lambda (½ unless told), and 0 where |x| ≤ lambda, for each element.
 *
 * Derivative: 1 where |x| > lambda, else 0.
 * Throws: TensorError unless lambda ≥ 0.
 *
 * @example
 * softshrink(tensor([-2, 0.25, 2])).toArray();   // => [-1.5, 0, 1.5]
 */
export function softshrink<A extends Operand>(x: A, { lambda = 0.5 }: Partial<Margin> = {}): Tensor<ShapeOf<A>> {
  checkMargin("softshrink", lambda);
  return softshrinkOp(x, { lambda });
}

const hardshrinkOp = parametric<Margin>(
  "hardshrink",
  ({ lambda }) =>
    (x) =>
      Math.abs(x) <= lambda ? 0 : x,
  outside,
  { rounding: 0 },
);

/**
 * x, but 0 where |x| ≤ lambda (½ unless told), for each element.
 *
 * Derivative: 1 where |x| > lambda, else 0.
 * Throws: TensorError unless lambda ≥ 0.
 *
 * @example
 * hardshrink(tensor([-2, 0.25, 2])).toArray();   // => [-2, 0, 2]
 */
export function hardshrink<A extends Operand>(x: A, { lambda = 0.5 }: Partial<Margin> = {}): Tensor<ShapeOf<A>> {
  checkMargin("hardshrink", lambda);
  return hardshrinkOp(x, { lambda });
}

interface Step {
  readonly level: number;
  readonly value: number;
}

const thresholdOp = parametric<Step>(
  "threshold",
  ({ level, value }) =>
    (x) =>
      x <= level ? value : x,
  (x, { level }) => cast(greater(x, level), x.dtype),
  { result: "same", rounding: 0 },
);

/**
 * x where x > level, else value, for each element; NaN stays NaN.
 *
 * Derivative: 1 where x > level, else 0.
 * Throws: TensorError when level or value is no number.
 *
 * @example
 * threshold(tensor([-1, 0.5, 2]), 1, -7).toArray();   // => [-7, -7, 2]
 */
export function threshold<A extends Operand>(x: A, level: number, value: number): Tensor<ShapeOf<A>> {
  checkNumber("threshold", "level", level);
  checkNumber("threshold", "value", value);
  return thresholdOp(x, { level, value });
}
