/** @file NumPy's indexing: places of a tensor named by numbers, ranges, masks and index tensors, to be read or replaced. */
import { asTensor } from "../core/create.ts";
import { formatShape, show, TensorError } from "../core/errors.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { broadcastShapes, type Shape, sameShape } from "../core/shape.ts";
import type { Operand, Unknown } from "../core/shape-types.ts";
import { fromStorage, Tensor } from "../core/tensor.ts";
import { scatterMaxOp, scatterMinOp, scatterMulOp } from "./combine.ts";
import { gatherOp, scatterAddOp, scatterOp } from "./gather.ts";
import { truePlaces } from "./mask.ts";
import { type Axis, checkIndex, type Indexed, type Places, whole, within } from "./places.ts";
import { checkAddable, fitted, write } from "./scatter.ts";
import { resolveRange, type Span } from "./slice.ts";

/**
 * What may stand between NumPy's brackets: a number (one element, and the axis goes); a range [start, stop, step];
 * ":" (all of an axis); "..." (all axes that nothing else speaks of); null (a new axis of extent 1); an int32 tensor or
 * Int32Array (a list of elements); a bool tensor (a mask, of one axis or several).
 */
export type Place = number | Span | ":" | "..." | null | Tensor | Int32Array;

/**
 * Places of a tensor, to be read or replaced: what `x.at(…)` returns. Nothing is done until a method is called. (It is
 * not the tensor that is there: `add` of that one would be a sum, not a copy of x with something added.)
 */
export class At<out S extends Shape = Unknown> {
  private readonly x: Tensor<S>;
  private readonly indexed: Indexed;

  /** @internal */
  constructor(x: Tensor<S>, indexed: Indexed) {
    this.x = x;
    this.indexed = indexed;
  }

  /**
   * What is at the places: a view where they are named by numbers and ranges alone.
   *
   * Derivative: the cotangent added where it was read.
   */
  get(): Tensor {
    const [places, indices] = this.indexed;
    return apply(gatherOp, [this.x, ...indices], places);
  }

  /**
   * x with a value at the places, which stretches to their shape; of several for one place, the last stays.
   *
   * Derivative: to x the cotangent with 0 at the places; to the value what lies there, 0 where it was overwritten.
   */
  set(value: Operand): Tensor<S> {
    return this.update("at.set", scatterOp, value);
  }

  /**
   * x with a value added at the places; several for one place add up, in order.
   *
   * Derivative: the cotangent to x, and what lies at the places to the value.
   */
  add(value: Operand): Tensor<S> {
    checkAddable("at.add", this.x);
    return this.update("at.add", scatterAddOp, value);
  }

  /**
   * x multiplied by a value at the places; several for one place all count.
   *
   * Derivative: exact where factors are 0.
   */
  mul(value: Operand): Tensor<S> {
    return this.update("at.mul", scatterMulOp, value);
  }

  /** x with the smaller of it and a value at the places. Derivative: to the smaller; equal ones share evenly. */
  min(value: Operand): Tensor<S> {
    return this.update("at.min", scatterMinOp, value);
  }

  /** x with the larger of it and a value at the places. Derivative: to the larger; equal ones share evenly. */
  max(value: Operand): Tensor<S> {
    return this.update("at.max", scatterMaxOp, value);
  }

  /** x with f of what is at the places in its place: `set(f(get()))`. */
  apply(f: (x: Tensor) => Operand): Tensor<S> {
    return this.set(f(this.get()));
  }

  private update(op: string, operation: Primitive<Places>, value: Operand): Tensor<S> {
    const x: Tensor = this.x;
    return write(operation, x, fitted(op, x, value, this.indexed[0].shape), this.indexed) as Tensor;
  }
}

/**
 * Places of x, named as between NumPy's brackets: `get()` is what is there, and `set(v)`, `add(v)`, `mul(v)`,
 * `min(v)`, `max(v)`, `apply(f)` are copies of x with something else there (as JAX's `x.at[…]`; x stays as it is).
 *
 * | NumPy                | here                                      |                                                  |
 * | -------------------- | ----------------------------------------- | ------------------------------------------------ |
 * | `x[0]`, `x[-1]`      | `x.at(0)`, `x.at(-1)`                     | the axis goes                                    |
 * | `x[1:5:2]`, `x[::-1]`| `x.at([1, 5, 2])`, `x.at([null, null, -1])` | bounds are clamped                             |
 * | `x[:, 0]`            | `x.at(":", 0)`                            | all of an axis                                   |
 * | `x[..., 0]`          | `x.at("...", 0)`                          | all axes not named                               |
 * | `x[None]`            | `x.at(null)`                              | a new axis (in `slice`, null is all of an axis)  |
 * | `x[[0, 2]]`          | `x.at(Int32Array.of(0, 2))`, `x.at(t)`    | t an int32 tensor; negative numbers from the end |
 * | `x[x > 0]`           | `x.at(greater(x, 0))`                     | a mask of one axis or several                    |
 *
 * Shapes: index tensors and numbers beside them broadcast together; their shape comes in their place where they are
 * neighbours, and first where something stands between them.
 * Derivative: see the methods; none to index tensors and masks.
 * Throws: TensorError for places that x does not have, float or nested-array indices, more axes than x has, and for
 * masks without a value while a graph is recorded.
 *
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * x.at(-1).get().toArray();                              // => [4, 5, 6]
 * x.at(":", [1]).get().toArray();                        // => [[2, 3], [5, 6]]
 * x.at(":", Int32Array.of(2, 0)).get().toArray();        // => [[3, 1], [6, 4]]
 * x.at(greater(x, 4)).set(0).toArray();                  // => [[1, 2, 3], [4, 0, 0]]
 * x.at(0, Int32Array.of(1, 1)).add(10).toArray();        // => [[1, 22, 3], [4, 5, 6]]
 */
