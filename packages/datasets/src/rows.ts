/** @file Rows of data: the leading axis of every tensor in it counts the examples. */
import { type Shape, Tensor, TensorError, tensor } from "@deltagrad/tensor";

type AnyRows<S extends Shape> = number extends S["length"]
  ? Tensor
  : S extends readonly [number, ...infer Rest extends Shape]
    ? Tensor<readonly [number, ...Rest]>
    : never;

/** The same data with the number of rows forgotten by the compiler. */
export type Rows<T> = T extends Tensor<infer S> ? AnyRows<S> : T extends object ? { [K in keyof T]: Rows<T[K]> } : T;

function isPlainObject(value: unknown): value is Record<string, unknown> {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === null || prototype === Object.prototype;
}

/** The data with f(tensor, path) for each tensor: arrays and plain objects are gone through, all else is kept. */
function mapTensors(f: (x: Tensor, path: string) => Tensor, data: unknown, path = ""): unknown {
  if (data instanceof Tensor) return f(data, path);
  const list = Array.isArray(data);
  if (!list && !isPlainObject(data)) return data;
  const at = (key: string): string => (list ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
  const fields = Object.entries(data).map(([key, value]) => ({ key, value, mapped: mapTensors(f, value, at(key)) }));
  if (fields.every(({ value, mapped }) => value === mapped)) return data;
  return list ? fields.map(({ mapped }) => mapped) : Object.fromEntries(fields.map(({ key, mapped }) => [key, mapped]));
}

/** The tensors in the data with their paths. */
function tensorsIn(data: unknown): [Tensor, string][] {
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
export function rowReader<T>(data: T): (rows: Int32Array) => Rows<T> {
  const readers = new Map(tensorsIn(data).map(([x]) => [x, tensorReader(x)]));
  return (rows) => mapTensors((x) => readers.get(x)!(rows), data) as Rows<T>;
}

function tensorReader(x: Tensor): (rows: Int32Array) => Tensor {
  const values = x.toTypedArray();
  const extents: Shape = x.shape.slice(1);
  const width = extents.reduce((size, extent) => size * extent, 1);
  return (rows) => {
    const copy = new (values.constructor as new (length: number) => typeof values)(rows.length * width);
    rows.forEach((row, i) => copy.set(values.subarray(row * width, (row + 1) * width), i * width));
    return tensor(copy, { shape: [rows.length, ...extents], dtype: x.dtype });
  };
}
