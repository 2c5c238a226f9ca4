/** @file Entry "@deltagrad/tensor/safetensors": named tensors after a header in JSON, as Hugging Face's models have them. */
import { asTensor } from "../core/create.ts";
import { formatShape, TensorError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { contiguous, fromStorage, type Tensor } from "../core/tensor.ts";
import {
  type Bytes,
  bytesOf,
  checkTensors,
  countOf,
  type DecodeOptions,
  type Encoding,
  elementsOf,
  encodings,
  fields,
  joined,
  littleEndian,
  type Refuse,
  readerOf,
  refuseFor,
  textOf,
  utf8,
} from "./bytes.ts";

const METADATA = "__metadata__";
/** As the format limits it. */
const MAX_HEADER = 100_000_000;

const kinds: Readonly<Record<string, Encoding>> = {
  F64: encodings.float64,
  F32: encodings.float32,
  F16: encodings.float16,
  BF16: encodings.bfloat16,
  I64: encodings.int64,
  I32: encodings.int32,
  I16: encodings.int16,
  I8: encodings.int8,
  U64: encodings.uint64,
  U32: encodings.uint32,
  U16: encodings.uint16,
  U8: encodings.uint8,
  BOOL: encodings.bool,
};
const names = { float64: "F64", float32: "F32", int32: "I32", bool: "BOOL" } as const;

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: Record<string, Tensor>;
  readonly metadata: Record<string, string>;
}

/** The file begins with the length of the header, in 8 bytes; tensors begin where it ends. */
function headerOf(bytes: Uint8Array, refuse: Refuse): { entries: Record<string, unknown>; start: number } {
  const length = readerOf(bytes, refuse).u64(0);
  const start = 8 + length;
  if (length > MAX_HEADER) refuse(`its header has ${length} bytes`, `more than ${MAX_HEADER} are not allowed`);
  if (start > bytes.length) refuse(`its header ends at byte ${start} of ${bytes.length}`, "it is truncated or damaged");
  const text = textOf(bytes.subarray(8, start), refuse);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    refuse("its header is no JSON", "it is damaged, or no safetensors file");
  }
  if (!isObject(entries) || !text.startsWith("{")) return refuse("its header is no object", "it is damaged");
  checkKeys(text, refuse);
  return { entries, start };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws where an object in a text, which is JSON, has a key twice: JSON.parse would keep the last without a word. */
function checkKeys(text: string, refuse: Refuse): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{") open.push(new Set());
    else if (char === "[") open.push(null);
    else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const from = at++;
      while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
      let next = at + 1;
      while (/\s/.test(text[next] ?? "")) next++;
      if (text[next] !== ":") continue;
      const key = JSON.parse(text.slice(from, at + 1)) as string;
      if (open.at(-1)!.has(key)) refuse(`its header has ${JSON.stringify(key)} twice`, "give each tensor its own name");
      open.at(-1)!.add(key);
    }
  }
}