export function at<S extends Shape>(x: Tensor<S>, ...places: readonly Place[]): At<S> {
  const from = asTensor("at", x) as Tensor<S>;
  return new At(from, resolve(from, places));
}

/** A list of places on one axis; without values, a mask of no axes, which only says how often. */
interface List {
  readonly shape: Shape;
  readonly shown: string;
  readonly values: Tensor | null;
}

const isIndex = (place: Place): place is Tensor | Int32Array => place instanceof Tensor || place instanceof Int32Array;

const isSpan = (place: Place): place is Span =>
  Array.isArray(place) &&
  place.length <= 3 &&
  place.every((n) => n === null || n === undefined || typeof n === "number");

/** How many axes of x a place speaks of. */
function widthOf(place: Place): number {
  if (place === null || place === "...") return 0;
  if (place instanceof Tensor && place.dtype === "bool") return place.rank;
  if (typeof place === "number" || place === ":" || isIndex(place) || isSpan(place)) return 1;
  const given: unknown = place;
  if (Array.isArray(given)) {
    const advice = 'a list of elements is an int32 tensor, or Int32Array.of(…); all of an axis is ":"';
    throw new TensorError("at", `[${given.map(String).join(", ")}] is no range [start, stop, step]`, advice);
  }
  const shown = typeof given === "string" ? JSON.stringify(given) : typeof given === "object" ? "an object" : given;
  const advice = 'use a number, a range [start, stop, step], ":", "...", null, or an int32 or bool tensor';
  throw new TensorError("at", `${String(shown)} names no place`, advice);
}

/** An index as lists for one axis each. */
function listsOf(index: Tensor | Int32Array): List[] {
  if (index instanceof Int32Array) return [listOf(fromStorage([index.length], "int32", index.slice()))];
  if (index.dtype !== "bool") {
    checkIndex("at", index);
    return [listOf(index)];
  }
  const { count, columns } = truePlaces("at", index);
  if (index.rank === 0) return [{ shape: [count], shown: "", values: null }];
  return columns.map((column) => listOf(fromStorage([count], "int32", column)));
}

const listOf = (values: Tensor): List => ({ shape: values.shape, shown: show(values), values });

/** The places as each axis of x has them, with the index tensors in the rank of the result. */
function resolve(x: Tensor, places: readonly Place[]): Indexed {
  const named = places.map(widthOf).reduce((a, b) => a + b, 0);
  if (named > x.rank)
    throw new TensorError("at", `${named} axes are named, ${show(x)} has ${x.rank}`, "name fewer", [x]);
  const open = places.filter((place) => place === "...").length;
  if (open > 1) throw new TensorError("at", `there are ${open} "..."`, "one of them is enough");

  const lists = places.map((place) => (isIndex(place) ? listsOf(place) : []));
  const common = lists
    .flat()
    .map(({ shape }) => shape)
    .reduce((a, b) => broadcastShapes("at", a, b), []);
  // Beside an index tensor, a number is one too.
  const indexing = places.some(isIndex);
  const advanced = places.map((place) => indexing && (isIndex(place) || typeof place === "number"));
  const [first, last] = [advanced.indexOf(true), advanced.lastIndexOf(true)];
  const neighbours = advanced.slice(first, last + 1).every((is) => is);

  const shape: number[] = neighbours ? [] : [...common];
  const axes: Axis[] = [];
  const indices: Tensor[] = [];
  let start = 0;
  [...places, ...(open === 0 ? (["..."] as const) : [])].forEach((place, i) => {
    if (i === first && neighbours) {
      start = shape.length;
      shape.push(...common);
    }
    if (place === null) shape.push(1);
    else if (place === "...") {
      for (let n = named; n < x.rank; n++) {
        axes.push(whole(shape.length));
        shape.push(x.shape[axes.length - 1]!);
      }
    } else if (isIndex(place)) {
      if (place instanceof Tensor && place.dtype === "bool") checkMask(x, place, axes.length);
      for (const { values, shown } of lists[i]!) {
        if (values === null) continue;
        axes.push({ by: indices.length, shown });
        indices.push(values);
      }
    } else {
      const range = resolveRange("at", place, x.shape[axes.length]!, axes.length);
      if (typeof place === "number") axes.push({ start: range.start, step: 0, along: null });
      else {
        axes.push({ start: range.start, step: range.step, along: shape.length });
        shape.push(range.extent);
      }
    }
  });
  const spread = indices.map((index) => within(index, shape.length, start + common.length - index.rank));
  return [{ op: "at", shape, axes, fromEnd: true }, spread];
}

function checkMask(x: Tensor, mask: Tensor, axis: number): void {
  const covered = x.shape.slice(axis, axis + mask.rank);
  if (sameShape(covered, mask.shape)) return;
  const problem = `the mask ${show(mask)} lies on axes of extent ${formatShape(covered)} of ${show(x)}`;
  throw new TensorError("at", problem, "a mask has the extents of the axes that it is for", [mask, x]);
}
