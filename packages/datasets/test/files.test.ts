/** @file Files of every format, from every kind of source; and what is wrong with them, in one sentence. */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import {
  type FileSource,
  readCsv,
  readIdx,
  readJsonLines,
  readNpy,
  readNpz,
  readPng,
  readSafetensors,
  streamJsonLines,
} from "@deltagrad/datasets/files";
import { grid } from "@deltagrad/datasets/images";
import { rng, tensor } from "@deltagrad/tensor";
import { encodeNpy, encodeNpz } from "@deltagrad/tensor/npz";
import { encodeSafetensors } from "@deltagrad/tensor/safetensors";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chunk, concat, idx, png, text } from "./encode.ts";
import { refusal } from "./refusal.ts";
import { type Site, serve } from "./server.ts";

const labels = idx(8, [3], Uint8Array.of(7, 2, 1));
const packed = gzipSync(labels);

let folder: string;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "deltagrad-files-"));
  writeFileSync(join(folder, "labels.idx"), labels);
  writeFileSync(join(folder, "labels.idx.gz"), packed);
  site = await serve({ "labels.idx.gz": packed });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await site.close();
});

/** The bytes one by one, as the slowest network sends them. */
const one = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const byte of bytes) yield Uint8Array.of(byte);
};

describe("every kind of source", () => {
  const sources: readonly (readonly [string, () => FileSource])[] = [
    ["a path", () => join(folder, "labels.idx")],
    ["a path of a compressed file", () => join(folder, "labels.idx.gz")],
    ["a file: URL", () => pathToFileURL(join(folder, "labels.idx.gz"))],
    ["a file: URL as text", () => pathToFileURL(join(folder, "labels.idx.gz")).href],
    ["an address", () => `${site.at("honest")}/labels.idx.gz`],
    ["a URL", () => new URL(`${site.at("redirects")}/labels.idx.gz`)],
    ["a data: URL", () => `data:application/octet-stream;base64,${packed.toString("base64")}`],
    ["bytes", () => labels],
    ["bytes within others", () => concat(Uint8Array.of(1), labels, Uint8Array.of(2)).subarray(1, -1)],
    ["an ArrayBuffer", () => concat(packed).buffer],
    ["a Blob", () => new Blob([concat(packed)])],
    ["a File", () => new File([concat(labels)], "labels.idx")],
    ["a web stream", () => new Blob([concat(packed)]).stream()],
    ["Node's stream of a file", () => createReadStream(join(folder, "labels.idx.gz"))],
    ["Node's stream of pieces", () => Readable.from([labels.subarray(0, 5), labels.subarray(5)])],
    ["single bytes", () => one(labels)],
    ["single compressed bytes", () => one(packed)],
  ];

  test.each(sources)("%s", async (_name, source) => {
    expect((await readIdx(source())).toArray()).toEqual([7, 2, 1]);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "nothing",
      () => undefined,
      /^readIdx: there is nothing to read in undefined; give a path, a URL, a Blob, bytes or a stream$/,
    ],
    ["a list", () => [1, 2], /^readIdx: there is nothing to read in an array of 2; give /],
    ["a path that is none", () => "/nowhere/x", /^readIdx: \/nowhere\/x: there is no such file; check the path$/],
    ["a folder", () => tmpdir(), /^readIdx: .+: it cannot be read \(.+\); check the path and the permissions$/],
    [
      "an address that answers 404",
      () => `${site.at("404")}/labels.idx.gz`,
      /404\/labels\.idx\.gz: the server answered 404; check the address$/,
    ],
    [
      "nobody there",
      () => "http://nowhere.invalid/x",
      /^readIdx: http:\/\/nowhere\.invalid\/x: it cannot be fetched \(.+\); check the address and the network$/,
    ],
    ["a connection that is cut", () => `${site.at("cuts")}/labels.idx.gz`, /: it breaks off \(.+\); read it again$/],
    [
      "a stream of text",
      () => Readable.from(["abc"]),
      /^readIdx: the stream: it yields "abc"; give a stream of bytes \(of Node's: one without setEncoding\)$/,
    ],
    [
      "a stream that another reads",
      () => {
        const stream = new Blob(["x"]).stream();
        stream.getReader();
        return stream;
      },
      /^readIdx: the stream: it cannot be read \(.+\); give a stream that nobody else reads$/,
    ],
    ["an empty file", () => new Uint8Array(0), /^readIdx: the bytes: it is empty; check where it comes from$/],
  ])("%s is refused", async (_name, source, message) => {
    expect(await refusal(readIdx(source() as FileSource))).toMatch(message);
  });

  test("a source that fails is refused in the same words for a compressed file", async () => {
    const failing = async function* () {
      yield packed.subarray(0, 10);
      throw new Error("the disk is gone");
    };
    expect(await refusal(readIdx(failing()))).toBe(
      "readIdx: the stream: it breaks off (the disk is gone); read it again",
    );
  });

  test("errors call a file as they are told to", async () => {
    expect(await refusal(readIdx(new Uint8Array(0), { name: "labels" }))).toBe(
      "readIdx: labels: it is empty; check where it comes from",
    );
  });

  test("a source is closed when it is not read to its end", async () => {
    let closed = false;
    const source = async function* () {
      try {
        for (;;) yield text("a,b\n1,2,3\n".repeat(20_000));
      } finally {
        closed = true;
      }
    };
    await refusal(readCsv(source()));
    expect(closed).toBe(true);
  });
});

