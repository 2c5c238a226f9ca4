/** @file Comparing, and choosing by the result. Choices send the cotangent where the value came from. */
import { zerosLike } from "../core/create.ts";
import { type Body, checkAlike, elementwise, mapElements } from "../core/elementwise.ts";
import { show, TensorError } from "../core/errors.ts";
import { exact } from "../core/kinds.ts";
import * as loops from "../core/loops.ts";
import { apply, type Primitive, unchanged } from "../core/primitive.ts";
import { broadcastShapes, sameShape } from "../core/shape.ts";
import type { Broadcast, Operand, ShapeOf } from "../core/shape-types.ts";
import { Tensor } from "../core/tensor.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { type Binary, mul } from "./arithmetic.ts";
import { align, broadcastTo } from "./broadcast.ts";
import { logicalOr, relation } from "./logical.ts";

/**
 * Whether a = b, for each element: bool. NaN equals nothing.
 *
 * @example
 * equal(tensor([1, 2]), 2).toArray();   // => [0, 1]
 */
export const equal = relation("equal", loops.equal, { scalar: "equal" });
/** Whether a ≠ b, for each element: bool. */
export const notEqual = relation("notEqual", loops.notEqual, { scalar: "notEqual" });
/** Whether a < b, for each element: bool. */
export const less = relation("less", loops.less, { scalar: "less" });
/** Whether a ≤ b, for each element: bool. */
export const lessEqual = relation("lessEqual", loops.lessEqual, { scalar: "lessEqual" });
/** Whether a > b, for each element: bool. */
export const greater = relation("greater", loops.greater, { scalar: "greater" });
/** Whether a ≥ b, for each element: bool. */
export const greaterEqual = relation("greaterEqual", loops.greaterEqual, { scalar: "greaterEqual" });

const zero = (x: Tensor): Tensor => zerosLike(x);

const whereOp: Primitive<null> = {
  name: "where",
  kind: "pointwise",
  reads: "indices",
  scalar: "where",
  batch: unchanged,
  shape([condition, a, b]) {
    checkAlike("where", [a!, b!]);
    if (condition!.dtype !== "bool" || !sameShape(condition!.shape, a!.shape))
      throw new TensorError(
        "where",
        `${condition!.dtype} condition ${show(condition!)} beside ${show(a!)}`,
        "give a bool condition of the same shape",
        [condition!, a!],
      );
    return { shape: a!.shape, dtype: a!.dtype };
  },
  run: (inputs, result) => mapElements("where", loops.where, inputs, result),
  vjp: [
    null,
    (ct, _y, [condition]) => where(condition!, ct, zero(ct)),
    (ct, _y, [condition]) => where(condition!, zero(ct), ct),
  ],
  jvp: [
    null,
    (t, _y, [condition]) => where(condition!, t, zero(t)),
    (t, _y, [condition]) => where(condition!, zero(t), t),
  ],
  rounding: exact,
};

/**
 * a where the condition holds, b elsewhere; all three broadcast.
 *
 * Derivative: the cotangent goes to what was taken, 0 to the other; none to the condition. Nothing comes of a 0, though
 * the derivative in the branch not taken be ∞ or NaN: `where(greater(x, 0), log(x), 0)` has gradient 0 at 0.
 * Throws: TensorError unless the condition is a bool tensor.
 *
 * @example
 * where(greater(tensor([-1, 2]), 0), tensor([10, 20]), 0).toArray();   // => [0, 20]
 */
export function where<C extends Tensor, A extends Operand, B extends Operand>(
  condition: C,
  a: A,
  b: B,
): Tensor<Broadcast<ShapeOf<C>, Broadcast<ShapeOf<A>, ShapeOf<B>>>> {
  if (!(condition instanceof Tensor) || condition.dtype !== "bool")
    throw new TensorError(
      "where",
      `the condition is ${condition instanceof Tensor ? condition.dtype : "no tensor"}, not bool`,
      "compare first, e.g. greater(x, 0)",
    );
  const [x, y] = align("where", [a, b], "same") as [Tensor, Tensor];
  const shape = broadcastShapes("where", condition.shape, x.shape);
  return apply(whereOp, [broadcastTo(condition, shape), broadcastTo(x, shape), broadcastTo(y, shape)], null);
}

type Choice = (a: Tensor, b: Tensor) => Tensor;

/** The cotangent where a is chosen over b, half of it at a tie. */
const share = (chosen: Choice, ct: Tensor, a: Tensor, b: Tensor): Tensor =>
  where(chosen(a, b), ct, where(equal(a, b), mul(0.5, ct), zero(ct)));

// @__NO_SIDE_EFFECTS__
function choice(name: string, f: Body, chosen: Choice, faster: Partial<ReturnType<typeof byVectors>> = {}): Binary {
  const op: Primitive<null> = {
    ...elementwise(name, f),
    ...faster,
    vjp: [(ct, _y, [a, b]) => share(chosen, ct, a!, b!), (ct, _y, [a, b]) => share(chosen, ct, b!, a!)],
    jvp: [(t, _y, [a, b]) => share(chosen, t, a!, b!), (t, _y, [a, b]) => share(chosen, t, b!, a!)],
    lipschitz: 1,
    increasing: true,
    rounding: exact,
  };
  return (a, b) => apply(op, align(name, [a, b], "same"), null);
}

/**
 * The larger of a and b, for each element; NaN where either is NaN.
 *
 * Derivative: to the larger; at a tie each gets half.
 *
 * @example
 * maximum(tensor([-1, 2]), 0).toArray();   // => [0, 2]
 */
export const maximum = choice("maximum", loops.maximum, greater, byVectors("maximum"));

/**
 * The smaller of a and b, for each element; NaN where either is NaN.
 *
 * Derivative: to the smaller; at a tie each gets half.
 *
 * @example
 * minimum(tensor([-1, 2]), 0).toArray();   // => [-1, 0]
 */
export const minimum = choice("minimum", loops.minimum, less, byVectors("minimum"));

/** A choice that prefers numbers to NaN. */
const orElse =
  (chosen: Choice): Choice =>
  (a, b) =>
    logicalOr(chosen(a, b), notEqual(b, b));

/**
 * The larger of a and b, for each element; a number where only one is NaN.
 *
 * Derivative: to the larger; at a tie each gets half.
 *
 * @example
 * fmax(tensor([NaN, 2]), 0).toArray();   // => [0, 2]
 */
export const fmax = choice(
  "fmax",
  (x: number, y: number) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y)),
  orElse(greater),
);

/**
 * The smaller of a and b, for each element; a number where only one is NaN.
 *
 * Derivative: to the smaller; at a tie each gets half.
 *
 * @example
 * fmin(tensor([NaN, 2]), 0).toArray();   // => [0, 0]
 */
export const fmin = choice(
  "fmin",
  (x: number, y: number) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y)),
  orElse(less),
);
