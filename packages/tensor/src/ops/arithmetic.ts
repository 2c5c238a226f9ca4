/** @file The four operations, and the constructor of all other pointwise ones, which needs a product for its rules. */
import {
  type Body,
  brought,
  type ElementwiseOptions,
  elementwise,
  elementwiseWith,
  type Loop,
  type Scalar1,
} from "../core/elementwise.ts";
import * as loops from "../core/loops.ts";
import { apply, type Primitive, type Rule, type ScalarFunction } from "../core/primitive.ts";
import type { Broadcast, Broadcastable, Operand, ShapeOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { byVectors } from "../wasm/pointwise/kernel.ts";
import { align } from "./broadcast.ts";

/** A function of two operands that broadcast. */
export type Binary = <A extends Operand, B extends Operand>(
  a: A,
  b: B & Broadcastable<ShapeOf<A>, ShapeOf<B>>,
) => Tensor<Broadcast<ShapeOf<A>, ShapeOf<B>>>;

/** A function of three operands that broadcast. */
export type Ternary = <A extends Operand, B extends Operand, C extends Operand>(
  a: A,
  b: B,
  c: C,
) => Tensor<Broadcast<ShapeOf<A>, Broadcast<ShapeOf<B>, ShapeOf<C>>>>;

/** A function of one operand, element by element. */
export type Unary = <A extends Operand>(x: A) => Tensor<ShapeOf<A>>;

/** A function of one operand, element by element, that takes parameters besides. */
export type Parametric<P> = <A extends Operand>(x: A, params: P) => Tensor<ShapeOf<A>>;

type Nature<P> = Partial<
  Pick<Primitive<P>, "kind" | "scalar" | "vector" | "kernel" | "formula" | "reads" | "lipschitz" | "increasing">
> & {
  readonly rounding?: number;
};

/**
 * An operation whose Jacobian is diagonal, as that of every pointwise function: forward and reverse mode have the same
 * rules. It rounds once unless told.
 */
// @__NO_SIDE_EFFECTS__
function diagonal<P>(
  definition: ReturnType<typeof elementwiseWith<P>>,
  rules: readonly Rule<P>[],
  { rounding = 1, ...nature }: Nature<P>,
): Primitive<P> {
  return { ...definition, vjp: rules, jvp: rules, ...nature, rounding: () => rounding };
}

const addOp = diagonal(elementwise("add", loops.add, { bool: (x: number, y: number) => x || y }), [(t) => t], {
  scalar: "add",
  kernel: (inputs, result, params) => brought.add?.(inputs, result, params) ?? null,
  reads: "nothing",
  increasing: true,
});
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

const negOp = diagonal(elementwise("neg", loops.neg, { bool: null }), [(t) => neg(t)], {
  scalar: "neg",
  ...byVectors("neg"),
  reads: "nothing",
  rounding: 0,
});
/**
 * −x.
 *
 * Derivative: −1.
 *
 * @example
 * neg(tensor([1, -2])).toArray();   // => [-1, 2]
 */
export const neg: Unary = (x) => apply(negOp, align("neg", [x], "same"), null);

const subOp = diagonal(elementwise("sub", loops.sub, { bool: null }), [(t) => t, (t) => neg(t)], {
  scalar: "sub",
  ...byVectors("sub"),
  reads: "nothing",
});
/**
 * a − b, with broadcasting; not defined for bool.
 *
 * Derivative: the cotangent to a, its negative to b.
 *
 * @example
 * sub(5, tensor([1, 2])).toArray();   // => [4, 3]
 */
export const sub: Binary = (a, b) => apply(subOp, align("sub", [a, b], "same"), null);

const product: readonly Rule<null>[] = [(t, _y, [, b]) => scale(t, b!), (t, _y, [a]) => scale(t, a!)];
const factors = { kind: "bilinear", scalar: "mul", reads: "inputs" } as const;

const scaleOp = diagonal(elementwise("scale", loops.scale), product, { ...factors, ...byVectors("scale") });
/**
 * a · b, where 0 absorbs: 0·∞ and 0·NaN are 0. It is the product of the chain rule in all rules of pointwise
 * operations: where nothing passes, as through the branch of `where` that was not taken, an infinite or undefined
 * derivative before or behind it does not matter, in any order. So forward and reverse mode, which multiply from
 * opposite ends, agree. A NaN derivative shows wherever no factor is exactly 0.
 *
 * At the edges: what is 0·∞ in the limit, such as the derivative of (√x)² at 0, is 0 too.
 *
 * @example
 * scale(tensor([0, 2]), tensor([Infinity, 3])).toArray();   // => [0, 6]
 */
export const scale: Binary = (a, b) => apply(scaleOp, align("scale", [a, b], "same"), null);

const mulOp = diagonal(elementwise("mul", loops.mul, { int32: Math.imul }), product, {
  ...factors,
  ...byVectors("mul"),
});
/**
 * a · b, element by element, with broadcasting. int32 wraps; bool is "and".
 *
 * Derivative: ct·b to a, ct·a to b; where ct is 0 so are they, though the other be ∞ or NaN.
 *
 * @example
 * mul(tensor([1, 2, 3]), 2).toArray();   // => [2, 4, 6]
 */
export const mul: Binary = (a, b) => apply(mulOp, align("mul", [a, b], "same"), null);

const quotient: readonly Rule<null>[] = [(t, _y, [, b]) => ratio(t, b!), (t, y, [, b]) => neg(ratio(scale(t, y), b!))];

const ratioOp = diagonal(elementwise("ratio", loops.ratio), quotient, { scalar: "div", ...byVectors("ratio") });
/**
 * a / b, but 0 where a is 0, though b be 0 or NaN: the quotient beside `scale`.
 *
 * @example
 * ratio(tensor([0, 6]), tensor([0, 3])).toArray();   // => [0, 2]
 */
export const ratio: Binary = (a, b) => apply(ratioOp, align("ratio", [a, b], "same"), null);

const divOp = diagonal(elementwise("div", loops.div, { result: "float" }), quotient, {
  scalar: "div",
  ...byVectors("div"),
});
/**
 * a / b, with broadcasting; whole numbers give float64.
 *
 * Derivative: ct/b to a, −ct·(a/b)/b to b; where ct is 0 so are they, though b be 0.
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
/** The same of three. */
export type PartialDerivative3 = (a: Tensor, b: Tensor, c: Tensor, y: Tensor) => Tensor;

export interface PointwiseOptions extends ElementwiseOptions {
  /**
   * How far `f` is from the exact value, in units of u = 2⁻⁵³ relative to it; 2 (one ulp) unless told. Null: where it
   * is near 0 that cannot be said; its formula, if there is one, is bounded instead.
   */
  readonly rounding?: number | null;
  /** For a function with kinks: its largest slope. */
  readonly lipschitz?: number;
  /** Which function of numbers it is, where other arithmetics know it: see `Primitive`. */
  readonly scalar?: ScalarFunction;
  /** The name of its vector form, where `scalar` does not say it, and a faster kernel: see `Primitive`. */
  readonly vector?: string;
  readonly kernel?: NonNullable<Primitive<unknown>["kernel"]>;
  /** Whether it never falls when an operand rises: see `Primitive`. */
  readonly increasing?: boolean;
  /** The same value, but for rounding, made of more basic operations: see `Primitive`. */
  readonly formula?: (...inputs: Tensor[]) => Tensor;
  /** "output": the derivative uses y alone. (One that does not take y cannot use it.) */
  readonly reads?: "output";
}

/**
 * A pointwise operation from a scalar function and its derivative, ready to be exported: it takes tensors and plain
 * numbers, broadcasts and promotes, and differentiates in both modes to any order. A derivative may be a scalar
 * tensor, where it is the same everywhere. Where a cotangent is 0 the result is 0, though the derivative be ∞ or NaN.
 *
 * @example
 * const cube = pointwise("cube", (x) => x * x * x, (x) => mul(3, square(x)));
 * grad((x) => cube(x))(tensor(2)).item();   // => 12
 */
// @__NO_SIDE_EFFECTS__
export function pointwise(name: string, f: Scalar1 | Loop, derivative: Derivative, options?: PointwiseOptions): Unary;
// @__NO_SIDE_EFFECTS__
export function pointwise(
  name: string,
  f: ((x: number, y: number) => number) | Loop,
  derivatives: readonly [PartialDerivative, PartialDerivative],
  options?: PointwiseOptions,
): Binary;
// @__NO_SIDE_EFFECTS__
export function pointwise(
  name: string,
  f: ((x: number, y: number, z: number) => number) | Loop,
  derivatives: readonly [PartialDerivative3, PartialDerivative3, PartialDerivative3],
  options?: PointwiseOptions,
): Ternary;
// @__NO_SIDE_EFFECTS__
export function pointwise(
  name: string,
  f: Body,
  derivative: Derivative | readonly PartialDerivative[] | readonly PartialDerivative3[],
  { result = "float", formula, ...options }: PointwiseOptions = {},
): Unary | Binary | Ternary {
  const derivatives: readonly ((...xs: Tensor[]) => Tensor)[] =
    typeof derivative === "function" ? [derivative] : derivative;
  const op = diagonal<null>(
    elementwise(name, f, { result, ...options }),
    derivatives.map((partial) => (t, y, inputs) => scale(t, partial(...inputs, y))),
    {
      ...nature(
        options,
        derivatives.every((partial) => partial.length <= derivatives.length),
      ),
      ...(formula === undefined ? {} : { formula: (inputs) => formula(...inputs) }),
    },
  );
  // Just as many operands as derivatives: xs.map(exp) passes an index and an array besides.
  const call = (...operands: Operand[]): Tensor =>
    apply(op, align(name, operands.slice(0, derivatives.length), result), null);
  // A function is a layer of a stack, too, and is shown by its name.
  return Object.defineProperty(call, "name", { value: name });
}

/**
 * A pointwise operation of one operand with parameters, which `f` and the derivative are given: what an exported
 * function with options calls once it has checked them.
 *
 * @example
 * const power = parametric<{ n: number }>("power", ({ n }) => (x) => x ** n, (x, { n }) => mul(n, power(x, { n: n - 1 })));
 * grad((x) => power(x, { n: 3 }))(tensor(2)).item();   // => 12
 */
// @__NO_SIDE_EFFECTS__
export function parametric<P>(
  name: string,
  f: (params: P) => Scalar1,
  derivative: (x: Tensor, params: P, y: Tensor) => Tensor,
  {
    result = "float",
    formula,
    ...options
  }: Omit<PointwiseOptions, "formula"> & {
    readonly formula?: (x: Tensor, params: P) => Tensor;
  } = {},
): Parametric<P> {
  const op = diagonal<P>(
    elementwiseWith(name, f, { result, ...options }),
    [(t, y, [x], params) => scale(t, derivative(x!, params, y))],
    {
      ...nature(options, derivative.length < 3),
      ...(formula === undefined ? {} : { formula: ([x], params) => formula(x!, params) }),
    },
  );
  return (x, params) => apply(op, align(name, [x], result), params);
}

/** What the options say of an operation; one without a bound relative to its result may round by anything. */
function nature(
  { rounding = 2, lipschitz, scalar, vector, kernel, reads, increasing }: Omit<PointwiseOptions, "formula">,
  takesNoResult: boolean,
): Nature<never> {
  return {
    rounding: rounding ?? Number.POSITIVE_INFINITY,
    ...(reads !== undefined ? { reads } : takesNoResult ? { reads: "inputs" } : {}),
    ...(lipschitz === undefined ? {} : { lipschitz }),
    ...(scalar === undefined ? {} : { scalar }),
    ...(vector === undefined ? {} : { vector }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(increasing === undefined ? {} : { increasing }),
  };
}
