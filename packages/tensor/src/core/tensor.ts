/** @file The tensor: an immutable, strided view of typed storage, perhaps watched by a transform. */
import type { TensorMethods } from "../methods.ts";
import { allocate, type DType, type Storage } from "./dtype.ts";
import { show, TensorError } from "./errors.ts";
import { isRowMajor, type Layout, rowMajor, type Shape, sizeOf } from "./shape.ts";
import type { Extents, Unknown } from "./shape-types.ts";
import type { Trace } from "./trace.ts";
import { rowsInAnyOrder } from "./walk.ts";

/** What an operation needs to know of a tensor to say what it will return. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly label?: string | undefined;
}

/** A tensor's tie to the transform that sees operations on it. */
export interface Watched {
  readonly trace: Trace;
  /** The same value as the next outer watcher, or none, sees it; null where there is only a shape. */
  readonly primal: Tensor | null;
}

export interface Tensor<out S extends Shape = Unknown> extends TensorMethods<S> {
  /** @internal Null where there is no value: while a graph is recorded. (Declared here: a tensor may bring it late.) */
  readonly storage: Storage | null;
}

/**
 * An n-dimensional array of numbers. Tensors never change: an operation returns a new one, which may share storage
 * (a transpose, a slice, a broadcast are views). They are freed by the garbage collector like any other value.
 *
 * Made by `tensor`, `zeros`, `rng(…).normal` and the like, never by `new`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the methods are declared and installed in methods.ts
export class Tensor<out S extends Shape = Unknown> {
  /** The extents, outermost axis first. */
  declare readonly shape: Extents<S>;
  declare readonly dtype: DType;
  /** A name given by `named`, shown in errors, graphs and reports. */
  declare readonly label: string | undefined;
  /** @internal */
  declare readonly strides: readonly number[];
  /** @internal */
  declare readonly offset: number;
  /** @internal Null: no transform watches. */
  declare readonly watched: Watched | null;

  /** @internal */
  constructor(spec: Spec, storage: Storage | null, layout: Layout | null, watched: Watched | null) {
    this.shape = spec.shape as Tensor<S>["shape"];
    this.dtype = spec.dtype;
    this.label = spec.label;
    (this as { storage: Storage | null }).storage = storage;
    this.strides = layout === null ? rowMajor(spec.shape) : layout.strides;
    this.offset = layout === null ? 0 : layout.offset;
    this.watched = watched;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
}

/** The storage of a tensor, for reading; throws where there is no value to read. */
export function valuesOf(op: string, x: Tensor): Storage {
  if (x.storage === null) {
    throw new TensorError(
      op,
      `${show(x)} has no value of its own: a graph is recorded, or vmap does many at once`,
      "use tensor operations (where, maximum, …) in place of values",
      [x],
    );
  }
  return x.storage;
}

/** The elements in row-major order: the storage itself where it lies so, else a copy. Not to be written to. */
export function contiguous(op: string, x: Tensor): Storage {
  const storage = valuesOf(op, x);
  const { shape, strides, offset, size } = x;
  if (isRowMajor(shape, strides)) {
    return offset === 0 && storage.length === size ? storage : storage.subarray(offset, offset + size);
  }
  const out = allocate(x.dtype, size, op);
  copyTo(op, x, out, { strides: rowMajor(shape), offset: 0 });
  return out;
}

/** Writes the elements of x into `out`, to where a layout of the same shape puts them. */
export function copyTo(op: string, x: Tensor, out: Storage, layout: Layout): void {
  const storage = valuesOf(op, x);
  const { inner, steps, visit } = rowsInAnyOrder(x.shape, [x, layout]);
  const [from, to] = steps as [number, number];
  visit((_position, [a, b]) => {
    if (from === 1 && to === 1) out.set(storage.subarray(a!, a! + inner), b!);
    else for (let i = 0, p = a!, q = b!; i < inner; i++, p += from, q += to) out[q] = storage[p]!;
  });
}

/** A tensor over new storage in row-major order. */
export const fromStorage = <S extends Shape>(shape: S, dtype: DType, storage: Storage): Tensor<S> =>
  new Tensor<S>({ shape, dtype }, storage, null, null);

/** The same value, tied to a watcher. */
export const watchedAs = (x: Tensor, watched: Watched): Tensor => new Tensor(x, x.storage, x, watched);
