/** @file Reductions and softmax by WebAssembly beside the plain loops: the same bits, and in use where they pay. */
import { afterEach, describe, expect, test } from "vitest";
import type { Primitive } from "../../src/core/primitive.ts";
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

type Operation = (x: Tensor) => Tensor;

/** Whether the last operation that f does on x is done by its kernel. */
function usesKernel(f: Operation, x: Tensor): boolean {
  const { nodes } = api.record(f as (...xs: Tensor[]) => Tensor)(x);
  return nodes.some((node) => {
    if (node.kind !== "operation") return false;
    const op = node.op as Primitive<unknown>;
    return op.kernel !== undefined && op.kernel([x], node.spec, node.params) !== null;
  });
}

function expectSame(f: Operation, x: Tensor): void {
  const fast = f(x);
  setBackend("plain");
  const plain = f(x);
  setBackend("wasm");
  expect(bits(fast)).toBe(bits(plain));
}

const floats = ["float32", "float64"] as const;
const normal = (shape: readonly number[], dtype: "float32" | "float64"): Tensor =>
  rng("x").normal(shape, { dtype }) as Tensor;

/** Numbers among which NaN, ±∞ and both zeros are, one in about `every`. */
const spiked = (
  shape: readonly number[],
  dtype: "float32" | "float64",
  every: number,
  spikes: readonly number[],
): Tensor => {
  const values = normal(shape, dtype).toTypedArray();
  for (let i = 3, j = 0; i < values.length; i += every, j++) values[i] = spikes[j % spikes.length]!;
  return api.tensor([...values], { shape, dtype }) as Tensor;
};

const reductions = {
  sum: api.sum,
  max: api.max,
  min: api.min,
  mean: api.mean,
} as const;

describe.each(floats)("%s", (dtype) => {
  describe.each(Object.entries(reductions))("%s", (_name, reduce) => {
    // Lengths around the block, its halves, the panel, and the longest run that the program takes.
    test.each([512, 513, 1000, 3616, 3617, 7231, 7232, 7233, 14464, 14465, 100_003])("of %i numbers", (length) => {
      expectSame((x) => reduce(x) as Tensor, normal([length], dtype));
    });

    test.each([1, 7, 8, 32, 33, 127, 128, 129, 135, 136, 255, 256, 257, 1000, 4000])("of runs of %i", (length) => {
      const x = normal([Math.ceil(600 / length) + 2, length], dtype);
      expectSame((y) => reduce(y, 1) as Tensor, x);
      expectSame((y) => reduce(y, 0) as Tensor, x);
      expectSame((y) => reduce(y, 0) as Tensor, normal([length, 37], dtype));
    });

    test("of views and of several axes", () => {
      const x = normal([6, 5, 48], dtype);
      for (const axes of [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]])
        for (const view of [
          x,
          api.permute(x, [1, 0, 2]),
          api.permute(x, [2, 1, 0]),
          api.slice(x, ":", [1, 4], [3, 40]),
        ])
          expectSame((y) => reduce(y, axes) as Tensor, view as Tensor);
      expectSame((y) => reduce(y, 1) as Tensor, api.broadcastTo(normal([40], dtype), [20, 40]) as Tensor);
      expectSame((y) => reduce(y, 0) as Tensor, api.broadcastTo(normal([40], dtype), [20, 40]) as Tensor);
    });

    test("of NaN, ±∞ and both zeros", () => {
      for (const spikes of [[Number.NaN], [Number.POSITIVE_INFINITY], [0, -0], [Number.NEGATIVE_INFINITY, 0]])
        expectSame((y) => reduce(y, 1) as Tensor, spiked([20, 100], dtype, 37, spikes));
      const zeros = api.tensor(
        Array.from({ length: 600 }, (_, i) => (i === 300 ? 0 : -0)),
        { dtype },
      ) as Tensor;
      expectSame((y) => reduce(y) as Tensor, zeros);
    });

    test("by the program where it pays, by the plain loop where it does not", () => {
      expect(usesKernel((y) => reduce(y) as Tensor, normal([5000], dtype))).toBe(true);
      expect(usesKernel((y) => reduce(y, 1) as Tensor, normal([100, 50], dtype))).toBe(true);
      expect(usesKernel((y) => reduce(y, 0) as Tensor, normal([3], dtype))).toBe(false);
      if (reduce !== api.max && reduce !== api.min)
        expect(usesKernel((y) => reduce(y, 0) as Tensor, normal([50, 100], dtype))).toBe(true);
    });
  });
});

test("whole numbers are left to the plain loops", () => {
  expect(usesKernel((y) => api.sum(y) as Tensor, api.cast(normal([5000], "float64"), "int32") as Tensor)).toBe(false);
});

const exponentials = {
  softmax: (x: Tensor) => api.softmax(x),
  logSoftmax: (x: Tensor) => api.logSoftmax(x),
  logSumExp: (x: Tensor) => api.logSumExp(x, -1) as Tensor,
};

describe.each(floats.flatMap((dtype) => Object.entries(exponentials).map(([name, f]) => [name, dtype, f] as const)))(
  "%s of %s",
  (_name, dtype, f) => {
    test.each([1, 2, 3, 4, 5, 10, 31, 128, 1000, 2047, 2048, 2049, 7232, 7233, 20_000])("of runs of %i", (length) => {
      const x = api.mul(normal([Math.ceil(100 / length) + 3, length], dtype), 20) as Tensor;
      expectSame(f, x);
      expect(usesKernel(f, x)).toBe(true);
    });

    test("of NaN, ±∞, both zeros, and runs of −∞ alone", () => {
      const lowest = Number.NEGATIVE_INFINITY;
      for (const spikes of [[Number.NaN], [Number.POSITIVE_INFINITY, 1], [lowest, 1e30, -1e30], [0, -0]])
        expectSame(f, spiked([20, 10], dtype, 37, spikes));
      expectSame(f, api.full([20, 10], lowest, { dtype }) as Tensor);
      expectSame(f, api.full([100, 1], -0, { dtype }) as Tensor);
    });

    test("of views", () => {
      expectSame(f, api.transpose(normal([30, 20], dtype)) as Tensor);
      expectSame(f, api.broadcastTo(normal([20], dtype), [30, 20]) as Tensor);
    });
  },
);
