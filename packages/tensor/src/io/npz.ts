/** @file NumPy's files of several arrays (npz). */
import { TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { type Bytes, bytesOf, checkTensors, type DecodeOptions, refuseFor } from "./bytes.ts";
import { ALIGNMENT, readNpy, writeNpy } from "./npy.ts";
import { archiveOf, contentOf, membersOf } from "./zip.ts";

export interface DecodeNpzOptions extends DecodeOptions {
  /** The names of the arrays to read; the others are not looked at. */
  readonly only?: readonly string[];
  /** How much may be made of compressed arrays, all together: 1 GiB. */
  readonly maxBytes?: number;
}

/**
 * The arrays in an npz file by their names, as NumPy's `np.savez` and `np.savez_compressed` write them.
 *
 * Dtype: as decodeNpy.
 * At the edges: tensors lie in the memory of `bytes` where they were stored uncompressed at a place that is aligned
 * (encodeNpz does so, NumPy does not), and then `bytes` must not be written to; `{ copy: true }` gives them their own.
 * Throws: TensorError for a file that is truncated or damaged (checksums are compared), for members that overlap or
 * have one name, for arrays that decodeNpy refuses, and before compressed arrays make more than `maxBytes`.
 * Source: the .ZIP File Format Specification 6.3.10, with zip64; RFC 1951 for DEFLATE.
 *
 * @example
 * const { weight, bias } = decodeNpz(encodeNpz({ weight: ones([2, 2]), bias: zeros([2]) }));
 * weight.toArray();   // => [[1, 1], [1, 1]]
 * bias.toArray();     // => [0, 0]
 */
export function decodeNpz(
  bytes: Bytes,
  { only, maxBytes = 2 ** 30, copy = false }: DecodeNpzOptions = {},
): Record<string, Tensor> {
  const op = "decodeNpz";
  const refuse = refuseFor(op);
  const members = membersOf(bytesOf(bytes, refuse), refuse);
  const named = new Map(members.map((member) => [member.name.replace(/\.npy$/, ""), member]));
  if (named.size < members.length) refuse("two of its members have one name but for .npy", "give each its own name");
  const wanted = only ?? [...named.keys()];
  if (!Array.isArray(wanted)) refuse("`only` is no list of names", 'write { only: ["x"] }');
  let left = maxBytes;
  const read = (name: string): [string, Tensor] => {
    const refuse = refuseFor(op, `${JSON.stringify(name)}: `);
    const shown = [...named.keys()].map((key) => JSON.stringify(key)).join(", ");
    const member =
      named.get(name) ?? refuse("there is no such array", shown === "" ? "it is empty" : `there is ${shown}`);
    const content = contentOf(member, left, refuse);
    if (content.buffer !== member.data.buffer) left -= content.length;
    return [name, readNpy(content, copy, refuse)];
  };
  return Object.fromEntries(wanted.map(read));
}

/**
 * Tensors as the bytes of an npz file, which NumPy's `np.load` reads; the same tensors give the same bytes.
 *
 * @example
 * decodeNpz(encodeNpz({ x: tensor([1, 2]) }, { compress: true })).x.toArray();   // => [1, 2]
 */
export function encodeNpz(
  tensors: Readonly<Record<string, Tensor>>,
  { compress = false }: { readonly compress?: boolean } = {},
): Uint8Array {
  const op = "encodeNpz";
  checkTensors(tensors, refuseFor(op));
  const members = Object.entries(tensors).map(([name, x]) => {
    if (name.length > 0x3fff) throw new TensorError(op, `a name has ${name.length} characters`, "give a shorter one");
    return [`${name}.npy`, writeNpy(op, x)] as const;
  });
  return archiveOf(op, members, { compress, alignment: ALIGNMENT });
}
