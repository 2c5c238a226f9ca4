/** @file CSV: quoting, types, categories, and the line of what is wrong; rows streamed and columns as tensors. */
import { batches } from "@deltagrad/datasets";
import { type CsvOptions, readCsv, type Schema, streamCsv } from "@deltagrad/datasets/files";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { text } from "./encode.ts";
import { refusal } from "./refusal.ts";

const rows = (csv: string, options: CsvOptions = {}) => streamCsv(text(csv), options).toArray();
/** Pieces of so many bytes. */
const pieces = async function* (bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

describe("records", () => {
  test("quotes, delimiters and line ends within quotes are text", async () => {
    expect(await rows('a,b\n"1, ""one""","x\ny"\r\n"",z\n')).toEqual([
      { a: '1, "one"', b: "x\ny" },
      { a: null, b: "z" },
    ]);
  });

  test("lines may end in any way, and the last one in none", async () => {
    const expected = [
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ];
    for (const csv of ["a,b\n1,x\n2,y", "a,b\r\n1,x\r\n2,y\r\n", "a,b\r1,x\r2,y\r", "a,b\r\n1,x\n2,y\n"])
      expect(await rows(csv), JSON.stringify(csv)).toEqual(expected);
  });

  test("a byte order mark, blank lines and comments are passed over", async () => {
    expect(await rows("\ufeff\n#first\na\n\n1\n#2\n3\n\n", { comment: "#" })).toEqual([{ a: 1 }, { a: 3 }]);
  });

  test("tabs are the delimiter of .tsv, and others can be said", async () => {
    const expected = [{ a: 1, b: 2 }];
    expect(await rows("a\tb\n1\t2\n", { name: "x.tsv" })).toEqual(expected);
    expect(await rows("a;b\n1;2\n", { delimiter: ";" })).toEqual(expected);
    expect(await rows("a::b\n1::2\n", { delimiter: "::" })).toEqual(expected);
  });

  test("names come from the first record, or are given, or are numbers", async () => {
    expect(await rows(",b\n1,2\n")).toEqual([{ 0: 1, b: 2 }]);
    expect(await rows("1,2\n", { header: false })).toEqual([{ 0: 1, 1: 2 }]);
    expect(await rows("1,2\n", { header: ["x", "y"] })).toEqual([{ x: 1, y: 2 }]);
  });

  test("some columns only", async () => {
    expect(await rows("a,b,c\n1,x,2\n", { only: ["c", "a"] })).toEqual([{ c: 2, a: 1 }]);
  });

  test("no rows", async () => {
    expect(await rows("a,b\n")).toEqual([]);
    const table = await readCsv(text("a,b"));
    expect([table.length, table.names, table.matrix().shape]).toEqual([0, ["a", "b"], [0, 2]]);
  });

  test("any table of texts is read as it was written, in any pieces", async () => {
    // A carriage return at the end of a record is taken for a part of the line's end.
    const field = fc
      .string({ unit: fc.constantFrom("a", "ß", "😀", ",", '"', "\n", "\r", " ", "#") })
      .map((value) => value.replace(/\r+$/, ""));
    const tables = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 9 }),
        async (table, end, size) => {
          const header = (table[0] ?? [""]).map((_, k) => `c${k}`);
          const quoted = table.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",") + end);
          const csv = header.join(",") + end + quoted.join("");
          const columns: Schema = Object.fromEntries(header.map((name) => [name, "text"]));
          const read = await streamCsv(pieces(text(csv), size), { columns, missing: [] }).toArray();
          // A record of one empty text is a blank line.
          const wanted = table.filter((row) => row.length > 1 || row[0] !== "");
          expect(read.map((row) => header.map((name) => row[name]))).toEqual(wanted);
        },
      ),
    );
  });

  test("a record longer than the pieces in which text is parsed", async () => {
    const long = "x".repeat(200_000);
    expect(await rows(`a,b\n"${long}\n",1\n2,3\n`, { columns: { a: "text" } })).toEqual([
      { a: `${long}\n`, b: 1 },
      { a: "2", b: 3 },
    ]);
  });
});