describe("gzip", () => {
  test("several members are one file", async () => {
    const members = concat(gzipSync(labels.subarray(0, 5)), gzipSync(labels.subarray(5)));
    expect((await readIdx(members)).toArray()).toEqual([7, 2, 1]);
  });

  test.each([1, 5, 9, 10, 15, packed.length - 9, packed.length - 8, packed.length - 1])(
    "of %i bytes only is refused",
    async (length) => {
      const message = await refusal(readIdx(packed.subarray(0, length)));
      expect(message).toMatch(
        length < 2
          ? /it does not begin with two zeros/
          : /^readIdx: the bytes: it is compressed, and breaks off at about byte \d+, after \d+ bytes of content \(.+\); it is truncated or damaged$/,
      );
    },
  );

  test("a bomb is stopped at maxBytes", async () => {
    const bomb = gzipSync(new Uint8Array(50_000_000));
    expect(await refusal(readIdx(bomb, { maxBytes: 1_000_000 }))).toBe(
      "readIdx: the bytes: it becomes more than 1000000 bytes; raise maxBytes if you trust the file",
    );
  });
});

describe("IDX", () => {
  const numbers = (size: number, write: (view: DataView) => void): Uint8Array => {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    return bytes;
  };

  test.each<[string, Uint8Array, unknown, string]>([
    ["uint8", idx(8, [2], Uint8Array.of(0, 255)), [0, 255], "int32"],
    ["int8", idx(9, [2], Uint8Array.of(128, 127)), [-128, 127], "int32"],
    [
      "int16",
      idx(
        11,
        [1],
        numbers(2, (view) => view.setInt16(0, -300)),
      ),
      [-300],
      "int32",
    ],
    [
      "int32",
      idx(
        12,
        [1],
        numbers(4, (view) => view.setInt32(0, -70_000)),
      ),
      [-70_000],
      "int32",
    ],
    [
      "float32",
      idx(
        13,
        [1],
        numbers(4, (view) => view.setFloat32(0, 1.5)),
      ),
      [1.5],
      "float32",
    ],
    [
      "float64",
      idx(
        14,
        [1],
        numbers(8, (view) => view.setFloat64(0, -0.1)),
      ),
      [-0.1],
      "float64",
    ],
    [
      "two axes",
      idx(8, [2, 2], Uint8Array.of(1, 2, 3, 4)),
      [
        [1, 2],
        [3, 4],
      ],
      "int32",
    ],
    ["no axis", idx(8, [], Uint8Array.of(9)), 9, "int32"],
    ["an axis of nothing", idx(8, [0, 3]), [], "int32"],
  ])("%s", async (_name, file, values, dtype) => {
    const x = await readIdx(file);
    expect([x.toArray(), x.dtype]).toEqual([values, dtype]);
    expect((await readIdx(file, { dtype: "float64" })).toArray()).toEqual(values);
  });

  test.each<[string, Uint8Array, string]>([
    ["text", text("hello"), "it does not begin with two zeros, a type and a rank; it is no IDX file"],
    ["an unknown type", idx(10, [1]), "type 10 at byte 2 is unknown; IDX has 8, 9, 11, 12, 13, 14"],
    [
      "a header that is cut",
      Uint8Array.of(0, 0, 8, 200, 0),
      "200 extents take 804 bytes, there are 5; it is truncated or damaged",
    ],
    [
      "more than there is",
      idx(8, [60_000, 28, 28], new Uint8Array(5)),
      "[60000, 28, 28] of uint8 takes 47040000 bytes from byte 16 on, there are 5; it is truncated or damaged",
    ],
    [
      "less than there is",
      idx(8, [2], new Uint8Array(5)),
      "[2] of uint8 takes 2 bytes from byte 8 on, there are 5; it is truncated or damaged",
    ],
    [
      "more than can be",
      idx(14, new Array(6).fill(2 ** 32 - 1)),
      "[4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295] of float64 takes more than 2⁵³ bytes from byte 28 on, there are 0; it is truncated or damaged",
    ],
    [
      "nothing of much",
      idx(8, [2 ** 32 - 1, 2 ** 32 - 1, 0], new Uint8Array(1)),
      "[4294967295, 4294967295, 0] of uint8 takes 0 bytes from byte 16 on, there are 1; it is truncated or damaged",
    ],
  ])("%s is refused", async (_name, file, message) => {
    expect(await refusal(readIdx(file))).toBe(`readIdx: the bytes: ${message}`);
  });

  test("a dtype that does not hold the numbers is refused", async () => {
    const halves = idx(
      13,
      [2],
      numbers(8, (view) => view.setFloat32(4, 0.5)),
    );
    expect(await refusal(readIdx(halves, { dtype: "int32" }))).toBe(
      'readIdx: the bytes: element 1 is 0.5, which int32 does not hold; say dtype: "float64"',
    );
    expect(await refusal(readIdx(halves, { dtype: "bool" as "int32" }))).toBe(
      'readIdx: dtype is "bool"; use int32, float32 or float64',
    );
  });
});

