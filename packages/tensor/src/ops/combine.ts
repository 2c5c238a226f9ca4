/** @file Combining with what is at places: products, extremes and means of what is written to one place. */
import { asTensor } from "../core/create.ts";
import { type DType, isFloat } from "../core/dtype.ts";
import { TensorError } from "../core/errors.ts";
import { exact } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { rowMajor, sizeOf } from "../core/shape.ts";
import type { Operand } from "../core/shape-types.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, div, mul } from "./arithmetic.ts";
import { cast } from "./broadcast.ts";
import { equal, maximum } from "./compare.ts";
import { filledOf, gatherOp, scatterAddOp, scatterOp, take, writing, zerosOf } from "./gather.ts";
import { offsetsOf, type Places, placesAlong } from "./places.ts";
import { checkAddable, sourceFor, write } from "./scatter.ts";
import { reshape } from "./shape.ts";
import { concat, slice } from "./slice.ts";

interface Chain {
  readonly places: Places;
  readonly shape: readonly number[];
  readonly backwards: boolean;
}

/**
 * For each of n elements written at places of a tensor of `shape`, the number of the one that was written to the same
 * place before (backwards: will be after) it, or n where there is none; and n for n. Its inputs are the index tensors.
 */
const chainOp: Primitive<Chain> = {
  name: "chain",
  kind: "general",
  shape: (_indices, { places }) => ({ shape: [sizeOf(places.shape) + 1], dtype: "int32" }),
  run(indices, _result, { places, shape, backwards }) {
    const [n, size] = [sizeOf(places.shape), sizeOf(shape)];
    const { head, tail } = offsetsOf(places, indices, shape, { strides: rowMajor(shape), offset: 0 }, size);
    const out = new Int32Array(n + 1).fill(n);
    const latest = new Int32Array(size).fill(n);
    for (let i = 0; i < n; i++) {
      const element = backwards ? n - 1 - i : i;
      const place = head[Math.floor(element / tail.length)]! + tail[element % tail.length]!;
      out[element] = latest[place]!;
      latest[place] = element;
    }
    return out;
  },
  vjp: [null],
  jvp: [null],
  rounding: exact,
};

/**
 * For each element written, the product of all others written to the same place: of those before, and those after, by
 * doubling along the chain of writers. Division would do no good where there are zeros.
 */
function others(x: Tensor, source: Tensor, indices: readonly Tensor[], places: Places): Tensor {
  if (indices.length === 0) return filledOf(source.shape, 1, source.dtype);
  const n = source.size;
  const values = concat([reshape(source, [n]), filledOf([1], 1, source.dtype)]);
  const [before, after] = [false, true].map((backwards) => {
    let link = apply(chainOp, indices, { places, shape: x.shape, backwards });
    let product = take(values, link);
    for (let reach = 1; reach < n - 1; reach *= 2) {
      product = mul(product, take(product, link));
      link = take(link, link);
    }
    return product;
  });
  return reshape(slice(mul(before!, after!), [0, n]), source.shape);
}

/** Combines what is there with each element in turn. */
// @__NO_SIDE_EFFECTS__
const combining = (name: string, f: (a: number, b: number) => number, integer = f) =>
  writing(name, (out, { head, tail }, values, step) => {
    const combine = out instanceof Int32Array ? integer : f;
    for (let h = 0, from = 0; h < head.length; h++) {
      for (let t = 0; t < tail.length; t++, from += step) {
        const place = head[h]! + tail[t]!;
        out[place] = combine(out[place]!, values[from]!);
      }
    }
  });

/** x multiplied by a source at places; inputs are x, the source and the index tensors. */
export const scatterMulOp: Primitive<Places> = {
  ...combining("scatterMul", (a, b) => a * b, Math.imul),
  kind: "general",
  vjp: [
    (ct, _y, [x, source, ...indices], places) => mul(ct, factors(x!, source!, indices, places)),
    (ct, _y, [x, source, ...indices], places) => {
      const rest = others(x!, source!, indices, places);
      return mul(mul(read(ct, indices, places), read(x!, indices, places)), rest);
    },
    null,
  ],
  jvp: [
    (t, _y, [x, source, ...indices], places) => mul(t, factors(x!, source!, indices, places)),
    (t, _y, [x, source, ...indices], places) => {
      const rest = others(x!, source!, indices, places);
      return added(x!, mul(mul(t, read(x!, indices, places)), rest), indices, places);
    },
    null,
  ],
  rounding: ([, source]) => sizeOf(source!.shape),
};

const read = (x: Tensor, indices: readonly Tensor[], places: Places): Tensor =>
  apply(gatherOp, [x, ...indices], places);
/** The sum of what is written to each place of a tensor like x. */
const added = (x: Tensor, source: Tensor, indices: readonly Tensor[], places: Places): Tensor =>
  apply(scatterAddOp, [zerosOf(x.shape, source.dtype), source, ...indices], places);
/** What each element of x is multiplied by. */
const factors = (x: Tensor, source: Tensor, indices: readonly Tensor[], places: Places): Tensor =>
  apply(scatterMulOp, [filledOf(x.shape, 1, x.dtype), source, ...indices], places);

