/** @file Files for tests, written from the formats' definitions. */
import { crc32, deflateSync } from "node:zlib";

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const concat = (...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(pieces));

const big = (value: number, size = 4): Buffer => {
  const out = Buffer.alloc(size);
  out.writeUIntBE(value, 0, size);
  return out;
};

/** An IDX file with a header of one's own. */
export const idx = (code: number, shape: readonly number[], data: Uint8Array = new Uint8Array(0)): Uint8Array =>
  concat(Uint8Array.of(0, 0, code, shape.length), ...shape.map((extent) => big(extent)), data);

export const chunk = (type: string, data: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const body = concat(text(type), data);
  return concat(big(data.length), body, big(crc32(body)));
};

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlace?: number;
  /** What stands before the data. */
  readonly before?: readonly Uint8Array[];
  /** Rows, each after the byte of its filter. */
  readonly raw: Uint8Array;
}

/** A PNG file. */
export const png = ({ width, height, depth, colour, interlace = 0, before = [], raw }: PngParts): Uint8Array =>
  concat(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", concat(big(width), big(height), Uint8Array.of(depth, colour, 0, 0, interlace))),
    ...before,
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND"),
  );
