/** @file Rows of data: the leading axis of every tensor in it counts the examples. */
import { type Shape, Tensor, TensorError } from "@deltagrad/tensor";
import { allocate, contiguous } from "@deltagrad/tensor/extend";

type AnyRows<S extends Shape> = number extends S["length"]
  ? Tensor
  : S extends readonly [number, ...infer Rest extends Shape]
    ? Tensor<readonly [number, ...Rest]>
    : never;

/** The same data with the number of rows forgotten by the compiler. */
export type Rows<T> = T extends Tensor<infer S> ? AnyRows<S> : T extends object ? { [K in keyof T]: Rows<T[K]> } : T;

type AnyRow<S extends Shape> = number extends S["length"]
  ? Tensor
  : S extends readonly [number, ...infer Rest extends Shape]
    ? Tensor<readonly [...Rest]>
    : never;

/** One row of the data: each tensor without its leading axis. */
export type Row<T> = T extends Tensor<infer S> ? AnyRow<S> : T extends object ? { [K in keyof T]: Row<T[K]> } : never;

/** A tensor over new storage, which must not be written to any more. */
const fromStorage = (shape: Shape, like: Tensor, storage: ReturnType<typeof allocate>): Tensor =>
  new Tensor({ shape, dtype: like.dtype }, storage, null, null);

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === null || prototype === Object.prototype;
}

/** The place of a child in a tree, as errors name it: `inputs[0].image`. */
export const childPath = (path: string, key: string | number): string =>
  typeof key === "number" ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;

/** The data with f(tensor, path) for each tensor: arrays and plain objects are gone through, all else is kept. */
export function mapTensors(f: (x: Tensor, path: string) => unknown, data: unknown, path = ""): unknown {
  if (data instanceof Tensor) return f(data, path);
  const list = Array.isArray(data);
  if (!list && !isPlainObject(data)) return data;
  const fields = Object.entries(data).map(([key, value]) => ({
    key,
    value,
    mapped: mapTensors(f, value, childPath(path, list ? Number(key) : key)),
  }));
  if (fields.every(({ value, mapped }) => value === mapped)) return data;
  return list ? fields.map(({ mapped }) => mapped) : Object.fromEntries(fields.map(({ key, mapped }) => [key, mapped]));
}

/** The tensors in the data with their paths. */
export function tensorsIn(data: unknown): [Tensor, string][] {
  const found: [Tensor, string][] = [];
  mapTensors((x, path) => {
    found.push([x, path]);
    return x;
  }, data);
  return found;
}

/** The number of examples in the data. Throws unless it is the same for every tensor. */
export function countRows(op: string, data: unknown): number {
  const tensors = tensorsIn(data);
  if (tensors[0] === undefined)
    throw new TensorError(op, "there is no tensor in the data", "give a record such as { x, y }");
  const [first, firstPath] = tensors[0];
  for (const [x, path] of tensors) {
    const name = path === "" ? "the tensor" : path;
    if (x.rank === 0) throw new TensorError(op, `${name} is a scalar`, "its leading axis must count the examples", [x]);
    if (x.shape[0] !== first.shape[0]) {
      const problem = `${firstPath} has ${first.shape[0]} rows and ${path} has ${x.shape[0]}`;
      throw new TensorError(op, problem, "all tensors must have one row for each example", [first, x]);
    }
  }
  return first.shape[0]!;
}

/** A function that copies the rows with the given numbers, in that order. */
export function rowReader<T>(op: string, data: T): (rows: Int32Array) => Rows<T> {
  const readers = new Map(tensorsIn(data).map(([x]) => [x, tensorReader(op, x)]));
  return (rows) => mapTensors((x) => readers.get(x)!(rows), data) as Rows<T>;
}

function tensorReader(op: string, x: Tensor): (rows: Int32Array) => Tensor {
  const values = contiguous(op, x);
  const extents: Shape = x.shape.slice(1);
  const width = extents.reduce((size, extent) => size * extent, 1);
  return (rows) => {
    const copy = allocate(x.dtype, rows.length * width, op);
    if (width === 1) for (let i = 0; i < rows.length; i++) copy[i] = values[rows[i]!]!;
    else
      for (let i = 0; i < rows.length; i++)
        copy.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
    return fromStorage([rows.length, ...extents], x, copy);
  };
}

/** A function that looks at one row, without a copy. */
export function rowViewer<T>(op: string, data: T): (row: number) => Row<T> {
  const viewers = new Map(
    tensorsIn(data).map(([x]) => {
      const values = contiguous(op, x);
      const extents = x.shape.slice(1);
      const width = extents.reduce((size: number, extent: number) => size * extent, 1);
      return [x, (row: number) => fromStorage(extents, x, values.subarray(row * width, (row + 1) * width))];
    }),
  );
  return (row) => mapTensors((x) => viewers.get(x)!(row), data) as Row<T>;
}