/** The extreme of what is there and what is written; all that equal it share its derivative evenly. */
// @__NO_SIDE_EFFECTS__
function extreme(name: string, f: (a: number, b: number) => number): Primitive<Places> {
  /** The share of x and of the source in the derivative. */
  const shares = (y: Tensor, [x, source, ...indices]: readonly Tensor[], places: Places): [Tensor, Tensor] => {
    const stays = cast(equal(x!, y), y.dtype);
    const wins = cast(equal(source!, read(y, indices, places)), y.dtype);
    // Where there is NaN nothing is equal.
    const count = maximum(add(stays, added(x!, wins, indices, places)), 1);
    return [div(stays, count), div(wins, read(count, indices, places))];
  };
  return {
    ...combining(name, f),
    kind: "general",
    vjp: [
      (ct, y, inputs, places) => mul(ct, shares(y, inputs, places)[0]),
      (ct, y, inputs, places) => mul(read(ct, inputs.slice(2), places), shares(y, inputs, places)[1]),
      null,
    ],
    jvp: [
      (t, y, inputs, places) => mul(t, shares(y, inputs, places)[0]),
      (t, y, inputs, places) => added(inputs[0]!, mul(t, shares(y, inputs, places)[1]), inputs.slice(2), places),
      null,
    ],
    rounding: exact,
  };
}

/** The largest of x and a source at places. */
export const scatterMaxOp = extreme("scatterMax", Math.max);
/** The smallest of x and a source at places. */
export const scatterMinOp = extreme("scatterMin", Math.min);

/** What becomes of several elements that are written to one place. */
export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";

const reductions = {
  sum: { op: scatterAddOp, identity: () => 0 },
  mean: { op: scatterAddOp, identity: () => 0 },
  prod: { op: scatterMulOp, identity: () => 1 },
  amax: { op: scatterMaxOp, identity: (dtype: DType) => smallest(dtype) },
  amin: { op: scatterMinOp, identity: (dtype: DType) => -1 - smallest(dtype) },
} as const;

/** What is no larger than anything of the type; −1 − it is no smaller. */
const smallest = (dtype: DType): number =>
  dtype === "bool" ? 0 : dtype === "int32" ? -(2 ** 31) : Number.NEGATIVE_INFINITY;

/**
 * x combined with the elements of `source` that an index tensor writes to its places along one axis, as PyTorch's
 * `scatter_reduce`: their sum, prod(uct), mean, amax or amin, together with what x has there (`includeSelf`) or without.
 *
 * Shapes: x [a, b, c], index and source [a′, n, c′] with a′ ≤ a and c′ ≤ c, axis 1 → [a, b, c]; source may be a number.
 * Dtype: that of x; a mean of int32 is float64.
 * Derivative: of a product, exact where factors are 0; of an extreme, shared evenly by equal ones; none to the index.
 * Rounding: one for each element, in row-major order of the source.
 * At the edges: what nothing is written to stays.
 * Throws: TensorError for an index that is not int32, does not fit, or points outside, and for a source that does not fit.
 *
 * @example
 * const index = tensor([0, 0, 2], { dtype: "int32" });
 * const source = tensor([2, 3, 4]);
 * scatterReduce(ones([3]), index, source, 0, { reduce: "prod" }).toArray();                       // => [6, 1, 4]
 * scatterReduce(ones([3]), index, source, 0, { reduce: "mean", includeSelf: false }).toArray();   // => [2.5, 1, 4]
 */
export function scatterReduce(
  x: Tensor,
  index: Tensor,
  source: Operand,
  axis: number,
  { reduce, includeSelf = true }: { readonly reduce: ScatterReduction; readonly includeSelf?: boolean },
): Tensor {
  const name = "scatterReduce";
  if (!Object.hasOwn(reductions, reduce))
    throw new TensorError(name, `there is no reduction ${String(reduce)}`, `use ${Object.keys(reductions).join(", ")}`);
  const [given, at] = [asTensor(name, x), asTensor(name, index)];
  const indexed = placesAlong(name, given, at, axis);
  const values = sourceFor(name, given, at, source);
  if (reduce === "sum" || reduce === "mean") checkAddable(name, given);
  const { op, identity } = reductions[reduce];
  if (reduce === "mean" && !isFloat(given.dtype))
    return scatterReduce(cast(given, "float64"), at, cast(values, "float64"), axis, { reduce, includeSelf });
  const fill = (target: Tensor, value: number): Tensor =>
    write(scatterOp, target, filledOf(values.shape, value, target.dtype), indexed);
  const into = includeSelf ? given : fill(given, identity(given.dtype));
  const total = write(op, into, values, indexed);
  if (reduce !== "mean") return total;
  const one = filledOf(given.shape, 1, given.dtype);
  const count = write(scatterAddOp, includeSelf ? one : fill(one, 0), filledOf(values.shape, 1, given.dtype), indexed);
  return div(total, maximum(count, 1));
}
