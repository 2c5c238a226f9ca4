/** @file NumPy's and safetensors' files from any source; tensor's decoders do the work. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import { type DecodeNpzOptions, decodeNpy, decodeNpz } from "@deltagrad/tensor/npz";
import { decodeSafetensors, type Safetensors } from "@deltagrad/tensor/safetensors";
import { type FileSource, type ReadOptions, readBytes } from "./source.ts";

/** What a decoder makes of a file; its refusals name the file. */
async function decoded<T>(
  op: string,
  source: FileSource,
  options: ReadOptions,
  decode: (bytes: Uint8Array) => T,
): Promise<T> {
  const { bytes, refuse } = await readBytes(op, source, options);
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    return refuse(error.problem, error.advice);
  }
}

/**
 * The array in an npy file; see `decodeNpy` of "@deltagrad/tensor/npz".
 *
 * @example
 * const file = encodeNpy(tensor([[1, 2], [3, 4]]));
 * (await readNpy(file)).toArray();   // => [[1, 2], [3, 4]]
 */
export const readNpy = (source: FileSource, options: ReadOptions = {}): Promise<Tensor> =>
  decoded("readNpy", source, options, (bytes) => decodeNpy(bytes));

/**
 * The arrays in an npz file by their names, all or those of `only`; see `decodeNpz` of "@deltagrad/tensor/npz".
 *
 * @example
 * const file = encodeNpz({ x: tensor([1, 2]), y: tensor([3]) });
 * const { x } = await readNpz(file, { only: ["x"] });
 * x.toArray();   // => [1, 2]
 */
export const readNpz = (
  source: FileSource,
  options: ReadOptions & Pick<DecodeNpzOptions, "only"> = {},
): Promise<Record<string, Tensor>> => decoded("readNpz", source, options, (bytes) => decodeNpz(bytes, options));

/**
 * The tensors and the metadata in a safetensors file; see `decodeSafetensors` of "@deltagrad/tensor/safetensors".
 *
 * @example
 * const file = encodeSafetensors({ weight: tensor([1, 2]) }, { epoch: "3" });
 * const { tensors, metadata } = await readSafetensors(file);
 * tensors.weight.toArray();   // => [1, 2]
 * metadata.epoch;             // => "3"
 */
export const readSafetensors = (source: FileSource, options: ReadOptions = {}): Promise<Safetensors> =>
  decoded("readSafetensors", source, options, (bytes) => decodeSafetensors(bytes));
