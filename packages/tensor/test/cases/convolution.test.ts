/** @file Convolutions beside their definitions by index, and windows as matrices. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apply, type Primitive } from "../../src/core/primitive.ts";
import * as api from "../../src/index.ts";
import { type DType, rng, sum, type Tensor, tensor, zeros } from "../../src/index.ts";
import { type Convolution, convKernelOp, convOp, convTransposeOp } from "../../src/ops/networks/trilinear.ts";
import { type ConvDraw, convDraw } from "../samples/networks.ts";

const ranks = [1, 2] as const;
const conv = { 1: api.conv1d, 2: api.conv2d };
const convTranspose = { 1: api.convTranspose1d, 2: api.convTranspose2d };

const draw = (name: string, shape: number[], dtype: DType): Tensor => {
  const values = rng(name).uniform(shape, { low: -3, high: 3 }) as Tensor;
  return api.cast(dtype === "int32" ? api.mul(values, 1000) : values, dtype) as Tensor;
};

/** One product and one sum, each rounded as the dtype has it. */
const steps: Record<Exclude<DType, "bool">, (total: number, a: number, b: number) => number> = {
  float64: (total, a, b) => total + a * b,
  float32: (total, a, b) => Math.fround(total + Math.fround(a * b)),
  int32: (total, a, b) => (total + Math.imul(a, b)) | 0,
};

/** All places of an array, in row-major order. */
const places = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((all, n) => all.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])), [[]]);
const reader = (x: Tensor) => {
  const data = x.toTypedArray();
  return (...at: number[]): number => data[at.reduce((offset, i, axis) => offset * x.shape[axis]! + i, 0)]!;
};

/** Where element k of the window at `place` reads. */
const source = (place: readonly number[], k: readonly number[], { options }: ConvDraw): number[] =>
  place.map((p, i) => p * options.stride[i]! + k[i]! * options.dilation[i]! - options.padding[i]!);
const inside = (at: readonly number[], extents: readonly number[]): boolean =>
  at.every((p, i) => p >= 0 && p < extents[i]!);

