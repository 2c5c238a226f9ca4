/** @file The element types, their storage, and NumPy's promotion between them. */
import { TensorError } from "./errors.ts";

/** float64 is the default; float32 is for speed; int32 and bool are for labels, indices and masks. */
export type DType = "float64" | "float32" | "int32" | "bool";

/** What holds the elements; bool is kept as 0 and 1. */
export type Storage = Float64Array | Float32Array | Int32Array | Uint8Array;

const arrays = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

const isDType = (dtype: unknown): dtype is DType => typeof dtype === "string" && Object.hasOwn(arrays, dtype);

/** Whether derivatives exist for the type. */
export const isFloat = (dtype: DType): boolean => dtype === "float64" || dtype === "float32";

/** Zeroed storage for `length` elements. */
export function allocate(dtype: DType, length: number, op = "allocate"): Storage {
  try {
    return new arrays[dtype](length);
  } catch {
    throw new TensorError(op, `no memory for ${length} elements of ${dtype}`, "use smaller batches or float32");
  }
}

/** Throws unless the type is one of ours. */
export function checkDType(op: string, dtype: DType): void {
  if (!isDType(dtype))
    throw new TensorError(op, `there is no dtype ${String(dtype)}`, `use ${Object.keys(arrays).join(", ")}`);
}

/** The smallest type that holds both, as NumPy has it: int32 with float32 gives float64. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  if (a === "bool") return b;
  if (b === "bool") return a;
  return "float64";
}

/** The type in which a function with fractional values is computed: integers go to float64. */
export const floating = (dtype: DType): DType => (isFloat(dtype) ? dtype : "float64");

const isInt32 = (value: number): boolean => value === (value | 0);

/**
 * The type that a plain number takes beside a tensor of `dtype`, as Python's scalars in NumPy 2: a number never
 * widens a float, a whole number keeps int32, a fraction makes float64.
 */
export function promoteScalar(dtype: DType, value: number | boolean): DType {
  if (typeof value === "boolean" || isFloat(dtype)) return dtype;
  return isInt32(value) ? "int32" : "float64";
}

/** Rounds, truncates or normalises a number to what an element of the type holds. */
export function toDType(dtype: DType, value: number): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  if (dtype === "int32") return value | 0;
  return dtype === "float32" ? Math.fround(value) : value;
}
