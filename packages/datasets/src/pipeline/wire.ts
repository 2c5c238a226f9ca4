/** @file Tensors in messages between threads: a message cannot carry a class, so they travel as plain data. */
import { type Shape, type Tensor, tensor } from "@deltagrad/tensor";
import { isPlainObject, mapTensors } from "../rows.ts";

/** A tensor on its way: a key that data of the user's will not have. */
interface Packed {
  readonly "@deltagrad/tensor": { dtype: Tensor["dtype"]; shape: Shape; values: ReturnType<Tensor["toTypedArray"]> };
}

/** The value with its tensors as plain data, and the buffers of copies, which may be handed over. */
export function pack(value: unknown): { packed: unknown; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const packed = mapTensors((x): Packed => {
    const values = x.toTypedArray();
    buffers.push(values.buffer as ArrayBuffer);
    return { "@deltagrad/tensor": { dtype: x.dtype, shape: x.shape, values } };
  }, value);
  return { packed, buffers };
}

/** The value that was packed. */
export function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (!isPlainObject(value)) return value;
  const wired = (value as unknown as Partial<Packed>)["@deltagrad/tensor"];
  if (wired !== undefined) return tensor(wired.values, { shape: wired.shape, dtype: wired.dtype });
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, unpack(field)]));
}
