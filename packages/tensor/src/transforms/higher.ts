/** @file Whole matrices of derivatives: Jacobians and Hessians, and the product of a Hessian with a vector. */
import { zerosLike } from "../core/create.ts";
import { isFloat } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { eye } from "../core/grids.ts";
import type { JacobianOf } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { leaves, mapTree } from "../core/tree.ts";
import { cast } from "../ops/broadcast.ts";
import { permute, reshape } from "../ops/shape.ts";
import { jvp } from "./forward.ts";
import { grad, type Scalar, vjp } from "./reverse.ts";
import { vmap } from "./vmap.ts";

/** The unit vectors of the space in which x lies: [size, …shape]. */
const unitVectors = (x: Tensor): Tensor => cast(reshape(eye(x.size), [x.size, ...x.shape]), x.dtype);

/** A tree like `tree` with zeros everywhere but at its leaf `at`. */
function onlyAt<T>(tree: T, at: number, value: Tensor): T {
  let place = -1;
  return mapTree((leaf) => {
    place++;
    return place === at ? value : zerosLike(leaf);
  }, tree);
}

/** The first axis last, in as many axes as `shape` has: [size, …y] → […y, …shape]. */
function lastAs(rows: Tensor, shape: readonly number[]): Tensor {
  const rest = Array.from({ length: rows.rank - 1 }, (_, axis) => axis + 1);
  return reshape(permute(rows, [...rest, 0]), [...rows.shape.slice(1), ...shape]);
}

function checkFloats(tree: unknown): void {
  for (const { tensor } of leaves(tree, "jacobian"))
    if (!isFloat(tensor.dtype))
      throw new TensorError(
        "jacobian",
        `a result is ${tensor.dtype} ${show(tensor)}`,
        "only float64 and float32 vary; leave it out of what f returns",
        [tensor],
      );
}

export interface JacobianOptions {
  /** Row by row with pullbacks (few results), or column by column with tangents (few parameters). */
  readonly mode?: "reverse" | "forward";
}

/**
 * The function that returns all partial derivatives of f's result with respect to its first argument. Either may be
 * a tree: then it is the tree of the result, with the tree of the argument in place of each tensor.
 *
 * Shapes: f: [n] → [m] gives [m, n]; in general the axes of the result, then those of the argument.
 * Cost: one pass for all rows (or columns) at once by `vmap`; memory as many times that of f as there are.
 * Throws: TensorError when a result is not float64 or float32.
 *
 * @example
 * const f = (x: Tensor) => mul(x, x);
 * jacobian(f)(tensor([1, 2])).toArray();                          // => [[2, 0], [0, 4]]
 * jacobian(f, { mode: "forward" })(tensor([1, 2])).toArray();     // => [[2, 0], [0, 4]]
 */
export function jacobian<P = Tensor, R extends readonly unknown[] = readonly [], Y = Tensor>(
  f: (params: P, ...rest: R) => Y,
  { mode = "reverse" }: JacobianOptions = {},
): (params: P, ...rest: R) => JacobianOf<Y, P> {
  if (mode !== "reverse" && mode !== "forward")
    throw new TensorError("jacobian", `there is no mode ${String(mode)}`, 'use "reverse" or "forward"');
  const rows = mode === "reverse" ? byPullbacks : byTangents;
  return (params, ...rest) => rows((p: P) => f(p, ...rest), params) as JacobianOf<Y, P>;
}

function byPullbacks<P, Y>(f: (params: P) => Y, params: P): unknown {
  const [y, pullback] = vjp(f, params);
  checkFloats(y);
  let place = -1;
  return mapLeaves((leaf) => {
    const at = ++place;
    const block = vmap((ct: Tensor) => pullback(onlyAt(y, at, ct))[0])(unitVectors(leaf)) as P;
    return mapTree((rows) => reshape(rows, [...leaf.shape, ...rows.shape.slice(1)]), block);
  }, y);
}

function byTangents<P, Y>(f: (params: P) => Y, params: P): unknown {
  const columns = leaves(params, "jacobian").map(({ tensor }, at) => {
    const column = (t: Tensor): Y => jvp(f, [params], [onlyAt(params, at, t)])[1];
    return mapTree((rows) => lastAs(rows, tensor.shape), vmap(column)(unitVectors(tensor)) as Y);
  });
  checkFloats(columns);
  const flat = columns.map((column) => leaves(column));
  const y = columns[0] ?? f(params);
  let place = -1;
  return mapLeaves(() => {
    place++;
    let at = -1;
    return mapTree(() => flat[++at]![place]!.tensor, params);
  }, y);
}

/** A tree with each tensor replaced by a tree. */
function mapLeaves(f: (leaf: Tensor) => unknown, tree: unknown): unknown {
  const blocks = leaves(tree).map(({ tensor }) => f(tensor));
  let place = -1;
  const visit = (node: unknown): unknown => {
    if (node === null || node === undefined) return node;
    if (Array.isArray(node)) return node.map(visit);
    if (Object.getPrototypeOf(node) === Object.prototype || Object.getPrototypeOf(node) === null)
      return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child)]));
    return blocks[++place];
  };
  return visit(tree);
}

/**
 * The function that returns all second partial derivatives of a scalar f with respect to its first argument, which
 * may be a tree: then it is a tree of trees.
 *
 * Shapes: f: [n] → [] gives [n, n].
 * Source: forward over reverse, ∂/∂x of the gradient.
 * Throws: as grad.
 *
 * @example
 * hessian((x: Tensor) => sum(pow(x, 3)))(tensor([1, 2])).toArray();   // => [[6, 0], [0, 12]]
 */
export function hessian<P = Tensor, R extends readonly unknown[] = readonly []>(
  f: (params: P, ...rest: R) => Scalar,
): (params: P, ...rest: R) => JacobianOf<P, P> {
  return jacobian(grad(f), { mode: "forward" });
}

/**
 * The function that returns the product of f's Hessian with a vector of the shape (the tree) of the first argument,
 * in a few times the time of f and without the matrix.
 *
 * Source: Pearlmutter, Fast Exact Multiplication by the Hessian (1994): the tangent of the gradient.
 * Throws: as grad and jvp.
 *
 * @example
 * hvp((x: Tensor) => sum(pow(x, 3)))(tensor([1, 2]), tensor([1, 1])).toArray();   // => [6, 12]
 */
export function hvp<P = Tensor, R extends readonly unknown[] = readonly []>(
  f: (params: P, ...rest: R) => Scalar,
): (params: P, vector: P, ...rest: R) => P {
  return (params, vector, ...rest) => jvp((p: P) => grad(f)(p, ...rest), [params], [vector])[1];
}
