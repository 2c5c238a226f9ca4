/** @file Convolution's programs beside the plain loops: the same bits, and in use where they are meant to be. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import type { Primitive } from "../../src/core/primitive.ts";
import { broadcastTo, permute, rng, type Tensor, tensor } from "../../src/index.ts";
import { type Convolution, convKernelOp, convOp, convTransposeOp } from "../../src/ops/networks/trilinear.ts";
import { reach, type WindowAxis } from "../../src/ops/networks/windows.ts";

const bits = (values: ArrayBufferView): number[] => [
  ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
];

/** Values by the kernel and by the definition. */
function both<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P) {
  const spec = op.shape(inputs, params);
  return { fast: op.kernel!(inputs, spec, params), plain: op.run(inputs, spec, params) };
}

const axis = fc
  .record({
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.integer({ min: 0, max: 4 }),
    output: fc.integer({ min: 1, max: 7 }),
    rest: fc.integer({ min: -3, max: 3 }),
  })
  .map(({ rest, ...axis }): WindowAxis => {
    const span = (axis.output - 1) * axis.stride + reach(axis);
    return { ...axis, input: Math.max(1, span - axis.before + rest) };
  });

const drawn = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
  groups: fc.integer({ min: 1, max: 2 }),
  from: fc.integer({ min: 1, max: 3 }),
  to: fc.integer({ min: 1, max: 9 }),
  batch: fc.integer({ min: 1, max: 3 }),
  leading: fc.constantFrom([], [2]),
  dtype: fc.constantFrom<DType>("float32", "float64"),
});

const extents = (axes: readonly WindowAxis[], name: "input" | "kernel" | "output"): number[] =>
  axes.map((one) => one[name]);

describe("each of the three, by program and by plain loops", () => {
  test("the same bits for every stride, dilation, padding, grouping, rank, and axes in front", () => {
    fc.assert(
      fc.property(drawn, ({ axes, groups, from, to, batch, leading, dtype }) => {
        const params: Convolution = { axes, groups, leading: leading.length };
        const draw = (name: string, shape: number[]): Tensor =>
          rng(name).normal([...leading, ...shape], { dtype }) as Tensor;
        const x = draw("x", [batch, groups * from, ...extents(axes, "input")]);
        const w = draw("w", [groups * to, from, ...extents(axes, "kernel")]);
        const y = draw("y", [batch, groups * to, ...extents(axes, "output")]);
        for (const [op, inputs] of [
          [convOp, [x, w]],
          [convTransposeOp, [y, w]],
          [convKernelOp, [x, y]],
        ] as const) {
          const { fast, plain } = both(op, inputs, params);
          expect(bits(fast!)).toEqual(bits(plain));
        }
      }),
      { numRuns: 100 },
    );
  });
});

const one: WindowAxis = { input: 4, kernel: 2, output: 5, stride: 1, dilation: 1, before: 1 };

test("inputs that are views: transposed, and the same for all places of an axis in front", () => {
  const x = permute(rng("x").normal([4, 3, 2], { dtype: "float32" }), [2, 1, 0]) as Tensor;
  const w = rng("w").normal([5, 3, 2], { dtype: "float32" }) as Tensor;
  const straight = both(convOp, [x, w], { axes: [one], groups: 1, leading: 0 });
  expect(straight.fast).toEqual(straight.plain);
  const shared = [broadcastTo(x, [2, 2, 3, 4]), broadcastTo(w, [2, 5, 3, 2])] as Tensor[];
  const { fast, plain } = both(convOp, shared, { axes: [one], groups: 1, leading: 1 });
  expect(fast).toEqual(plain);
});

test("margins are multiplied on the way there and not on the way back, whatever the weights", () => {
  const w = tensor([[[Number.POSITIVE_INFINITY, 1]]], { dtype: "float32" }) as Tensor;
  const x = tensor([[[1, 2, 3, 4]]], { dtype: "float32" }) as Tensor;
  const params: Convolution = { axes: [one], groups: 1, leading: 0 };
  const there = both(convOp, [x, w], params);
  expect([...there.fast!]).toEqual([Number.NaN, ...Array(4).fill(Number.POSITIVE_INFINITY)]);
  expect(there.fast).toEqual(there.plain);
  const y = tensor([[[1, 2, 3, 4, 5]]], { dtype: "float32" }) as Tensor;
  const back = both(convTransposeOp, [y, w], params);
  expect(back.fast).toBe(null);
  expect([...back.plain]).toEqual(Array(4).fill(Number.POSITIVE_INFINITY));
});

test("whole numbers are left to the plain loops", () => {
  const x = tensor([[[1, 2, 3, 4]]], { dtype: "int32" }) as Tensor;
  const w = tensor([[[1, 1]]], { dtype: "int32" }) as Tensor;
  expect(both(convOp, [x, w], { axes: [one], groups: 1, leading: 0 }).fast).toBe(null);
});
