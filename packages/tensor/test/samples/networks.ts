/** @file Convolutions, pooling, normalization and the rest of what networks are made of. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { rng, type Tensor, tensor } from "../../src/index.ts";
import { type Family, fixed, type Sample } from "./draws.ts";

const up = (min: number, max: number) => fc.integer({ min, max });

/** A convolution of every kind: what it is told, and the shapes that fit it. */
export interface ConvDraw {
  readonly options: {
    readonly stride: number[];
    readonly padding: number[];
    readonly dilation: number[];
    readonly groups: number;
  };
  readonly outputPadding: number[];
  readonly batch: number;
  /** Channels of x and of y in one group. */
  readonly from: number;
  readonly to: number;
  readonly kernel: number[];
  /** Spatial extents that leave the windows at least one place. */
  readonly extents: number[];
}

/** Along one axis; the last is how much longer it is than one window. */
const axis = fc.record({
  kernel: up(1, 3),
  stride: up(1, 3),
  dilation: up(1, 2),
  padding: up(0, 2),
  more: up(0, 3),
  behind: up(0, 2),
});

export const convDraw = (rank: number): fc.Arbitrary<ConvDraw> =>
  fc
    .record({
      axes: fc.array(axis, { minLength: rank, maxLength: rank }),
      groups: up(1, 2),
      batch: fc.constantFrom(0, 1, 2),
      from: up(1, 2),
      to: up(1, 3),
    })
    .map(({ axes, groups, ...rest }) => ({
      ...rest,
      options: {
        stride: axes.map((a) => a.stride),
        padding: axes.map((a) => a.padding),
        dilation: axes.map((a) => a.dilation),
        groups,
      },
      outputPadding: axes.map((a) => Math.min(a.behind, Math.max(a.stride, a.dilation) - 1)),
      kernel: axes.map((a) => a.kernel),
      extents: axes.map((a) => Math.max(0, a.dilation * (a.kernel - 1) + 1 - 2 * a.padding) + a.more),
    }));

type Conv = typeof api.conv1d;
type ConvTranspose = typeof api.convTranspose1d;

const convolution = (f: Conv, rank: number): fc.Arbitrary<Sample> =>
  convDraw(rank).map(({ options, batch, from, to, kernel, extents }) => ({
    f: (x, weight, bias) => f(x, weight!, { ...options, bias: bias! }),
    inputs: [
      { shape: [batch, from * options.groups, ...extents] },
      { shape: [to * options.groups, from, ...kernel] },
      { shape: [to * options.groups] },
    ],
  }));

const transposed = (f: ConvTranspose, rank: number): fc.Arbitrary<Sample> =>
  convDraw(rank).map(({ options, outputPadding, batch, from, to, kernel, extents }) => ({
    // Extents large enough for whatever padding cuts off.
    f: (x, weight, bias) => f(x, weight!, { ...options, outputPadding, bias: bias! }),
    inputs: [
      { shape: [batch, to * options.groups, ...extents.map((n) => n + 5)] },
      { shape: [to * options.groups, from, ...kernel] },
      { shape: [from * options.groups] },
    ],
  }));

const pooling = (f: (x: Tensor, kernel: number[], options: api.AvgPoolOptions) => Tensor, rank: number) =>
  fc
    .record({
      kernel: fc.array(up(1, 3), { minLength: rank, maxLength: rank }),
      stride: up(1, 3),
      padded: fc.boolean(),
      ceilMode: fc.boolean(),
      countIncludePad: fc.boolean(),
      leading: fc.constantFrom([2], [0, 2], [2, 1]),
      more: up(0, 3),
    })
    .map(
      ({ kernel, padded, leading, more, ...options }): Sample => ({
        f: (x) => f(x, kernel, { ...options, padding: kernel.map((n) => (padded ? Math.floor(n / 2) : 0)) }),
        inputs: [{ shape: [...leading, ...kernel.map((n) => n + more)] }],
      }),
    );

const adaptive = (f: (x: Tensor, extents: number[]) => Tensor, rank: number): fc.Arbitrary<Sample> =>
  fc
    .tuple(
      fc.array(fc.tuple(up(1, 5), up(0, 6)), { minLength: rank, maxLength: rank }),
      fc.constantFrom([2], [0, 2], [2, 1]),
    )
    .map(([axes, leading]) => ({
      f: (x) =>
        f(
          x,
          axes.map(([, output]) => output),
        ),
      inputs: [{ shape: [...leading, ...axes.map(([input]) => input)] }],
    }));

