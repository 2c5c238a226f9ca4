/** @file The running rounding bound: a watcher that carries, beside each value, how far it may be from exact. */

import { zeros, zerosLike } from "../core/create.ts";
import { isFloat } from "../core/dtype.ts";
import { TensorError } from "../core/errors.ts";
import { apply, type Primitive, ruleFor } from "../core/primitive.ts";
import { type Tensor, type Watched, watchedAs } from "../core/tensor.ts";
import { seenBy, Trace, watchingAll } from "../core/trace.ts";
import { mapTree } from "../core/tree.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { broadcastTo, cast } from "../ops/broadcast.ts";
import { equal, where } from "../ops/compare.ts";
import { max } from "../ops/extremes.ts";
import { abs } from "../ops/piecewise.ts";

/** The unit roundoff: half the distance from 1 to the next number. */
const UNIT = { float64: 2 ** -53, float32: 2 ** -24 } as const;

/** Added for each result: what a product that underflows may have lost. */
const SMALLEST = { float64: 2 ** -1074, float32: 2 ** -149 } as const;

interface Bounded extends Watched {
  readonly primal: Tensor;
  readonly bound: Tensor;
}

class Bounds extends Trace {
  /** What was given a name on the way, with its bound. */
  readonly labels = new Map<string, Bounded>();

  /** It sees all: what is computed from constants alone is rounded too. Its own arithmetic it does not see. */
  override handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    return watchingAll(null, () => this.bounded(op, inputs, params));
  }

  override named(x: Tensor, label: string): void {
    this.labels.set(label, x.watched as Bounded);
  }

  private bounded<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    const primals = inputs.map((input) => this.boundedOf(input)?.primal ?? input);
    const y = apply(op, primals, params);
    if (!isFloat(y.dtype)) return y;
    if (op.formula !== undefined && (op.kind === "general" || !Number.isFinite(op.rounding(primals, params))))
      return this.byFormula(
        y,
        watchingAll(this, () => op.formula!(inputs, params)),
      );
    const errors = inputs.map((input) => this.boundedOf(input)?.bound ?? null);
    return this.watch(y, add(propagated(op, y, primals, errors, params), rounded(op, y, primals, params)));
  }

  /** A value that was computed otherwise than its formula says: it is off by that, besides what the formula is. */
  private byFormula(y: Tensor, again: Tensor): Tensor {
    const { primal, bound } = this.boundedOf(again) ?? { primal: again, bound: zerosLike(again) };
    return this.watch(y, add(where(equal(primal, y), zerosLike(y), abs(sub(primal, y))), bound));
  }

  watch(primal: Tensor, bound: Tensor): Tensor {
    const bounded: Bounded = { trace: this, primal, bound };
    return watchedAs(primal, bounded);
  }

  boundedOf(x: Tensor): Bounded | null {
    return (seenBy(this, x)?.watched as Bounded | undefined) ?? null;
  }
}

const sumOf = (parts: readonly Tensor[]): Tensor => parts.reduce((a, b) => add(a, b));

/** What errors of the inputs (null: exact) make of the result, by the kind of the operation. */
function propagated<P>(
  op: Primitive<P>,
  y: Tensor,
  inputs: readonly Tensor[],
  errors: readonly (Tensor | null)[],
  params: P,
): Tensor {
  const count = op.rounding(inputs, params);
  if (op.kind === "general" || !Number.isFinite(count)) {
    if (count > 0)
      throw new TensorError(
        "roundingBound",
        `there is no bound for ${op.name}`,
        "use operations that are pointwise, linear or bilinear, only move values, or have a formula",
      );
    return largestOf(errors, y);
  }
  if (op.kind === "bilinear") {
    const [a, b] = inputs as [Tensor, Tensor];
    const [da, db] = errors;
    const times = (x: Tensor, z: Tensor): Tensor => apply(op, [x, z], params);
    return sumOf([
      zerosLike(y),
      ...(da ? [times(da, abs(b))] : []),
      ...(db ? [times(abs(a), db)] : []),
      ...(da && db ? [times(da, db)] : []),
    ]);
  }
  const parts = errors.flatMap((error, i) => (error === null ? [] : [throughInput(op, y, inputs, error, params, i)]));
  return sumOf([zerosLike(y), ...parts]);
}

