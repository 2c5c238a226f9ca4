/** @file The machine's own BLAS: how it is found, what is given to it, and the laws under it where there is one. */
import * as fc from "fast-check";
import koffi from "koffi";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CblasGemm, gemmOf } from "../src/blas/gemm.ts";
import { blas, useBlas } from "../src/blas/index.ts";
import { candidates } from "../src/blas/libraries.ts";
import { find, type Koffi, start } from "../src/blas/load.ts";
import { roundingBound } from "../src/check/index.ts";
import { setMachineBlas } from "../src/core/blas.ts";
import { type Matrices, multiply } from "../src/core/product.ts";
import * as api from "../src/index.ts";
import { jvp, mul, rng, sum, type Tensor, TensorError, vjp } from "../src/index.ts";
import { expectRefusal } from "./refusal.ts";
import { differentiable, inputsOf, type Sample } from "./samples/index.ts";

const rejection = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TensorError);
  return (error as TensorError).message;
};

/** CBLAS by plain loops, with its checks of leading dimensions. */
const reference: CblasGemm = (order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) => {
  expect([order, alpha, beta]).toEqual([101, 1, 0]);
  const [rowsA, rowsB] = [transA === 111, transB === 111];
  expect(lda).toBeGreaterThanOrEqual(rowsA ? k : m);
  expect(ldb).toBeGreaterThanOrEqual(rowsB ? n : k);
  expect(ldc).toBeGreaterThanOrEqual(n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let l = 0; l < k; l++)
        total += a[rowsA ? i * lda + l : l * lda + i]! * b[rowsB ? l * ldb + j : j * ldb + l]!;
      c[i * ldc + j] = total;
    }
};

const never: CblasGemm = () => {
  throw new Error("the product of the other dtype");
};

describe("what is given to CBLAS", () => {
  const extent = fc.integer({ min: 1, max: 4 });
  const layout = fc.constantFrom("rows", "columns", "rows apart", "columns apart");
  const numbers = Float64Array.from({ length: 400 }, (_, i) => (i * 37) % 101);

  const lying = (form: string, rows: number, columns: number): Matrices => {
    const gap = form.endsWith("apart") ? 2 : 0;
    const strides = form.startsWith("rows") ? { down: columns + gap, right: 1 } : { down: 1, right: rows + gap };
    return { data: numbers, start: 3, next: 40, ...strides };
  };

  test("is the same product, whichever way the operands lie", () => {
    fc.assert(
      fc.property(extent, extent, extent, extent, layout, layout, (count, m, k, n, left, right) => {
        const [a, b, sizes] = [lying(left, m, k), lying(right, k, n), { count, m, k, n }];
        const out = (): Matrices => ({
          data: new Float64Array(count * m * n),
          start: 0,
          next: m * n,
          down: n,
          right: 1,
        });
        const [got, wanted] = [out(), out()];
        expect(gemmOf(never, reference, 1)(got, a, b, sizes)).toBe(true);
        multiply("float64", wanted, a, b, sizes);
        expect(got.data).toEqual(wanted.data);
      }),
    );
  });

  const sizes = { count: 1, m: 2, k: 2, n: 2 };
  const packed = { data: numbers, start: 0, next: 0, down: 2, right: 1 };
  const square = (): Matrices => ({ data: new Float64Array(4), start: 0, next: 0, down: 2, right: 1 });
  test.each<[string, Partial<Matrices>]>([
    ["strides both ways", { down: 8, right: 2 }],
    ["a row that is repeated", { down: 0, right: 1 }],
    ["rows that overlap", { down: 1, right: 1 }],
    ["rows in reverse", { start: 2, down: -2 }],
    ["an element that is repeated", { down: 0, right: 0 }],
    ["rows further apart than an int32 counts", { down: 2 ** 31 }],
  ])("is not %s", (_what, layout) => {
    const other = { ...packed, ...layout };
    expect(gemmOf(never, never, 1)(square(), other, packed, sizes)).toBe(false);
    expect(gemmOf(never, never, 1)(square(), packed, other, sizes)).toBe(false);
  });

  test("is nothing of other dtypes, of size 0, or too small to pay", () => {
    const gemm = gemmOf(never, never);
    const integers = { ...square(), data: new Int32Array(4) };
    expect(gemmOf(never, never, 1)(integers, integers, integers, sizes)).toBe(false);
    for (const none of [{ m: 0 }, { k: 0 }, { n: 0 }])
      expect(gemmOf(never, never, 0)(square(), packed, packed, { ...sizes, ...none })).toBe(false);
    expect(gemm(square(), packed, packed, sizes)).toBe(false);
  });
});

