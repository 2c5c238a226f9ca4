/**
 * @file Pointwise operations by vectors: the bits of the plain loops, on random bits, numbers as they are used, and the
 * corners; for every layout; and that the vectors are really used.
 */
import { afterEach, describe, expect, test } from "vitest";
import type { Primitive } from "../../src/core/primitive.ts";
import * as api from "../../src/index.ts";
import { type DType, type Operand, record, setBackend, type Tensor, tensor } from "../../src/index.ts";
import { ratio, scale } from "../../src/ops/arithmetic.ts";
import { sigmoidCrossEntropy } from "../../src/ops/logistic.ts";
import { vectorForms } from "../../src/wasm/elementary/forms.ts";
import { byVectors } from "../../src/wasm/pointwise/kernel.ts";

type Operation = (...xs: Tensor[]) => Tensor;
type FloatType = "float32" | "float64";

const operations = { ...api, sigmoidCrossEntropy, scale, ratio } as unknown as Readonly<Record<string, Operation>>;
const twos = ["add", "sub", "mul", "div", "scale", "ratio", "maximum", "minimum", "pow", "sigmoidCrossEntropy"];
/** Forms that fused loops use, and no kernel. */
const fusedOnly = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual", "where"];

const COUNT = 1_000_000;
const CORNERS = [
  ...[0, 2 ** -1074, 2 ** -1022, 2 ** -149, 2 ** -126, 1e-40, 2 ** -54, 2 ** -24, 0.1, 0.25, 0.3465, 0.5, Math.SQRT1_2],
  ...[0.55, 1, 1 + 2 ** -23, Math.SQRT2, 2, 10, 22, 36.7, 40, 87.3, 88.72283, 88.8, 103.9, 104, 127.5, 150, 709.78],
  ...[710, 745.13, 746, 1023.5, 1075, 2 ** 20, 2 ** 20 - 0.125, 1e9, 2 ** 127, 3.4028234e38, Number.MAX_VALUE],
  ...[Number.POSITIVE_INFINITY, Number.NaN],
].flatMap((x) => [x, -x]);

/** Corners, random bits, and numbers up to 1, 10 and 100; the same each time. */
function argumentsOf(dtype: FloatType, count: number, seed: number): Float32Array | Float64Array {
  let state = seed;
  const word = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) ^ (state >>> 12);
  };
  const values = dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
  const bits = new Int32Array(values.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = word();
  for (let i = 0; i < count; i++) if (i % 2 === 1) values[i] = (word() / 2 ** 31) * 10 ** (i % 3);
  for (let i = 0; i < Math.min(count, CORNERS.length); i++) values[i] = CORNERS[(i + seed) % CORNERS.length]!;
  return values;
}

function inputsOf(name: string, dtype: FloatType, count: number): Tensor[] {
  const seeds = twos.includes(name) ? [1, 5] : [1];
  return seeds.map((seed) => tensor(argumentsOf(dtype, count, seed)) as Tensor);
}

/** Operations and the types in which they have vector forms. */
const cases = Object.entries(vectorForms)
  .filter(([name]) => !fusedOnly.includes(name))
  .flatMap(([name, form]) =>
    (["float32", "float64"] as const).filter((dtype) => dtype in form).map((dtype) => [name, dtype] as const),
  );

/** The operation as its watchers see it. */
function primitiveOf(name: string, xs: readonly Tensor[]): Primitive<unknown> {
  const node = record(operations[name]!)(...xs).nodes.at(-1)!;
  if (node.kind !== "operation") throw new Error(`${name} is no operation`);
  return node.op;
}

/** What f gives by plain loops, and by vectors. */
function both(f: () => Tensor): [plain: Tensor, vectors: Tensor] {
  setBackend("plain");
  const plain = f();
  setBackend("wasm");
  return [plain, f()];
}

