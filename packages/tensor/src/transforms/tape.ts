/** @file The tape as a value of its own: watch, compute, and ask for any derivative. */
import { onesLike } from "../core/create.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { type Cotangents, Recording, type Unreached } from "./recording.ts";

/**
 * A record of what was done to watched tensors, from which any derivative of any of its values can be read, as often
 * as one likes. It is an ordinary value: when nothing refers to it and its tensors any more, it is gone.
 *
 * @example
 * const tape = new Tape();
 * const w = tape.watch(tensor([1, 2]));
 * const z = mul(w, w);
 * const cost = sum(z);
 * tape.gradient(cost, w).toArray();   // => [2, 4]
 * tape.gradient(cost, z).toArray();   // => [1, 1]
 */
export class Tape extends Recording {
  protected override begin(leaf: Tensor): Tensor {
    if (this.placeOf(leaf) !== null) return leaf;
    if (leaf.watched !== null && leaf.watched.trace.level > this.level)
      throw new TensorError(
        "watch",
        `${show(leaf)} is watched by a transform that began after this tape`,
        "make the tape inside of it",
        [leaf],
      );
    return super.begin(leaf);
  }

  /**
   * The derivative of a scalar with respect to any watched tensors or values computed from them: a tree like `targets`.
   *
   * Throws: TensorError when y is no scalar, or does not depend on a target (unless `unreached` is "zeros").
   */
  gradient<T>(y: Tensor, targets: T, options?: Unreached): T {
    if (y.rank !== 0)
      throw new TensorError(
        "gradient",
        `the value to differentiate must be a scalar, got shape ${formatShape(y.shape)}`,
        "sum it, or use pullback with a cotangent",
        [y],
      );
    return this.pullback(y)(targets, options);
  }

  /**
   * One pass backwards from y, from which the cotangent of anything on the tape can then be read.
   *
   * Throws: TensorError when the cotangent (ones, unless given) does not have the shape and dtype of y.
   *
   * @example
   * const tape = new Tape(), w = tape.watch(tensor(3));
   * const bar = tape.pullback(mul(w, w));
   * bar(w).item();   // => 6
   */
  pullback(y: Tensor, ct: Tensor = onesLike(y)): Cotangents {
    return this.pullbackTree(y, ct, "pullback");
  }
}