/** A koffi that finds libraries by their names, each with some functions. */
const koffiWith = (libraries: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Koffi => ({
  load(path) {
    const library = libraries[path];
    if (library === undefined) throw new Error(`no ${path}`);
    return {
      func(name) {
        const f = library[name];
        if (f === undefined) throw new Error(`no ${name}`);
        return f as (...args: unknown[]) => unknown;
      },
    };
  },
});

const openBlas = (config: string, suffix = "") => ({
  [`cblas_sgemm${suffix}`]: reference,
  [`cblas_dgemm${suffix}`]: reference,
  [`openblas_get_config${suffix}`]: () => config,
  [`openblas_get_num_threads${suffix}`]: () => 2,
});

describe("finding a library", () => {
  const linux = { platform: "linux", env: {} };

  test("takes the first that is there", () => {
    const libraries = { "libblis.so.4": {}, "libopenblas.so": openBlas("OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell ") };
    const { about } = start(find(koffiWith(libraries), linux, undefined), undefined);
    expect(about).toMatchObject({ library: "OpenBLAS", version: "0.3.21", config: "DYNAMIC_ARCH Haswell", threads: 2 });
    expect(String(about)).toBe("OpenBLAS 0.3.21, 2 threads (libopenblas.so: DYNAMIC_ARCH Haswell)");
  });

  test("knows builds with decorated names", () => {
    const library = openBlas("OpenBLAS 0.3.29 USE64BITINT", "64_");
    const { about } = start(find(koffiWith({ mine: library }), linux, "mine"), undefined);
    expect(about).toMatchObject({ library: "OpenBLAS", config: "USE64BITINT", path: "mine" });
  });

  test("counts in 64 bits where the library does", () => {
    const declared: string[][] = [];
    const inner = koffiWith({ mine: openBlas("OpenBLAS 0.3.29 USE64BITINT") });
    const watching: Koffi = {
      load: (path) => ({
        func(name, result, parameters) {
          if (parameters.length > 0) declared.push(parameters);
          return inner.load(path).func(name, result, parameters);
        },
      }),
    };
    start(find(watching, linux, "mine"), undefined);
    const operand = ["void *", "int64"];
    const gemm = (real: string) => [
      ...["int", "int", "int", "int64", "int64", "int64", real],
      ...[...operand, ...operand, real, ...operand],
    ];
    expect(declared).toEqual([gemm("float"), gemm("double")]);
  });

  test("begins on macOS with Accelerate, which chooses its threads itself", () => {
    const [first] = candidates("darwin", {});
    const accelerate = { cblas_sgemm: reference, cblas_dgemm: reference, catlas_saxpby: () => {} };
    const found = find(koffiWith({ [first!]: accelerate }), { platform: "darwin", env: {} }, undefined);
    expect(String(start(found, undefined).about)).toBe(
      "Accelerate (/System/Library/Frameworks/Accelerate.framework/Accelerate)",
    );
    expectRefusal(() => start(found, 2), "useBlas: Accelerate chooses its threads itself; leave threads out");
  });

  test("looks into an environment's own folders", () => {
    expect(candidates("linux", { CONDA_PREFIX: "/conda" })).toContain("/conda/lib/libopenblas.so.0");
    expect(candidates("win32", { CONDA_PREFIX: "C:\\conda" })).toContain("C:\\conda\\Library\\bin\\libopenblas.dll");
    expect(candidates("linux", { CONDA_PREFIX: "" })).not.toContain("/lib/libopenblas.so.0");
  });

  test.each([
    [
      "linux",
      "install OpenBLAS (Debian, Ubuntu: apt install libopenblas0-pthread; Fedora: dnf install openblas-threads)",
    ],
    ["darwin", "macOS has Accelerate; if it is out of reach, brew install openblas"],
    ["win32", "install OpenBLAS (conda install openblas, or a release from openblas.net)"],
  ])("says what to install on %s where there is none", (platform, advice) => {
    expectRefusal(
      () => find(koffiWith({}), { platform, env: {} }, undefined),
      `useBlas: found no BLAS on this machine; ${advice}, or give its path`,
    );
  });

  test("says what is wrong with a path", () => {
    const files = koffiWith({ "libm.so": {}, bad: { ...openBlas("OpenBLAS 1"), cblas_dgemm: () => {} } });
    const advice = "give the path of a library with cblas_sgemm";
    expectRefusal(() => find(files, linux, "libm.so"), `useBlas: libm.so is no BLAS: it has no cblas_dgemm; ${advice}`);
    expectRefusal(() => find(files, linux, "none"), `useBlas: none is no BLAS: no none; ${advice}`);
    expectRefusal(
      () => start(find(files, linux, "bad"), undefined),
      "useBlas: bad multiplies wrongly; give the path of another build",
    );
  });
});

test("what is no option is refused by name", async () => {
  expect(await rejection(useBlas("libopenblas.so" as never))).toBe(
    'useBlas: the options are "libopenblas.so"; give them by name in one object, e.g. { keepDims: true }',
  );
  expect(await rejection(useBlas({ path: 3 as never }))).toBe("useBlas: path is number; give a library's file or name");
  expect(await rejection(useBlas({ path: "" }))).toBe('useBlas: path is ""; give a library\'s file or name');
  expect(await rejection(useBlas({ threads: 0 }))).toBe("useBlas: threads is 0; give a whole number from 1 to 1024");
  expect(blas()).toBeNull();
});

const found = (() => {
  try {
    return find(koffi as unknown as Koffi, process, undefined);
  } catch (error) {
    console.warn(`the laws under a BLAS are left out: ${(error as Error).message}`);
    return null;
  }
})();

describe.skipIf(found === null)("with the machine's BLAS", () => {
  afterEach(() => useBlas(null));

  test("useBlas says what does the products, and null ends it", async () => {
    const used = await useBlas({ threads: 1 });
    expect(blas()).toBe(used);
    expect(used.library).toBe(found!.maker.library);
    if (found!.maker.threads !== null) expect(used.threads).toBe(1);
    expect(await useBlas(null)).toBeNull();
    expect(blas()).toBeNull();
  });

  test("a library that is not found leaves the one in use", async () => {
    const used = await useBlas();
    expect(await rejection(useBlas({ path: "libnone.so" }))).toContain("useBlas: libnone.so is no BLAS: ");
    expect(blas()).toBe(used);
  });

  test("it is really used: products too large for chance to give the same bits", async () => {
    const [a, b] = [rng("a").normal([90, 300]), rng("b").normal([300, 110])];
    const own = api.matmul(a, b);
    await useBlas();
    const [theirs, bound] = roundingBound(() => api.matmul(a, b))();
    expect(theirs.toTypedArray()).not.toEqual(own.toTypedArray());
    const differences = api.abs(api.sub(theirs, own)).toTypedArray();
    bound.toTypedArray().forEach((limit, i) => expect(differences[i]).toBeLessThanOrEqual(2 * limit));
  });

  test("products of whole numbers in floats are exact in every layout", async () => {
    await useBlas();
    const whole = (name: string, shape: number[]): Tensor => api.round(mul(9, rng(name).normal(shape))) as Tensor;
    const product = (x: Tensor, y: Tensor): unknown => api.matmul(x, y).toArray();
    for (const dtype of ["float64", "float32"] as const) {
      const a: Tensor = api.cast(whole("a", [3, 40, 50]), dtype);
      const b: Tensor = api.cast(whole("b", [50, 60]), dtype);
      const wanted = product(api.cast(a, "int32"), api.cast(b, "int32"));
      const columns = api.matrixTranspose(b).toTypedArray();
      const turned = api.matrixTranspose(api.tensor(columns, { shape: [60, 50], dtype }));
      const wide: Tensor = api.concat([b, b], 1);
      expect(product(a, b)).toEqual(wanted);
      expect(product(a, turned)).toEqual(wanted);
      expect(product(a, wide.at(":", [0, 60]).get())).toEqual(wanted);
      expect(product(a, api.broadcastTo(b, [3, 50, 60]))).toEqual(wanted);
    }
  });
});

const names = ["matmul", "dot", "vecdot", "matvec", "inner", "tensordot", "addmm", "baddbmm", "multiDot", "einsum"];
const networks = ["linear", "conv1d", "conv2d", "conv3d", "convTranspose2d", "scaledDotProductAttention"];

describe.skipIf(found === null)("laws with every product by the machine's BLAS", () => {
  beforeAll(() => setMachineBlas(start(found!, undefined, 1)));
  afterAll(() => setMachineBlas(null));

  const dot = (a: readonly Tensor[], b: readonly Tensor[]): number =>
    a.reduce((total, x, i) => total + sum(mul(x, b[i]!)).item(), 0);
  const magnitude = (a: readonly Tensor[], b: readonly Tensor[]): number => dot(a.map(api.abs), b.map(api.abs));
  const randomLike = (xs: readonly Tensor[], name: string): Tensor[] =>
    xs.map((x, i) => rng(name).stream(String(i)).normal(x.shape, { dtype: x.dtype }) as Tensor);
  const unit = (x: Tensor): number => (x.dtype === "float32" ? 2 ** -24 : 2 ** -53);

  const large: fc.Arbitrary<Sample> = fc
    .tuple(
      ...([1, 2, 3].map(() => fc.integer({ min: 1, max: 40 })) as [
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
      ]),
    )
    .map(([m, k, n]) => ({ f: (a, b) => api.matmul(a, b), inputs: [{ shape: [m, k] }, { shape: [k, n] }] }));
  const samples: [string, fc.Arbitrary<Sample>][] = [
    ["large matmul", large],
    ...[...names, ...networks].map((name): [string, fc.Arbitrary<Sample>] => [name, differentiable[name]!]),
  ];
  const drawn = (sample: fc.Arbitrary<Sample>, dtype: fc.Arbitrary<"float64" | "float32">) =>
    fc.tuple(sample, dtype).chain(([one, type]) => inputsOf(one, type).map((xs) => ({ f: one.f, xs })));

  test.each(samples)("%s: forward and reverse mode are adjoint", (_name, sample) => {
    fc.assert(
      fc.property(drawn(sample, fc.constantFrom("float64", "float32")), ({ f, xs }) => {
        const ts = randomLike(xs, "tangents");
        const [y, ty] = jvp(f, xs, ts);
        const [ct] = randomLike([y], "cotangent");
        const cts = vjp(f, ...xs)[1](ct!);
        // As in laws.test.ts, with room for sums of 40 terms.
        const bound = 128 * Math.max(...xs.map(unit)) * (magnitude([ct!], [ty]) + magnitude(cts, ts) + 1);
        expect(Math.abs(dot([ct!], [ty]) - dot(cts, ts))).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 40 },
    );
  });

  test.each(samples)("%s: float32 differs from float64 by no more than the rounding bound", (_name, sample) => {
    fc.assert(
      fc.property(drawn(sample, fc.constant("float32")), ({ f, xs }) => {
        const [y, bound] = roundingBound(f as (...args: Tensor[]) => Tensor)(...xs);
        const exact = f(...xs.map((x) => api.cast(x, "float64")));
        const error = api.abs(api.sub(api.cast(y, "float64"), exact)).toTypedArray();
        bound.toTypedArray().forEach((limit, i) => expect(error[i]).toBeLessThanOrEqual(limit * (1 + 2 ** -20)));
      }),
      { numRuns: 40 },
    );
  });
});