/** The first place where two results differ in more than the payload of a NaN. */
function difference(a: Tensor, b: Tensor): string {
  const [x, y] = [a.toTypedArray(), b.toTypedArray()];
  const at = x.findIndex((value, i) => !Object.is(value, y[i]));
  return at < 0 ? "" : `element ${at}: ${x[at]} by the loop, ${y[at]} by vectors`;
}

afterEach(() => setBackend("wasm"));

describe("the same bits as the scalar definition", () => {
  test.each(cases)(
    "%s %s",
    (name, dtype) => {
      const xs = inputsOf(name, dtype, COUNT);
      const [plain, vectors] = both(() => operations[name]!(...xs));
      expect(difference(plain, vectors)).toBe("");
    },
    60_000,
  );
});

describe("any size and layout", () => {
  const layouts: readonly [string, (x: Tensor) => Operand][] = [
    ["a row", (x) => x],
    ["a transposed matrix", (x) => api.transpose(api.reshape(x, [x.size / 6, 6]))],
    ["a part of a row", (x) => api.slice(x, [5, -2])],
    ["every other element", (x) => api.slice(x, [null, null, 2])],
    ["backwards", (x) => api.flip(x, 0)],
    ["one number, stretched", (x) => api.broadcastTo(api.slice(x, [7, 8]), [x.size])],
  ];
  test.each(layouts)("%s", (_name, lay) => {
    for (const [name, dtype] of cases)
      for (const size of [66, 300, 8190]) {
        const xs = inputsOf(name, dtype, size).map((x) => lay(x) as Tensor);
        const [plain, vectors] = both(() => operations[name]!(...xs));
        expect(difference(plain, vectors), `${name} ${dtype} ${size}`).toBe("");
        expect(vectors.shape).toEqual(plain.shape);
      }
  });

  test("sizes around the panel, and tiny ones", () => {
    for (const size of [0, 1, 2, 3, 63, 64, 65, 67, 2047, 2048, 2049, 4095, 4096, 4097, 12289]) {
      for (const [name, dtype] of cases) {
        const xs = inputsOf(name, dtype, size);
        const [plain, vectors] = both(() => operations[name]!(...xs));
        expect(difference(plain, vectors), `${name} ${dtype} ${size}`).toBe("");
      }
    }
  });
});

describe("vectors are used", () => {
  test.each(cases)("for %s %s", (name, dtype) => {
    const xs = inputsOf(name, dtype, 2000);
    const op = primitiveOf(name, xs);
    api.neg(xs[0]!);
    expect(op.kernel!(xs, { shape: [2000], dtype }, null)).not.toBeNull();
    setBackend("plain");
    expect(op.kernel!(xs, { shape: [2000], dtype }, null)).toBeNull();
  });

  test.each([
    ["a number", [1, 1]],
    ["a row", [1, 70]],
    ["a column", [50, 1]],
    ["a long row", [1, 9000]],
  ])("beside %s that is stretched", (_name, shape) => {
    for (const [name, dtype] of cases.filter(([f]) => twos.includes(f))) {
      const size = shape[0]! * shape[1]!;
      const [x, y] = [
        inputsOf("neg", dtype, 50 * (shape[1] === 9000 ? 9000 : 70))[0]!,
        inputsOf("neg", dtype, size)[0]!,
      ];
      const a = api.reshape(x, [50, x.size / 50]);
      for (const pair of [
        [a, api.reshape(y, shape)],
        [api.reshape(y, shape), a],
      ])
        expect(difference(...both(() => operations[name]!(...pair))), `${name} ${dtype}`).toBe("");
    }
  });

  test("but not for other types, nor where there are few elements", () => {
    const { kernel } = byVectors("exp");
    const none = (dtype: DType, size: number) =>
      kernel([tensor(new Float32Array(size)) as Tensor], { shape: [size], dtype }, null);
    expect([none("int32", 100), none("bool", 100), none("float32", 1)]).toEqual([null, null, null]);
  });
});
