/** @file Pooling by WebAssembly beside the plain loops: the same bits, and in use where it pays. */
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { rng, type Tensor } from "../../src/index.ts";
import { setBackend } from "../../src/wasm/machine.ts";

afterEach(() => setBackend("wasm"));

const bits = (x: Tensor): string => {
  const values = x.toTypedArray();
  // All NaN are one.
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN;
  return `${x.dtype}[${x.shape}] ${[...new Uint8Array(values.buffer)]}`;
};

/** Whole numbers, so that many are equal, among which NaN, ±∞ and −0 are. */
function image(shape: readonly number[], dtype: "float32" | "float64"): Tensor {
  const values = (api.round(api.mul(rng("image").normal(shape), 2)) as Tensor).toTypedArray();
  const spikes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
  const all = Array.from(values, (value, i) => (i % 23 === 5 ? spikes[(i / 23) & 3]! : value));
  return api.tensor(all, { shape, dtype }) as Tensor;
}

/** The results by WebAssembly and by plain loops. */
function expectSame(f: () => readonly Tensor[]): void {
  const fast = f().map(bits);
  setBackend("plain");
  const plain = f().map(bits);
  setBackend("wasm");
  expect(fast).toEqual(plain);
}

const drawn = fc.record({
  height: fc.integer({ min: 6, max: 12 }),
  width: fc.integer({ min: 6, max: 20 }),
  planes: fc.constantFrom([3, 4], [1, 9], [20, 3]),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  dilation: fc.integer({ min: 1, max: 2 }),
  padded: fc.boolean(),
  ceilMode: fc.boolean(),
  dtype: fc.constantFrom<"float32" | "float64">("float32", "float64"),
});

describe("for every kernel, stride, dilation, padding and ceilMode", () => {
  test("values, places and gradients of the largest; means and their gradients", () => {
    fc.assert(
      fc.property(drawn, ({ height, width, planes, kernel, stride, dilation, padded, ceilMode, dtype }) => {
        const x = image([...planes, height, width], dtype);
        const padding = padded ? kernel.map((n) => n >> 1) : 0;
        const options = { stride, padding, ceilMode };
        const [first] = [padded ? kernel[0] >> 1 : 0];
        const sequence = api.reshape(x, [planes[0]!, planes[1]!, height * width]) as Tensor;
        expectSame(() => api.maxPool2d(x, kernel, { ...options, dilation, returnIndices: true }));
        expectSame(() => [api.avgPool2d(x, kernel, options)]);
        expectSame(() => [api.maxPool1d(sequence, kernel[0], { stride: stride[0], padding: first, ceilMode })]);
        expectSame(() => [api.grad((y: Tensor) => api.sum(api.maxPool2d(y, kernel, options)) as Tensor)(x)]);
        expectSame(() => [api.grad((y: Tensor) => api.sum(api.avgPool2d(y, kernel, options)) as Tensor)(x)]);
      }),
      { numRuns: 25 },
    );
  });
});

test("windows of unequal extents", () => {
  const x = image([5, 6, 11, 13], "float32");
  for (const extents of [1, 4, 11, [3, 13], [7, null]] as const) {
    expectSame(() => [api.adaptiveMaxPool2d(x, extents), api.adaptiveAvgPool2d(x, extents)]);
  }
});

test("by the program where it pays, by plain loops where it does not", () => {
  const kernels = (f: (x: Tensor) => Tensor, x: Tensor): boolean[] =>
    api
      .record(f)(x)
      .nodes.flatMap((node) => {
        if (node.kind !== "operation" || node.op.kernel === undefined || node.op.kind === "pointwise") return [];
        return [node.op.kernel([x], node.spec, node.params) !== null];
      });
  expect(kernels((x) => api.maxPool1d(x, 2), image([4, 8, 26], "float32"))).toEqual([true]);
  expect(kernels((x) => api.avgPool1d(x, 2), image([4, 8, 26], "float64")).slice(0, 1)).toEqual([true]);
  expect(kernels((x) => api.maxPool1d(x, 2), image([4, 8, 26], "float64"))).toEqual([false]);
  expect(kernels((x) => api.maxPool1d(x, 2), image([1, 1, 26], "float32"))).toEqual([false]);
});