describe("types", () => {
  test("are inferred: numbers, booleans, texts", async () => {
    const table = await readCsv(text("i,f,b,t,m\n1,0.5,true,x,1\n-2,1e3,False,1x,NA\n"));
    expect(table.schema).toEqual({ i: "integer", f: "number", b: "boolean", t: "text", m: "number" });
    expect([table.tensor("i").dtype, table.tensor("f").dtype, table.tensor("b").dtype]).toEqual([
      "int32",
      "float64",
      "bool",
    ]);
    expect([table.tensor("i").toArray(), table.tensor("f").toArray(), table.tensor("b").toArray()]).toEqual([
      [1, -2],
      [0.5, 1000],
      [1, 0],
    ]);
    expect([table.text("t"), table.tensor("m").toArray()]).toEqual([
      ["x", "1x"],
      [1, Number.NaN],
    ]);
  });

  test("a whole number that comes late to be a fraction, or to be missing, is no matter", async () => {
    const csv = `a\n${"1\n".repeat(3000)}2.5\nNA\n`;
    const table = await readCsv(text(csv));
    expect([table.schema.a, table.tensor("a").toArray().slice(-2)]).toEqual(["number", [2.5, Number.NaN]]);
  });

  test.each([
    ["0", 0],
    ["-0", -0],
    ["+5", 5],
    [" 7 ", 7],
    [".5", 0.5],
    ["5.", 5],
    ["1E-3", 1e-3],
    ["0e5", 0],
    ["inf", Infinity],
    ["-Infinity", -Infinity],
    ["007", 7],
    ["1e400", Infinity],
  ])("%j is a number", async (cell, value) => {
    const [row] = await rows(`a,b\n${cell},\n`, { columns: { a: "number" } });
    expect(row!.a).toBe(value);
  });

  test.each(["0x10", "0b1", "0o7", "1_000", "1n", "--1", "1 2", "e5", "1,5"])("%j is none", async (cell) => {
    expect(await refusal(() => rows(`a\n"${cell}"\n`, { columns: { a: "number" } }))).toBe(
      `streamCsv: the bytes: line 2, column "a": ${JSON.stringify(cell)} is no number; mend it, list it in missing, or say "text"`,
    );
  });

  test("what stands for nothing can be said", async () => {
    const [row] = await rows("a,b\n-999,NA\n", { missing: ["-999"] });
    expect(row).toEqual({ a: Number.NaN, b: "NA" });
  });

  test("categories of a file are numbered in ascending order, and then keep their numbers", async () => {
    const train = await readCsv(text("size,kind\n1,dog\n2,cat\n3,dog\n4,\n"), { columns: { kind: "category" } });
    expect(train.tensor("kind").toArray()).toEqual([1, 0, 1, -1]);
    expect(train.categories("kind")).toEqual(["cat", "dog"]);
    const schema = JSON.parse(JSON.stringify(train.schema));
    expect(schema).toEqual({ size: "integer", kind: { categories: ["cat", "dog"] } });

    const later = await readCsv(text("kind,size\ndog,5\n"), { columns: schema });
    expect([later.tensor("kind").toArray(), later.schema]).toEqual([
      [1],
      { kind: { categories: ["cat", "dog"] }, size: "integer" },
    ]);
    expect(await refusal(() => readCsv(text("size,kind\n5,dog\n6,cow\n"), { columns: schema, name: "new.csv" }))).toBe(
      'readCsv: new.csv: line 3, column "kind": "cow" is none of its 2 categories ("cat", "dog"); add it to them, or say unknown: "missing"',
    );
    const lenient: Schema = { ...schema, kind: { ...schema.kind, unknown: "missing" } };
    expect(await rows("size,kind\n6,cow\n", { columns: lenient })).toEqual([{ size: 6, kind: -1 }]);
  });

  test("a matrix has the columns that are numbers, or those that are named", async () => {
    const table = await readCsv(text("a,b,c,d\n1,x,true,4\n2,y,false,5\n"));
    expect(table.matrix().toArray()).toEqual([
      [1, 4],
      [2, 5],
    ]);
    expect(table.matrix(["d", "c"]).toArray()).toEqual([
      [4, 1],
      [5, 0],
    ]);
    expect([String(table), table.names]).toEqual(["Table of 2 × 4", ["a", "b", "c", "d"]]);
    expect(await refusal(() => table.matrix(["b"]))).toBe(
      'matrix: column "b" holds text; leave it out, or read it as a category',
    );
    expect(await refusal(() => table.tensor("b"))).toBe(
      'tensor: column "b" holds text; read it as a "category", or take text(name)',
    );
    expect(await refusal(() => table.text("a"))).toBe(
      'text: column "a" holds numbers; read it as "text", or take tensor(name)',
    );
    expect(await refusal(() => table.categories("a"))).toBe(
      'categories: column "a" is "integer"; read it as a "category"',
    );
    expect(await refusal(() => table.tensor("e"))).toBe('tensor: there is no column "e"; there is "a", "b", "c", "d"');
  });
});

