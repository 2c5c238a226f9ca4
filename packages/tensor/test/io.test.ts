/** @file Files: what NumPy wrote is read, what was written is read again, and what is damaged or hostile is refused. */
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz } from "@deltagrad/tensor/npz";
import { decodeSafetensors, encodeSafetensors } from "@deltagrad/tensor/safetensors";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, fromJSON, reshape, type Tensor, TensorError, tensor, transpose, zeros } from "../src/index.ts";
import { fields, joined } from "../src/io/bytes.ts";
import { archiveOf, crc32 } from "../src/io/zip.ts";
import { expectRefusal } from "./refusal.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const base64 = (text: string): Uint8Array => bytes(atob(text));
const join = (...pieces: Uint8Array[]): Uint8Array => joined(pieces, "test");

/** An npy file with a header of one's own. */
const npy = (header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array =>
  join(Uint8Array.of(0x93), bytes("NUMPY\x01\x00"), fields([2, header.length]), bytes(header), data);
const array = (descr: string, shape: string, data: Uint8Array = new Uint8Array(0), order = "False"): Uint8Array =>
  npy(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`, data);

/** A safetensors file with a header of one's own. */
const safe = (header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const text = bytes(typeof header === "string" ? header : JSON.stringify(header));
  return join(fields([8, text.length]), text, data);
};

describe("npy and npz as NumPy writes them", () => {
  test("big-endian int16 in Fortran's order", () => {
    const file = base64(
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgIC" +
        "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAQAEAAIABQAD//o=",
    );
    const x = decodeNpy(file);
    expect([x.dtype, x.toArray()]).toEqual([
      "int32",
      [
        [1, 2, 3],
        [4, 5, -6],
      ],
    ]);
  });

  test("compressed, with zip64 fields", () => {
    const file = base64(
      "UEsDBC0AAAAIAAAAIQDB3HPN//////////8FABQAeC5ucHkBABAAkAAAAAAAAABPAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6" +
        "Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6CkaaOgq1CmQDLgYweGAPoX/UAwBQSwMELQAAAAgAAAAhAPdAEur//////////wUAFABu" +
        "Lm5weQEAEACYAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxj" +
        "qaOgq1ChQALgYoYITSTFAaAFBLAQItAy0AAAAIAAAAIQDB3HPNTwAAAJAAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAA" +
        "IQD3QBLqTAAAAJgAAAAFAAAAAAAAAAAAAACAAYYAAABuLm5weVBLBQYAAAAAAgACAGYAAAAJAQAAAAA=",
    );
    const { x, n } = decodeNpz(file);
    expect([x!.toArray(), n!.toArray(), n!.dtype]).toEqual([[[0.5, Number.NaN]], [0, 1, 2], "int32"]);
  });

  test("stored, with a name in UTF-8", () => {
    const file = base64(
      "UEsDBC0AAAAAAAAAIQD2wPPo//////////8FABQAeC5ucHkBABAAiAAAAAAAAACIAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsIC" +
        "dmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg" +
        "ICAgICAgICAgICAgICAgICAKAADAPwAAAEBQSwMELQAACAAAAAAhAIIt+NP//////////woAFABuYcOvdmUubnB5AQAQAIEAAAAAAAAAgQAAAA" +
        "AAAACTTlVNUFkBAHYAeydkZXNjcic6ICd8YjEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoKSwgfSAgICAgICAgICAgICAg" +
        "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgFQSwECLQMtAAAAAAAAACEA9sDz6IgAAACIAAAABQAAAA" +
        "AAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAIAAAAACEAgi3404EAAACBAAAACgAAAAAAAAAAAAAAgAG/AAAAbmHDr3ZlLm5weVBLBQYAAAAA" +
        "AgACAGsAAAB8AQAAAAA=",
    );
    const { x, naïve } = decodeNpz(file);
    expect([x!.dtype, x!.toArray(), naïve!.dtype, naïve!.item()]).toEqual(["float32", [1.5, 2], "bool", 1]);
    expect(Object.keys(decodeNpz(file, { only: ["x"] }))).toEqual(["x"]);
  });

  test("an npy file is what NumPy writes, byte for byte", () => {
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
    const data = new Uint8Array(Float64Array.of(1, 2).buffer);
    expect(encodeNpy(tensor([1, 2]))).toEqual(npy(`${header.padEnd(117)}\n`, data));
  });

  test("other kinds of number: what they hold is held", () => {
    const of = (descr: string, ...data: number[]): unknown => {
      const size = Number(descr.at(-1));
      const x = decodeNpy(array(descr, `(${data.length / size},)`, Uint8Array.from(data)));
      return [x.dtype, x.toArray()];
    };
    // 1, −0, the smallest, −∞ and NaN of 16 bits.
    expect(of("<f2", 0, 0x3c, 0, 0x80, 1, 0, 0, 0xfc, 1, 0x7c)).toEqual([
      "float32",
      [1, -0, 2 ** -24, Number.NEGATIVE_INFINITY, Number.NaN],
    ]);
    expect(of(">f2", 0x7b, 0xff)).toEqual(["float32", [65504]]);
    expect(of("|i1", 255, 127)).toEqual(["int32", [-1, 127]]);
    expect(of("|u1", 255)).toEqual(["int32", [255]]);
    expect(of("<u2", 255, 255)).toEqual(["int32", [65535]]);
    expect(of("<i8", 255, 255, 255, 255, 255, 255, 255, 255)).toEqual(["int32", [-1]]);
    expect(of(">u8", 0, 0, 0, 0, 127, 255, 255, 255)).toEqual(["int32", [2 ** 31 - 1]]);
    expect(of("|b1", 0, 1, 7)).toEqual(["bool", [0, 1, 1]]);
    expect(decodeNpy(array("<f8", "(0, 3)")).shape).toEqual([0, 3]);
    expect(decodeNpy(array("<f8", "(1L,)", new Uint8Array(8))).toArray()).toEqual([0]);
  });
});

const dtypes: readonly DType[] = ["float64", "float32", "int32", "bool"];
const special = [0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, -1.5];
const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 3 }), fc.boolean())
  .chain(([dtype, shape, flipped]) => {
    const size = shape.reduce<number>((a, b) => a * b, 1);
    return fc.array(fc.constantFrom(...special), { minLength: size, maxLength: size }).map((values) => {
      const x = reshape(tensor(values, { dtype, shape: [size] }), shape) as Tensor;
      return flipped ? (transpose(x) as Tensor) : x;
    });
  });
const look = (x: Tensor): unknown => [x.dtype, x.shape, [...x.toTypedArray()]];
const lookAll = (tensors: Readonly<Record<string, Tensor>>): unknown =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, look(x)]));

test("what was written is read: every dtype, shape, layout and name", () => {
  const names = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom("__proto__", "toString", "a.b/c", "ψ"));
  fc.assert(
    fc.property(fc.dictionary(names, anyTensor, { noNullPrototype: true }), fc.boolean(), (tensors, compress) => {
      expect(lookAll(decodeNpz(encodeNpz(tensors, { compress })))).toEqual(lookAll(tensors));
      expect(lookAll(decodeSafetensors(encodeSafetensors(tensors)).tensors)).toEqual(lookAll(tensors));
      for (const x of Object.values(tensors)) expect(look(decodeNpy(encodeNpy(x)))).toEqual(look(x));
    }),
    { numRuns: 200 },
  );
});

test("zip64 archives, of which every number is in a wide field", () => {
  const members = ["a", "b"].map((name) => [`${name}.npy`, encodeNpy(tensor([1, 2]))] as const);
  const file = archiveOf("test", members, { compress: true, alignment: 64, zip64From: 0 });
  expect(lookAll(decodeNpz(file))).toEqual(lookAll({ a: tensor([1, 2]), b: tensor([1, 2]) }));
});

test("the checksum is that of the zip format", () => {
  expect(crc32(bytes("123456789"))).toBe(0xcbf43926);
});

describe("memory", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const files: Record<string, readonly [Uint8Array, (file: Uint8Array, copy: boolean) => Tensor]> = {
    npy: [encodeNpy(x), (file, copy) => decodeNpy(file, { copy })],
    npz: [encodeNpz({ x }), (file, copy) => decodeNpz(file, { copy }).x!],
    safetensors: [encodeSafetensors({ x }), (file, copy) => decodeSafetensors(file, { copy }).tensors.x!],
  };
  test.each(Object.entries(files))(
    "%s: the file's own where it is aligned, another's if wanted",
    (_name, [file, read]) => {
      expect(read(file, false).storage!.buffer).toBe(file.buffer);
      expect(read(file, true).storage!.buffer).not.toBe(file.buffer);
      const shifted = new Uint8Array(file.length + 1);
      shifted.set(file, 1);
      const moved = read(shifted.subarray(1), false);
      expect(moved.storage!.buffer).not.toBe(shifted.buffer);
      expect(moved.toArray()).toEqual(x.toArray());
    },
  );

  test("Fortran's order is a view", () => {
    const file = array("<f8", "(2, 1)", new Uint8Array(16), "True");
    const aligned = join(file, new Uint8Array(0));
    expect(decodeNpy(aligned).strides).toEqual([1, 2]);
  });

  test("a typed array is shared where it is asked for and its dtype fits", () => {
    const data = Float32Array.of(1, 2);
    expect(tensor(data, { copy: false }).storage).toBe(data);
    expect(tensor(data, { copy: false, shape: [2, 1] }).toTypedArray({ copy: false })).toBe(data);
    expect(tensor(data).storage).not.toBe(data);
    expect(tensor(data, { copy: false, dtype: "float64" }).toArray()).toEqual([1, 2]);
    const bools = Uint8Array.of(0, 1);
    expect(tensor(bools, { copy: false, dtype: "bool" }).storage!.buffer).toBe(bools.buffer);
    expect(tensor(Uint8Array.of(0, 7), { copy: false, dtype: "bool" }).toArray()).toEqual([0, 1]);
    expect(
      transpose(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).toTypedArray({ copy: false }),
    ).toEqual(Float64Array.of(1, 3, 2, 4));
  });
});

test("JSON and back: every number, and what JSON has no number for", () => {
  fc.assert(
    fc.property(anyTensor, (x) => {
      const back = fromJSON(JSON.parse(JSON.stringify(x)), { dtype: x.dtype, shape: x.shape });
      expect(look(back)).toEqual(look(x.dtype === "bool" ? x : (x.add(0) as Tensor)));
    }),
  );
  expect(JSON.stringify({ x: tensor([[1, -1 / 0]]) })).toBe('{"x":[[1,"-Infinity"]]}');
});

const crowd = (count: number): Uint8Array => bytes("[".repeat(count));
const entry = (shape: number[], begin: number, end: number, dtype = "F64"): unknown => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const eight = new Uint8Array(8);
const small = encodeNpz({ x: tensor(1) });
/** A file with some bytes replaced. */
const changed = (file: Uint8Array, at: number, ...values: number[]): Uint8Array => {
  const out = file.slice();
  out.set(values, at < 0 ? out.length + at : at);
  return out;
};
const bomb = archiveOf("test", [["x.npy", encodeNpy(zeros([100_000]))]], { compress: true, alignment: 64 });

const refusals: Record<string, readonly [() => unknown, string]> = {
  "no bytes": [
    () => decodeNpy("file.npy" as never),
    "decodeNpy: expected the bytes of a file, got string; give a Uint8Array or an ArrayBuffer",
  ],
  "another file": [
    () => decodeNpy(bytes("hello")),
    "decodeNpy: it does not begin with \\x93NUMPY; it is no npy file (for .npz, decodeNpz)",
  ],
  "a version to come": [
    () => decodeNpy(changed(encodeNpy(tensor(1)), 6, 9)),
    "decodeNpy: npy version 9 is unknown; save it with NumPy's np.save",
  ],
  "a file that ends early": [
    () => decodeNpy(encodeNpy(tensor([1, 2])).subarray(0, 140)),
    "decodeNpy: [2] of <f8 takes 16 bytes, there are 12; it is truncated or damaged",
  ],
  "a file that goes on": [
    () => decodeNpy(array("<f8", "()", new Uint8Array(9))),
    "decodeNpy: [] of <f8 takes 8 bytes, there are 9; it is damaged, or several arrays were saved to one file",
  ],
  "a header longer than the file": [
    () => decodeNpy(encodeNpy(tensor(1)).subarray(0, 20)),
    "decodeNpy: its header ends at byte 128 of 20; it is truncated or damaged",
  ],
  "a header that is too long": [
    () => decodeNpy(npy(" ".repeat(20_000))),
    "decodeNpy: its header has 20000 bytes; more than 10000 are none of NumPy's",
  ],
  "a header that is no dictionary": [
    () => decodeNpy(npy("import os\n")),
    'decodeNpy: its header is "import os"; it is damaged',
  ],
  "pickled objects": [
    () => decodeNpy(array("|O", "(1,)", eight)),
    "decodeNpy: it holds pickled Python objects, which only Python can read; save plain numbers",
  ],
  records: [
    () => decodeNpy(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }\n", eight)),
    "decodeNpy: it holds records of several fields; save each field as an array of its own: np.savez(file, x=a['x'], …)",
  ],
  "complex numbers": [
    () => decodeNpy(array("<c16", "()", new Uint8Array(16))),
    'decodeNpy: there is no dtype for "<c16"; save float64, float32, int32 or bool',
  ],
  "an int64 that int32 does not hold": [
    () => decodeNpy(array("<i8", "()", Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0))),
    "decodeNpy: element 0 is 4294967296, which int32 does not hold; save it as float64",
  ],
  "an array as large as the world": [
    () => decodeNpy(array("<f8", "(99999999, 99999999, 99999999)")),
    "decodeNpy: [99999999, 99999999, 99999999] is no shape of a tensor; extents are whole numbers ≥ 0, of a size that can exist",
  ],
  "an array of nothing, as large as the world": [
    () => decodeNpy(array("<f8", "(99999999999999999999, 0)")),
    "decodeNpy: [100000000000000000000, 0] is no shape of a tensor; extents are whole numbers ≥ 0, of a size that can exist",
  ],
  "a large array in a small file": [
    () => decodeNpy(array("<f8", "(1000000000,)")),
    "decodeNpy: [1000000000] of <f8 takes 8000000000 bytes, there are 0; it is truncated or damaged",
  ],
  "more axes than NumPy has": [
    () => decodeNpy(array("<f8", `(${"1, ".repeat(65)})`, eight)),
    "decodeNpy: a shape has 65 axes; more than 64 are none of NumPy's",
  ],
  "no archive": [
    () => decodeNpz(bytes("PK")),
    "decodeNpz: it has no directory of members at its end; it is no npz file, or truncated",
  ],
  "a checksum that is wrong": [
    () => decodeNpz(changed(small, small.indexOf(0x93) + 130, 1)),
    'decodeNpz: "x": its checksum is wrong; it is damaged',
  ],
  "members that overlap": [
    () => {
      const two = encodeNpz({ a: tensor(1), b: tensor(2) });
      const second = two.length - 22 - 51 + 42;
      return decodeNpz(changed(two, second, 0, 0, 0, 0));
    },
    "decodeNpz: its members overlap; it is damaged, or made to exhaust the reader",
  ],
  "two members of one name": [
    () => {
      const member = ["x.npy", encodeNpy(tensor(1))] as const;
      return decodeNpz(archiveOf("test", [member, member], { compress: false, alignment: 64 }));
    },
    'decodeNpz: it has two members "x.npy"; give each array its own name',
  ],
  "a method that nobody uses": [
    () => decodeNpz(changed(small, small.length - 22 - 51 + 10, 14)),
    'decodeNpz: "x": it is compressed by method 14; save it with np.savez or np.savez_compressed',
  ],
  "a password": [
    () => decodeNpz(changed(small, small.length - 22 - 51 + 8, 1)),
    'decodeNpz: "x.npy" is encrypted; save it without a password',
  ],
  "a bomb that says what it is": [
    () => decodeNpz(bomb, { maxBytes: 1000 }),
    'decodeNpz: "x": it becomes 800128 bytes, 1000 are allowed; raise maxBytes if you trust the file',
  ],
  "a bomb that does not": [
    () => decodeNpz(changed(bomb, bomb.length - 22 - 51 + 24, 200, 0, 0, 0)),
    'decodeNpz: "x": its 873 bytes do not become 200; it is damaged',
  ],
  "a bomb that cannot be": [
    () => decodeNpz(changed(bomb, bomb.length - 22 - 51 + 24, 0, 0, 0, 0x70)),
    'decodeNpz: "x": 873 bytes cannot become 1879048192; it is damaged, or made to exhaust the reader',
  ],
  "an array that is not there": [
    () => decodeNpz(small, { only: ["y"] }),
    'decodeNpz: "y": there is no such array; there is "x"',
  ],
  "an array of text among others": [
    () => decodeNpz(archiveOf("test", [["t.npy", array("<U1", "()", eight)]], { compress: false, alignment: 64 })),
    'decodeNpz: "t": there is no dtype for "<U1"; save float64, float32, int32 or bool',
  ],
  "a list in place of named tensors": [
    () => encodeNpz([tensor(1)] as never),
    "encodeNpz: expected an object of tensors; write { name: tensor }",
  ],
  "an array in place of a tensor": [
    () => encodeNpz({ x: [1, 2] as never }),
    "encodeNpz: expected a tensor or a number, got an array; wrap data with tensor(…)",
  ],
  "a header without end": [
    () => decodeSafetensors(join(fields([8, 2 ** 40]), eight)),
    "decodeSafetensors: its header has 1099511627776 bytes; more than 100000000 are not allowed",
  ],
  "a header that the file does not have": [
    () => decodeSafetensors(fields([8, 50])),
    "decodeSafetensors: its header ends at byte 58 of 8; it is truncated or damaged",
  ],
  "less than a length": [
    () => decodeSafetensors(Uint8Array.of(1, 2)),
    "decodeSafetensors: the file ends at byte 2 where more is announced; it is truncated or damaged",
  ],
  "no JSON": [
    () => decodeSafetensors(safe("hello")),
    "decodeSafetensors: its header is no JSON; it is damaged, or no safetensors file",
  ],
  "a million brackets": [
    () => decodeSafetensors(join(fields([8, 1_000_000]), crowd(1_000_000))),
    "decodeSafetensors: its header is no JSON; it is damaged, or no safetensors file",
  ],
  "a text that is no UTF-8": [
    () => decodeSafetensors(join(fields([8, 1]), Uint8Array.of(0xff))),
    "decodeSafetensors: a text in it is not UTF-8; it is damaged",
  ],
  "a list": [() => decodeSafetensors(safe([])), "decodeSafetensors: its header is no object; it is damaged"],
  "a name twice": [
    () => decodeSafetensors(safe('{"\\u0061":{"dtype":"F64"},"a" :{}}')),
    'decodeSafetensors: its header has "a" twice; give each tensor its own name',
  ],
  "an entry without offsets": [
    () => decodeSafetensors(safe({ x: { dtype: "F64", shape: [] } }, eight)),
    'decodeSafetensors: "x": its entry is no { dtype, shape, data_offsets }; it is damaged',
  ],
  "a dtype that nobody has": [
    () => decodeSafetensors(safe({ x: entry([8], 0, 8, "F8_E4M3") }, eight)),
    'decodeSafetensors: "x": there is no dtype for "F8_E4M3"; save F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL',
  ],
  "a shape that lies": [
    () => decodeSafetensors(safe({ x: entry([2], 0, 8) }, eight)),
    'decodeSafetensors: "x": [2] of F64 takes 16 bytes, not those from 0 to 8; it is damaged',
  ],
  "a shape that overflows": [
    () => decodeSafetensors(safe({ x: entry([2 ** 40, 2 ** 40, 0], 0, 0) })),
    'decodeSafetensors: "x": [1099511627776, 1099511627776, 0] is no shape of a tensor; extents are whole numbers ≥ 0, of a size that can exist',
  ],
  "tensors that overlap": [
    () => decodeSafetensors(safe({ x: entry([], 0, 8), y: entry([2], 4, 12, "F32") }, new Uint8Array(12))),
    'decodeSafetensors: "y": it begins at byte 4, where the one before ends at 8; tensors may not overlap or leave gaps',
  ],
  "a gap": [
    () => decodeSafetensors(safe({ x: entry([], 8, 16) }, new Uint8Array(16))),
    'decodeSafetensors: "x": it begins at byte 8, where the one before ends at 0; tensors may not overlap or leave gaps',
  ],
  "a file longer than its tensors": [
    () => decodeSafetensors(safe({}, eight)),
    "decodeSafetensors: its tensors end at byte 10 of 18; it is truncated or damaged",
  ],
  "metadata that is no text": [
    () => decodeSafetensors(safe({ __metadata__: { step: 7 } })),
    "decodeSafetensors: its metadata is no object of texts; it is damaged",
  ],
  "metadata to write that is no text": [
    () => encodeSafetensors({}, { step: 7 as never }),
    'encodeSafetensors: metadata "step" is number; metadata is text: String(value)',
  ],
  "a tensor named as the metadata": [
    () => encodeSafetensors({ __metadata__: tensor(1) }),
    "encodeSafetensors: a tensor is named __metadata__; give metadata as the second argument",
  ],
  "null in JSON": [
    () => fromJSON([1, null as never]),
    "fromJSON: null is no number; give numbers, or what toJSON writes for NaN, ∞ and −∞",
  ],
};

describe("what is refused, in whole sentences", () => {
  test.each(Object.entries(refusals))("%s", (_name, [attempt, sentence]) => {
    expectRefusal(attempt, sentence);
  });
});

describe("20,000 damaged files are read or refused, and nothing large is made of them", () => {
  const tensors = {
    w: tensor([
      [1, 2],
      [3, 4],
    ]),
    i: tensor(Int32Array.of(1, 2, 3)),
    b: tensor([true, false]),
  };
  const npyFile = encodeNpy(tensors.w);
  const decoders: Record<string, readonly [(file: Uint8Array) => Readonly<Record<string, Tensor>>, Uint8Array[]]> = {
    decodeNpy: [(file) => ({ x: decodeNpy(file) }), [npyFile, array(">i8", "(1, 2)", new Uint8Array(16), "True")]],
    decodeNpz: [
      (file) => decodeNpz(file, { maxBytes: 1 << 20 }),
      [
        encodeNpz(tensors),
        encodeNpz(tensors, { compress: true }),
        archiveOf("test", [["x.npy", npyFile]], { compress: true, alignment: 64, zip64From: 0 }),
      ],
    ],
    decodeSafetensors: [
      (file) => decodeSafetensors(file).tensors,
      [encodeSafetensors(tensors, { about: "some" }), safe({ x: entry([2, 2], 0, 8, "BF16") }, eight)],
    ],
  };
  const allocated = (): number => process.memoryUsage().arrayBuffers;

  test.each(Object.entries(decoders))("%s", (name, [decode, files]) => {
    // A generator of its own, so that every run damages the same bytes.
    let state = 12345;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 8) % below;
    };
    const telling = [0, 1, 0x7f, 0x80, 0xff, 0x20, 0x30, 0x39, 0x22, 0x2c];
    let read = 0;
    for (let round = 0; round < 7000; round++) {
      const original = files[round % files.length]!;
      let file: Uint8Array = original.slice();
      for (let n = draw(4); n >= 0; n--) file[draw(file.length)] = draw(2) ? draw(256) : telling[draw(telling.length)]!;
      if (draw(4) === 0) file = file.slice(0, draw(file.length));
      else if (draw(8) === 0) file = join(file.subarray(0, draw(file.length)), file.subarray(draw(file.length)));
      const before = allocated();
      try {
        for (const x of Object.values(decode(file))) expect(x.toTypedArray().length).toBe(x.size);
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(TensorError);
        expect((error as TensorError).op).toBe(name);
      }
      expect(allocated() - before).toBeLessThan(4 << 20);
    }
    // Damage to numbers alone is no damage to a file: some are read.
    expect(read).toBeGreaterThan(0);
    for (let length = 0; length < files[0]!.length; length++)
      expect(() => decode(files[0]!.slice(0, length))).toThrow(TensorError);
  });
});
