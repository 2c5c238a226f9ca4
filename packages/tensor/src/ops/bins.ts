/** @file Finding places in what is sorted, and counting what falls where. */

import { checkOneOf, checkOptions, checkTensor, checkWhole } from "../core/checks.ts";
import { asTensor, ones, tensor, zeros } from "../core/create.ts";
import { allocate, type Storage } from "../core/dtype.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { linspace } from "../core/grids.ts";
import { exact } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { item } from "../core/reading.ts";
import { sameShape, sizeOf } from "../core/shape.ts";
import type { Operand, ShapeOf } from "../core/shape-types.ts";
import { contiguous, Tensor } from "../core/tensor.ts";
import { div, mul, sub } from "./arithmetic.ts";
import { cast, sum, toFloat } from "./broadcast.ts";
import { equal, where } from "./compare.ts";
import { max, min } from "./extremes.ts";
import { gather } from "./gather.ts";
import { scatterAdd } from "./scatter.ts";
import { reshape } from "./shape.ts";
import { slice } from "./slice.ts";

/** How many elements of a sorted run come before `value`: those below it, or (`right`) those not above it. */
function bisect(data: Storage, start: number, count: number, value: number, right: boolean): number {
  // NaN comes after all numbers, as in `sort`.
  if (Number.isNaN(value)) return right ? count : bisect(data, start, count, Number.POSITIVE_INFINITY, true);
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    const element = data[start + middle]!;
    if (right ? element <= value : element < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Search {
  readonly right: boolean;
  /** How many leading axes the sorted runs and the values share. */
  readonly lead: number;
}

const searchOp: Primitive<Search> = {
  name: "searchSorted",
  kind: "general",
  shape: ([, values]) => ({ shape: values!.shape, dtype: "int32" }),
  run([sorted, values], result, { right, lead }) {
    const [runs, wanted] = [contiguous("searchSorted", sorted!), contiguous("searchSorted", values!)];
    const out = allocate("int32", sizeOf(result.shape), "searchSorted");
    const extent = sorted!.shape[lead]!;
    const each = sizeOf(values!.shape.slice(lead));
    for (let i = 0; i < out.length; i++) {
      const run = Math.floor(i / each);
      out[i] = bisect(runs, run * extent, extent, wanted[i]!, right);
    }
    return out;
  },
  vjp: [null],
  jvp: [null],
  batch: (params) => ({ ...params, lead: params.lead + 1 }),
  rounding: exact,
};

export interface SearchOptions {
  /** Before equal elements ("left", unless told) or after them ("right"). */
  readonly side?: "left" | "right";
  /** Where `sorted` is not: the order that sorts it, from `argsort`. */
  readonly sorter?: Tensor;
}

/**
 * Where values would stand in what is sorted in ascending order: before which element of `sorted`, int32. With
 * side "right" this tells bins apart, as NumPy's digitize.
 *
 * Shapes: sorted [n], values of any shape → that shape; or a run for each row: sorted [a, n], values [a, m] → [a, m].
 * Derivative: none.
 * At the edges: NaN comes after all numbers. What is not sorted gives places without a meaning: it is not looked at.
 * Throws: TensorError when leading axes differ, or for an unknown side.
 *
 * @example
 * searchSorted(tensor([1, 3, 3, 5]), tensor([3, 4, 9])).toArray();                       // => [1, 3, 4]
 * searchSorted(tensor([1, 3, 3, 5]), tensor([3, 4, 9]), { side: "right" }).toArray();    // => [3, 3, 4]
 */
export function searchSorted<V extends Operand>(
  sorted: Tensor,
  values: V,
  options: SearchOptions = {},
): Tensor<ShapeOf<V>> {
  checkTensor("searchSorted", sorted);
  checkOptions("searchSorted", options);
  const { side = "left", sorter } = options;
  checkOneOf("searchSorted", "side", side, ["left", "right"]);
  const wanted: Tensor = asTensor("searchSorted", values);
  const lead = sorted.rank - 1;
  const fits =
    lead === 0 || (wanted.rank === sorted.rank && sameShape(wanted.shape.slice(0, lead), sorted.shape.slice(0, lead)));
  if (lead < 0 || !fits)
    throw new TensorError(
      "searchSorted",
      `there is no place for ${show(wanted)} in ${show(sorted)}`,
      "give one sorted run [n], or one for each row of the values: [a, n] and [a, m]",
      [sorted, wanted],
    );
  if (sorter !== undefined) checkSorter(sorter, sorted);
  const runs = sorter === undefined ? sorted : gather(sorted, sorter, lead);
  return apply(searchOp, [runs, wanted], { right: side === "right", lead });
}

function checkSorter(sorter: Tensor, sorted: Tensor): void {
  checkTensor("searchSorted", sorter);
  if (sorter.dtype !== "int32" || !sameShape(sorter.shape, sorted.shape))
    throw new TensorError(
      "searchSorted",
      `the sorter is ${sorter.dtype} ${show(sorter)} beside ${show(sorted)}`,
      "give the int32 places that argsort gives",
      [sorter, sorted],
    );
}

/** Adds the weights (or ones) of each bin. */
function addUp(places: Tensor, bins: number, weights: Tensor | undefined): Tensor {
  const given = weights ?? ones(places.shape, { dtype: "int32" });
  const added = given.dtype === "bool" ? cast(given, "int32") : given;
  return scatterAdd(zeros([bins], { dtype: added.dtype }), places, added, 0);
}

function checkWeights(op: string, weights: Tensor | undefined, x: Tensor): void {
  if (weights === undefined) return;
  checkTensor(op, weights);
  if (!sameShape(weights.shape, x.shape))
    throw new TensorError(
      op,
      `the weights are ${show(weights)} beside ${show(x)}`,
      "give one number for each element",
      [weights, x],
    );
}

export interface BincountOptions {
  /** What to add for each element instead of 1. */
  readonly weights?: Tensor;
  /** The least length of the result, which is else the largest element + 1. */
  readonly minLength?: number;
}

/**
 * How often each of 0, 1, 2, … occurs in whole numbers ≥ 0: int32; or the sum of the weights there, in their dtype.
 *
 * Shapes: [n] → [largest + 1], or minLength.
 * Derivative: to the weights.
 * Throws: TensorError unless x is int32 [n] without negative numbers; while a graph is recorded: the shape depends on
 * values.
 *
 * @example
 * bincount(tensor([1, 3, 1], { dtype: "int32" })).toArray();                              // => [0, 2, 0, 1]
 * bincount(tensor([0, 0], { dtype: "int32" }), { weights: tensor([0.5, 2]) }).toArray();  // => [2.5]
 */
export function bincount(x: Tensor, options: BincountOptions = {}): Tensor<readonly [number]> {
  checkTensor("bincount", x);
  checkOptions("bincount", options);
  const { weights, minLength = 0 } = options;
  checkWhole("bincount", "minLength", minLength, 0);
  if (x.rank !== 1 || x.dtype !== "int32")
    throw new TensorError("bincount", `${show(x)} is ${x.dtype}`, "give whole numbers in one axis: int32 [n]", [x]);
  checkWeights("bincount", weights, x);
  let length = minLength;
  for (const value of contiguous("bincount", x)) {
    if (value < 0) throw new TensorError("bincount", `${show(x)} has ${value} in it`, "count whole numbers ≥ 0", [x]);
    length = Math.max(length, value + 1);
  }
  return addUp(x, length, weights);
}

export interface HistogramOptions {
  /** How many bins of one width (10), or their edges in ascending order. */
  readonly bins?: number | readonly number[] | Tensor;
  /** Where the first bin begins and the last one ends: from the smallest to the largest element unless told. */
  readonly range?: readonly [low: number, high: number];
  /** What to add for each element instead of 1. */
  readonly weights?: Tensor;
  /** Divide by the sum and by the width of the bin, so that the whole has area 1. */
  readonly density?: boolean;
}

export interface Histogram {
  /** int32; in the weights' dtype if there are any; for a density a float. */
  readonly counts: Tensor;
  /** One more than there are bins. */
  readonly edges: Tensor<readonly [number]>;
}

/**
 * How many elements fall into each bin, as NumPy's `histogram`. A bin holds its lower edge and not its upper one, but
 * the last holds both; what lies outside, and NaN, is not counted.
 *
 * Derivative: of the counts, to the weights.
 * At the edges: where all elements are equal, the range is half to each side of them; of nothing, it is 0 to 1.
 * Throws: TensorError when there is no bin, edges do not ascend, or the range (or what it is taken from) is not finite.
 *
 * @example
 * const { counts, edges } = histogram(tensor([1, 2, 1, 4]), { bins: 3 });
 * counts.toArray();   // => [2, 1, 1]
 * edges.toArray();    // => [1, 2, 3, 4]
 */
export function histogram(x: Tensor, options: HistogramOptions = {}): Histogram {
  checkTensor("histogram", x);
  checkOptions("histogram", options);
  const { bins = 10, range, weights, density = false } = options;
  checkWeights("histogram", weights, x);
  const edges = edgesOf(x, bins, range);
  const last = edges.shape[0]! - 1;
  // Places 1 … last are the bins; 0 and last + 1 are outside.
  const after = searchSorted(edges, x, { side: "right" });
  const places = where(equal(x, slice(edges, -1)), last, after) as Tensor;
  const flat = (y: Tensor): Tensor => reshape(y, [y.size]);
  const all = addUp(flat(places), last + 2, weights && flat(weights));
  const counts = slice(all, [1, -1]);
  return { counts: density ? densityOf(counts, edges) : counts, edges };
}

function densityOf(counts: Tensor, edges: Tensor): Tensor {
  const floats = toFloat(counts);
  const widths = cast(sub(slice(edges, [1]), slice(edges, [0, -1])) as Tensor, floats.dtype);
  return div(floats, mul(widths, sum(floats) as Tensor)) as Tensor;
}

type Edges = Tensor<readonly [number]>;

function edgesOf(
  x: Tensor,
  bins: number | readonly number[] | Tensor,
  range: readonly [low: number, high: number] | undefined,
): Edges {
  if (bins instanceof Tensor || Array.isArray(bins)) return checkedEdges(bins as Tensor | readonly number[], range);
  checkWhole("histogram", "bins", bins, 1);
  const edges = (bins as number) + 1;
  const [low, high] = range === undefined ? rangeOf(x) : checkedRange(range);
  return low === high ? linspace(low - 0.5, high + 0.5, edges) : linspace(low, high, edges);
}

function rangeOf(x: Tensor): readonly [low: number, high: number] {
  if (x.size === 0) return [0, 1];
  const [low, high] = [item(min(x)), item(max(x))];
  if (!Number.isFinite(high - low))
    throw new TensorError("histogram", `${show(x)} goes from ${low} to ${high}`, "give a finite range", [x]);
  return [low, high];
}

function checkedRange(range: readonly [low: number, high: number]): readonly [low: number, high: number] {
  const [low, high] = Array.isArray(range) ? range : [];
  if (!Number.isFinite(high! - low!) || low! > high! || range.length !== 2)
    throw new TensorError(
      "histogram",
      `the range is ${formatShape([range].flat())}`,
      "give [low, high], finite and in order",
    );
  return range;
}

function checkedEdges(bins: Tensor | readonly number[], range: unknown): Edges {
  const edges: Tensor = bins instanceof Tensor ? bins : (tensor(bins) as Tensor);
  if (range !== undefined)
    throw new TensorError("histogram", "the bins are edges, and there is a range besides", "leave out the range");
  const values = contiguous("histogram", edges);
  if (edges.rank !== 1 || values.length < 2 || values.some((edge, i) => !(i === 0 || edge >= values[i - 1]!)))
    throw new TensorError(
      "histogram",
      `the edges ${show(edges)} do not ascend`,
      "give two numbers or more in one axis",
      [edges],
    );
  return edges;
}
