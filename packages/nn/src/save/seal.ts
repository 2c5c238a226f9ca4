/** @file Safetensors files with a checksum over every byte of them. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "@deltagrad/tensor/safetensors";

/** The version of what the metadata says; a reader takes its own and older ones. */
const VERSION = 1;
const KEY = '"checksum":"';
const DIGITS = 8;
const BLANK = "0".repeat(DIGITS);

const ascii = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0));

/** Where the digits of the checksum are; −1: there is none. In JSON no text can hold the key: its quotes are escaped. */
function digitsAt(bytes: Uint8Array): number {
  const key = ascii(KEY);
  const end = Math.min(bytes.length - DIGITS, 2 ** 16);
  for (let i = 0; i + key.length <= end; i++) if (key.every((code, k) => bytes[i + k] === code)) return i + key.length;
  return -1;
}

// CRC-32 (ISO 3309): finds every error of up to 32 bits in a row, and all but one in 2³² others.
function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
}

/** The checksum of a file, with its own digits taken as zeros. */
function checksumOf(bytes: Uint8Array, at: number): string {
  const table = crcTable();
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    const byte = i >= at && i < at + DIGITS ? 0x30 : bytes[i]!;
    crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(DIGITS, "0");
}

/** A file of tensors and metadata, sealed. */
export function seal(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = encodeSafetensors(tensors, { checksum: BLANK, version: String(VERSION), ...metadata });
  const at = digitsAt(bytes);
  bytes.set(ascii(checksumOf(bytes, at)), at);
  return bytes;
}

/** What a sealed file holds; without a seal, if that is allowed, what any safetensors file holds. */
export function unseal(op: string, bytes: Uint8Array, needed: boolean): Safetensors {
  const at = digitsAt(bytes);
  if (at >= 0) {
    const [said, found] = [String.fromCharCode(...bytes.subarray(at, at + DIGITS)), checksumOf(bytes, at)];
    if (said !== found)
      throw new TensorError(
        op,
        `the file's checksum is ${JSON.stringify(said)}, that of its ${bytes.length} bytes ${found}`,
        "it is truncated or damaged: take an earlier one",
      );
  }
  const file = decodeSafetensors(bytes);
  if (at < 0 && needed) throw new TensorError(op, "the file has no checksum", "give a file that saveCheckpoint wrote");
  const version = Number(file.metadata.version ?? VERSION);
  if (at >= 0 && !(version >= 1 && version <= VERSION))
    throw new TensorError(
      op,
      `the file has version ${file.metadata.version}`,
      `this package reads up to ${VERSION}: update it`,
    );
  return file;
}
