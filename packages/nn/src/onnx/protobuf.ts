/** @file Protocol buffers, as far as ONNX's messages need them: https://protobuf.dev/programming-guides/encoding. */

/** A field of a message: a whole number, a text, bytes (of a message), or a 32-bit float. */
export type Field = readonly [number: number, value: bigint | number | string | Uint8Array | Float];

/** A number that is to be written as a float. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  // Negative numbers as two's complement of 64 bits.
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;
const tag = (field: number, wire: number): number[] => varint(BigInt((field << 3) | wire));

/** The UTF-8 bytes of a text; TextEncoder is in every engine, but in no type here. */
function utf8(text: string): Uint8Array {
  const { TextEncoder } = globalThis as unknown as { TextEncoder: new () => { encode(text: string): Uint8Array } };
  return new TextEncoder().encode(text);
}

function pieces([field, value]: Field): (readonly number[] | Uint8Array)[] {
  if (value instanceof Float) return [tag(field, FIXED32), new Uint8Array(new Float32Array([value.value]).buffer)];
  if (typeof value === "bigint" || typeof value === "number") return [tag(field, VARINT), varint(BigInt(value))];
  const bytes = typeof value === "string" ? utf8(value) : value;
  return [tag(field, LENGTH), varint(BigInt(bytes.length)), bytes];
}

/** A message from its fields, in order. */
export function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(pieces);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