describe.each(ranks)("over %i spatial axes", (rank) => {
  const types = fc.constantFrom<"float64" | "float32" | "int32">("float64", "float32", "int32");

  test("a convolution is its definition, bit for bit, for every stride, padding, dilation and grouping", () => {
    fc.assert(
      fc.property(convDraw(rank), types, (c, dtype) => {
        const { groups } = c.options;
        const x = draw("x", [c.batch, c.from * groups, ...c.extents], dtype);
        const weight = draw("weight", [c.to * groups, c.from, ...c.kernel], dtype);
        const y = conv[rank](x, weight, c.options);
        const [readX, readW] = [reader(x), reader(weight)];
        const expected = places(y.shape).map(([n, o, ...place]) => {
          const first = Math.floor(o! / c.to) * c.from;
          return places([c.from, ...c.kernel]).reduce((total, [channel, ...k]) => {
            const at = source(place, k, c);
            if (!inside(at, c.extents)) return total;
            return steps[dtype](total, readW(o!, channel!, ...k), readX(n!, first + channel!, ...at));
          }, 0);
        });
        expect([...y.toTypedArray()]).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test("a transposed convolution is its definition, bit for bit", () => {
    fc.assert(
      fc.property(convDraw(rank), types, (c, dtype) => {
        const { groups } = c.options;
        const extents = c.extents.map((n) => n + 5);
        const x = draw("x", [c.batch, c.to * groups, ...extents], dtype);
        const weight = draw("weight", [c.to * groups, c.from, ...c.kernel], dtype);
        const y = convTranspose[rank](x, weight, { ...c.options, outputPadding: c.outputPadding });
        expect(y.shape).toEqual([
          ...[c.batch, c.from * groups],
          ...extents.map((n, i) => {
            const { stride, dilation, padding } = c.options;
            const reach = dilation[i]! * (c.kernel[i]! - 1) + 1;
            return (n - 1) * stride[i]! + reach - 2 * padding[i]! + c.outputPadding[i]!;
          }),
        ]);
        const [readX, readW] = [reader(x), reader(weight)];
        const expected = new Map(places(y.shape).map((at) => [at.join(), 0]));
        const step = steps[dtype];
        for (const [n, o, channel, ...k] of places([c.batch, c.to * groups, c.from, ...c.kernel]))
          for (const place of places(extents)) {
            const first = Math.floor(o! / c.to) * c.from;
            const to = [n, first + channel!, ...source(place, k, c)].join();
            const total = expected.get(to);
            if (total === undefined) continue;
            expected.set(to, step(total, readW(o!, channel!, ...k), readX(n!, o!, ...place)));
          }
        expect([...y.toTypedArray()]).toEqual([...expected.values()]);
      }),
      { numRuns: 100 },
    );
  });

  test("⟨conv x, y⟩ = ⟨x, convTranspose y⟩", () => {
    fc.assert(
      fc.property(convDraw(rank), (c) => {
        const { groups } = c.options;
        const extents = c.extents.map((n) => n + 5);
        const x = draw("x", [c.batch, c.from * groups, ...extents], "int32");
        const weight = draw("weight", [c.to * groups, c.from, ...c.kernel], "int32");
        const forward = conv[rank](x, weight, c.options);
        const y = draw("y", [...forward.shape], "int32");
        // What the convolution leaves unread at the end is what the way back would lack.
        const outputPadding = extents.map((n, i) => {
          const { stride, dilation, padding } = c.options;
          return (n + 2 * padding[i]! - dilation[i]! * (c.kernel[i]! - 1) - 1) % stride[i]!;
        });
        const back = convTranspose[rank](y, weight, { ...c.options, outputPadding });
        // Whole numbers modulo 2³²: equal, not nearly equal.
        expect(sum(api.mul(forward, y)).item()).toBe(sum(api.mul(x, back)).item());
      }),
      { numRuns: 100 },
    );
  });
});

test("a 1×1 kernel makes it a matrix product, bit for bit", () => {
  const [x, weight] = [draw("x", [3, 5, 4], "float32"), draw("w", [2, 3], "float32")];
  const product = api.matmul(weight, api.reshape(x, [3, 20])) as Tensor;
  const y = api.conv2d(x, api.reshape(weight, [2, 3, 1, 1]));
  expect(y.toTypedArray()).toEqual(product.toTypedArray());
});

test("a convolution is a matrix product with the windows of im2col, bit for bit", () => {
  const options = { stride: [2, 1], padding: [1, 2], dilation: [1, 2] };
  const [x, weight] = [draw("x", [2, 3, 6, 7], "float64"), draw("w", [4, 3, 2, 3], "float64")];
  const y = api.conv2d(x, weight, options);
  const product = api.matmul(api.reshape(weight, [4, 18]), api.im2col(x, [2, 3], options)) as Tensor;
  expect(y.toTypedArray()).toEqual(product.toTypedArray());
});

test("col2im of im2col counts how often each element was read", () => {
  const counts = api.col2im(api.im2col(api.ones([1, 3, 3]) as Tensor, 2), [3, 3], 2);
  expect(counts.toArray()).toEqual([
    [
      [1, 2, 1],
      [2, 4, 2],
      [1, 2, 1],
    ],
  ]);
});

test.each([
  [[2], "same" as const, [4, 5]],
  [[3], "same" as const, [4, 5]],
  [[2], "valid" as const, [3, 4]],
  [[4], "same" as const, [4, 5]],
])("kernels of %j with padding %s give extents %j", ([n], padding, extents) => {
  const y = api.conv2d(zeros([1, 4, 5]), zeros([1, 1, n!, n!]), { padding, dilation: 1 });
  expect(y.shape.slice(1)).toEqual(extents);
});

test("an even kernel under padding same has its extra zero behind", () => {
  expect(api.conv1d(tensor([[1, 2, 3]]), tensor([[[1, 10]]]), { padding: "same" }).toArray()).toEqual([[21, 32, 3]]);
});

test("no images, no channels and no kernels give what they should: nothing, or sums of nothing", () => {
  expect(api.conv2d(zeros([0, 2, 4, 4]), zeros([3, 2, 2, 2])).shape).toEqual([0, 3, 3, 3]);
  expect(api.conv2d(zeros([1, 2, 4, 4]), zeros([0, 2, 2, 2])).shape).toEqual([1, 0, 3, 3]);
  expect(api.conv1d(zeros([1, 0, 3]), zeros([1, 0, 2])).toArray()).toEqual([[[0, 0]]]);
  expect(api.conv1d(zeros([1, 1, 0]), zeros([1, 1, 2]), { padding: 1 }).toArray()).toEqual([[[0]]]);
  expect(api.convTranspose1d(zeros([0, 1, 2]), zeros([1, 3, 2])).shape).toEqual([0, 3, 3]);
});

test("padding is zeros that are multiplied: an infinite weight on them gives NaN, as the definition does", () => {
  const y = api.conv1d(tensor([[1, 1]]), tensor([[[Number.POSITIVE_INFINITY, 1]]]), { padding: [1] });
  expect(y.toArray()).toEqual([[Number.NaN, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]]);
});

test("with an axis more in front, every primitive does for each element what it does for one", () => {
  const params: Convolution = {
    groups: 2,
    leading: 0,
    axes: [{ input: 5, kernel: 2, output: 3, stride: 2, dilation: 1, before: 1 }],
  };
  const shapes: Record<string, number[]> = { x: [3, 2, 5], w: [4, 1, 2], y: [3, 4, 3] };
  const cases: [Primitive<Convolution>, string, string][] = [
    [convOp, "x", "w"],
    [convKernelOp, "x", "y"],
    [convTransposeOp, "y", "w"],
  ];
  for (const [op, a, b] of cases) {
    const [left, right] = [a, b].map((name) => draw(name, [2, ...shapes[name]!], "float64")) as [Tensor, Tensor];
    const all = apply(op, [left, right], op.batch!(params, 2));
    const each = [0, 1].map((i) => apply(op, [api.slice(left, i), api.slice(right, i)], params));
    expect(all.toArray()).toEqual(each.map((x) => x.toArray()));
    // An operand that is the same for all is not copied, and gives the same.
    const one = api.slice(right, 0);
    const shared = apply(op, [left, api.broadcastTo(one, [2, ...one.shape])], op.batch!(params, 2));
    const [first, second] = [0, 1].map((i) => apply(op, [api.slice(left, i), one], params).toArray());
    expect(shared.toArray()).toEqual([first, second]);
  }
});

test("vmap of the gradient is the gradient of each sample, with the same kernels for all", () => {
  const x = draw("x", [3, 2, 5, 5], "float64");
  const weight = draw("weight", [4, 2, 3, 3], "float64");
  const loss = (w: Tensor, image: Tensor): Tensor =>
    sum(api.square(api.conv2d(image, w, { stride: 2, padding: 1 }))) as Tensor;
  const each = api.vmap(api.grad(loss), { inAxes: [null, 0] })(weight, x) as Tensor;
  const loop = [0, 1, 2].map((i) => api.grad(loss)(weight, api.slice(x, i)).toArray());
  expect(each.toArray()).toEqual(loop);
});

const image = zeros([1, 2, 5, 5]) as Tensor;
const kernels = zeros([2, 2, 3, 3]) as Tensor;
const refused: Record<string, [attempt: () => unknown, sentence: string]> = {
  "an image without channels": [
    () => api.conv2d(zeros([5, 5]), kernels),
    "conv2d: [5, 5] has 2 axes; give [channels, height, width], or a batch [batch, channels, height, width]",
  ],
  "another number of channels": [
    () => api.conv2d(image, zeros([2, 3, 3, 3]).named("theta")),
    "conv2d: x [1, 2, 5, 5] has 2 channels, theta [2, 3, 3, 3] with groups 1 takes 3; channels stand before the spatial axes",
  ],
  "groups that do not divide": [
    () => api.conv2d(image, zeros([3, 1, 3, 3]), { groups: 2 }),
    "conv2d: groups 2 for weight [3, 1, 3, 3]; give a whole number ≥ 1 that divides its first axis",
  ],
  "a kernel of another rank": [
    () => api.conv2d(image, zeros([2, 2, 3])),
    "conv2d: weight [2, 2, 3] is no 2-d kernel; give [channels out, channels in / groups, height, width] with no empty window",
  ],
  "a kernel without elements": [
    () => api.convTranspose1d(zeros([2, 5]), zeros([2, 2, 0])),
    "convTranspose1d: weight [2, 2, 0] is no 1-d kernel; give [channels in, channels out / groups, width] with no empty window",
  ],
  "windows that reach too far": [
    () => api.conv2d(zeros([1, 2, 2, 5]), kernels),
    "conv2d: windows reach over [3, 3], but x [1, 2, 2, 5] with its padding has [2, 5]; pad more, or use smaller kernels",
  ],
  "a stride of 0": [
    () => api.conv2d(image, kernels, { stride: 0 }),
    "conv2d: stride is 0; give a whole number ≥ 1, or a list of 2",
  ],
  "a padding that is no number": [
    () => api.conv2d(image, kernels, { padding: Number.NaN }),
    "conv2d: padding is NaN; give a whole number ≥ 0, or a list of 2",
  ],
  "a padding that is no word": [
    () => api.conv2d(image, kernels, { padding: "full" as never }),
    'conv2d: padding is "full"; give numbers, "same" or "valid"',
  ],
  "a list of dilations that is too long": [
    () => api.conv1d(zeros([2, 5]), zeros([2, 2, 3]), { dilation: [1, 1] }),
    "conv1d: dilation is [1, 1]; give a whole number ≥ 1",
  ],
  "same padding with strides": [
    () => api.conv2d(image, kernels, { padding: "same", stride: 2 }),
    'conv2d: padding "same" with stride [2, 2]; it keeps extents, which only stride 1 can; give numbers',
  ],
  "a bias for other channels": [
    () => api.conv2d(image, kernels, { bias: zeros([3]) }),
    "conv2d: bias [3] for 2 channels; give a bias of shape [2]",
  ],
  bool: [
    () => api.conv2d(api.cast(image, "bool"), api.cast(kernels, "bool")),
    "conv2d: is not defined for bool; cast to int32 or float64 first",
  ],
  "an array for an image": [
    () => api.conv1d([[1, 2]] as never, zeros([1, 1, 1])),
    "conv1d: expected a tensor or a number, got an array; wrap data with tensor(…)",
  ],
  "more behind than a step": [
    () => api.convTranspose2d(image, kernels, { stride: 2, outputPadding: [0, 2] }),
    "convTranspose2d: outputPadding 2 on an axis of stride 2 and dilation 1; it must be smaller than one of them",
  ],
  "more cut off than there is": [
    () => api.convTranspose1d(zeros([1, 1]), zeros([1, 1, 2]), { padding: 1 }),
    "convTranspose1d: x [1, 1] would give spatial extents [0]; an extent is (input − 1)·stride + dilation·(kernel − 1) + 1 − 2·padding + outputPadding, at least 1",
  ],
  "columns of another image": [
    () => api.col2im(zeros([4, 3]), [2, 3], 2),
    "col2im: [4, 3] for windows of 4 elements at 2 places; give [batch, channels·4, 2]",
  ],
  "windows that im2col does not find": [
    () => api.im2col(zeros([1, 2, 2]), 3),
    "im2col: windows reach over [3, 3], but the image with its padding has [2, 2]; pad more, or use a smaller kernel",
  ],
};

test.each(Object.entries(refused))("%s is refused", (_name, [attempt, sentence]) => {
  expect(attempt).toThrow(api.TensorError);
  expect(attempt).toThrow(sentence);
});
