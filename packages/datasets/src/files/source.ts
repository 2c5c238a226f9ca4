/** @file Where bytes come from: a path, a URL, a Blob, memory or a stream; and gzip, which is seen by its first bytes. */
import { TensorError } from "@deltagrad/tensor";
import { checkNumber, shown } from "../checks.ts";
import {
  type BlobLike,
  type ByteStream,
  engine,
  fileSystem,
  inNode,
  pathOf,
  reasonOf,
  type UrlLike,
} from "./platform.ts";

/**
 * What files are read from: a path (in a browser: an address), a URL, a Blob or File, the bytes themselves, a web
 * stream, or anything that yields bytes when it is gone through, such as Node's streams.
 */
export type FileSource =
  | string
  | UrlLike
  | BlobLike
  | Uint8Array
  | ArrayBuffer
  | ByteStream
  | AsyncIterable<Uint8Array>;

export interface ReadOptions {
  /** What errors call the file; its path or address, if left out. */
  readonly name?: string;
  /** How many bytes may be made of a compressed file: 1 GiB. */
  readonly maxBytes?: number;
}

/** Throws the one error of a reader, which names the operation and the file. */
export type Refuse = (problem: string, advice: string) => never;

/** A file that is being read. */
export interface OpenFile {
  readonly refuse: Refuse;
  /** What errors call it. */
  readonly name: string;
  /** Its bytes, decompressed. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

const CHUNK = 1 << 16;
const DEFAULT_LIMIT = 2 ** 30;

export const isUrl = (text: string): boolean => /^(https?|file|data|blob):/i.test(text);

export const isBytes = (source: unknown): source is Uint8Array | ArrayBuffer =>
  source instanceof ArrayBuffer || ArrayBuffer.isView(source);

const isObject = (source: unknown): source is Record<string | symbol, unknown> =>
  typeof source === "object" && source !== null;
const isBlob = (source: unknown): source is BlobLike & { readonly name?: string } =>
  isObject(source) && typeof source.stream === "function" && typeof source.size === "number";
const isWebStream = (source: unknown): source is ByteStream =>
  isObject(source) && typeof source.getReader === "function";
const isIterable = (source: unknown): source is AsyncIterable<Uint8Array> =>
  isObject(source) && typeof source[Symbol.asyncIterator] === "function";

/** Whether the source can be read only once. */
export const isOneShot = (source: FileSource): boolean => isWebStream(source) || isIterable(source);

/** What errors call a source. */
export function nameOf(source: unknown): string {
  if (typeof source === "string") return source.length > 200 ? `${source.slice(0, 60)}…` : source;
  if (isBytes(source)) return "the bytes";
  if (isBlob(source)) return source.name || "the blob";
  if (isObject(source) && typeof source.href === "string") return nameOf(source.href);
  return "the stream";
}

/** Opens a source in the name of an operation. What is wrong with it shows when its chunks are asked for. */
export function openFile(op: string, source: FileSource, { name, maxBytes = DEFAULT_LIMIT }: ReadOptions): OpenFile {
  if (name !== undefined && typeof name !== "string")
    throw new TensorError(op, `name is ${shown(name)}`, "give the text that errors call the file");
  checkNumber(op, "maxBytes", maxBytes, 0, Number.MAX_SAFE_INTEGER);
  const shownName = name ?? nameOf(source);
  const refuse: Refuse = (problem, advice) => {
    throw new TensorError(op, `${shownName}: ${problem}`, advice);
  };
  return { refuse, name: shownName, chunks: decompressed(chunksOf(op, source, refuse), maxBytes, refuse) };
}

async function* chunksOf(op: string, source: FileSource, refuse: Refuse): AsyncGenerator<Uint8Array, void, void> {
  if (isBytes(source)) {
    if (source.byteLength > 0) yield viewOf(source);
  } else if (isBlob(source)) yield* streamed(source.stream(), refuse);
  else if (isWebStream(source)) yield* streamed(source, refuse);
  else if (isIterable(source)) yield* iterated(source, refuse);
  else if (typeof source === "string" || (isObject(source) && typeof source.href === "string")) {
    const place = typeof source === "string" ? source : (source as UrlLike).href;
    if (/^file:/i.test(place)) yield* stored(await pathOf(place), refuse);
    else if (isUrl(place) || !inNode()) yield* fetched(place, refuse);
    else yield* stored(place, refuse);
  } else
    throw new TensorError(
      op,
      `there is nothing to read in ${shown(source)}`,
      "give a path, a URL, a Blob, bytes or a stream",
    );
}

const viewOf = (bytes: Uint8Array | ArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes as ArrayBuffer);

async function* stored(path: string, refuse: Refuse): AsyncGenerator<Uint8Array, void, void> {
  const fs = await fileSystem();
  const failed = (error: unknown): never =>
    (error as { code?: string }).code === "ENOENT"
      ? refuse("there is no such file", "check the path")
      : refuse(`it cannot be read (${reasonOf(error)})`, "check the path and the permissions");
  const file = await fs.open(path, "r").catch(failed);
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK);
      const { bytesRead } = await file.read(chunk, 0, CHUNK).catch(failed);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* fetched(url: string, refuse: Refuse): AsyncGenerator<Uint8Array, void, void> {
  const { ok, status, body } = await engine()
    .fetch(url)
    .catch((error: unknown) =>
      refuse(`it cannot be fetched (${reasonOf(error)})`, "check the address and the network"),
    );
  if (!ok) refuse(`the server answered ${status}`, "check the address");
  if (body !== null) yield* streamed(body, refuse);
}

async function* streamed(stream: ByteStream, refuse: Refuse): AsyncGenerator<Uint8Array, void, void> {
  let reader: ReturnType<ByteStream["getReader"]>;
  try {
    reader = stream.getReader();
  } catch (error) {
    return refuse(`it cannot be read (${reasonOf(error)})`, "give a stream that nobody else reads");
  }
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => broken(error, refuse));
      ended = done;
      if (done || value === undefined) return;
      yield checkedChunk(value, refuse);
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
  }
}

