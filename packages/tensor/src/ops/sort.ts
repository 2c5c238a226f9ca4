/** @file Sorting: one operation finds the order, and what is sorted is gathered by it, so that derivatives follow. */
import { checkOptions, checkTensor, checkWhole } from "../core/checks.ts";
import { allocate } from "../core/dtype.ts";
import { exact } from "../core/kinds.ts";
import { eachLane, packed } from "../core/lanes.ts";
import { orderOf } from "../core/order.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { resolveAxis, type Shape, sizeOf } from "../core/shape.ts";
import { type Tensor, valuesOf } from "../core/tensor.ts";
import { batchOn, type On } from "./axes.ts";
import type { Found } from "./cumulative.ts";
import { gather } from "./gather.ts";

interface Order extends On {
  /** How many, from the first in order. */
  readonly count: number;
  readonly descending: boolean;
}

const argsortOp: Primitive<Order> = {
  name: "argsort",
  kind: "general",
  shape: ([x], { axis, count }) => ({
    shape: x!.shape.map((extent, i) => (i === axis ? count : extent)),
    dtype: "int32",
  }),
  run([x], result, { axis, count, descending }) {
    const data = valuesOf("argsort", x!);
    const out = allocate("int32", sizeOf(result.shape), "argsort");
    const layout = packed(result.shape);
    const [from, to] = [x!.strides[axis]!, layout.strides[axis]!];
    const order = orderOf(x!.shape[axis]!, count, descending);
    eachLane(x!.shape, axis, [x!, layout], (start, first) => {
      const places = order(data, start, from);
      for (let i = 0; i < count; i++) out[first + i * to] = places[i]!;
    });
    return out;
  },
  vjp: [null],
  jvp: [null],
  batch: batchOn,
  rounding: exact,
};

export interface SortOptions {
  /** From the largest to the smallest. */
  readonly descending?: boolean;
}

const orderNamed = (name: string, x: Tensor, axis: number, options: SortOptions): [order: Tensor, axis: number] => {
  checkTensor(name, x);
  checkOptions(name, options);
  const place = resolveAxis(name, axis, x.rank);
  const params = { axis: place, count: x.shape[place]!, descending: options.descending ?? false };
  return [apply(argsortOp, [x], params), place];
};

/**
 * The places of the elements in ascending order along an axis (the last), or descending: int32.
 *
 * Derivative: none.
 * At the edges: equal elements keep their order, either way (the sort is stable); NaN counts as the largest: last,
 * or first when descending.
 *
 * @example
 * argsort(tensor([3, 1, 2])).toArray();                             // => [1, 2, 0]
 * argsort(tensor([1, NaN, 1]), 0, { descending: true }).toArray();  // => [1, 0, 2]
 */
export const argsort = <S extends Shape>(x: Tensor<S>, axis = -1, options: SortOptions = {}): Tensor<S> =>
  orderNamed("argsort", x, axis, options)[0];

/**
 * The elements in ascending order along an axis (the last), or descending.
 *
 * Derivative: the cotangent, put back where the elements came from.
 * At the edges: as argsort; NaN is last, or first when descending.
 *
 * @example
 * sort(tensor([[3, 1, 2], [6, 5, 4]])).toArray();             // => [[1, 2, 3], [4, 5, 6]]
 * sort(tensor([3, 1, 2]), 0, { descending: true }).toArray();  // => [3, 2, 1]
 */
export const sort = <S extends Shape>(x: Tensor<S>, axis = -1, options: SortOptions = {}): Tensor<S> =>
  gather(x, ...orderNamed("sort", x, axis, options));

export interface TopKOptions {
  /** The k largest (unless told), or with false the k smallest. */
  readonly largest?: boolean;
}

/**
 * The k largest elements along an axis (the last), from the largest on, and where they are; or the k smallest.
 *
 * Shapes: [a, b] → values and indices [a, k].
 * Derivative: of the values, to where they were found.
 * At the edges: of equal elements, the first; NaN counts as the largest.
 * Throws: TensorError unless k is a whole number from 0 to the extent.
 *
 * @example
 * topK(tensor([3, 1, 4, 1, 5]), 2).values.toArray();                          // => [5, 4]
 * topK(tensor([3, 1, 4, 1, 5]), 2, 0, { largest: false }).indices.toArray();  // => [1, 3]
 */
export function topK(x: Tensor, k: number, axis = -1, options: TopKOptions = {}): Found<Shape> {
  checkTensor("topK", x);
  checkOptions("topK", options);
  const place = resolveAxis("topK", axis, x.rank);
  checkWhole("topK", "k", k, 0, x.shape[place]);
  const indices = apply(argsortOp, [x], { axis: place, count: k, descending: options.largest ?? true });
  return { values: gather(x, indices, place), indices };
}