describe("what is wrong is said with its line", () => {
  test.each<[string, string, CsvOptions, string]>([
    ["an empty file", "", {}, "it is empty; its first record has the names of the columns"],
    ["blank lines only", "\n\n", {}, "it is empty; its first record has the names of the columns"],
    [
      "too few fields",
      'a,b\n"x\ny",2\n\n3\n',
      {},
      "line 5: there are 1 fields for 2 columns; is a delimiter missing, or a field not quoted?",
    ],
    [
      "too many fields",
      "a,b\n1,2\n1,2,3\n",
      {},
      "line 3: there are 3 fields for 2 columns; is a delimiter missing, or a field not quoted?",
    ],
    [
      "a quote left open",
      'a,b\n1,2\n"3,4\n5,6\n',
      {},
      'line 3: a quote is left open; close it, and write a quote within quotes twice: "6"" pipe"',
    ],
    [
      "text after a quote",
      'a,b\n1,2\n"3"x,4\n5,6\n',
      {},
      'line 3: a quoted field goes on after its closing quote; close it, and write a quote within quotes twice: "6"" pipe"',
    ],
    [
      "names that are alike",
      "a,b,a\n",
      {},
      'line 1: columns 0 and 2 are both called "a"; give names of your own: header: […]',
    ],
    [
      "a name that objects have",
      "a,__proto__\n",
      {},
      'line 1: a column is called "__proto__"; give names of your own: header: […]',
    ],
    ["a column that is not there", "a,b\n1,2\n", { columns: { c: "text" } }, 'there is no column "c"; it has "a", "b"'],
    ["a column that is not there to be read", "a,b\n1,2\n", { only: ["c"] }, 'there is no column "c"; it has "a", "b"'],
    [
      "a text among numbers",
      "#\na\n1\n#\n2x\n",
      { comment: "#", columns: { a: "number" } },
      'line 5, column "a": "2x" is no number; mend it, list it in missing, or say "text"',
    ],
    [
      "a text after the rows that types are inferred from",
      `a,b\n${"1,\n".repeat(2000)}x,\n`,
      {},
      'line 2002, column "a": "x" is no number; mend it, list it in missing, or say "text"',
    ],
    [
      "a fraction among integers",
      "a\n1.5\n",
      { columns: { a: "integer" } },
      'line 2, column "a": "1.5" is no whole number of 32 bits; say "number"',
    ],
    [
      "a large integer",
      "a\n2147483648\n",
      { columns: { a: "integer" } },
      'line 2, column "a": "2147483648" is no whole number of 32 bits; say "number"',
    ],
    [
      "a missing integer",
      "a,b\n,1\n",
      { columns: { a: "integer" } },
      'line 2, column "a": nothing is there (""); say "number"',
    ],
    [
      "a missing boolean",
      "a,b\nNA,1\n",
      { columns: { a: "boolean" } },
      'line 2, column "a": "NA" is not true or false; mend it, or say "category"',
    ],
  ])("%s", async (_name, csv, options, message) => {
    expect(await refusal(() => readCsv(text(csv), options))).toBe(`readCsv: the bytes: ${message}`);
  });

  test("another encoding has to be named", async () => {
    const bytes = new Uint8Array(Buffer.from("\ufeffa\nü\n", "utf16le"));
    expect(await refusal(() => readCsv(bytes))).toBe(
      'readCsv: the bytes: from byte 0 on it is not utf-8; save it as UTF-8, or name its encoding, such as "latin1"',
    );
    expect(await streamCsv(bytes, { encoding: "utf-16le" }).toArray()).toEqual([{ a: "ü" }]);
  });

  test("the line is right in a large file, far from its beginning", async () => {
    const many = `${'1,"x\ny"\n#\n\n'.repeat(30_000)}2\n`;
    expect(await refusal(() => readCsv(text(`a,b\n${many}`), { comment: "#" }))).toContain(
      "line 120002: there are 1 fields",
    );
  });

  test("a quote that is left open at the beginning of a large file takes neither time nor memory", async () => {
    const endless = async function* () {
      yield text('a,b\n"1,2\n');
      for (;;) yield text("3,4\n".repeat(50_000));
    };
    const begin = performance.now();
    expect(await refusal(() => readCsv(endless()))).toBe(
      "readCsv: the stream: line 2: a record has more than 16777216 characters; is a quote left open?",
    );
    // A second at most by itself; quadratic work would take minutes.
    expect(performance.now() - begin).toBeLessThan(15_000);
  }, 30_000);

  test.each<[unknown, string]>([
    [{ delimiter: "" }, 'delimiter is ""; use a text such as "," ";" or "\\t"'],
    [{ delimiter: '"' }, 'delimiter is "\\""; use a text such as "," ";" or "\\t"'],
    [{ comment: "," }, 'comment is ","; it cannot be the delimiter too'],
    [{ comment: "" }, 'comment is ""; use what such lines begin with: "#"'],
    [{ header: "a" }, 'header is "a"; say true, false, or the names'],
    [{ missing: "NA" }, 'missing is "NA"; list texts: ["", "NA"]'],
    [{ only: [1] }, 'only is an array of 1; list the names of columns: ["x"]'],
    [{ inferFrom: 0 }, "inferFrom is 0; use a number of rows ≥ 1"],
    [{ columns: ["a"] }, 'columns is an array of 1; give types by name: { age: "number" }'],
    [
      { columns: { a: "float" } },
      'column "a" has type "float"; use number, integer, boolean, text, category, or { categories: ["…"] }',
    ],
    [{ columns: { a: { categories: ["x", "x"] } } }, 'column "a" has category "x"; categories are texts, each once'],
    [
      { columns: { a: { categories: [], unknown: -1 } } },
      'unknown is -1 in column "a"; say "missing", or leave it out',
    ],
  ])("%o", async (options, message) => {
    expect(await refusal(() => readCsv(text("a\n1\n"), options as CsvOptions))).toBe(`readCsv: ${message}`);
  });

  test("the categories of a stream have to be known", async () => {
    expect(await refusal(() => streamCsv(text("a\n1\n"), { columns: { a: "category" } }))).toBe(
      'streamCsv: the categories of column "a" are known when all has been read; list them: { categories: […] }, or take the schema of readCsv',
    );
  });
});

test("a stream makes batches, and a pass can be resumed", async () => {
  const csv = `x,kind\n${Array.from({ length: 10 }, (_, i) => `${i},${i % 2 ? "b" : "a"}\n`).join("")}`;
  const examples = streamCsv(text(csv), { columns: { x: "number", kind: { categories: ["a", "b"] } } });
  const seen: unknown[] = [];
  for await (const { x, kind } of batches(examples, { size: 4 })) seen.push([x.toArray(), kind.toArray()]);
  expect(seen).toEqual([
    [
      [0, 1, 2, 3],
      [0, 1, 0, 1],
    ],
    [
      [4, 5, 6, 7],
      [0, 1, 0, 1],
    ],
    [
      [8, 9],
      [0, 1],
    ],
  ]);
  expect((await examples.skip(8).toArray()).map(({ x }) => x)).toEqual([8, 9]);
});
