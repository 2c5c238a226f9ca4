/** @file Products by WebAssembly: the bits of the plain loops, for every size, layout and value. */
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { type Matrices, multiply, type Sizes } from "../../src/core/product.ts";
import { broadcastTo, cast, flip, matmul, permute, rng, type Tensor, tensor } from "../../src/index.ts";
import { setBackend, supports } from "../../src/wasm/machine.ts";
import { pays, product } from "../../src/wasm/matmul/product.ts";
import type { Floats } from "../../src/wasm/matmul/stage.ts";

afterEach(() => setBackend("wasm"));

const dtypes = ["float32", "float64"] as const;
type Float = (typeof dtypes)[number];
const floats = { float32: Float32Array, float64: Float64Array };

/** Numbers of every size and sign, the same for a seed; `hard` has also ∞, NaN, −0 and subnormals. */
function numbers(dtype: Float, length: number, seed: number, hard = false): Floats {
  const values = new floats[dtype](length);
  const odd = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0, 0, 1e-310, 1e-42, 3e38, 1e308];
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const pick = (state >>> 8) % 97;
    values[i] = hard && pick < odd.length ? odd[pick]! : (state / 2 ** 31) * 2 ** ((state & 15) - 8);
  }
  return values;
}

interface Case {
  readonly dtype: Float;
  readonly sizes: Sizes;
  readonly a: Matrices<Floats>;
  readonly b: Matrices<Floats>;
}

/** A matrix of the layout within a larger storage: rows one after the other, columns, every other element, reversed. */
const layouts = ["rows", "columns", "wide rows", "every other", "reversed", "one row again and again"] as const;
type Layout = (typeof layouts)[number];
function matrices(
  dtype: Float,
  layout: Layout,
  [g, rows, columns]: [number, number, number],
  seed: number,
  hard = false,
) {
  const gap = { "wide rows": 3, rows: 0, columns: 0, "every other": 0, reversed: 0, "one row again and again": 0 }[
    layout
  ];
  const step = layout === "every other" ? 2 : 1;
  const length = (columns + gap) * rows * step;
  const data = numbers(dtype, 5 + g * length, seed, hard);
  const next = length;
  if (layout === "columns") return { data, start: 5, next, down: 1, right: rows };
  if (layout === "reversed") return { data, start: 5 + rows * columns - 1, next, down: -columns, right: -1 };
  if (layout === "one row again and again") return { data, start: 3, next: 0, down: 0, right: 1 };
  return { data, start: 5, next, down: (columns + gap) * step, right: step };
}

function both({ dtype, sizes, a, b }: Case): [plain: Floats, fast: Floats] {
  const { count, m, n } = sizes;
  const out = () => ({ data: new floats[dtype](count * m * n), start: 0, next: m * n, down: n, right: 1 });
  const [plain, fast] = [out(), out()];
  multiply(dtype, plain, a, b, sizes);
  expect(product(fast, a, b, sizes)).toBe(true);
  return [plain.data, fast.data];
}

/** The first place where the bits differ; −1 for none. NaN is NaN. */
const firstDifference = (x: Floats, y: Floats): number => x.findIndex((value, i) => !Object.is(value, y[i]));

function caseOf(
  dtype: Float,
  [count, m, k, n]: readonly number[] & { length: 4 },
  la: Layout,
  lb: Layout,
  hard: boolean,
): Case {
  return {
    dtype,
    sizes: { count: count!, m: m!, k: k!, n: n! },
    a: matrices(dtype, la, [count!, m!, k!], 1, hard),
    b: matrices(dtype, lb, [count!, k!, n!], 2, hard),
  };
}

