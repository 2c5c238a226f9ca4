/** @file Reverse mode: operations remembered in order, and read backwards. */
import { zerosLike } from "../core/create.ts";
import { isFloat } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply, type Primitive, ruleFor } from "../core/primitive.ts";
import { type Layout, sameShape } from "../core/shape.ts";
import { Tensor, type Watched, watchedAs } from "../core/tensor.ts";
import { seenBy, Trace } from "../core/trace.ts";
import { mapLeaves, pathOf, tensorsOf, type Way } from "../core/tree.ts";
import { add } from "../ops/arithmetic.ts";

/** Where a watched tensor stands on its tape. */
interface Place extends Watched {
  readonly primal: Tensor;
  readonly index: number;
}

/** One operation as it was done: on what, with what result, and where its watched inputs stand (−1: not watched). */
interface Entry<P = unknown> {
  readonly op: Primitive<P>;
  readonly inputs: readonly Tensor[];
  readonly params: P;
  readonly y: Tensor;
  readonly parents: readonly number[];
}

/** What to do about something that the result does not depend on: refuse, or say that its derivative is 0. */
export interface Unreached {
  readonly unreached?: "throw" | "zeros";
}

/** Reads any number of cotangents from one pass backwards. */
export type Cotangents = <T>(targets: T, options?: Unreached) => T;

/** A tape with what derivatives of functions need of it: it grows, and is read backwards. */
export class Recording extends Trace {
  /** null where a tensor was watched rather than computed; undefined where it has been given up. */
  private readonly entries: (Entry | null | undefined)[] = [];

  /** How many values are on it. */
  get length(): number {
    return this.entries.length;
  }

  /**
   * The tree with each of its tensors watched: what is computed from the result goes on this tape.
   *
   * Throws: TensorError for tensors that are not float64 or float32: they have no derivative.
   */
  watch<T>(tree: T): T {
    return mapLeaves(
      (leaf, at) => {
        if (!isFloat(leaf.dtype)) {
          const path = pathOf(at);
          const where = path === "" ? show(leaf) : `${path} ${formatShape(leaf.shape)}`;
          throw new TensorError(
            "watch",
            `${where} is ${leaf.dtype}`,
            "only float64 and float32 have derivatives; cast it, or leave it out",
            [leaf],
          );
        }
        return this.begin(leaf);
      },
      tree,
      "watch",
    );
  }

  /** The leaf as the first value of a computation. */
  protected begin(leaf: Tensor): Tensor {
    return this.put(leaf, null);
  }

  override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    // Of their final length at once: an array that grows keeps room for more, and a tape keeps millions of these.
    const parents = new Array<number>(inputs.length);
    const primals = new Array<Tensor>(inputs.length);
    let varies = false;
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i]!;
      const place = this.placeOf(input);
      parents[i] = place !== null && ruleFor(op.vjp, i) !== null ? place.index : -1;
      varies ||= parents[i]! >= 0;
      primals[i] = place === null ? input : place.primal;
    }
    const y = apply(op, primals, params);
    if (!varies) return y;
    const { reads } = op;
    if (reads !== undefined && reads !== "inputs")
      for (let i = 0; i < primals.length; i++)
        if (reads !== "indices" || ruleFor(op.vjp, i) !== null) primals[i] = withoutValue(primals[i]!);
    return this.put(y, {
      op: op as Primitive<unknown>,
      inputs: primals,
      params,
      y: reads === undefined || reads === "output" ? y : withoutValue(y),
      parents,
    });
  }

  /**
   * @internal `pullback` of a whole tree at once, on behalf of `op`, which has seen to it that both trees are alike.
   * Once and no more: what has been read of the tape is given up, and cotangents of watched tensors alone are kept.
   */
  pullbackTree(ys: unknown, cts: unknown, op: string, once = false): Cotangents {
    const outputs = tensorsOf(ys, op);
    const seeds = tensorsOf(cts, op);
    const cotangents: (Tensor | undefined)[] = [];
    outputs.forEach((y, i) => {
      const ct = seeds[i];
      if (ct === undefined || !sameShape(ct.shape, y.shape) || ct.dtype !== y.dtype) {
        const got = ct === undefined ? "nothing" : `${ct.dtype} ${formatShape(ct.shape)}`;
        throw new TensorError(
          op,
          `the cotangent of ${y.dtype} ${show(y)} is ${got}`,
          "give it the shape and dtype of the value",
          [y],
        );
      }
      const place = this.placeOf(y);
      if (place !== null) accumulate(cotangents, place.index, ct);
    });
    this.sweep(cotangents, once);
    return (targets, { unreached = "throw" } = {}) =>
      mapLeaves((target, at) => this.cotangentOf(target, at, cotangents, unreached, op), targets, op);
  }

  /** Visits the entries from the last that has a cotangent to the first. */
  private sweep(cotangents: (Tensor | undefined)[], once: boolean): void {
    for (let index = cotangents.length - 1; index >= 0; index--) {
      const ct = cotangents[index];
      const entry = this.entries[index];
      if (ct === undefined || !entry) continue;
      if (once) this.entries[index] = cotangents[index] = undefined;
      const { op, inputs, params, y, parents } = entry;
      for (let i = 0; i < parents.length; i++) {
        if (parents[i]! >= 0) accumulate(cotangents, parents[i]!, ruleFor(op.vjp, i)!(ct, y, inputs, params, i));
      }
    }
  }

  private cotangentOf(
    target: Tensor,
    at: Way,
    cotangents: readonly (Tensor | undefined)[],
    unreached: "throw" | "zeros",
    op: string,
  ): Tensor {
    const place = this.placeOf(target);
    const ct = place === null ? undefined : cotangents[place.index];
    if (ct !== undefined) return ct;
    if (unreached === "zeros") return zerosLike(target);
    const what = [pathOf(at), show(target)].filter((part) => part !== "").join(" ");
    throw new TensorError(
      op,
      place === null ? `${what} is not watched by this tape` : `the result does not depend on ${what}`,
      place === null ? "watch it before it is used" : 'leave it out, or pass { unreached: "zeros" }',
      [target],
    );
  }

  private put(primal: Tensor, entry: Entry | null): Tensor {
    const place: Place = { trace: this, primal, index: this.entries.length };
    this.entries.push(entry);
    return watchedAs(primal, place);
  }

  protected placeOf(x: Tensor): Place | null {
    return (seenBy(this, x)?.watched as Place | undefined) ?? null;
  }
}

function accumulate(cotangents: (Tensor | undefined)[], index: number, ct: Tensor): void {
  const before = cotangents[index];
  cotangents[index] = before === undefined ? ct : add(before, ct);
}

const nowhere: Layout = { strides: [], offset: 0 };

/** Values of this size and less cost no more than a stand-in. */
const SMALL = 8;

/** The shape and dtype of x, for a rule that reads no more. */
const withoutValue = (x: Tensor): Tensor => (x.size <= SMALL ? x : new Tensor(x, null, nowhere, null));
