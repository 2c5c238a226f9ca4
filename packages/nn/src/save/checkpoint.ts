/** @file Trees of tensors and plain data as one file: a training's snapshot, or whatever is to be kept with it. */
import { Tensor, TensorError } from "@deltagrad/tensor";
import { checkAlike, named, nameOf } from "../like.ts";
import { seal, unseal } from "./seal.ts";

const FORMAT = "deltagrad checkpoint";
/** Stand in the structure for what JSON cannot say. */
const TENSOR = "$tensor";
const NUMBER = "$number";

const isPlain = (value: object): boolean => [null, Object.prototype].includes(Object.getPrototypeOf(value));

/** The tree with names in place of its tensors, which are put into `tensors`: each once, wherever else it is. */
function structureOf(value: unknown, path: string, tensors: Map<Tensor, string>): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { [NUMBER]: `${Object.is(value, -0) ? "-0" : value}` };
  if (value instanceof Tensor) {
    const name = tensors.get(value) ?? nameOf(path);
    tensors.set(value, name);
    return { [TENSOR]: name };
  }
  if (Array.isArray(value)) return value.map((part, i) => structureOf(part, `${path}[${i}]`, tensors));
  if (typeof value === "object" && isPlain(value)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined);
    const odd = entries.find(([key]) => key === TENSOR || key === NUMBER);
    if (odd !== undefined) throw new TensorError("encodeCheckpoint", `a key is ${odd[0]}`, "give it another name");
    return Object.fromEntries(
      entries.map(([key, part]) => [key, structureOf(part, `${path}[${JSON.stringify(key)}]`, tensors)]),
    );
  }
  throw new TensorError(
    "encodeCheckpoint",
    `${nameOf(path) || "the value"} is a ${typeof value === "object" ? value.constructor.name : typeof value}`,
    "keep tensors, numbers, texts, lists and plain objects; of a stream its state()",
  );
}

function restored(structure: unknown, tensors: Readonly<Record<string, Tensor>>, op: string): unknown {
  if (typeof structure !== "object" || structure === null) return structure;
  if (Array.isArray(structure)) return structure.map((part) => restored(part, tensors, op));
  const { [TENSOR]: name, [NUMBER]: number } = structure as Record<string, unknown>;
  if (typeof number === "string") return Number(number);
  if (typeof name === "string") {
    if (!Object.hasOwn(tensors, name))
      throw new TensorError(op, `there is no tensor ${name}`, "the file was changed by another program");
    return tensors[name];
  }
  return Object.fromEntries(Object.entries(structure).map(([key, part]) => [key, restored(part, tensors, op)]));
}

/**
 * A tree of tensors and plain data as the bytes of a safetensors file. Tensors have their paths as names, joined with
 * dots (`params.0.weight`); the rest is JSON in the metadata; a checksum covers every byte. NaN, ±∞ and −0 are kept.
 *
 * Throws: TensorError for what is neither a tensor nor plain data.
 *
 * @example
 * const bytes = encodeCheckpoint({ params: [tensor([1, 2])], step: 7, best: Infinity });
 * decodeCheckpoint<{ step: number; best: number }>(bytes).step;   // => 7
 * Object.keys(decodeSafetensors(bytes).tensors);                  // => ["params.0"]
 */
export function encodeCheckpoint(value: unknown): Uint8Array {
  const tensors = new Map<Tensor, string>();
  const structure = JSON.stringify(structureOf(value, "", tensors));
  const entries = [...tensors].map(([tensor, name]): [string, Tensor] => [name, tensor]);
  const twice = entries.find(([name], i) => entries.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined)
    throw new TensorError(
      "encodeCheckpoint",
      `two tensors are named ${twice[0]}`,
      "leave dots out of the keys of the tree",
    );
  return seal(Object.fromEntries(entries), { format: FORMAT, structure });
}

/**
 * What `encodeCheckpoint` was given. `like` says what is expected of some of its parts, and they are held against it.
 *
 * Throws: TensorError for a file that is truncated, damaged, or of a later version, before anything is made of it; and
 * when a part has other names, shapes or dtypes than expected, with all that is wrong.
 *
 * @example
 * const bytes = encodeCheckpoint({ params: { w: tensor([1, 2]) } });
 * decodeCheckpoint(bytes, { params: { w: zeros([2]) } }).params.w.toArray();   // => [1, 2]
 */
export function decodeCheckpoint<T>(bytes: Uint8Array, like?: Partial<T>, op = "decodeCheckpoint"): T {
  const { tensors, metadata } = unseal(op, bytes, true);
  if (metadata.format !== FORMAT || metadata.structure === undefined)
    throw new TensorError(
      op,
      `its format is ${JSON.stringify(metadata.format)}`,
      "give a file that saveCheckpoint wrote",
    );
  const value = restored(JSON.parse(metadata.structure), tensors, op) as T;
  if (like !== undefined) {
    const parts = Object.fromEntries(Object.keys(like).map((key) => [key, (value as Record<string, unknown>)[key]]));
    checkAlike(op, named(op, like), named(op, parts));
  }
  return value;
}
