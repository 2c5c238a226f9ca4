/** @file Losses of outputs whose sign, or whose angle, is what counts. */
import {
  add,
  div,
  equal,
  greater,
  maximum,
  mul,
  neg,
  relu,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  TensorError,
  where,
} from "@deltagrad/tensor";
import {
  checkAlike,
  checkReduction,
  numbers,
  type Reduced,
  type Reduction,
  type ReductionOption,
  reduce,
  signs,
} from "./reduction.ts";

/**
 * max(0, margin − y·x) for each output x and target y, −1 or 1; by default their mean, divided by how many there are.
 *
 * Shapes: outputs and targets of one shape → [], or with "none" as they are.
 * Derivative: −y where the margin is not kept, 0 where it is, also at the kink.
 * Throws: TensorError when the shapes differ, or a target is neither −1 nor 1.
 *
 * @example
 * hinge(tensor([0.5, 3]), tensor([1, -1]), { reduction: "none" }).toArray();   // => [0.5, 4]
 */
export function hinge<const R extends Reduction = "mean">(
  outputs: Tensor,
  targets: Tensor,
  { reduction = "mean" as R, margin = 1 }: ReductionOption<R> & { readonly margin?: number } = {},
): Reduced<R> {
  checkAlike("hinge", outputs, targets);
  checkReduction("hinge", reduction, outputs);
  return reduce(relu(sub(margin, mul(signs("hinge", targets), outputs))) as Tensor, reduction);
}

/**
 * log(1 + e^(−y·x)) for each output x and target y, usually −1 or 1; by default their mean, divided by how many there
 * are.
 *
 * Shapes: outputs and targets of one shape → [], or with "none" as they are.
 * Derivative: −y·σ(−y·x).
 * At the edges: without overflow for any x.
 * Throws: TensorError when the shapes differ, or a target is NaN.
 *
 * @example
 * softMargin(tensor([0, 1000]), tensor([1, -1]), { reduction: "none" }).toArray();   // => [0.6931471805599453, 1000]
 */
export function softMargin<const R extends Reduction = "mean">(
  outputs: Tensor,
  targets: Tensor,
  { reduction = "mean" as R }: ReductionOption<R> = {},
): Reduced<R> {
  checkAlike("softMargin", outputs, targets);
  checkReduction("softMargin", reduction, outputs);
  const excess = neg(mul(numbers("softMargin", targets), outputs)) as Tensor;
  // softplus(u) = u + softplus(−u): where the sigmoid is the small one, so is the error of its slope σ(1 − σ).
  const losses = where(greater(excess, 0), add(excess, softplus(neg(excess))), softplus(excess));
  return reduce(losses as Tensor, reduction);
}

/** x divided by its length along an axis, or by epsilon where it is shorter than that. */
const direction = (x: Tensor, axis: number, epsilon: number): Tensor =>
  div(x, sqrt(maximum(sum(square(x), axis, { keepDims: true }), epsilon * epsilon))) as Tensor;

/**
 * The cosine of the angle between a and b along an axis, from −1 to 1; they broadcast.
 *
 * Shapes: a and b [m, n], axis −1 → [m].
 * Derivative: to a, what b's direction has across a's, divided by a's length.
 * At the edges: a length below epsilon (10⁻⁸) counts as epsilon, so zeros have cosine 0, and no NaN in the derivative;
 * lengths beyond 10¹⁵⁴ (float32: 10¹⁹) overflow.
 *
 * @example
 * cosineSimilarity(tensor([[1, 0], [1, 1]]), tensor([[2, 0], [-3, -3]])).toArray();   // => [1, -1]
 */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  { axis = -1, epsilon = 1e-8 }: { readonly axis?: number; readonly epsilon?: number } = {},
): Tensor {
  if (!(epsilon > 0)) throw new TensorError("cosineSimilarity", `epsilon is ${epsilon}`, "give a number > 0");
  return sum(mul(direction(a, axis, epsilon), direction(b, axis, epsilon)), axis) as Tensor;
}

/**
 * For pairs of vectors, 1 − cos where they belong together (target 1), max(0, cos − margin) where they do not (−1); by
 * default the mean, divided by how many pairs there are.
 *
 * Shapes: a and b [m, n], targets [m] → [], or with "none" [m].
 * Throws: TensorError when the shapes do not fit, or a target is neither −1 nor 1.
 *
 * @example
 * const [a, b] = [tensor([[1, 0], [1, 0]]), tensor([[0, 1], [2, 0]])];
 * cosineEmbedding(a, b, tensor([1, -1]), { reduction: "none" }).toArray();   // => [1, 1]
 */
export function cosineEmbedding<const R extends Reduction = "mean">(
  a: Tensor,
  b: Tensor,
  targets: Tensor,
  { reduction = "mean" as R, margin = 0 }: ReductionOption<R> & { readonly margin?: number } = {},
): Reduced<R> {
  const cosines = cosineSimilarity(a, b);
  checkAlike("cosineEmbedding", cosines, targets);
  checkReduction("cosineEmbedding", reduction, cosines);
  const together = equal(signs("cosineEmbedding", targets), 1) as Tensor;
  return reduce(where(together, sub(1, cosines), relu(sub(cosines, margin))) as Tensor, reduction);
}
