/** @file The npy format: one array, after a header that is a Python dictionary. */
import { asTensor } from "../core/create.ts";
import { formatShape } from "../core/errors.ts";
import { rowMajor, type Shape } from "../core/shape.ts";
import { contiguous, Tensor } from "../core/tensor.ts";
import {
  type Bytes,
  bytesOf,
  countOf,
  type DecodeOptions,
  type Encoding,
  elementsOf,
  encodings,
  joined,
  littleEndian,
  type Refuse,
  readerOf,
  refuseFor,
  utf8,
} from "./bytes.ts";

const MAGIC = "\x93NUMPY";
/** As NumPy limits it: no array needs more. */
const MAX_HEADER = 10_000;
/** Elements begin at a multiple of this. */
export const ALIGNMENT = 64;

const kinds: Readonly<Record<string, Encoding>> = {
  f8: encodings.float64,
  f4: encodings.float32,
  f2: encodings.float16,
  i8: encodings.int64,
  i4: encodings.int32,
  i2: encodings.int16,
  i1: encodings.int8,
  u8: encodings.uint64,
  u4: encodings.uint32,
  u2: encodings.uint16,
  u1: encodings.uint8,
  b1: encodings.bool,
};
const names = { float64: "<f8", float32: "<f4", int32: "<i4", bool: "|b1" } as const;

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

interface Header {
  readonly descr: string;
  readonly fortran_order: boolean;
  readonly shape: Shape;
}

/** The dictionary {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, its three entries in any order. */
function headerOf(text: string, refuse: Refuse): Header {
  const found = new Map<string, string | boolean | Shape>();
  const damaged = (): never => refuse(`its header is ${JSON.stringify(text.trim().slice(0, 80))}`, "it is damaged");
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? damaged();
  if (/(['"])descr\1\s*:\s*\[/.test(body))
    refuse("it holds records of several fields", "save each field as an array of its own: np.savez(file, x=a['x'], …)");
  const entry =
    /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(['"])([^'"\\]*)\3|(True|False)|\(([\dL,\s]*)\))\s*(?:,\s*|$)/y;
  while (entry.lastIndex < body.length) {
    const [, , key, , text, truth, extents] = entry.exec(body) ?? damaged();
    if (found.has(key!)) damaged();
    const numbers = (extents ?? "").split(",").map((extent) => extent.trim());
    if (numbers.at(-1) === "") numbers.pop();
    if (!numbers.every((extent) => /^\d+L?$/.test(extent))) damaged();
    found.set(
      key!,
      text ?? (truth === undefined ? numbers.map((extent) => Number.parseInt(extent, 10)) : truth === "True"),
    );
  }
  const [descr, fortran, shape] = ["descr", "fortran_order", "shape"].map((key) => found.get(key));
  if (typeof descr !== "string" || typeof fortran !== "boolean" || !Array.isArray(shape)) return damaged();
  return { descr, fortran_order: fortran, shape };
}

/** The kind of number that a descriptor names, and whether its first byte is the lowest. */
function kindOf(descr: string, refuse: Refuse): readonly [Encoding, little: boolean] {
  const [, order, kind] = /^([<>|])(\w+)$/.exec(descr) ?? [];
  if (kind?.startsWith("O"))
    refuse("it holds pickled Python objects, which only Python can read", "save plain numbers");
  const encoding = Object.hasOwn(kinds, kind ?? "") ? kinds[kind!]! : undefined;
  if (encoding === undefined || (order === "|" && encoding.size > 1))
    return refuse(`there is no dtype for ${JSON.stringify(descr)}`, "save float64, float32, int32 or bool");
  return [encoding, order !== ">"];
}

/** The array in the bytes of an npy file. */
export function readNpy(bytes: Uint8Array, copy: boolean, refuse: Refuse): Tensor {
  if (latin1(bytes.subarray(0, 6)) !== MAGIC)
    refuse("it does not begin with \\x93NUMPY", "it is no npy file (for .npz, decodeNpz)");
  const reader = readerOf(bytes, refuse);
  const version = reader.u16(6) & 0xff;
  if (version < 1 || version > 3) refuse(`npy version ${version} is unknown`, "save it with NumPy's np.save");
  const begin = version === 1 ? 10 : 12;
  const length = version === 1 ? reader.u16(8) : reader.u32(8);
  if (length > MAX_HEADER) refuse(`its header has ${length} bytes`, `more than ${MAX_HEADER} are none of NumPy's`);
  const start = begin + length;
  if (start > bytes.length) refuse(`its header ends at byte ${start} of ${bytes.length}`, "it is truncated or damaged");
  const { descr, fortran_order, shape } = headerOf(latin1(bytes.subarray(begin, start)), refuse);
  const [encoding, little] = kindOf(descr, refuse);
  const count = countOf(shape, refuse);
  const [needed, there] = [count * encoding.size, bytes.length - start];
  if (needed !== there)
    refuse(
      `${formatShape(shape)} of ${descr} takes ${needed} bytes, there are ${there}`,
      needed > there ? "it is truncated or damaged" : "it is damaged, or several arrays were saved to one file",
    );
  const storage = elementsOf(bytes.subarray(start), count, encoding, little, copy, refuse);
  // Fortran's order is that of the transpose: the first axis is the fastest.
  const strides = fortran_order ? [...rowMajor([...shape].reverse())].reverse() : rowMajor(shape);
  return new Tensor({ shape, dtype: encoding.dtype }, storage, { strides, offset: 0 }, null);
}

/** The bytes of an npy file. */
export function writeNpy(op: string, x: Tensor): Uint8Array {
  const given: Tensor = asTensor(op, x);
  const { shape, dtype } = given;
  const values = littleEndian(contiguous(op, given));
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${names[dtype]}', 'fortran_order': False, 'shape': (${extents}), }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const start = Uint8Array.of(0x93, ...utf8("NUMPY"), 1, 0, length & 0xff, length >> 8);
  return joined([start, utf8(`${text.padEnd(length - 1)}\n`), values], op);
}

/**
 * The array in an npy file, as NumPy's `np.save` writes it.
 *
 * Dtype: float64, float32, int32 and bool as they are; float16 becomes float32; int8, int16, uint8 and uint16 become
 * int32, as do int64, uint32 and uint64 if int32 holds all their values.
 * At the edges: the tensor lies in the memory of `bytes` where dtype, byte order (little-endian) and alignment allow,
 * which then must not be written to; `{ copy: true }` gives it its own. Fortran's order is a view too.
 * Throws: TensorError for anything else: other dtypes, pickled objects, a file that is truncated, damaged or longer
 * than it says. Nothing larger than a few times the file is allocated.
 * Source: the NumPy Enhancement Proposal 1, versions 1.0 to 3.0 of the format.
 *
 * @example
 * decodeNpy(encodeNpy(tensor([[1, 2], [3, 4]]))).toArray();   // => [[1, 2], [3, 4]]
 */
export function decodeNpy(bytes: Bytes, { copy = false }: DecodeOptions = {}): Tensor {
  const refuse = refuseFor("decodeNpy");
  return readNpy(bytesOf(bytes, refuse), copy, refuse);
}

/**
 * A tensor as the bytes of an npy file, which NumPy's `np.load` reads.
 *
 * At the edges: strided tensors are written in row-major order.
 *
 * @example
 * encodeNpy(zeros([2, 3])).length;   // => 176
 */
export const encodeNpy = (x: Tensor): Uint8Array => writeNpy("encodeNpy", x);
