/** @file What operations over or along axes share: axes resolved, kept, joined, cut and padded. */
import { checkOptions, checkTensor } from "../core/checks.ts";
import type { DType } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { exact } from "../core/kinds.ts";
import type { Primitive } from "../core/primitive.ts";
import { type Reducer, reduceAxes } from "../core/reduce.ts";
import { reduceShape, resolveAxes, resolveAxis, type Shape, sizeOf } from "../core/shape.ts";
import type { Reduce } from "../core/shape-types.ts";
import type { Spec, Tensor } from "../core/tensor.ts";
import { permute, reshape, reshaped } from "./shape.ts";
import { embed, sliceAlong } from "./slice.ts";

export interface KeepDims<K extends boolean = boolean> {
  /** Whether reduced axes stay, with extent 1. */
  readonly keepDims?: K;
}

/** A reduction over an axis, several, or all. */
export type Reduction<Options = object> = <
  S extends Shape,
  const A extends number | Shape | undefined = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis?: A,
  options?: KeepDims<K> & Options,
) => Tensor<Reduce<S, A, K>>;

/** An operation along one axis, the last unless told, that keeps the shape. */
export type Along = <S extends Shape>(x: Tensor<S>, axis?: number) => Tensor<S>;

/** The params of operations over axes (ascending). */
export interface Over {
  readonly axes: readonly number[];
}

/** The params of operations along an axis. */
export interface On {
  readonly axis: number;
}

/** The same axes where there is one more in front. */
export const batchOver = <P extends Over>(params: P): P => ({ ...params, axes: params.axes.map((axis) => axis + 1) });
export const batchOn = <P extends On>(params: P): P => ({ ...params, axis: params.axis + 1 });

/** A reduction from what is done over resolved axes. */
// @__NO_SIDE_EFFECTS__
export const reduction =
  <Options = object>(
    name: string,
    over: (x: Tensor, axes: readonly number[], options: Partial<Options>) => Tensor,
  ): Reduction<NoInfer<Options>> =>
  (x, axis, options) => {
    checkTensor(name, x);
    checkOptions(name, options);
    const axes = resolveAxes(name, axis, x.rank);
    const y = over(x, axes, options ?? {});
    return options?.keepDims ? keep(y, x, axes) : y;
  };

/** An operation along an axis from what is done along a resolved one. */
// @__NO_SIDE_EFFECTS__
export const along =
  (name: string, on: (x: Tensor, axis: number) => Tensor): Along =>
  (x, axis = -1) => {
    checkTensor(name, x);
    return on(x, resolveAxis(name, axis, x.rank));
  };

/** Throws where an axis that is reduced has no elements, but the result would. */
export function checkNotEmpty(op: string, x: Spec, axes: readonly number[], needed: string): void {
  const empty = axes.find((axis) => x.shape[axis] === 0);
  if (empty !== undefined && sizeOf(reduceShape(x.shape, axes, false)) > 0)
    throw new TensorError(op, `axis ${empty} of ${show(x)} has no elements`, `${needed} needs at least one`, [x]);
}

interface Reducing {
  /** The result's, if not the input's. */
  readonly dtype?: DType;
  /** What needs an element, for a reduction of nothing that has no result. */
  readonly needed?: string;
}

/** What operations made of one reducer have in common. */
export const reducing = (
  name: string,
  reducer: Reducer,
  { dtype, needed }: Reducing,
): Pick<Primitive<Over>, "name" | "kind" | "shape" | "run" | "batch" | "rounding"> => ({
  name,
  kind: "general",
  shape([x], { axes }) {
    if (needed !== undefined) checkNotEmpty(name, x!, axes, needed);
    return { shape: reduceShape(x!.shape, axes, false), dtype: dtype ?? x!.dtype };
  },
  run: ([x], result, { axes }) => reduceAxes(name, x!, axes, result, reducer),
  batch: batchOver,
  rounding: exact,
});

/** How many elements of x one result over the axes is made of. */
export const countOf = (x: Spec, axes: readonly number[]): number => sizeOf(axes.map((axis) => x.shape[axis]!));

/** y, which was reduced from x over the axes, with extent 1 in their place. */
export const keep = (y: Tensor, x: Tensor, axes: readonly number[]): Tensor =>
  reshaped(y, reduceShape(x.shape, axes, true));

/** x with the axes joined into one, the last: in row-major order of theirs. */
export function join(x: Tensor, axes: readonly number[]): Tensor {
  const others = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  return reshape(permute(x, [...others, ...axes]), [...reduceShape(x.shape, axes, false), countOf(x, axes)]);
}

/** x with a margin of `value` along an axis. */
export const padAlong = (x: Tensor, axis: number, [before, after]: readonly [number, number], value = 0): Tensor =>
  embed(
    x,
    x.shape.map((_, i) => (i === axis ? before : 0)),
    x.shape.map((extent, i) => (i === axis ? before + extent + after : extent)),
    value,
  );

/** Each element one place further along the axis: `first` comes in, the last goes out. */
export const shift = (x: Tensor, axis: number, first: number): Tensor =>
  x.shape[axis] === 0 ? x : padAlong(sliceAlong(x, axis, [0, -1]), axis, [1, 0], first);
