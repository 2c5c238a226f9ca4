/** @file ONNX's messages, by the numbers of onnx.proto; floats are written as float32, which all runtimes compute in. */
import type { Tensor } from "@deltagrad/tensor";
import { type Field, Float, message } from "./protobuf.ts";

/** TensorProto.DataType. */
const TYPES = { float64: 1, float32: 1, int32: 6, bool: 9, int64: 7 } as const;
export type ElementType = keyof typeof TYPES;
export const typeOf = (dtype: ElementType): number => TYPES[dtype];

/** Opset 17 (2022), IR 8: the newest that everything in use reads. */
const OPSET = 17;
const IR = 8;

export type Attribute = number | string | readonly number[] | Float;
/** An extent: a number, or open. */
export type Extent = number | null;
const BATCH = "batch";

function attribute(name: string, value: Attribute): Uint8Array {
  const [FLOAT, INT, STRING, INTS] = [1, 2, 3, 7];
  if (value instanceof Float) return message([1, name], [2, value], [20, FLOAT]);
  if (typeof value === "string") return message([1, name], [4, value], [20, STRING]);
  if (typeof value === "number") return message([1, name], [3, value], [20, INT]);
  return message([1, name], ...value.map((x): Field => [8, x]), [20, INTS]);
}

export const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
): Uint8Array =>
  message(
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [3, outputs.at(-1)!],
    [4, op],
    ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
  );

/** Little-endian, whatever the machine. */
function raw(dtype: ElementType, values: ArrayLike<number>): Uint8Array {
  const size = dtype === "bool" ? 1 : dtype === "int64" ? 8 : 4;
  const view = new DataView(new ArrayBuffer(values.length * size));
  for (let i = 0; i < values.length; i++) {
    if (dtype === "bool") view.setUint8(i, values[i]!);
    else if (dtype === "int64") view.setBigInt64(i * size, BigInt(values[i]!), true);
    else if (dtype === "int32") view.setInt32(i * size, values[i]!, true);
    else view.setFloat32(i * size, values[i]!, true);
  }
  return new Uint8Array(view.buffer);
}

export const initializer = (name: string, dtype: ElementType, shape: readonly number[], values: ArrayLike<number>) =>
  message(...shape.map((n): Field => [1, n]), [2, TYPES[dtype]], [8, name], [9, raw(dtype, values)]);

export const tensorInitializer = (name: string, x: Tensor): Uint8Array =>
  initializer(name, x.dtype, x.shape, x.toTypedArray());

export function valueInfo(name: string, dtype: ElementType, shape: readonly Extent[]): Uint8Array {
  const dims = shape.map((n): Field => [1, n === null ? message([2, BATCH]) : message([1, n])]);
  const type = message([1, TYPES[dtype]], [2, message(...dims)]);
  return message([1, name], [2, message([1, type])]);
}

export interface Parts {
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

export function model(name: string, { nodes, initializers, inputs, outputs }: Parts): Uint8Array {
  const graph = message(
    ...nodes.map((bytes): Field => [1, bytes]),
    [2, name],
    ...initializers.map((bytes): Field => [5, bytes]),
    ...inputs.map((bytes): Field => [11, bytes]),
    ...outputs.map((bytes): Field => [12, bytes]),
  );
  return message([1, IR], [2, "deltagrad"], [7, graph], [8, message([1, ""], [2, OPSET])]);
}