/** Values that are moved by choice (an extreme, a sorted order) move no further than the one that moves most. */
function largestOf(errors: readonly (Tensor | null)[], y: Tensor): Tensor {
  const largest = errors.flatMap((error) => (error === null || error.size === 0 ? [] : [cast(max(error), y.dtype)]));
  return broadcastTo(sumOf([zeros([], { dtype: y.dtype }), ...largest]), y.shape);
}

/** What the error of one input makes of the result. */
function throughInput<P>(
  op: Primitive<P>,
  y: Tensor,
  inputs: readonly Tensor[],
  error: Tensor,
  params: P,
  i: number,
): Tensor {
  // A kink may lie between the computed and the exact input: its slopes bound the change, not the one taken.
  if (op.lipschitz !== undefined) return mul(op.lipschitz, error);
  const rule = ruleFor(op.jvp, i);
  // A linear operation of one input (stopGradient has no tangent, but its value has an error).
  if (rule === null) return op.kind === "linear" ? apply(op, [error], params) : zerosLike(y);
  // A diagonal Jacobian, or one without negative coefficients: |∂f/∂x|·Δx is the tangent's own magnitude. Where
  // Δx = 0 it is 0, though ∂f/∂x be infinite.
  const part = abs(rule(error, y, inputs, params, i));
  return op.kind === "pointwise" ? where(equal(error, 0), zerosLike(part), part) : part;
}

/** What the operation itself rounds. */
function rounded<P>(op: Primitive<P>, y: Tensor, inputs: readonly Tensor[], params: P): Tensor {
  const count = op.kind === "general" ? 0 : op.rounding(inputs, params);
  if (count === 0) return zerosLike(y);
  const unit = UNIT[y.dtype as keyof typeof UNIT];
  // γ = n·u / (1 − n·u) covers the products of n factors 1 + u.
  const gamma = (count * unit) / (1 - count * unit);
  const terms =
    op.kind === "pointwise"
      ? abs(y)
      : apply(
          op,
          inputs.map((x) => (isFloat(x.dtype) ? abs(x) : x)),
          params,
        );
  return add(mul(gamma, terms), count * SMALLEST[y.dtype as keyof typeof SMALLEST]);
}

/**
 * The function that returns f's result and, beside each number of it, a bound on how far rounding may have taken it
 * from the exact result for the same (exact) arguments. What f computes from constants alone counts too; the constants
 * themselves are exact. The bound runs along with the computation; it holds for any
 * order in which sums are taken, so it serves for another program of the same formula too.
 *
 * Branches (comparisons, where, sign, casts to whole numbers) are bounded as they were taken: a value within its own
 * bound of a branch point may belong on the other side.
 * Accuracy: first order in u = 2⁻⁵³ where f is not linear; sums of n terms count n − 1 roundings of Σ|terms|.
 * Throws: TensorError for an operation that is neither pointwise, linear nor bilinear, computes, and has no formula.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), chapter 3.
 *
 * @example
 * const [y, bound] = roundingBound((x: Tensor) => sum(x))(tensor([0.1, 0.2, 0.3]));
 * Math.abs(y.item() - 0.6) <= bound.item();   // => true
 */
export function roundingBound<A extends readonly unknown[], Y>(
  f: (...args: A) => Y,
): (...args: A) => [value: Y, bound: Y] {
  return (...args) => {
    const { value, bound } = boundEverything(f, args);
    return [value, bound];
  };
}

/** The result and its bounds, and those of all that was given a name on the way. */
export function boundEverything<A extends readonly unknown[], Y>(
  f: (...args: A) => Y,
  args: A,
): { readonly value: Y; readonly bound: Y; readonly labels: ReadonlyMap<string, { primal: Tensor; bound: Tensor }> } {
  const bounds = new Bounds();
  const watched = mapTree(
    (leaf) => (isFloat(leaf.dtype) ? bounds.watch(leaf, zerosLike(leaf)) : leaf),
    args,
    "roundingBound",
  ) as A;
  const y = watchingAll(bounds, () => f(...watched));
  return {
    value: mapTree((leaf) => bounds.boundedOf(leaf)?.primal ?? leaf, y),
    bound: mapTree((leaf) => bounds.boundedOf(leaf)?.bound ?? zerosLike(leaf), y),
    labels: bounds.labels,
  };
}
