/** @file Derivatives of functions in reverse mode: grad, valueAndGrad, vjp. */
import { onesLike } from "../core/create.ts";
import { formatShape, TensorError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { seenBy } from "../core/trace.ts";
import { checkAlikeTrees, leaves, mapTree } from "../core/tree.ts";
import { Recording, type Unreached } from "./recording.ts";

/** A tensor without axes. */
export type Scalar = Tensor<readonly []>;

/** Throws for what a differentiable function cannot return. */
export function checkResult(op: string, y: unknown): void {
  if (typeof (y as PromiseLike<unknown> | null)?.then === "function")
    throw new TensorError(
      op,
      "f returned a Promise",
      "derivatives are of synchronous functions: await data first, then differentiate",
    );
}

function checkScalar(op: string, y: unknown): asserts y is Tensor {
  checkResult(op, y);
  if (!(y instanceof Tensor))
    throw new TensorError(
      op,
      `f must return a tensor, got ${y === null ? "null" : typeof y}`,
      "return the scalar to differentiate",
    );
  if (y.rank !== 0)
    throw new TensorError(
      op,
      `f must return a scalar, got shape ${formatShape((y as Tensor).shape as Shape)}`,
      "sum it, or use vjp",
      [y],
    );
}

/** The values of a tree as they are outside of `trace`. */
const outside = <T>(trace: Recording, tree: T): T =>
  mapTree((leaf) => seenBy(trace, leaf)?.watched?.primal ?? leaf, tree);

/**
 * The function that returns the value of f and its gradient with respect to the first argument, which may be a tree:
 * the gradient has its structure and its type.
 *
 * Throws: TensorError when f returns anything but a scalar, when a tensor of the first argument is not float64 or
 * float32, or when the value does not depend on one of them (unless `unreached` is "zeros").
 *
 * @example
 * const f = (p: { w: Tensor }) => sum(mul(p.w, p.w));
 * const [value, gradient] = valueAndGrad(f)({ w: tensor([1, 2]) });
 * value.item();             // => 5
 * gradient.w.toArray();     // => [2, 4]
 */
export function valueAndGrad<P = Tensor, R extends readonly unknown[] = readonly []>(
  f: (params: P, ...rest: R) => Scalar,
  options: Unreached = {},
): (params: P, ...rest: R) => [value: Scalar, gradient: P] {
  return (params, ...rest) => differentiate("valueAndGrad", f, options, params, rest);
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
  return (params, ...rest) => differentiate("grad", f, options, params, rest)[1];
}

function differentiate<P, R extends readonly unknown[]>(
  op: string,
  f: (params: P, ...rest: R) => Scalar,
  options: Unreached,
  params: P,
  rest: R,
): [Scalar, P] {
  const tape = new Recording();
  const watched = tape.watch(params);
  if (leaves(watched, op).length === 0)
    throw new TensorError(op, "there is no tensor in the first argument", "give what to differentiate with respect to");
  const y = f(watched, ...rest);
  checkScalar(op, y);
  const bar = tape.pullbackTree(y, onesLike(y), op);
  return [outside(tape, y), bar(watched, options)];
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
    checkAlikeTrees("vjp", y, ct, "", false);
    return tape.pullbackTree(y, ct, "vjp")(watched, { unreached: "zeros" });
  };
  return [outside(tape, y), pullback];
}
