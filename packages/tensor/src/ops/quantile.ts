/** @file Elements by rank: medians, the k-th smallest, quantiles. */
import { checkNumber, checkOneOf, checkOptions, checkTensor, checkWhole } from "../core/checks.ts";
import { TensorError } from "../core/errors.ts";
import { exact } from "../core/kinds.ts";
import { placeOfRank } from "../core/order.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { reduceAxes } from "../core/reduce.ts";
import { reduceShape, resolveAxes, resolveAxis, type Shape } from "../core/shape.ts";
import type { Reduce, Unknown } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import {
  batchOver,
  checkNotEmpty,
  countOf,
  join,
  type KeepDims,
  keep,
  type Over,
  type Reduction,
  reduction,
} from "./axes.ts";
import { toFloat } from "./broadcast.ts";
import { equal, where } from "./compare.ts";
import type { Found } from "./cumulative.ts";
import { gather } from "./gather.ts";
import { expandDims, reshape, squeeze } from "./shape.ts";
import { sliceAlong, stack } from "./slice.ts";
import { sort } from "./sort.ts";

/** The rank among n elements, 0 for the smallest, that is wanted: `k`, or null for the (lower) middle. */
interface Rank extends Over {
  readonly k: number | null;
  readonly skipNaN: boolean;
}

const placeOfRankOp: Primitive<Rank> = {
  name: "placeOfRank",
  kind: "general",
  shape: ([x], { axes }) => ({ shape: reduceShape(x!.shape, axes, false), dtype: "int32" }),
  run([x], result, { axes, k, skipNaN }) {
    const rankOf = (count: number): number => k ?? (count - 1) >> 1;
    return reduceAxes("placeOfRank", x!, axes, result, placeOfRank(countOf(x!, axes), rankOf, skipNaN));
  },
  vjp: [null],
  jvp: [null],
  batch: batchOver,
  rounding: exact,
};

/** The element of a rank over the axes, and its place in them, each without the axes. */
function ofRank(name: string, x: Tensor, axes: readonly number[], rank: Omit<Rank, "axes">): Found<Unknown> {
  checkNotEmpty(name, x, axes, "an element of a rank");
  const indices = apply(placeOfRankOp, [x], { axes, ...rank });
  return { values: squeeze(gather(join(x, axes), expandDims(indices, -1), indices.rank), -1), indices };
}

/**
 * The median over an axis, several, or all: the element in the middle, the lower one of two (as PyTorch has it; NumPy's
 * is `quantile(x, 0.5)`). NaN where there is one. In linear time.
 *
 * Derivative: to that element, the first of equals.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * median(tensor([[4, 1, 3, 2], [8, 5, 7, 6]]), 1).toArray();   // => [2, 6]
 */
export const median: Reduction = reduction(
  "median",
  (x, axes) => ofRank("median", x, axes, { k: null, skipNaN: false }).values,
);

/**
 * The median over an axis, several, or all, of what is not NaN; NaN where nothing else is.
 *
 * Derivative: to that element, the first of equals.
 * Throws: TensorError for an axis without elements.
 *
 * @example
 * nanmedian(tensor([NaN, 3, 1, 2])).item();   // => 2
 */
export const nanmedian: Reduction = reduction(
  "nanmedian",
  (x, axes) => ofRank("nanmedian", x, axes, { k: null, skipNaN: true }).values,
);

/**
 * The k-th smallest element along an axis (the last), and where it is: of equals, the first; NaN where there is one.
 * k counts from 1, as in PyTorch. In linear time.
 *
 * Derivative: of the value, to where it was found.
 * Throws: TensorError unless k is a whole number from 1 to the extent.
 *
 * @example
 * kthValue(tensor([30, 10, 20]), 2).values.item();   // => 20
 */
export function kthValue<S extends Shape, const A extends number = -1, const K extends boolean = false>(
  x: Tensor<S>,
  k: number,
  axis?: A,
  options: KeepDims<K> = {},
): Found<Reduce<S, A, K>> {
  checkTensor("kthValue", x);
  checkOptions("kthValue", options);
  const axes = [resolveAxis("kthValue", axis ?? -1, x.rank)];
  checkWhole("kthValue", "k", k, 1, x.shape[axes[0]!]);
  const { values, indices } = ofRank("kthValue", x, axes, { k: k - 1, skipNaN: false });
  return options.keepDims ? { values: keep(values, x, axes), indices: keep(indices, x, axes) } : { values, indices };
}

