/** @file Code as nested pieces, which are put in a row once, at the end; and the variable-length numbers in it. */

/** Where a function or global will stand in its module: known when the module is complete. */
export interface Place {
  index: number;
}

/** Bytes, pieces of code, and the places of what is named in it. */
export type Code = readonly (number | Place | Code)[];

/** A number ≥ 0, below 2³², in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** A whole number of 32 or 64 bits in signed LEB128. */
export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest < -64n || rest > 63n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest & 127n)];
}

/** The IEEE 754 bytes of numbers, the lowest first. */
export const bytesOf = (type: "f32" | "f64", ...values: number[]): number[] => {
  const size = type === "f32" ? 4 : 8;
  const view = new DataView(new ArrayBuffer(size * values.length));
  for (const [i, value] of values.entries())
    if (type === "f32") view.setFloat32(size * i, value, true);
    else view.setFloat64(size * i, value, true);
  return [...new Uint8Array(view.buffer)];
};

/** A name of ASCII letters, after its length. */
export const named = (name: string): number[] => [
  ...unsigned(name.length),
  ...Array.from(name, (letter) => letter.charCodeAt(0)),
];

/** Pieces after their number, as WebAssembly's vectors are. */
export const counted = (items: readonly Code[]): Code => [unsigned(items.length), ...items];

/** Puts code in a row of bytes. */
export function flatten(code: Code, bytes: number[] = []): number[] {
  for (const piece of code)
    if (typeof piece === "number") bytes.push(piece);
    else if ("index" in piece) bytes.push(...unsigned(piece.index));
    else flatten(piece, bytes);
  return bytes;
}

/** Code after its length in bytes. */
export const measured = (code: Code): number[] => {
  const bytes = flatten(code);
  return [...unsigned(bytes.length)].concat(bytes);
};
