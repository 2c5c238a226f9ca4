/** @file Losses of outputs that are numbers: by how much they miss. */
import { abs, div, maximum, minimum, mul, square, sub, type Tensor, TensorError } from "@deltagrad/tensor";
import {
  checkAlike,
  checkReduction,
  numbers,
  type Reduced,
  type Reduction,
  type ReductionOption,
  reduce,
} from "./reduction.ts";

/** y − x, checked. */
function errors(op: string, outputs: Tensor, targets: Tensor, reduction: Reduction): Tensor {
  checkAlike(op, outputs, targets);
  checkReduction(op, reduction, outputs);
  return sub(outputs, numbers(op, targets)) as Tensor;
}

/**
 * The square of each error; by default their mean, divided by how many there are.
 *
 * Shapes: outputs and targets of one shape → [], or with "none" as they are.
 * Derivative: twice the error, divided as the loss is.
 * Throws: TensorError when the shapes differ, or a target is NaN.
 *
 * @example
 * mse(tensor([1, 2]), tensor([1, 4])).item();   // => 2
 */
export function mse<const R extends Reduction = "mean">(
  outputs: Tensor,
  targets: Tensor,
  { reduction = "mean" as R }: ReductionOption<R> = {},
): Reduced<R> {
  return reduce(square(errors("mse", outputs, targets, reduction)) as Tensor, reduction);
}

/**
 * The size of each error; by default their mean, divided by how many there are.
 *
 * Shapes: outputs and targets of one shape → [], or with "none" as they are.
 * Derivative: the sign of the error, 0 at 0, divided as the loss is.
 * Throws: TensorError when the shapes differ, or a target is NaN.
 *
 * @example
 * mae(tensor([1, 2]), tensor([1, 4])).item();   // => 1
 */
export function mae<const R extends Reduction = "mean">(
  outputs: Tensor,
  targets: Tensor,
  { reduction = "mean" as R }: ReductionOption<R> = {},
): Reduced<R> {
  return reduce(abs(errors("mae", outputs, targets, reduction)) as Tensor, reduction);
}

/** ½d² up to |d| = limit, then a straight line with the slope it has there. */
function rounded(error: Tensor, limit: number): Tensor {
  const cut = maximum(minimum(error, limit), -limit) as Tensor;
  return mul(cut, sub(error, mul(0.5, cut))) as Tensor;
}

/**
 * ½d² for an error d up to delta, delta·(|d| − ½delta) beyond; by default their mean, divided by how many there are.
 *
 * Shapes: outputs and targets of one shape → [], or with "none" as they are.
 * Derivative: the error, but no more than ±delta; the second is ½ where |d| = delta.
 * Throws: TensorError when the shapes differ, a target is NaN, or delta is not above 0.
 * Source: Huber, Robust Estimation of a Location Parameter (1964).
 *
 * @example
 * huber(tensor([1, 4]), tensor([0, 0]), { reduction: "none" }).toArray();   // => [0.5, 3.5]
 */
export function huber<const R extends Reduction = "mean">(
  outputs: Tensor,
  targets: Tensor,
  { reduction = "mean" as R, delta = 1 }: ReductionOption<R> & { readonly delta?: number } = {},
): Reduced<R> {
  if (!(delta > 0 && delta < Number.POSITIVE_INFINITY))
    throw new TensorError("huber", `delta is ${delta}`, "give a finite number > 0; mse is the limit of large ones");
  return reduce(rounded(errors("huber", outputs, targets, reduction), delta), reduction);
}

/**
 * ½d²/beta for an error d up to beta, |d| − ½beta beyond: huber divided by beta; for beta = 0 the size of the error.
 * By default their mean, divided by how many there are.
 *
 * Shapes: outputs and targets of one shape → [], or with "none" as they are.
 * Derivative: the error / beta, but no more than ±1.
 * Throws: TensorError when the shapes differ, a target is NaN, or beta is below 0.
 * Source: Girshick, Fast R-CNN (2015), eq 3 (with beta = 1).
 *
 * @example
 * smoothL1(tensor([1, 4]), tensor([0, 0]), { beta: 2, reduction: "none" }).toArray();   // => [0.25, 3]
 */
export function smoothL1<const R extends Reduction = "mean">(
  outputs: Tensor,
  targets: Tensor,
  { reduction = "mean" as R, beta = 1 }: ReductionOption<R> & { readonly beta?: number } = {},
): Reduced<R> {
  if (!(beta >= 0 && beta < Number.POSITIVE_INFINITY))
    throw new TensorError("smoothL1", `beta is ${beta}`, "give a finite number ≥ 0");
  const error = errors("smoothL1", outputs, targets, reduction);
  return reduce((beta === 0 ? abs(error) : div(rounded(error, beta), beta)) as Tensor, reduction);
}
