/** @file Tensors from plain data: nested arrays, typed arrays, one number repeated. */
import { checkTensor, noTensor } from "./checks.ts";
import { allocate, checkDType, type DType, type Storage, toDType } from "./dtype.ts";
import { formatShape, TensorError } from "./errors.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";
import type { Known, NestedShape, Operand, ShapeOf } from "./shape-types.ts";
import { fromStorage, Tensor } from "./tensor.ts";

/** Plain data: a number or boolean, or arrays of it, nested. */
export type NestedData = number | boolean | readonly NestedData[];

const typedArrays: readonly [abstract new (...args: never[]) => Storage, DType][] = [
  [Float64Array, "float64"],
  [Float32Array, "float32"],
  [Int32Array, "int32"],
];

/** The shape that nested data seems to have, by its first elements; `flatten` checks that it is true of all. */
function shapeOfData(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

function flatten(data: unknown, shape: Shape, into: (number | boolean)[], path: string): void {
  const depth = path.split("[").length - 1;
  if (Array.isArray(data)) {
    if (depth >= shape.length || data.length !== shape[depth]) {
      const expected = depth >= shape.length ? "a number" : `${shape[depth]} elements`;
      throw new TensorError(
        "tensor",
        `ragged data: ${path} has ${data.length} elements where its neighbours have ${expected}`,
        "all rows must be of one length",
      );
    }
    data.forEach((element, i) => flatten(element, shape, into, `${path}[${i}]`));
  } else if (depth < shape.length) {
    throw new TensorError(
      "tensor",
      `ragged data: ${path} is no array where its neighbours have ${shape[depth]} elements`,
      "all rows must be of one length",
    );
  } else if (typeof data === "number" || typeof data === "boolean") {
    into.push(data);
  } else {
    const shown = typeof data === "string" ? JSON.stringify(data) : String(data);
    throw new TensorError("tensor", `data${path} is ${shown}, not a number`, "tensors hold numbers and booleans");
  }
}

export interface TensorOptions<S extends Shape = Shape> {
  readonly dtype?: DType;
  /** For flat data: the shape to give it. */
  readonly shape?: S;
  /** false: the tensor lies in the memory of a typed array of its dtype, which must not be written to any more. */
  readonly copy?: boolean;
}

/**
 * A tensor with a copy of the data: a number, nested arrays, or a typed array (which `copy: false` shares).
 *
 * Dtype: float64 for numbers, bool where all are booleans, a typed array's own (Uint8Array and the like: say which),
 * or `dtype`.
 * Throws: TensorError when rows differ in length, an element is no number, or `shape` does not fit.
 *
 * @example
 * tensor([[1, 2, 3], [4, 5, 6]]).shape;                                // => [2, 3]
 * tensor(new Float32Array([1, 2, 3, 4]), { shape: [2, 2] }).dtype;     // => "float32"
 */
export function tensor<const S extends Shape>(
  data: NestedData | ArrayLike<number>,
  options: TensorOptions<S> & { readonly shape: S },
): Tensor<Known<S>>;
export function tensor<const T extends NestedData>(
  data: T,
  options?: { readonly dtype?: DType },
): Tensor<NestedShape<T>>;
export function tensor(
  data: ArrayLike<number>,
  options?: { readonly dtype?: DType; readonly copy?: boolean },
): Tensor<readonly [number]>;
export function tensor(data: NestedData | ArrayLike<number>, { dtype, shape, copy }: TensorOptions = {}): Tensor {
  if (dtype !== undefined) checkDType("tensor", dtype);
  if (shape !== undefined) checkShape("tensor", shape);
  if (ArrayBuffer.isView(data)) return fromTypedArray(data as unknown as ArrayLike<number>, dtype, shape, copy);
  const found = shapeOfData(data);
  const flat: (number | boolean)[] = [];
  flatten(data, found, flat, "");
  const type = dtype ?? (flat.length > 0 && flat.every((value) => typeof value === "boolean") ? "bool" : "float64");
  const storage = allocate(type, flat.length, "tensor");
  for (let i = 0; i < flat.length; i++) storage[i] = toDType(type, Number(flat[i]));
  return fromStorage(checkedSize(shape ?? found, flat.length), type, storage);
}

/** The memory of a typed array where it can be an element type's, else null. */
function sharedWith(data: ArrayLike<number>, type: DType, own: DType | undefined): Storage | null {
  if (own === type) return data as Storage;
  const areBools = type === "bool" && data instanceof Uint8Array && data.every((value) => value <= 1);
  return areBools ? new Uint8Array(data.buffer, data.byteOffset, data.length) : null;
}

function fromTypedArray(
  data: ArrayLike<number>,
  dtype: DType | undefined,
  shape: Shape | undefined,
  copy = true,
): Tensor {
  const own = typedArrays.find(([array]) => data instanceof array)?.[1];
  const type = dtype ?? own;
  if (type === undefined || typeof data[0] === "bigint")
    throw new TensorError(
      "tensor",
      `a ${data.constructor.name} has no dtype of its own`,
      'say which, as in { dtype: "int32" }',
    );
  const extents = checkedSize(shape ?? [data.length], data.length);
  const shared = copy ? null : sharedWith(data, type, own);
  if (shared !== null) return fromStorage(extents, type, shared);
  const storage = allocate(type, data.length, "tensor");
  for (let i = 0; i < data.length; i++) storage[i] = toDType(type, data[i]!);
  return fromStorage(extents, type, storage);
}

function checkedSize(shape: Shape, length: number): Shape {
  if (sizeOf(shape) !== length)
    throw new TensorError(
      "tensor",
      `${length} values do not fill ${formatShape(shape)} (${sizeOf(shape)} elements)`,
      "give a shape of that size",
      [{ shape }],
    );
  return [...shape];
}

/** A tensor as it is; a plain number or boolean as a scalar: float64, or bool. */
export function asTensor<T extends Operand>(op: string, x: T): Tensor<ShapeOf<T>> {
  if (x instanceof Tensor) return x as Tensor<ShapeOf<T>>;
  if (typeof x === "number" || typeof x === "boolean")
    return filled([], x, typeof x === "number" ? "float64" : "bool") as Tensor<ShapeOf<T>>;
  throw noTensor(op, x, "a tensor or a number");
}

/**
 * A tensor of one value.
 *
 * @example
 * full([2, 2], 7).toArray();   // => [[7, 7], [7, 7]]
 */
export function full<const S extends Shape>(
  shape: S,
  value: number | boolean,
  { dtype = typeof value === "boolean" ? "bool" : "float64" }: { readonly dtype?: DType } = {},
): Tensor<Known<S>> {
  checkShape("full", shape);
  checkDType("full", dtype);
  return filled([...shape], value, dtype) as Tensor<Known<S>>;
}

/** `full` of a shape and a dtype that are known to be ones. */
function filled(shape: Shape, value: number | boolean, dtype: DType): Tensor {
  const storage = allocate(dtype, sizeOf(shape), "full");
  if (!Object.is(value, 0)) storage.fill(toDType(dtype, Number(value)));
  return fromStorage(shape, dtype, storage);
}

/** The same in the memory of one element, at which the whole tensor looks. */
export const repeated = (shape: Shape, value: number | boolean, dtype: DType): Tensor =>
  new Tensor({ shape, dtype }, filled([], value, dtype).storage, { strides: shape.map(() => 0), offset: 0 }, null);

/**
 * Zeros.
 *
 * @example
 * zeros([2, 3]).toArray();   // => [[0, 0, 0], [0, 0, 0]]
 */
export const zeros = <const S extends Shape>(shape: S, options: { readonly dtype?: DType } = {}): Tensor<Known<S>> =>
  full(shape, 0, options);

/**
 * Ones.
 *
 * @example
 * ones([2], { dtype: "int32" }).toArray();   // => [1, 1]
 */
export const ones = <const S extends Shape>(shape: S, options: { readonly dtype?: DType } = {}): Tensor<Known<S>> =>
  full(shape, 1, options);

/**
 * One value in the shape of x, and in its dtype unless told.
 *
 * @example
 * fullLike(zeros([2]), 7).toArray();   // => [7, 7]
 */
export const fullLike = <S extends Shape>(
  x: Tensor<S>,
  value: number | boolean,
  { dtype = x.dtype }: { readonly dtype?: DType } = {},
): Tensor<S> => full(x.shape, value, { dtype }) as Tensor;

/** Zeros of the shape and dtype of x. */
export function zerosLike<S extends Shape>(x: Tensor<S>): Tensor<S> {
  checkTensor("zerosLike", x);
  return filled(x.shape, 0, x.dtype);
}

/** Ones of the shape and dtype of x. */
export function onesLike<S extends Shape>(x: Tensor<S>): Tensor<S> {
  checkTensor("onesLike", x);
  return filled(x.shape, 1, x.dtype);
}

/** A scalar of the dtype of x: what a derivative is that is the same everywhere. */
export const scalarLike = (x: Tensor, value: number): Tensor => filled([], value, x.dtype);
