/** @file Bytes of files: reading them within bounds, and the numbers of many kinds that they hold as elements of ours. */
import { allocate, type DType, type Storage } from "../core/dtype.ts";
import { formatShape, TensorError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";

/** Throws the one error that a decoder gives. */
export type Refuse = (problem: string, advice: string) => never;

/** What decoders take: the bytes of a whole file. */
export type Bytes = Uint8Array | ArrayBuffer;

export interface DecodeOptions {
  /** Whether tensors get memory of their own; otherwise they lie in the file's where its layout allows. */
  readonly copy?: boolean;
}

export const refuseFor =
  (op: string, where = ""): Refuse =>
  (problem, advice) => {
    throw new TensorError(op, `${where}${problem}`, advice);
  };

export function bytesOf(bytes: Bytes, refuse: Refuse): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  const shown = Array.isArray(bytes) ? "an array" : bytes === null ? "null" : typeof bytes;
  return refuse(`expected the bytes of a file, got ${shown}`, "give a Uint8Array or an ArrayBuffer");
}

/** Little-endian whole numbers at places in a file. */
export interface Reader {
  u16(at: number): number;
  u32(at: number): number;
  /** Beyond 2⁵³ rounded, which is more than any file has. */
  u64(at: number): number;
}

/** A reader that refuses what is not there. */
export function readerOf(bytes: Uint8Array, refuse: Refuse): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const within = (at: number, size: number): number => {
    if (!(at >= 0 && at + size <= bytes.length))
      refuse(`the file ends at byte ${bytes.length} where more is announced`, "it is truncated or damaged");
    return at;
  };
  return {
    u16: (at) => view.getUint16(within(at, 2), true),
    u32: (at) => view.getUint32(within(at, 4), true),
    u64: (at) => view.getUint32(within(at, 8), true) + view.getUint32(at + 4, true) * 2 ** 32,
  };
}

/** Throws unless the argument is an object of tensors. */
export function checkTensors(tensors: unknown, refuse: Refuse): void {
  if (typeof tensors === "object" && tensors !== null && !(tensors instanceof Tensor) && !Array.isArray(tensors))
    return;
  refuse("expected an object of tensors", "write { name: tensor }");
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array, refuse: Refuse): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("a text in it is not UTF-8", "it is damaged");
  }
}
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

// Every engine has these, though the language does not.
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** A kind of number in a file. */
export interface Encoding {
  readonly size: number;
  /** What it becomes here. */
  readonly dtype: DType;
  /** Whether it is the very same bytes. */
  readonly same?: boolean;
  read(view: DataView, at: number, little: boolean): number;
}

/** IEEE numbers of 16 bits, by the number of their exponent's bits. */
const short =
  (exponentBits: number) =>
  (view: DataView, at: number, little: boolean): number => {
    const bits = view.getUint16(at, little);
    const fractionBits = 15 - exponentBits;
    const [exponent, fraction] = [(bits & 0x7fff) >> fractionBits, bits & (2 ** fractionBits - 1)];
    const [top, bias] = [2 ** exponentBits - 1, 2 ** (exponentBits - 1) - 1];
    const sign = bits & 0x8000 ? -1 : 1;
    if (exponent === top) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    const significand = fraction / 2 ** fractionBits + (exponent === 0 ? 0 : 1);
    return sign * significand * 2 ** (Math.max(exponent, 1) - bias);
  };

/** Exact for all that int32 holds. */
const int64 =
  (high: "getInt32" | "getUint32") =>
  (view: DataView, at: number, little: boolean): number =>
    view[high](at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little);

export const encodings = {
  float64: { size: 8, dtype: "float64", same: true, read: (view, at, little) => view.getFloat64(at, little) },
  float32: { size: 4, dtype: "float32", same: true, read: (view, at, little) => view.getFloat32(at, little) },
  float16: { size: 2, dtype: "float32", read: /* @__PURE__ */ short(5) },
  bfloat16: { size: 2, dtype: "float32", read: /* @__PURE__ */ short(8) },
  int64: { size: 8, dtype: "int32", read: /* @__PURE__ */ int64("getInt32") },
  int32: { size: 4, dtype: "int32", same: true, read: (view, at, little) => view.getInt32(at, little) },
  int16: { size: 2, dtype: "int32", read: (view, at, little) => view.getInt16(at, little) },
  int8: { size: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  uint64: { size: 8, dtype: "int32", read: /* @__PURE__ */ int64("getUint32") },
  uint32: { size: 4, dtype: "int32", read: (view, at, little) => view.getUint32(at, little) },
  uint16: { size: 2, dtype: "int32", read: (view, at, little) => view.getUint16(at, little) },
  uint8: { size: 1, dtype: "int32", read: (view, at) => view.getUint8(at) },
  bool: { size: 1, dtype: "bool", same: true, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
} as const satisfies Record<string, Encoding>;

/** More elements than any engine's typed arrays hold. */
const MAX_ELEMENTS = 2 ** 33;
/** As NumPy has it. */
const MAX_RANK = 64;

/** The number of elements of a shape that a file claims. */
export function countOf(shape: Shape, refuse: Refuse): number {
  if (shape.length > MAX_RANK) refuse(`a shape has ${shape.length} axes`, `more than ${MAX_RANK} are none of NumPy's`);
  let count = 1;
  // Axes of extent 0 do not excuse absurd ones.
  for (const extent of shape) count *= Math.max(extent, 1);
  if (!(count <= MAX_ELEMENTS) || !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0))
    refuse(`${formatShape(shape)} is no shape of a tensor`, "extents are whole numbers ≥ 0, of a size that can exist");
  return shape.includes(0) ? 0 : count;
}

const isLittleEndian = (): boolean => new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * `count` elements from the bytes `data`, of that many: their own memory where it has our dtype, byte order and
 * alignment (unless `copy`), else memory as large as they need.
 */
export function elementsOf(
  data: Uint8Array,
  count: number,
  encoding: Encoding,
  little: boolean,
  copy: boolean,
  refuse: Refuse,
): Storage {
  const { size, dtype, same = false, read } = encoding;
  if (same && (little === isLittleEndian() || size === 1) && (dtype !== "bool" || data.every((byte) => byte <= 1))) {
    const aligned = !copy && data.byteOffset % size === 0 ? data : data.slice();
    return new arrays[dtype](aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = allocate(dtype, count, "decode");
  for (let i = 0; i < count; i++) {
    const value = read(view, i * size, little);
    out[i] = value;
    if (dtype === "int32" && out[i] !== value)
      refuse(`element ${i} is ${value}, which int32 does not hold`, "save it as float64");
  }
  return out;
}

const arrays = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** The bytes of elements in little-endian order: their own memory where the machine has it so. */
export function littleEndian(values: Storage): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const size = values.BYTES_PER_ELEMENT;
  if (isLittleEndian() || size === 1) return bytes;
  const out = bytes.slice();
  for (let i = 0; i < out.length; i += size) out.subarray(i, i + size).reverse();
  return out;
}

/** Fields of a binary header, one after the other, as little-endian whole numbers of so many bytes. */
export function fields(...list: readonly (readonly [size: 2 | 4 | 8, value: number])[]): Uint8Array {
  const out = new Uint8Array(list.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of list) {
    for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) out[at + i] = rest % 256;
    at += size;
  }
  return out;
}

/** Pieces joined. */
export function joined(pieces: readonly Uint8Array[], op: string): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const out = allocate("bool", length, op) as Uint8Array;
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
