/** @file Derivatives of functions in reverse mode: grad, valueAndGrad, vjp. */
import { kindOf } from "../core/checks.ts";
import { onesLike } from "../core/create.ts";
import { formatShape, TensorError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { seenBy } from "../core/trace.ts";
import { checkAlikeTrees, mapLeaves } from "../core/tree.ts";
import { Recording, type Unreached } from "./recording.ts";

/** A tensor without axes. */
export type Scalar = Tensor<readonly []>;

/** Throws for what a differentiable function cannot return. */
export function checkResult(op: string, y: unknown): void {
  if (typeof (y as PromiseLike<unknown> | null)?.then === "function")
    throw new TensorError(op, "f returned a Promise", "await data first, then differentiate");
}

function checkScalar(op: string, y: unknown): asserts y is Tensor {
  checkResult(op, y);
  if (!(y instanceof Tensor))
    throw new TensorError(op, `f must return a tensor, got ${kindOf(y)}`, "return the scalar to differentiate");
  if (y.rank !== 0)
    throw new TensorError(
      op,
      `f must return a scalar, got shape ${formatShape((y as Tensor).shape as Shape)}`,
      "sum it, or use vjp",
      [y],
    );
}

/** The values of a tree as they are outside of `trace`. */
const outside = <T>(trace: Recording, tree: T, op: string): T =>
  mapLeaves((leaf) => seenBy(trace, leaf)?.watched?.primal ?? leaf, tree, op);

/**
 * The function that returns the value of f and its gradient with respect to the first argument, which may be a tree:
 * the gradient has its structure and its type. Where f returns [value, more], a tree of whatever else came out of it
 * (running statistics, predictions) comes third, as plain values.
 *
 * Throws: TensorError when the value is anything but a scalar, when a tensor of the first argument is not float64 or
 * float32, or when the value does not depend on one of them (unless `unreached` is "zeros").
 *
 * @example
 * const f = (p: { w: Tensor }) => sum(mul(p.w, p.w));
 * const [value, gradient] = valueAndGrad(f)({ w: tensor([1, 2]) });
 * value.item();             // => 5
 * gradient.w.toArray();     // => [2, 4]
 * const [, , twice] = valueAndGrad((x: Tensor) => [sum(x), { twice: mul(x, 2) }])(tensor([1, 2]));
 * twice.twice.toArray();    // => [2, 4]
 */
export function valueAndGrad<P = Tensor, R extends readonly unknown[] = readonly []>(
  f: (params: P, ...rest: R) => Scalar,
  options?: Unreached,
): (params: P, ...rest: R) => [value: Scalar, gradient: P];
export function valueAndGrad<P, R extends readonly unknown[], More>(
  f: (params: P, ...rest: R) => readonly [value: Scalar, more: More],
  options?: Unreached,
): (params: P, ...rest: R) => [value: Scalar, gradient: P, more: More];
export function valueAndGrad<P, R extends readonly unknown[]>(
  f: (params: P, ...rest: R) => Scalar | readonly [Scalar, unknown],
  options: Unreached = {},
): (params: P, ...rest: R) => [Scalar, P, ...unknown[]] {
  const parts = (y: Scalar | readonly [Scalar, unknown]): readonly [unknown, ...unknown[]] =>
    Array.isArray(y) && y.length === 2 ? (y as [Scalar, unknown]) : [y];
  return (params, ...rest) => {
    const op = "valueAndGrad";
    const { tape, results, gradient } = differentiate(op, (p) => parts(f(p, ...rest)), options, params);
    const [value, ...more] = results.map((tree) => outside(tape, tree, op)) as [Scalar, ...unknown[]];
    return [value, gradient, ...more];
  };
}

/**
 * The function that returns the gradient of f with respect to its first argument, which may be a tree: the gradient
 * has its structure and its type. `grad(grad(f))` and mixtures with `jvp` are as good as `grad(f)`.
 *
 * Throws: as valueAndGrad.
 *
 * @example
 * grad((x) => sum(mul(x, x)))(tensor([1, 2, 3])).toArray();   // => [2, 4, 6]
 */
export function grad<P = Tensor, R extends readonly unknown[] = readonly []>(
  f: (params: P, ...rest: R) => Scalar,
  options: Unreached = {},
): (params: P, ...rest: R) => P {
  return (params, ...rest) => differentiate("grad", (p) => [f(p, ...rest)], options, params).gradient;
}

/** The value, the gradient, and what else f returned behind its value. */
function differentiate<P>(
  op: string,
  f: (params: P) => readonly [unknown, ...unknown[]],
  options: Unreached,
  params: P,
): { readonly tape: Recording; readonly results: readonly [Scalar, ...unknown[]]; readonly gradient: P } {
  const tape = new Recording();
  const watched = tape.watch(params);
  if (tape.length === 0)
    throw new TensorError(op, "there is no tensor in the first argument", "give what to differentiate with respect to");
  const [y, ...more] = f(watched);
  checkScalar(op, y);
  const gradient = tape.pullbackTree(y, onesLike(y), op, true)(watched, options);
  return { tape, results: [y, ...more], gradient };
}

/**
 * f(…args), and its pullback: from a cotangent of the result (of its shapes, a tree like it) to the cotangents of the
 * arguments. What the result does not depend on gets zeros.
 *
 * Source: the product of a vector with the Jacobian, v·∂f/∂x.
 *
 * @example
 * const [y, pullback] = vjp((x: Tensor) => mul(x, x), tensor([1, 2]));
 * pullback(tensor([1, 10]))[0].toArray();   // => [2, 40]
 */
export function vjp<A extends readonly unknown[], Y>(
  f: (...args: A) => Y,
  ...args: A
): [value: Y, pullback: (ct: Y) => A] {
  const tape = new Recording();
  const watched = tape.watch(args) as A;
  const y = f(...watched);
  checkResult("vjp", y);
  const pullback = (ct: Y): A => {
    checkAlikeTrees("vjp", y, ct, false);
    return tape.pullbackTree(y, ct, "vjp")(watched, { unreached: "zeros" });
  };
  return [outside(tape, y, "vjp"), pullback];
}