describe("arrays of tensor's formats", () => {
  test("come from anywhere, compressed or not", async () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: "float32" },
    );
    expect((await readNpy(one(gzipSync(encodeNpy(x))))).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect((await readNpz(new Blob([concat(encodeNpz({ x }))]))).x!.dtype).toBe("float32");
    expect((await readSafetensors(encodeSafetensors({ x }))).tensors.x!.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["npy", () => readNpy(text("hello")), /^readNpy: the bytes: it does not begin with \\x93NUMPY; it is no npy file/],
    [
      "npz",
      () => readNpz(encodeNpz({ x: tensor([1]) }), { only: ["y"] }),
      /^readNpz: the bytes: "y": there is no such array; there is "x"$/,
    ],
    ["safetensors", () => readSafetensors(text("hello")), /^readSafetensors: the bytes: /],
  ])("%s: refusals name the reader and the file", async (_name, doing, message) => {
    expect(await refusal(doing())).toMatch(message);
  });
});

describe("PNG", () => {
  test.each<[string, Parameters<typeof png>[0], unknown]>([
    [
      "grey",
      { width: 2, height: 2, depth: 8, colour: 0, raw: Uint8Array.of(0, 1, 2, 0, 3, 4) },
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
    [
      "black and white",
      { width: 10, height: 1, depth: 1, colour: 0, raw: Uint8Array.of(0, 0b10110000, 0b01000000) },
      [[[1, 0, 1, 1, 0, 0, 0, 0, 0, 1]]],
    ],
    [
      "four greys",
      { width: 3, height: 2, depth: 2, colour: 0, raw: Uint8Array.of(0, 0b00011000, 0, 0b11100100) },
      [
        [
          [0, 1, 2],
          [3, 2, 1],
        ],
      ],
    ],
    ["sixteen greys", { width: 3, height: 1, depth: 4, colour: 0, raw: Uint8Array.of(0, 0x1f, 0x30) }, [[[1, 15, 3]]]],
    ["16 bits", { width: 2, height: 1, depth: 16, colour: 0, raw: Uint8Array.of(0, 1, 0, 255, 255) }, [[[256, 65535]]]],
    [
      "RGB",
      { width: 2, height: 1, depth: 8, colour: 2, raw: Uint8Array.of(0, 1, 2, 3, 4, 5, 6) },
      [[[1, 4]], [[2, 5]], [[3, 6]]],
    ],
    [
      "RGB and alpha",
      { width: 1, height: 1, depth: 8, colour: 6, raw: Uint8Array.of(0, 1, 2, 3, 4) },
      [[[1]], [[2]], [[3]], [[4]]],
    ],
    ["grey and alpha", { width: 1, height: 1, depth: 8, colour: 4, raw: Uint8Array.of(0, 9, 4) }, [[[9]], [[4]]]],
    [
      "rows of differences (filters 1, 2 and 4)",
      { width: 2, height: 3, depth: 8, colour: 0, raw: Uint8Array.of(1, 5, 1, 2, 1, 1, 4, 1, 1) },
      [
        [
          [5, 6],
          [6, 7],
          [7, 8],
        ],
      ],
    ],
    [
      "a palette",
      {
        width: 2,
        height: 1,
        depth: 1,
        colour: 3,
        before: [chunk("PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6))],
        raw: Uint8Array.of(0, 0b01000000),
      },
      [[[1, 4]], [[2, 5]], [[3, 6]]],
    ],
    [
      "a palette with alpha",
      {
        width: 2,
        height: 1,
        depth: 8,
        colour: 3,
        before: [chunk("PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6)), chunk("tRNS", Uint8Array.of(7))],
        raw: Uint8Array.of(0, 0, 1),
      },
      [[[1, 4]], [[2, 5]], [[3, 6]], [[7, 255]]],
    ],
    [
      "a colour for transparency",
      {
        width: 2,
        height: 1,
        depth: 8,
        colour: 0,
        before: [chunk("tRNS", Uint8Array.of(0, 5))],
        raw: Uint8Array.of(0, 5, 6),
      },
      [[[5, 6]], [[0, 255]]],
    ],
    [
      "text that is not read",
      { width: 1, height: 1, depth: 8, colour: 0, before: [chunk("iCCP", text("nonsense"))], raw: Uint8Array.of(0, 5) },
      [[[5]]],
    ],
    [
      "interlaced",
      { width: 2, height: 2, depth: 8, colour: 0, interlace: 1, raw: Uint8Array.of(0, 1, 0, 2, 0, 3, 4) },
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
  ])("%s", async (_name, parts, values) => {
    const image = await readPng(png(parts));
    expect([image.toArray(), image.dtype]).toEqual([values, "int32"]);
  });

  test("what grid draws is read", async () => {
    const images = rng("png").uniform([4, 5, 6]);
    const sheet = await readPng(await grid(images, { gap: 0, columns: 1, range: [0, 1] }), { dtype: "float64" });
    expect([sheet.shape, sheet.dtype]).toEqual([[1, 20, 6], "float64"]);
    // Half a step of 1/255.
    const values = images.toTypedArray();
    expect(sheet.toTypedArray().every((value, i) => Math.abs(value / 255 - values[i]!) <= 0.5 / 255 + 1e-12)).toBe(
      true,
    );
  });

  const parts = { width: 2, height: 2, depth: 8, colour: 0, raw: Uint8Array.of(0, 1, 2, 0, 3, 4) };
  test.each<[string, Uint8Array, string | RegExp]>([
    ["text", text("hello, this is text"), "it does not begin as PNG does; it is no PNG file"],
    ["cut", png(parts).subarray(0, 45), 'the chunk "IDAT" at byte 33 ends beyond the file; it is truncated or damaged'],
    ["no end", png(parts).subarray(0, -12), /^it ends at byte \d+ without its last chunk; it is truncated$/],
    [
      "a size that is not so",
      png({ ...parts, width: 100_000, height: 100_000 }),
      "100000 × 100000 pixels take 10000100000 bytes, there are 6; it is damaged",
    ],
    ["more data than its size", png({ ...parts, height: 1 }), "its data: it becomes more than 3 bytes; it is damaged"],
    ["no pixels", png({ ...parts, width: 0 }), "it is 0 pixels wide and 2 high; it is damaged"],
    ["odd bits", png({ ...parts, depth: 3 }), "there are no images of 3 bits with colours of type 0; it is damaged"],
    ["no palette", png({ ...parts, colour: 3 }), "its palette is missing; it is damaged"],
    [
      "a colour that is not in the palette",
      png({ ...parts, colour: 3, before: [chunk("PLTE", Uint8Array.of(1, 2, 3))] }),
      "pixel 0 has colour 1 of 1; it is damaged",
    ],
    [
      "interlaced bits",
      png({ width: 2, height: 1, depth: 1, colour: 0, interlace: 1, raw: new Uint8Array(4) }),
      "it is interlaced, with 1 bits for a channel; save it without interlacing",
    ],
    [
      "an unknown filter",
      png({ ...parts, raw: Uint8Array.of(9, 1, 2, 0, 3, 4) }),
      /^it cannot be decoded \(.+\); it is damaged$/,
    ],
    [
      "a wrong checksum",
      png(parts).map((byte, i) => (i === 29 ? byte ^ 1 : byte)),
      /^it cannot be decoded \(.+\); it is damaged$/,
    ],
  ])("%s is refused", async (_name, file, message) => {
    const sentence = (await refusal(readPng(file))).replace("readPng: the bytes: ", "");
    if (typeof message === "string") expect(sentence).toBe(message);
    else expect(sentence).toMatch(message);
  });
});

describe("JSON lines", () => {
  const file = text('{"x": 1}\r\n\n  \n{"x": "ü"}\n[3]');

  test("values, with blank lines passed over, whatever the pieces", async () => {
    const values = [{ x: 1 }, { x: "ü" }, [3]];
    expect(await readJsonLines(file)).toEqual(values);
    expect(await readJsonLines(one(file))).toEqual(values);
    expect(await readJsonLines(gzipSync(concat(text("\ufeff"), file)))).toEqual(values);
    expect(await readJsonLines(new Uint8Array(0))).toEqual([]);
  });

  test("a stream can be gone through again, and resumed", async () => {
    const lines = streamJsonLines<number>(text("1\n2\n3\n"));
    expect([await lines.toArray(), await lines.skip(1).toArray()]).toEqual([
      [1, 2, 3],
      [2, 3],
    ]);
    const once = streamJsonLines(one(file));
    await once.toArray();
    expect(await refusal(once.toArray())).toBe(
      "streamJsonLines: this stream was read before; give a path, a URL, a Blob or bytes, to read it again",
    );
  });

  test("values become examples by parse", async () => {
    const parse = (value: unknown, line: number): number => (value as { x: number }).x + line;
    expect(await readJsonLines(text('{"x": 1}\n{"x": 2}'), { parse })).toEqual([2, 4]);
  });

  test.each<[string, Uint8Array, string]>([
    ["half a value", text('1\n{"x": 1,\n'), 'line 2: "{\\"x\\": 1," is no JSON; each line holds one value'],
    [
      "a depth that no stack has",
      text("[".repeat(100_000)),
      `line 1: "${"[".repeat(40)}…" is no JSON; each line holds one value`,
    ],
    [
      "not UTF-8",
      Uint8Array.of(49, 10, 0xff),
      'from byte 0 on it is not utf-8; save it as UTF-8, or name its encoding, such as "latin1"',
    ],
    [
      "half a character",
      concat(text("1\n"), Uint8Array.of(0xc3)),
      'at its end, byte 3, it is not utf-8; save it as UTF-8, or name its encoding, such as "latin1"',
    ],
  ])("%s is refused", async (_name, bytes, message) => {
    expect(await refusal(readJsonLines(bytes))).toBe(`readJsonLines: the bytes: ${message}`);
  });

  test("another encoding has to be named", async () => {
    expect(await readJsonLines(Uint8Array.of(34, 0xfc, 34), { encoding: "latin1" })).toEqual(["ü"]);
    expect(await refusal(readJsonLines(file, { encoding: "klingon" }))).toBe(
      'readJsonLines: the bytes: there is no encoding "klingon"; use utf-8, or another that engines know',
    );
  });

  test("any values, in any pieces", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 7 }), async (values, size) => {
        const bytes = text(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
        const pieces = async function* () {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        };
        expect(await readJsonLines(pieces())).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });
});
