/** @file Text that comes in pieces, and JSON lines: one value in each line. */

import { TensorError } from "@deltagrad/tensor";
import { checkFunction, shown } from "../checks.ts";
import { Stream } from "../pipeline/stream.ts";
import { engine } from "./platform.ts";
import { type FileSource, isOneShot, type OpenFile, openFile, type ReadOptions } from "./source.ts";

export interface TextOptions extends ReadOptions {
  /** How the text is encoded: utf-8, or any name that engines know, such as latin1 or utf-16le. */
  readonly encoding?: string;
}

/** The text of a file, as it comes, without a byte order mark. */
export async function* textOf({ chunks, refuse }: OpenFile, encoding: string): AsyncGenerator<string, void, void> {
  const { TextDecoder } = engine();
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    return refuse(`there is no encoding ${shown(encoding)}`, "use utf-8, or another that engines know");
  }
  let at = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      const place = chunk === undefined ? `at its end, byte ${at},` : `from byte ${at} on`;
      return refuse(`${place} it is not ${encoding}`, 'save it as UTF-8, or name its encoding, such as "latin1"');
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    at += chunk.length;
    if (text !== "") yield text;
  }
  const rest = decode();
  if (rest !== "") yield rest;
}

/**
 * A stream of what a file holds, opened anew for each pass; a source that can be read only once is refused the second
 * time.
 */
export function fileStream<T>(op: string, source: FileSource, open: () => AsyncGenerator<T, void, void>): Stream<T> {
  let used = false;
  return new Stream((start) => {
    if (used && isOneShot(source))
      throw new TensorError(op, "this stream was read before", "give a path, a URL, a Blob or bytes, to read it again");
    used = true;
    return start === 0 ? open() : skipping(open(), start);
  });
}

async function* skipping<T>(source: AsyncGenerator<T, void, void>, start: number): AsyncGenerator<T, void, void> {
  let passed = 0;
  for await (const example of source) if (passed++ >= start) yield example;
}

/** The lines of a text, without their ends. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let begun: string[] = [];
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", from)) {
      begun.push(piece.slice(from, end));
      yield begun.join("").replace(/\r$/, "");
      begun = [];
      from = end + 1;
    }
    if (from < piece.length) begun.push(piece.slice(from));
  }
  if (begun.length > 0) yield begun.join("");
}

export interface JsonLinesOptions<T> extends TextOptions {
  /** Makes an example of a value; what it throws is thrown in the pass. */
  readonly parse?: (value: unknown, line: number) => T;
}

/**
 * The values in a file of JSON lines, one after the other, in little memory.
 *
 * At the edges: blank lines are passed over; a file without values gives none.
 * Throws: TensorError in the pass, with the number of the line that is no JSON.
 *
 * @example
 * const file = new TextEncoder().encode('{"x": 1}\n{"x": 2}\n');
 * await streamJsonLines(file).map(({ x }) => 10 * x).toArray();   // => [10, 20]
 */
export function streamJsonLines<T = unknown>(source: FileSource, options: JsonLinesOptions<T> = {}): Stream<T> {
  const op = "streamJsonLines";
  return fileStream(op, source, () => jsonLines(op, source, options));
}

/**
 * All values in a file of JSON lines; see `streamJsonLines`.
 *
 * @example
 * await readJsonLines(new TextEncoder().encode("[1, 2]\n[3, 4]\n"));   // => [[1, 2], [3, 4]]
 */
export async function readJsonLines<T = unknown>(source: FileSource, options: JsonLinesOptions<T> = {}): Promise<T[]> {
  const values: T[] = [];
  for await (const value of jsonLines("readJsonLines", source, options)) values.push(value);
  return values;
}

async function* jsonLines<T>(
  op: string,
  source: FileSource,
  options: JsonLinesOptions<T>,
): AsyncGenerator<T, void, void> {
  const { encoding = "utf-8", parse = (value: unknown) => value as T } = options;
  checkFunction(op, "parse", parse);
  const file = openFile(op, source, options);
  let number = 0;
  for await (const line of linesOf(textOf(file, encoding))) {
    number++;
    if (line.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      file.refuse(`line ${number}: ${shown(line)} is no JSON`, "each line holds one value");
    }
    yield parse(value, number);
  }
}
