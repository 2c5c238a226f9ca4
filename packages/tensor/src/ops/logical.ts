/** @file Truth: what elements are, and the connectives; all give bool and none has a derivative. */
import { checkNumber } from "../core/checks.ts";
import {
  type Body,
  type ElementwiseOptions,
  elementwise,
  elementwiseWith,
  type Loop,
  type Scalar1,
} from "../core/elementwise.ts";
import { constant } from "../core/kinds.ts";
import { apply, type ScalarFunction } from "../core/primitive.ts";
import type { Broadcast, Broadcastable, Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Binary, Unary } from "./arithmetic.ts";
import { align } from "./broadcast.ts";

interface RelationOptions extends ElementwiseOptions {
  /** Which function of numbers it is, where other arithmetics know it: see `Primitive`. */
  readonly scalar?: ScalarFunction;
}

/** An elementwise operation without derivatives; it gives bool unless told. */
// @__NO_SIDE_EFFECTS__
function underivable(
  name: string,
  f: Body,
  count: number,
  { scalar, ...options }: RelationOptions,
): (...operands: Operand[]) => Tensor {
  const definition = elementwise(name, f, { result: "bool", ...options });
  const op = constant(scalar === undefined ? definition : { ...definition, scalar });
  const call = (...operands: Operand[]): Tensor => apply(op, align(name, operands.slice(0, count), "same"), null);
  return Object.defineProperty(call, "name", { value: name });
}

/** Such an operation of one operand, ready to be exported. */
// @__NO_SIDE_EFFECTS__
export const predicate = (name: string, f: (x: number) => number | boolean, options: ElementwiseOptions = {}): Unary =>
  underivable(name, f as Scalar1, 1, options) as Unary;

/** Such an operation of two operands, ready to be exported. */
// @__NO_SIDE_EFFECTS__
export const relation = (
  name: string,
  f: ((x: number, y: number) => number | boolean) | Loop,
  options: RelationOptions = {},
): Binary => underivable(name, f as Body, 2, options) as Binary;

/**
 * Whether an element is NaN: bool.
 *
 * @example
 * isNaN(tensor([1, NaN])).toArray();   // => [0, 1]
 */
// biome-ignore lint/suspicious/noShadowRestrictedNames: NumPy's name; the global is not used here
export const isNaN = predicate("isNaN", (x) => Number.isNaN(x));

/**
 * Whether an element is neither NaN nor infinite: bool.
 *
 * @example
 * isFinite(tensor([1, NaN, -Infinity])).toArray();   // => [1, 0, 0]
 */
// biome-ignore lint/suspicious/noShadowRestrictedNames: NumPy's name; the global is not used here
export const isFinite = predicate("isFinite", (x) => Number.isFinite(x));

/**
 * Whether an element is ∞ or −∞: bool.
 *
 * @example
 * isInf(tensor([1, NaN, -Infinity])).toArray();   // => [0, 0, 1]
 */
export const isInf = predicate("isInf", (x) => Math.abs(x) === Number.POSITIVE_INFINITY);

/**
 * Whether both a and b hold, for each element, with broadcasting: bool. All but 0 holds, NaN too.
 *
 * @example
 * logicalAnd(tensor([true, true]), tensor([true, false])).toArray();   // => [1, 0]
 */
export const logicalAnd = relation("logicalAnd", (x, y) => x !== 0 && y !== 0);

/**
 * Whether a or b or both hold, for each element, with broadcasting: bool. All but 0 holds, NaN too.
 *
 * @example
 * logicalOr(tensor([true, false]), tensor([false, false])).toArray();   // => [1, 0]
 */
export const logicalOr = relation("logicalOr", (x, y) => x !== 0 || y !== 0);

/**
 * Whether just one of a and b holds, for each element, with broadcasting: bool. All but 0 holds, NaN too.
 *
 * @example
 * logicalXor(tensor([true, true]), tensor([true, false])).toArray();   // => [0, 1]
 */
export const logicalXor = relation("logicalXor", (x, y) => (x !== 0) !== (y !== 0));

/**
 * Whether an element is 0: bool.
 *
 * @example
 * logicalNot(tensor([0, 2])).toArray();   // => [1, 0]
 */
export const logicalNot = predicate("logicalNot", (x) => x === 0);

interface Closeness {
  readonly rtol: number;
  readonly atol: number;
  readonly equalNaN: boolean;
}

const closeOp = constant(
  elementwiseWith<Closeness>(
    "isClose",
    ({ rtol, atol, equalNaN }) =>
      (x: number, y: number) =>
        x === y ||
        (Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y)) ||
        (equalNaN && Number.isNaN(x) && Number.isNaN(y))
          ? 1
          : 0,
    { result: "bool" },
  ),
);

/**
 * Whether |a − b| ≤ atol + rtol·|b|, for each element, with broadcasting: bool. An infinity is close to itself alone;
 * NaN is close to NaN with `equalNaN`, else to nothing.
 *
 * Throws: TensorError unless rtol and atol are ≥ 0.
 *
 * @example
 * isClose(tensor([1, 1]), tensor([1 + 1e-9, 1.1])).toArray();   // => [1, 0]
 */
export function isClose<A extends Operand, B extends Operand>(
  a: A,
  b: B & Broadcastable<ShapeOf<A>, ShapeOf<B>>,
  { rtol = 1e-5, atol = 1e-8, equalNaN = false }: Partial<Closeness> = {},
): Tensor<Broadcast<ShapeOf<A>, ShapeOf<B>>> {
  checkNumber("isClose", "rtol", rtol, (tolerance) => tolerance >= 0, "use a number ≥ 0");
  checkNumber("isClose", "atol", atol, (tolerance) => tolerance >= 0, "use a number ≥ 0");
  return apply(closeOp, align("isClose", [a, b], "same"), { rtol, atol, equalNaN });
}
