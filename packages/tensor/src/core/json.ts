/** @file Tensors from JSON: what `toJSON` has made of them. */
import { type NestedData, tensor } from "./create.ts";
import type { DType } from "./dtype.ts";
import { TensorError } from "./errors.ts";
import type { Shape } from "./shape.ts";
import type { JSONData } from "./shape-types.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A tensor from what `JSON.parse` makes of `JSON.stringify(tensor)`: nested arrays of numbers, in which "NaN",
 * "Infinity" and "-Infinity" stand for what JSON has no number for.
 *
 * Dtype: as `tensor` (dtypes are not in the text), or `dtype`. For a shape with extents of 0, say `shape`.
 * At the edges: every number comes back bit for bit, but for −0, which JSON.stringify writes as 0.
 * Throws: TensorError when an element is nothing of these, or rows differ in length.
 *
 * @example
 * fromJSON(JSON.parse(JSON.stringify(tensor([1, -1 / 0])))).toArray();   // => [1, -Infinity]
 */
export function fromJSON(data: JSONData, options: { readonly dtype?: DType; readonly shape?: Shape } = {}): Tensor {
  const read: (data: NestedData, options: { readonly dtype?: DType; readonly shape?: Shape }) => Tensor = tensor;
  return read(numbersOf(data), options);
}

function numbersOf(data: JSONData): NestedData {
  if (Array.isArray(data)) return data.map(numbersOf);
  if (typeof data === "number" || typeof data === "boolean") return data;
  if (data === "NaN" || data === "Infinity" || data === "-Infinity") return Number(data);
  const shown = typeof data === "object" && data !== null ? "an object" : JSON.stringify(data);
  throw new TensorError("fromJSON", `${shown} is no number`, "give numbers, or what toJSON writes for NaN, ∞ and −∞");
}
