/** @file What losses have in common: how the elements become one number, and which targets are refused. */
import { broadcastTo, div, mul, type Operand, type Shape, sum, Tensor, TensorError } from "@deltagrad/tensor";
import { apply, contiguous, exact, type Primitive, sameShape } from "@deltagrad/tensor/extend";

/**
 * "none": an element each; "sum": their sum; "mean": divided by how many there are; "batchMean": divided by the extent
 * of the first axis, the number of examples. Of nothing, a sum is 0 and a mean NaN.
 */
export type Reduction = "none" | "sum" | "mean" | "batchMean";

export interface ReductionOption<R extends Reduction> {
  readonly reduction?: R;
}

/** One number, or with "none" as many as there were. */
export type Reduced<R extends Reduction> = R extends "none" ? Tensor : Tensor<readonly []>;

const reductions: readonly string[] = ["none", "sum", "mean", "batchMean"] satisfies Reduction[];

const bracketed = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Throws unless the reduction is one of ours and there are examples to divide by. */
export function checkReduction(op: string, reduction: Reduction, x: Tensor): void {
  if (!reductions.includes(reduction))
    throw new TensorError(op, `reduction is ${JSON.stringify(reduction)}`, `use ${reductions.join(", ")}`);
  if (reduction === "batchMean" && x.rank === 0)
    throw new TensorError(op, "batchMean of a scalar", "give [examples, …], or another reduction", [x]);
}

/** `count`: what a mean divides by, if not how many there are. */
export function reduce<R extends Reduction>(losses: Tensor, reduction: R, count?: Operand): Reduced<R> {
  if (reduction === "none") return losses as Reduced<R>;
  const total = sum(losses) as Tensor;
  if (reduction === "sum") return total as Reduced<R>;
  return div(total, reduction === "mean" ? (count ?? losses.size) : losses.shape[0]!) as Reduced<R>;
}

/** Throws unless all are tensors. */
export function checkTensors(op: string, ...xs: readonly unknown[]): void {
  for (const x of xs)
    if (!(x instanceof Tensor))
      throw new TensorError(
        op,
        `expected a tensor, got ${Array.isArray(x) ? "an array" : typeof x}`,
        "wrap data with tensor(…)",
      );
}

/** Throws unless outputs and targets are tensors of one shape. */
export function checkAlike(op: string, outputs: Tensor, targets: Tensor): void {
  checkTensors(op, outputs, targets);
  if (!sameShape(outputs.shape, targets.shape))
    throw new TensorError(
      op,
      `outputs ${bracketed(outputs.shape)} and targets ${bracketed(targets.shape)}`,
      "give both in one shape",
      [outputs, targets],
    );
}

/** Losses times weights that broadcast to them. */
export function weighted(op: string, losses: Tensor, name: string, weight: Tensor | undefined): Tensor {
  if (weight === undefined) return losses;
  checkTensors(op, weight);
  const missing = losses.rank - weight.rank;
  if (missing < 0 || !weight.shape.every((n, axis) => n === 1 || n === losses.shape[axis + missing]))
    throw new TensorError(
      op,
      `${name} ${bracketed(weight.shape)} for losses ${bracketed(losses.shape)}`,
      "its extents are 1 or theirs, counted from the last axis",
      [weight, losses],
    );
  return mul(losses, broadcastTo(weight, losses.shape)) as Tensor;
}

/** The values that are taken: from `low` to `high`, with `ends` these two only, NaN only with `nan`. */
interface Range {
  readonly op: string;
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly nan?: boolean;
  readonly ends?: boolean;
  readonly advice: string;
}

function checkWithin(x: Tensor, { op, name, low, high, nan = false, ends = false, advice }: Range): void {
  const values = contiguous(op, x);
  // In one loop what is most common, without a call for each element; then all there is to be refused or not.
  let inside = !ends;
  for (let i = 0; inside && i < values.length; i++) inside = values[i]! >= low && values[i]! <= high;
  if (inside) return;
  const taken = (value: number): boolean =>
    Number.isNaN(value) ? nan : value === low || value === high || (!ends && value > low && value < high);
  const bad = values.findIndex((value) => !taken(value));
  if (bad >= 0)
    throw new TensorError(op, `${name} ${values[bad]} (element ${bad} of ${bracketed(x.shape)})`, advice, [x]);
}

/** Derivatives pass through unlooked at. */
const withinOp: Primitive<Range> = {
  name: "within",
  kind: "linear",
  reads: "nothing",
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  run([x], _result, range) {
    checkWithin(x!, range);
    return contiguous(range.op, x!).slice();
  },
  view(x, _result, range) {
    checkWithin(x, range);
    return x;
  },
  vjp: [(ct) => ct],
  jvp: [(t) => t],
  batch: (params) => params,
  // Other arithmetics have other numbers: they take it for what it is.
  formula: ([x]) => x!,
  rounding: exact,
};

/** x as it is, once its values have been looked at: now, and whenever a recorded graph is replayed. */
export const within = (x: Tensor, range: Range): Tensor => apply(withinOp, [x], range);

/** Targets without NaN: what a loss has no answer to. */
export const numbers = (op: string, targets: Tensor): Tensor =>
  within(targets, {
    ...{ op, name: "target", low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    advice: "a target must be a number: leave out what is unknown",
  });

/** Targets that are probabilities. */
export const probabilities = (op: string, targets: Tensor): Tensor =>
  within(targets, { op, name: "target", low: 0, high: 1, advice: "targets are probabilities, 0 to 1" });

/** Targets that say which of two. */
export const signs = (op: string, targets: Tensor): Tensor =>
  within(targets, { op, name: "target", low: -1, high: 1, ends: true, advice: "targets are −1 or 1" });