interface Entry {
  readonly shape: Shape;
  readonly encoding: Encoding;
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

/** What the header says of one tensor. */
function entryOf(value: unknown, refuse: Refuse): Entry {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  const areNumbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (typeof dtype !== "string" || !areNumbers(shape) || !areNumbers(offsets) || offsets.length !== 2)
    return refuse("its entry is no { dtype, shape, data_offsets }", "it is damaged");
  if (!Object.hasOwn(kinds, dtype))
    refuse(`there is no dtype for ${JSON.stringify(dtype)}`, `save ${Object.keys(kinds).join(", ")}`);
  const encoding = kinds[dtype]!;
  const count = countOf(shape, refuse);
  const [begin, end] = offsets as [number, number];
  if (end - begin !== count * encoding.size)
    refuse(
      `${formatShape(shape)} of ${dtype} takes ${count * encoding.size} bytes, not those from ${begin} to ${end}`,
      "it is damaged",
    );
  return { shape, encoding, count, begin, end };
}

/**
 * The tensors in a safetensors file by their names, and its metadata.
 *
 * Dtype: F64, F32, I32 and BOOL as they are; F16 and BF16 become float32; I8, I16, U8 and U16 become int32, as do I64,
 * U32 and U64 if int32 holds all their values.
 * At the edges: tensors lie in the memory of `bytes` where dtype and alignment allow (always, in files that
 * encodeSafetensors wrote), and then `bytes` must not be written to; `{ copy: true }` gives them their own.
 * Throws: TensorError for other dtypes, and for a file that is truncated or damaged: a header that is no JSON or has a
 * name twice, sizes that do not fit shapes, tensors that overlap, leave gaps or end elsewhere than the file. Nothing
 * larger than a few times the file is allocated.
 * Source: the format's description at https://github.com/huggingface/safetensors.
 *
 * @example
 * const bytes = encodeSafetensors({ bias: tensor([1, 2]) }, { step: "7" });
 * decodeSafetensors(bytes).tensors.bias.toArray();   // => [1, 2]
 * decodeSafetensors(bytes).metadata;                 // => { step: "7" }
 */
export function decodeSafetensors(bytes: Bytes, { copy = false }: DecodeOptions = {}): Safetensors {
  const op = "decodeSafetensors";
  const file = bytesOf(bytes, refuseFor(op));
  const { entries, start } = headerOf(file, refuseFor(op));
  const { [METADATA]: metadata = {}, ...rest } = entries;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string"))
    refuseFor(op)("its metadata is no object of texts", "it is damaged");
  const tensors = Object.entries(rest).map(([name, value]) => {
    const refuse = refuseFor(op, `${JSON.stringify(name)}: `);
    return { name, refuse, ...entryOf(value, refuse) };
  });
  let at = 0;
  for (const { begin, end, refuse } of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      refuse(`it begins at byte ${begin}, where the one before ends at ${at}`, "tensors may not overlap or leave gaps");
    at = end;
  }
  if (start + at !== file.length)
    refuseFor(op)(`its tensors end at byte ${start + at} of ${file.length}`, "it is truncated or damaged");
  return {
    tensors: Object.fromEntries(
      tensors.map(({ name, shape, encoding, count, begin, end, refuse }) => {
        const data = file.subarray(start + begin, start + end);
        return [
          name,
          fromStorage(shape, encoding.dtype, elementsOf(data, count, encoding, true, copy, refuse)) as Tensor,
        ];
      }),
    ),
    metadata: metadata as Record<string, string>,
  };
}

/**
 * Tensors and metadata as the bytes of a safetensors file; the same ones give the same bytes. Every tensor begins at a
 * multiple of its element's size.
 *
 * Throws: TensorError for a tensor named "__metadata__" and for metadata that is not text.
 *
 * @example
 * encodeSafetensors({ x: zeros([3]) }).length;   // => 88
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const op = "encodeSafetensors";
  const refuse = refuseFor(op);
  checkTensors(tensors, refuse);
  if (Object.hasOwn(tensors, METADATA)) refuse(`a tensor is named ${METADATA}`, "give metadata as the second argument");
  for (const [key, value] of Object.entries(metadata))
    if (typeof value !== "string")
      throw new TensorError(
        op,
        `metadata ${JSON.stringify(key)} is ${typeof value}`,
        "metadata is text: String(value)",
      );
  // The widest elements first, so that all are aligned.
  const parts = Object.entries(tensors)
    .map(([name, x]) => {
      const { shape, dtype } = asTensor(op, x);
      const values = contiguous(op, asTensor(op, x));
      return { name, shape, dtype: names[dtype], width: values.BYTES_PER_ELEMENT, data: littleEndian(values) };
    })
    .sort((a, b) => b.width - a.width || (a.name < b.name ? -1 : 1));
  const entries: [name: string, entry: unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let end = 0;
  for (const { name, shape, dtype, data } of parts) {
    const begin = end;
    end += data.length;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const text = utf8(JSON.stringify(Object.fromEntries(entries)));
  const padding = (8 - (text.length % 8)) % 8;
  const header = [fields([8, text.length + padding]), text, new Uint8Array(padding).fill(0x20)];
  return joined([...header, ...parts.map(({ data }) => data)], op);
}