/** x with weight and bias, for what is normalized over channels. */
const channelwise = (
  f: (x: Tensor, options: api.NormOptions) => Tensor,
  shape: readonly number[],
): fc.Arbitrary<Sample> =>
  fixed((x, weight, bias) => f(x!, { weight, bias }), { shape }, { shape: [shape[1]!] }, { shape: [shape[1]!] });

const indices = tensor(
  [
    [2, 0, 2],
    [1, 1, 0],
  ],
  { dtype: "int32" },
);

const attention = (options: () => api.AttentionOptions): fc.Arbitrary<Sample> =>
  fixed(
    (q, k, v) => api.scaledDotProductAttention(q!, k!, v!, options()),
    { shape: [2, 3, 2] },
    { shape: [2, 4, 2] },
    { shape: [2, 4, 3] },
  );

const windows = { stride: [2, 1], padding: 1, dilation: [1, 2] } as const;

export const networks: Family = {
  differentiable: {
    conv1d: convolution(api.conv1d, 1),
    conv2d: convolution(api.conv2d, 2),
    conv3d: fixed(
      (x, weight) => api.conv3d(x!, weight!, { stride: [1, 2, 1], padding: 1, groups: 2 }),
      { shape: [1, 2, 2, 3, 2] },
      { shape: [2, 1, 2, 1, 2] },
    ),
    convTranspose1d: transposed(api.convTranspose1d, 1),
    convTranspose2d: transposed(api.convTranspose2d, 2),
    convTranspose3d: fixed(
      (x, weight) => api.convTranspose3d(x!, weight!, { stride: [1, 2, 1], groups: 2 }),
      { shape: [1, 2, 2, 1, 2] },
      { shape: [2, 1, 2, 1, 2] },
    ),
    maxPool1d: pooling(api.maxPool1d, 1),
    maxPool2d: pooling(api.maxPool2d, 2),
    avgPool1d: pooling(api.avgPool1d, 1),
    avgPool2d: pooling(api.avgPool2d, 2),
    adaptiveAvgPool1d: adaptive(api.adaptiveAvgPool1d, 1),
    adaptiveAvgPool2d: adaptive(api.adaptiveAvgPool2d, 2),
    adaptiveMaxPool1d: adaptive(api.adaptiveMaxPool1d, 1),
    adaptiveMaxPool2d: adaptive(api.adaptiveMaxPool2d, 2),
    im2col: fixed((x) => api.im2col(x!, [2, 3], windows), { shape: [2, 2, 4, 5] }),
    col2im: fixed((x) => api.col2im(x!, [4, 5], [2, 3], windows), { shape: [2, 12, 9] }),
    linear: fixed(
      (x, weight, bias) => api.linear(x!, weight!, bias),
      { shape: [2, 3] },
      { shape: [4, 3] },
      { shape: [4] },
    ),
    embedding: fixed((table) => api.embedding(indices, table!), { shape: [3, 2] }),
    layerNorm: fixed(
      (x, weight, bias) => api.layerNorm(x!, [2, 3], { weight, bias }),
      { shape: [2, 2, 3] },
      { shape: [2, 3] },
      { shape: [2, 3] },
    ),
    rmsNorm: fixed((x, weight) => api.rmsNorm(x!, 3, { weight }), { shape: [2, 3] }, { shape: [3] }),
    batchNorm: channelwise(api.batchNorm, [3, 2, 2]),
    groupNorm: channelwise((x, options) => api.groupNorm(x, 2, options), [2, 4, 3]),
    instanceNorm: channelwise(api.instanceNorm, [2, 2, 4]),
    dropout: fixed((x) => api.dropout(x!, rng("dropout"), 0.25), { shape: [3, 4] }),
    scaledDotProductAttention: fc.oneof(
      attention(() => ({})),
      attention(() => ({ causal: true, scale: 0.5 })),
      attention(() => ({ mask: tensor([false, true, true, false]) as Tensor })),
      attention(() => ({ mask: tensor([[0.5], [Number.NEGATIVE_INFINITY], [-1]]) as Tensor })),
      attention(() => ({ dropout: { p: 0.5, rng: rng("attention") } })),
    ),
  },
  // Ties may be drawn, and steps may go past one.
  kinks: ["maxPool1d", "maxPool2d", "adaptiveMaxPool1d", "adaptiveMaxPool2d"],
  // What is masked has a score of −∞, on whose rounding there is no bound.
};
