/** @file IDX, the format of MNIST: one array of one kind of number, after its extents. */
import { type DType, type Shape, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { allocate } from "@deltagrad/tensor/extend";
import { formatShape, shown } from "../checks.ts";
import { type FileSource, type ReadOptions, type Refuse, readBytes } from "./source.ts";

export interface IdxOptions extends ReadOptions {
  /** The type of the tensor, if it is not to be the file's own. */
  readonly dtype?: Exclude<DType, "bool">;
}

interface Kind {
  readonly name: string;
  readonly size: number;
  readonly dtype: Exclude<DType, "bool">;
  read(view: DataView, at: number): number;
}

/** By the third byte of a file. Numbers are big-endian. */
const kinds: Readonly<Record<number, Kind>> = {
  8: { name: "uint8", size: 1, dtype: "int32", read: (view, at) => view.getUint8(at) },
  9: { name: "int8", size: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  11: { name: "int16", size: 2, dtype: "int32", read: (view, at) => view.getInt16(at) },
  12: { name: "int32", size: 4, dtype: "int32", read: (view, at) => view.getInt32(at) },
  13: { name: "float32", size: 4, dtype: "float32", read: (view, at) => view.getFloat32(at) },
  14: { name: "float64", size: 8, dtype: "float64", read: (view, at) => view.getFloat64(at) },
};

/**
 * The array in an IDX file, which may be compressed by gzip.
 *
 * Shapes: the file's, of any rank.
 * Dtype: int32 for whole numbers of 8, 16 and 32 bits, float32 and float64 as they are; or what `dtype` says.
 * Throws: TensorError for a file that is empty, truncated, damaged or longer than it says, and for a `dtype` that does
 * not hold its numbers. Nothing is allocated before the file has as many bytes as it promises.
 * Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, "the IDX file format".
 *
 * @example
 * const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1); // three bytes, on one axis
 * (await readIdx(labels)).toArray();   // => [7, 2, 1]
 */
export const readIdx = (source: FileSource, options: IdxOptions = {}): Promise<Tensor> =>
  readIdxFor("readIdx", source, options);

/** `readIdx` in the name of the operation that was called. */
export async function readIdxFor(op: string, source: FileSource, options: IdxOptions): Promise<Tensor> {
  const { dtype } = options;
  if (dtype !== undefined && !["int32", "float32", "float64"].includes(dtype))
    throw new TensorError(op, `dtype is ${shown(dtype)}`, "use int32, float32 or float64");
  const { bytes, refuse } = await readBytes(op, source, options);
  return decodeIdx(op, bytes, dtype, refuse);
}

function decodeIdx(op: string, bytes: Uint8Array, wanted: IdxOptions["dtype"], refuse: Refuse): Tensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0)
    refuse("it does not begin with two zeros, a type and a rank", "it is no IDX file");
  const [code, rank] = [bytes[2]!, bytes[3]!];
  const kind = kinds[code] ?? refuse(`type ${code} at byte 2 is unknown`, `IDX has ${Object.keys(kinds).join(", ")}`);
  const start = 4 + 4 * rank;
  if (bytes.length < start)
    refuse(`${rank} extents take ${start} bytes, there are ${bytes.length}`, "it is truncated or damaged");
  const shape: Shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, extent) => product * extent, 1);
  const [needed, there] = [count * kind.size, bytes.length - start];
  if (needed !== there) {
    const much = needed > Number.MAX_SAFE_INTEGER ? "more than 2⁵³" : needed;
    refuse(
      `${formatShape(shape)} of ${kind.name} takes ${much} bytes from byte ${start} on, there are ${there}`,
      "it is truncated or damaged",
    );
  }
  const dtype = wanted ?? kind.dtype;
  const out = allocate(dtype, count, op);
  if (kind.name === "uint8") out.set(bytes.subarray(start));
  else
    for (let i = 0; i < count; i++) {
      const value = kind.read(view, start + i * kind.size);
      out[i] = value;
      if (dtype === "int32" && out[i] !== value)
        refuse(`element ${i} is ${value}, which int32 does not hold`, 'say dtype: "float64"');
    }
  return tensor(out, { shape, dtype, copy: false });
}
