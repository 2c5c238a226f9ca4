/** @file Arithmetic on shapes, strides and axes: no values, no tensors. */
import { formatShape, TensorError } from "./errors.ts";

/** The extents of a tensor, outermost axis first; `[]` is a scalar's. */
export type Shape = readonly number[];

/** Where the elements of a tensor lie in its storage: element i₀i₁… at `offset + Σ iₖ·strides[k]`. */
export interface Layout {
  readonly strides: readonly number[];
  readonly offset: number;
}

/** More elements than any engine's typed arrays hold are refused before anything is allocated. */
const MAX_ELEMENTS = 2 ** 33;

/** How many elements a shape has. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Throws unless every extent is a whole number ≥ 0 and the whole is of a size that can exist. */
export function checkShape(op: string, shape: Shape): void {
  if (!Array.isArray(shape))
    throw new TensorError(op, `${String(shape)} is no shape`, "give a list of extents, e.g. [2, 3]");
  for (const extent of shape) {
    if (!Number.isInteger(extent) || extent < 0)
      throw new TensorError(op, `${formatShape(shape)} is no shape`, "extents are whole numbers ≥ 0");
  }
  if (sizeOf(shape) > MAX_ELEMENTS)
    throw new TensorError(op, `${formatShape(shape)} has ${sizeOf(shape)} elements`, "no array is that large");
}

const scalarStrides: readonly number[] = [];

/** The strides of a row-major tensor: the last axis is the fastest. */
export function rowMajor(shape: Shape): readonly number[] {
  if (shape.length === 0) return scalarStrides;
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Whether two shapes have the same extents, in the same order. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Whether elements lie one after the other in row-major order (axes of extent 1 may have any stride). */
export function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

/**
 * The strides under which elements that lie by `strides` appear in row-major order as another shape of the same size;
 * null where no strides do it.
 */
export function reshapeStrides(shape: Shape, strides: readonly number[], target: Shape): readonly number[] | null {
  if (isRowMajor(shape, strides) || sizeOf(shape) === 0) return rowMajor(target);
  const axes = [...shape.keys()].filter((axis) => shape[axis] !== 1);
  const out = target.map(() => 0);
  let to = target.length - 1;
  for (let axis = axes.pop(); axis !== undefined; axis = axes.pop()) {
    // A run of axes that lie as one, from the last; axes of the target must cover it without a rest.
    const step = strides[axis]!;
    let run = shape[axis]!;
    while (axes.length > 0 && strides[axes.at(-1)!] === run * step) run *= shape[axes.pop()!]!;
    let covered = 1;
    for (; to >= 0 && covered < run; to--) {
      out[to] = covered * step;
      covered *= target[to]!;
    }
    if (covered !== run) return null;
  }
  return out;
}

/** An axis counted from the front; −1 is the last. */
export function resolveAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const advice = rank === 0 ? "a scalar has no axes" : `use a whole number from ${-rank} to ${rank - 1} (−1: last)`;
    throw new TensorError(op, `axis ${String(axis)} is out of range for rank ${rank}`, advice);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes counted from the front, in the order given, each at most once. */
export function resolveDistinct(op: string, axes: number | readonly number[], rank: number): number[] {
  const resolved = [axes].flat().map((axis) => resolveAxis(op, axis, rank));
  if (new Set(resolved).size !== resolved.length)
    throw new TensorError(op, `an axis is named twice in ${formatShape(resolved)}`, "name each axis once");
  return resolved;
}

/** The whole numbers from 0 on, so many of them. */
export function upTo(count: number): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) numbers.push(i);
  return numbers;
}

/** The same in ascending order; undefined: all of them. */
export function resolveAxes(op: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return upTo(rank);
  return resolveDistinct(op, axes, rank).sort((a, b) => a - b);
}

/** The shape that both broadcast to, by NumPy's rule: aligned at the last axis, extent 1 stretches. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const shape: number[] = [];
  for (let axis = -Math.max(a.length, b.length); axis < 0; axis++) {
    const [x, y] = [a.at(axis) ?? 1, b.at(axis) ?? 1];
    if (x !== y && x !== 1 && y !== 1) {
      throw new TensorError(
        op,
        `shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast (${x} ≠ ${y} on axis ${axis})`,
        "extents must be equal or 1, counted from the last axis",
        [{ shape: a }, { shape: b }],
      );
    }
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

/** The shape without the given axes (ascending), or with extent 1 in their place. */
export function reduceShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return shape.filter((_, axis) => !axes.includes(axis));
}