async function* iterated(source: AsyncIterable<Uint8Array>, refuse: Refuse): AsyncGenerator<Uint8Array, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await iterator.next().catch((error: unknown) => broken(error, refuse));
      ended = done === true;
      if (done) return;
      yield checkedChunk(value, refuse);
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}

/** Refuses in our own words; errors that are ours already (of a file within a file) pass as they are. */
function broken(error: unknown, refuse: Refuse): never {
  if (error instanceof TensorError) throw error;
  return refuse(`it breaks off (${reasonOf(error)})`, "read it again");
}

function checkedChunk(chunk: unknown, refuse: Refuse): Uint8Array {
  if (isBytes(chunk)) return viewOf(chunk);
  return refuse(`it yields ${shown(chunk)}`, "give a stream of bytes (of Node's: one without setEncoding)");
}

/** The same bytes; if they begin as gzip does, those that were compressed. */
async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  refuse: Refuse,
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = chunks[Symbol.asyncIterator]();
  const rest: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => iterator };
  try {
    let head: Uint8Array = new Uint8Array(0);
    while (head.length < 2) {
      const { done, value } = await iterator.next();
      if (done) break;
      head = head.length === 0 ? value : joined([head, value]);
    }
    const whole = (async function* () {
      if (head.length > 0) yield head;
      yield* rest;
    })();
    if (head[0] !== 0x1f || head[1] !== 0x8b) yield* whole;
    else yield* inflated(whole, "gzip", maxBytes, refuse);
  } finally {
    await iterator.return?.();
  }
}

/** What was compressed, as it comes; at most so many bytes. */
export async function* inflated(
  chunks: AsyncIterable<Uint8Array>,
  format: "gzip" | "deflate",
  maxBytes: number,
  refuse: Refuse,
): AsyncGenerator<Uint8Array, void, void> {
  const { DecompressionStream } = engine();
  if (DecompressionStream === undefined)
    return refuse("it is compressed, and this engine has no DecompressionStream", "decompress it first");
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  for (const promise of [writer.closed, writer.ready]) promise.catch(() => {});
  let failure: unknown = null;
  let taken = 0;
  const feeding = (async () => {
    try {
      for await (const chunk of chunks) {
        await writer.write(chunk);
        taken += chunk.length;
      }
      await writer.close();
    } catch (error) {
      // What fails here is the source, or else the decompression, which the reader sees too.
      if (error instanceof TensorError) failure = error;
      await writer.abort(error).catch(() => {});
    }
  })();
  const reader = readable.getReader();
  let made = 0;
  try {
    for (;;) {
      const { done, value } = await reader
        .read()
        .catch((error: unknown) =>
          failure === null
            ? refuse(
                `it is compressed, and breaks off at about byte ${taken}, after ${made} bytes of content (${reasonOf(error)})`,
                "it is truncated or damaged",
              )
            : Promise.reject(failure),
        );
      if (done || value === undefined) return;
      made += value.length;
      if (made > maxBytes) refuse(`it becomes more than ${maxBytes} bytes`, "raise maxBytes if you trust the file");
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
    await feeding;
  }
}

/** Pieces joined; a single one as it is. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** All bytes of a source, decompressed. */
export async function readBytes(
  op: string,
  source: FileSource,
  options: ReadOptions,
): Promise<{ readonly bytes: Uint8Array; readonly refuse: Refuse }> {
  const { chunks, refuse } = openFile(op, source, options);
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  const bytes = joined(pieces);
  if (bytes.length === 0) refuse("it is empty", "check where it comes from");
  return { bytes, refuse };
}