/** Where q lies between two elements: as far as it lies between their ranks, or at one of them, or in their middle. */
export type Interpolation = "linear" | "lower" | "higher" | "nearest" | "midpoint";

const interpolations: Readonly<Record<Interpolation, (part: number, rank: number) => number>> = {
  linear: (part) => part,
  lower: () => 0,
  higher: (part) => Math.ceil(part),
  // Halves to the even rank, as PyTorch and NumPy have it.
  nearest: (part, rank) => (part === 0.5 ? rank % 2 : Math.round(part)),
  midpoint: (part) => (part > 0 ? 0.5 : 0),
};

export interface QuantileOptions {
  readonly interpolation?: Interpolation;
}

/** From low a part of the way to high; between equal infinities there is no way to go. */
const between = (low: Tensor, high: Tensor, part: number): Tensor =>
  add(low, mul(part, where(equal(low, high), 0, sub(high, low)))) as Tensor;

/** The quantile q of the last axis, which is sorted. */
function quantileOfSorted(sorted: Tensor, q: number, interpolation: Interpolation): Tensor {
  if (sorted.size === 0) return reshape(sorted, sorted.shape.slice(0, -1));
  const axis = sorted.rank - 1;
  const last = sorted.shape[axis]! - 1;
  const rank = Math.floor(q * last);
  const part = interpolations[interpolation](q * last - rank, rank);
  const at = (place: number): Tensor => sliceAlong(sorted, axis, place);
  const y = Number.isInteger(part) ? at(rank + part) : between(at(rank), at(rank + 1), part);
  const largest = at(last);
  // NaN is sorted last.
  return where(equal(largest, largest), y, largest);
}

/**
 * The quantile q (from 0 to 1) over an axis, several, or all: the element of rank q·(n − 1), or between the two beside
 * it; whole numbers give float64. NaN where there is one.
 *
 * Shapes: as a reduction; for a list of q, one more axis in front.
 * Derivative: to the elements that it is made of.
 * Throws: TensorError for q outside 0 to 1, an unknown interpolation, or an axis without elements.
 *
 * @example
 * quantile(tensor([1, 2, 3, 4]), 0.5).item();                                       // => 2.5
 * quantile(tensor([1, 2, 3, 4]), [0.25, 0.5], 0, { interpolation: "lower" }).toArray();   // => [1, 2]
 */
export function quantile<
  S extends Shape,
  const A extends number | Shape | undefined = undefined,
  const K extends boolean = false,
>(x: Tensor<S>, q: number, axis?: A, options?: QuantileOptions & KeepDims<K>): Tensor<Reduce<S, A, K>>;
export function quantile(
  x: Tensor,
  q: readonly number[],
  axis?: number | Shape,
  options?: QuantileOptions & KeepDims,
): Tensor;
export function quantile(
  x: Tensor,
  q: number | readonly number[],
  axis?: number | Shape,
  options: QuantileOptions & KeepDims = {},
): Tensor {
  checkTensor("quantile", x);
  checkOptions("quantile", options);
  const { interpolation = "linear", keepDims = false } = options;
  checkOneOf("quantile", "interpolation", interpolation, Object.keys(interpolations));
  const several = Array.isArray(q);
  const qs = (several ? q : [q]) as readonly number[];
  if (qs.length === 0) throw new TensorError("quantile", "the list of q is empty", "give at least one");
  for (const value of qs)
    checkNumber("quantile", "q", value, (n) => n >= 0 && n <= 1, "give a number from 0 to 1, or a list of them");
  const axes = resolveAxes("quantile", axis, x.rank);
  checkNotEmpty("quantile", x, axes, "a quantile");
  const sorted = sort(join(toFloat(x), axes));
  const ys = qs.map((value) => {
    const y = quantileOfSorted(sorted, value, interpolation);
    return keepDims ? keep(y, x, axes) : y;
  });
  return several ? stack(ys) : ys[0]!;
}
