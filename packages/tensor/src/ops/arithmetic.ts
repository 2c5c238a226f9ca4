/** @file The four operations, and the constructor of all other pointwise ones, which needs a product for its rules. */
import { type ElementwiseOptions, elementwise, type Scalar, type Scalar1 } from "../core/elementwise.ts";
import { bilinear, exact } from "../core/kinds.ts";
import { apply, type Primitive, type Rule, type ScalarFunction } from "../core/primitive.ts";
import type { Broadcast, Broadcastable, Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { align } from "./broadcast.ts";

/** A function of two operands that broadcast. */
export type Binary = <A extends Operand, B extends Operand>(
  a: A,
  b: B & Broadcastable<ShapeOf<A>, ShapeOf<B>>,
) => Tensor<Broadcast<ShapeOf<A>, ShapeOf<B>>>;

/** A function of one operand, element by element. */
export type Unary = <A extends Operand>(x: A) => Tensor<ShapeOf<A>>;

/** +, −, × and ÷ round once. */
const once = (): number => 1;

const addOp: Primitive<null> = {
  ...elementwise("add", (x: number, y: number) => x + y),
  scalar: "add",
  increasing: true,
  reads: "nothing",
  vjp: [(ct) => ct],
  jvp: [(t) => t],
  rounding: once,
};
/**
 * a + b, with broadcasting.
 *
 * Dtype: NumPy's promotion; a plain number takes the other's. int32 wraps; bool is "or".
 * Derivative: the cotangent, to each, summed over what was broadcast.
 *
 * @example
 * add(tensor([[1, 2], [3, 4]]), tensor([10, 20])).toArray();   // => [[11, 22], [13, 24]]
 */
export const add: Binary = (a, b) => apply(addOp, align("add", [a, b], "same"), null);

const negOp: Primitive<null> = {
  ...elementwise("neg", (x: number) => -x, { bool: null }),
  scalar: "neg",
  reads: "nothing",
  vjp: [(ct) => neg(ct)],
  jvp: [(t) => neg(t)],
  rounding: exact,
};
/**
 * −x.
 *
 * Derivative: −1.
 *
 * @example
 * neg(tensor([1, -2])).toArray();   // => [-1, 2]
 */
export const neg: Unary = (x) => apply(negOp, align("neg", [x], "same"), null);

const subOp: Primitive<null> = {
  ...elementwise("sub", (x: number, y: number) => x - y, { bool: null }),
  scalar: "sub",
  reads: "nothing",
  vjp: [(ct) => ct, (ct) => neg(ct)],
  jvp: [(t) => t, (t) => neg(t)],
  rounding: once,
};
/**
 * a − b, with broadcasting; not defined for bool.
 *
 * Derivative: the cotangent to a, its negative to b.
 *
 * @example
 * sub(5, tensor([1, 2])).toArray();   // => [4, 3]
 */
export const sub: Binary = (a, b) => apply(subOp, align("sub", [a, b], "same"), null);

const mulOp = bilinear<null>(
  { ...elementwise("mul", (x: number, y: number) => x * y, { integer: Math.imul }), scalar: "mul", rounding: once },
  (ct, b) => mul(ct, b),
  (ct, a) => mul(ct, a),
);
/**
 * a · b, element by element, with broadcasting. int32 wraps; bool is "and".
 *
 * Derivative: ct·b to a, ct·a to b.
 *
 * @example
 * mul(tensor([1, 2, 3]), 2).toArray();   // => [2, 4, 6]
 */
export const mul: Binary = (a, b) => apply(mulOp, align("mul", [a, b], "same"), null);

const divOp: Primitive<null> = {
  ...elementwise("div", (x: number, y: number) => x / y, { result: "float" }),
  scalar: "div",
  vjp: [(ct, _y, [, b]) => div(ct, b!), (ct, y, [, b]) => neg(div(mul(ct, y), b!))],
  jvp: [(t, _y, [, b]) => div(t, b!), (t, y, [, b]) => neg(div(mul(t, y), b!))],
  rounding: once,
};
/**
 * a / b, with broadcasting; whole numbers give float64.
 *
 * Derivative: ct/b to a, −ct·(a/b)/b to b.
 * At the edges: as IEEE 754 has it, 1/0 is ∞ and 0/0 is NaN.
 *
 * @example
 * div(tensor([1, 2]), 4).toArray();   // => [0.25, 0.5]
 */
export const div: Binary = (a, b) => apply(divOp, align("div", [a, b], "float"), null);

/** f′ of a pointwise function in our own operations: it may use the input x and the value y. */
export type Derivative = (x: Tensor, y: Tensor) => Tensor;
/** ∂f/∂a or ∂f/∂b of a pointwise function of two operands, in our own operations. */
export type PartialDerivative = (a: Tensor, b: Tensor, y: Tensor) => Tensor;

export interface PointwiseOptions extends ElementwiseOptions {
  /** How far `f` is from the exact value, in units of u = 2⁻⁵³ relative to it; 2 (one ulp) unless told. */
  readonly rounding?: number;
  /** For a function with kinks: its largest slope. */
  readonly lipschitz?: number;
  /** Which function of numbers it is, where other arithmetics know it: see `Primitive`. */
  readonly scalar?: ScalarFunction;
  /** Whether it never falls when an operand rises. */
  readonly increasing?: boolean;
  /** The same value, but for rounding, made of more basic operations: see `Primitive`. */
  readonly formula?: (...inputs: Tensor[]) => Tensor;
  /** "output": the derivative uses y alone. (One that does not take y cannot use it.) */
  readonly reads?: "output";
}

/**
 * A pointwise operation from a scalar function and its derivative, ready to be exported: it takes tensors and plain
 * numbers, broadcasts and promotes, and differentiates in both modes to any order.
 *
 * @example
 * const cube = pointwise("cube", (x) => x * x * x, (x) => mul(3, square(x)));
 * grad((x) => cube(x))(tensor(2)).item();   // => 12
 */
// @__NO_SIDE_EFFECTS__
export function pointwise(name: string, f: Scalar1, derivative: Derivative, options?: PointwiseOptions): Unary;
// @__NO_SIDE_EFFECTS__
export function pointwise(
  name: string,
  f: (x: number, y: number) => number,
  derivatives: readonly [PartialDerivative, PartialDerivative],
  options?: PointwiseOptions,
): Binary;
// @__NO_SIDE_EFFECTS__
export function pointwise(
  name: string,
  f: Scalar,
  derivative: Derivative | readonly [PartialDerivative, PartialDerivative],
  { result = "float", rounding = 2, lipschitz, reads, scalar, increasing, formula, ...options }: PointwiseOptions = {},
): Unary | Binary {
  const rulesTakeNoResult =
    typeof derivative === "function" ? derivative.length < 2 : derivative.every((partial) => partial.length < 3);
  // The Jacobian of a pointwise function is diagonal, so forward and reverse mode have the same rule.
  const rules: Rule<null>[] =
    typeof derivative === "function"
      ? [(t, y, [x]) => mul(t, derivative(x!, y))]
      : derivative.map(
          (partial) =>
            (t, y, [a, b]) =>
              mul(t, partial(a!, b!, y)),
        );
  const op: Primitive<null> = {
    ...elementwise(name, f, { result, ...options }),
    vjp: rules,
    jvp: rules,
    rounding: () => rounding,
    ...(reads !== undefined ? { reads } : rulesTakeNoResult ? { reads: "inputs" } : {}),
    ...(lipschitz === undefined ? {} : { lipschitz }),
    ...(scalar === undefined ? {} : { scalar }),
    ...(increasing === undefined ? {} : { increasing }),
    ...(formula === undefined ? {} : { formula: (inputs: readonly Tensor[]) => formula(...inputs) }),
  };
  // Just as many operands as rules: xs.map(exp) passes an index and an array besides.
  const call = (...operands: Operand[]): Tensor =>
    apply(op, align(name, operands.slice(0, rules.length), result), null);
  // A function is a layer of a stack, too, and is shown by its name.
  return Object.defineProperty(call, "name", { value: name });
}
