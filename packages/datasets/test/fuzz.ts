/**
 * @file Damages files of every format at random, and has them read: what is not read is refused, in time, and without
 * more memory than the file accounts for.
 */
import { crc32, gzipSync } from "node:zlib";
import { concat, idx, png, text } from "./encode.ts";

/** A format: files that are right, and how they are read. */
interface Format {
  readonly files: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array) => Promise<unknown>;
  /** What is done with a file after it was damaged, so that the damage gets past its checksums. */
  readonly repair?: (bytes: Uint8Array) => Uint8Array;
  /** At most so many bytes may be asked for at once for each byte of the file, where it is not 16. */
  readonly times?: number;
}

/** DEFLATE makes no more of a byte. */
const DEFLATE = 1032;
/** What reading takes in any case. */
const BASE = 64 * 1024;

/** The largest piece of memory that was asked for since it was reset. */
const meter = { largest: 0 };

/** Has the constructors of binary data tell the meter how much they are asked for. */
function installMeter(): void {
  const scope = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  for (const name of [
    "ArrayBuffer",
    "Uint8Array",
    "Uint8ClampedArray",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float32Array",
    "Float64Array",
  ]) {
    const size = (scope[name] as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    scope[name] = new Proxy(scope[name]!, {
      construct(target, args, newTarget) {
        if (typeof args[0] === "number") meter.largest = Math.max(meter.largest, args[0] * size);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
  }
}

/** The formats. Their readers are loaded here, after the meter is there for them to find. */
async function load(): Promise<{ formats: Readonly<Record<string, Format>>; isRefusal: (error: unknown) => boolean }> {
  installMeter();
  const files = await import("@deltagrad/datasets/files");
  const { encodeNpy, encodeNpz } = await import("@deltagrad/tensor/npz");
  const { encodeSafetensors } = await import("@deltagrad/tensor/safetensors");
  const { tensor, TensorError } = await import("@deltagrad/tensor");
  const { filesIn } = await import("../src/downloads/tar.ts");
  const x = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: "float32" },
  );
  const y = tensor(Array.from({ length: 100 }, (_, i) => i % 7));
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => 3 * i);
  const idxFiles = [idx(8, [2, 4, 8], bytes), idx(13, [16], bytes), idx(14, [2, 4], bytes), idx(11, [32], bytes)];
  const raw = Uint8Array.from({ length: 5 * 13 }, (_, i) => (i % 13 === 0 ? i % 5 : 7 * i));
  const pngs = [
    png({ width: 4, height: 5, depth: 8, colour: 2, raw }),
    png({ width: 4, height: 3, depth: 2, colour: 0, raw: new Uint8Array(6) }),
    png({ width: 8, height: 8, depth: 8, colour: 0, interlace: 1, raw: new Uint8Array(79) }),
  ];
  const csv = [
    'id,value,kind,note\n1,2.5,a,"x, y"\n2,,b,"say ""hi"""\n3,1e3,a,NA\n',
    "a\tb\n1\t2\n3\t4\n",
    'a,b\r\n"1\r\n",2\r\n#,\r\n',
  ].map(text);
  const lines = [text('{"a": [1, 2, {"b": null}]}\n"x"\n\n3.5e2\n[true, false]\n')];
  const header = Buffer.alloc(512);
  header.write("a.bin");
  header.write("00000000100", 124);
  const archive = concat(tarHeader(header), bytes, new Uint8Array(448 + 1024));
  const npzs = [encodeNpz({ x, y }), encodeNpz({ x, y }, { compress: true })];
  return {
    isRefusal: (error) => error instanceof TensorError,
    formats: {
      IDX: { files: idxFiles, read: (file) => files.readIdx(file) },
      "IDX, then gzip": {
        files: idxFiles,
        read: (file) => files.readIdx(file),
        repair: (file) => gzipSync(file),
        times: DEFLATE,
      },
      "gzip of IDX": {
        files: idxFiles.map((file) => gzipSync(file)),
        read: (file) => files.readIdx(file),
        times: DEFLATE,
      },
      CSV: { files: csv, read: (file) => files.readCsv(file), times: 64 },
      "CSV with types": {
        files: csv,
        read: (file) =>
          files.readCsv(file, { columns: { kind: { categories: ["a", "b"] }, id: "integer" }, comment: "#" }),
        times: 64,
      },
      "JSON lines": { files: lines, read: (file) => files.readJsonLines(file) },
      PNG: { files: pngs, read: (file) => files.readPng(file), times: 8 * DEFLATE },
      "PNG with right checksums": {
        files: pngs,
        read: (file) => files.readPng(file),
        repair: repairPng,
        times: 8 * DEFLATE,
      },
      npy: { files: [encodeNpy(x), encodeNpy(y)], read: (file) => files.readNpy(file) },
      npz: { files: npzs, read: (file) => files.readNpz(file), times: DEFLATE },
      safetensors: { files: [encodeSafetensors({ x, y })], read: (file) => files.readSafetensors(file) },
      tar: {
        files: [archive],
        read: async (file) => filesIn(file, refuse),
        repair: (file) =>
          file.length < 512 ? file : concat(tarHeader(Buffer.from(file.subarray(0, 512))), file.subarray(512)),
      },
    },
  };
  function refuse(problem: string, advice: string): never {
    throw new TensorError("tar", problem, advice);
  }
}

/** With its own checksum. */
function tarHeader(header: Buffer): Buffer {
  header.fill(" ", 148, 156);
  header.write(
    `${header
      .reduce((total, byte) => total + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return header;
}

/** The file with the checksums of its chunks as they should be. */
function repairPng(file: Uint8Array): Uint8Array {
  const out = Buffer.from(file);
  for (let at = 8; at + 12 <= out.length; ) {
    const end = at + 8 + out.readUInt32BE(at);
    if (end + 4 > out.length) break;
    out.writeUInt32BE(crc32(out.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return new Uint8Array(out);
}

/** Whole numbers from 0 to n − 1, from a seed: Marsaglia's xorshift, 32 bits. */
function drawsFrom(seed: number): (n: number) => number {
  let state = seed | 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const EXTREMES = [0, 1, 2, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const TOKENS = [
  '"',
  '""',
  ",",
  "\n",
  "\r",
  "\t",
  "{",
  "[",
  "}",
  "0x1",
  "-",
  "NaN",
  "1e999",
  "\ufeff",
  "\0",
  "__proto__",
].map(text);

/** The file with one to four kinds of damage. */
function damaged(file: Uint8Array, other: Uint8Array, draw: (n: number) => number): Uint8Array {
  let out = Uint8Array.from(file);
  for (let times = 1 + draw(4); times > 0 && out.length > 0; times--) {
    const [at, length] = [draw(out.length), 1 + draw(16)];
    const [before, after] = [out.subarray(0, at), out.subarray(at + length)];
    switch (draw(8)) {
      case 0:
        out[at]! ^= 1 << draw(8);
        break;
      case 1:
        out[at] = EXTREMES[draw(5)]!;
        break;
      case 2:
        if (at + 4 <= out.length)
          new DataView(out.buffer).setUint32(at, EXTREMES[draw(EXTREMES.length)]!, draw(2) === 0);
        break;
      case 3:
        out = Uint8Array.from(before);
        break;
      case 4:
        out = concat(before, after);
        break;
      case 5:
        out = concat(before, out.subarray(at, at + length), out.subarray(at));
        break;
      case 6:
        out = concat(before, TOKENS[draw(TOKENS.length)]!, out.subarray(at));
        break;
      default:
        out = concat(before, other.subarray(draw(other.length)));
    }
  }
  return out;
}

export interface Outcome {
  /** How many of the inputs could be read in spite of all, and how many were refused. */
  readonly read: number;
  readonly refused: number;
  /** What should not have happened, with the file that did it. */
  readonly failures: readonly string[];
  /** How long the slowest of them took, in milliseconds. */
  readonly slowest: number;
}

/** Reads so many damaged files of a format. */
export async function fuzz(name: string, count: number, seed: number): Promise<Outcome> {
  const { formats, isRefusal } = await loaded;
  const { files, read, repair = (bytes) => bytes, times = 16 } = formats[name]!;
  const failures: string[] = [];
  let [done, refused, slowest] = [0, 0, 0];
  for (let i = 0; i < count && failures.length < 5; i++) {
    // Numbers from a generator of other constants, so that neighbours have nothing in common.
    const draw = drawsFrom(Math.imul(seed + i, 0x9e3779b1));
    const file = repair(damaged(files[draw(files.length)]!, files[draw(files.length)]!, draw));
    meter.largest = 0;
    const begin = performance.now();
    let failure: string | null = null;
    try {
      await inTime(read(file));
      done++;
    } catch (error) {
      if (isRefusal(error)) refused++;
      else failure = `threw ${(error as Error)?.stack}`;
    }
    if (meter.largest > BASE + times * file.length) failure ??= `asked for ${meter.largest} bytes`;
    slowest = Math.max(slowest, performance.now() - begin);
    if (failure !== null)
      failures.push(
        `input ${seed + i}, ${file.length} bytes (${Buffer.from(file).toString("base64").slice(0, 2000)}): ${failure}`,
      );
  }
  return { read: done, refused, failures, slowest };
}

const LIMIT = 10_000;

/** Rejects when a promise takes so long that it may never end. */
async function inTime<T>(doing: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${LIMIT / 1000} s`)), LIMIT);
  });
  try {
    return await Promise.race([doing, late]);
  } finally {
    clearTimeout(timer);
  }
}

const loaded = load();
export const formats = Object.keys((await loaded).formats);
