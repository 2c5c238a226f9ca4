/** @file Forward mode: dual numbers, whose tangents go along with the values. */
import { zerosLike } from "../core/create.ts";
import { isFloat } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply, type Primitive, ruleFor } from "../core/primitive.ts";
import { sameShape } from "../core/shape.ts";
import { type Tensor, type Watched, watchedAs } from "../core/tensor.ts";
import { seenBy, Trace } from "../core/trace.ts";
import { checkAlikeTrees, mapTree, zipTrees } from "../core/tree.ts";
import { add } from "../ops/arithmetic.ts";
import { checkResult } from "./reverse.ts";

interface DualNumber extends Watched {
  readonly primal: Tensor;
  readonly tangent: Tensor;
}

class Dual extends Trace {
  override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    const duals = inputs.map((input) => this.dualOf(input));
    const primals = inputs.map((input, i) => duals[i]?.primal ?? input);
    const y = apply(op, primals, params);
    let tangent: Tensor | null = null;
    duals.forEach((dual, i) => {
      const rule = ruleFor(op.jvp, i);
      if (dual === null || rule === null) return;
      const part = rule(dual.tangent, y, primals, params, i);
      tangent = tangent === null ? part : add(tangent, part);
    });
    return tangent === null ? y : this.watch(y, tangent);
  }

  watch(primal: Tensor, tangent: Tensor): Tensor {
    const dual: DualNumber = { trace: this, primal, tangent };
    return watchedAs(primal, dual);
  }

  dualOf(x: Tensor): DualNumber | null {
    return (seenBy(this, x)?.watched as DualNumber | undefined) ?? null;
  }
}

/**
 * f at the primals, and its derivative along the tangents: both like the result of f, which may be a tree.
 *
 * Source: the product of the Jacobian with a vector, ∂f/∂x·v, in one pass together with the value.
 * Throws: TensorError when a tangent is not of its primal's shape and dtype, or f returns a Promise.
 *
 * @example
 * const [y, t] = jvp((x: Tensor) => mul(x, x), [tensor([1, 2])], [tensor([1, 10])]);
 * t.toArray();   // => [2, 40]
 */
export function jvp<A extends readonly unknown[], Y>(
  f: (...args: A) => Y,
  primals: A,
  tangents: A,
): [value: Y, tangent: Y] {
  checkAlikeTrees("jvp", primals, tangents);
  const dual = new Dual();
  const watched = zipTrees(
    (x, t) => {
      if (x.dtype !== t.dtype || !sameShape(x.shape, t.shape))
        throw new TensorError(
          "jvp",
          `the tangent of ${x.dtype} ${formatShape(x.shape)} is ${t.dtype} ${formatShape(t.shape)}`,
          "give it the shape and dtype of the value",
          [x, t],
        );
      if (!isFloat(x.dtype))
        throw new TensorError(
          "jvp",
          `${show(x)} is ${x.dtype}`,
          "only float64 and float32 have derivatives; cast it, or close over it",
          [x],
        );
      return dual.watch(x, t);
    },
    primals,
    tangents,
  );
  const y = f(...watched);
  checkResult("jvp", y);
  return [
    mapTree((leaf) => dual.dualOf(leaf)?.primal ?? leaf, y, "jvp"),
    mapTree((leaf) => dual.dualOf(leaf)?.tangent ?? zerosLike(leaf), y, "jvp"),
  ];
}