describe.each(dtypes)("%s", (dtype) => {
  test("all sizes up to 24, and around 70, in rows and in columns", () => {
    const extents = [...Array.from({ length: 24 }, (_, i) => i + 1), 31, 32, 33, 59, 60, 61, 64, 70];
    const different: string[] = [];
    for (const m of extents)
      for (const n of extents)
        for (const k of [1, 2, 7]) {
          const [la, lb] = [layouts[(m + k) % 2]!, layouts[(n + k) % 2]!];
          const [plain, fast] = both(caseOf(dtype, [1, m, k, n], la, lb, false));
          if (firstDifference(plain, fast) >= 0) different.push(`${m}×${k}·${k}×${n}, ${la}, ${lb}`);
        }
    expect(different).toEqual([]);
  });

  test("any sizes, layouts and batches, with NaN, ∞, −0 and subnormals", () => {
    const extent = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 3 }), extent, fc.oneof(extent, fc.constantFrom(255, 256, 257, 700)), extent),
        fc.constantFrom(...layouts),
        fc.constantFrom(...layouts),
        fc.boolean(),
        (sizes, la, lb, hard) => {
          const [plain, fast] = both(caseOf(dtype, sizes, la, lb, hard));
          expect(firstDifference(plain, fast)).toBe(-1);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([
    [1, 1030, 5, 1100],
    [1, 3, 5, 2100],
    [2, 2100, 9, 4],
    [1, 2, 60_000, 3],
    [1, 1, 3000, 1030],
    [1, 1030, 1700, 6],
  ] as const)("panels: %d times %d×%d·…×%d", (...sizes) => {
    for (const [la, lb] of [
      ["rows", "rows"],
      ["columns", "columns"],
      ["every other", "wide rows"],
    ] as const) {
      const [plain, fast] = both(caseOf(dtype, sizes, la, lb, false));
      expect(firstDifference(plain, fast)).toBe(-1);
    }
  });

  test.runIf(supports("relaxed"))("relaxed products are within the bound of rounding", () => {
    const made = caseOf(dtype, [2, 33, 257, 47], "rows", "columns", false);
    const [plain] = both(made);
    setBackend("wasm", { relaxed: true });
    const [, fast] = both(made);
    const absolute = (x: Matrices<Floats>) => ({ ...x, data: x.data.map(Math.abs) });
    const [terms] = both({ ...made, a: absolute(made.a), b: absolute(made.b) });
    const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
    for (const [i, value] of fast.entries())
      expect(Math.abs(value - plain[i]!)).toBeLessThanOrEqual(2 * 258 * unit * terms[i]!);
    expect(fast).not.toEqual(plain);
  });
});

describe("matmul", () => {
  /** The product by the backend, and by plain loops. */
  const byBoth = (a: Tensor, b: Tensor): [unknown, unknown] => {
    setBackend("wasm");
    const fast = matmul(a, b).toArray();
    setBackend("plain");
    return [fast, matmul(a, b).toArray()];
  };
  const normal = (shape: number[], dtype: Float): Tensor => cast(rng("products").normal(shape), dtype);

  test.each(dtypes)("of batches, transposed, reversed and broadcast %s", (dtype) => {
    const a = normal([3, 1, 20, 30], dtype);
    const b = normal([2, 30, 40], dtype);
    const pairs: [Tensor, Tensor][] = [
      [a, b],
      [permute(a, [1, 0, 3, 2]), permute(normal([40, 20], dtype), [1, 0])],
      [flip(a, [2, 3]), b],
      [broadcastTo(normal([1, 30], dtype), [20, 30]), normal([30, 40], dtype)],
      [normal([5, 20, 30], dtype), broadcastTo(normal([30, 40], dtype), [5, 30, 40])],
    ];
    for (const [x, y] of pairs) {
      const [fast, plain] = byBoth(x, y);
      expect(fast).toEqual(plain);
    }
  });

  test("uses WebAssembly where it pays, and not for whole numbers, little work, or a plain backend", () => {
    expect(dtypes.map((dtype) => pays(dtype, 32, 64, 10))).toEqual([true, true]);
    expect([pays("float32", 3, 2, 4), pays("float64", 8, 8, 8), pays("int32", 64, 64, 64)]).toEqual([
      false,
      false,
      false,
    ]);
    setBackend("plain");
    expect(pays("float32", 64, 64, 64)).toBe(false);
  });

  test("has no products of nothing", () => {
    expect(matmul(tensor([[], []]), tensor([[], []]).reshape([0, 2])).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
