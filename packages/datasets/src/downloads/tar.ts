/** @file The tar format, as much as it takes to find the files of an archive. */
import type { Refuse } from "../files/source.ts";

const BLOCK = 512;
const REGULAR = ["0", "\0"];

/** The files of an archive by their names, their bytes where they lie. */
export function filesIn(bytes: Uint8Array, refuse: Refuse): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    // The end is a block of zeros.
    if (header.every((byte) => byte === 0)) return files;
    // The checksum counts its own eight bytes as spaces.
    const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    if (octal(header, 148, 8) !== sum)
      refuse(`there is no header of a tar archive at byte ${at}`, "it is damaged, or no tar file");
    const size = octal(header, 124, 12);
    const [begin, end] = [at + BLOCK, at + BLOCK + size];
    const name = text(header, 0, 100);
    if (!(end <= bytes.length))
      refuse(`${JSON.stringify(name)} at byte ${at} ends beyond the archive`, "it is truncated or damaged");
    if (REGULAR.includes(String.fromCharCode(header[156]!))) files.set(name, bytes.subarray(begin, end));
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files.size > 0 ? files : refuse("there is no file in it", "it is truncated, or no tar file");
}

function text(header: Uint8Array, from: number, length: number): string {
  const field = String.fromCharCode(...header.subarray(from, from + length));
  const end = field.indexOf("\0");
  return end < 0 ? field : field.slice(0, end);
}

/** A number in octal digits; NaN for what is none. */
function octal(header: Uint8Array, from: number, length: number): number {
  const digits = text(header, from, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}
