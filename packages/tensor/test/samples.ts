/** @file One line puts an operation under all laws: how to call it, and what to draw its inputs from. */
import * as fc from "fast-check";
import * as api from "../src/index.ts";
import { type DType, type Shape, type Tensor, tensor } from "../src/index.ts";

/** How to draw a tensor: its shape, the range of its values, and whether it is differentiated. */
export interface Draw {
  readonly shape: Shape;
  readonly min?: number;
  readonly max?: number;
  readonly dtype?: DType;
}

export interface Sample {
  /** The operation on tensors; what else it needs has been filled in. */
  readonly f: (...xs: Tensor[]) => Tensor;
  readonly inputs: readonly Draw[];
}

/** A tensor with permuted strides, or a slice of a larger one, or broadcast: whatever storage can look like. */
function inSomeLayout(values: readonly number[], { shape, dtype = "float64" }: Draw, layout: number): Tensor {
  const x = tensor(Float64Array.from(values), { shape, dtype }) as Tensor;
  if (layout === 1 && x.rank >= 2) return api.transpose(api.transpose(x).add(api.zeros([], { dtype }))) as Tensor;
  if (layout === 2 && x.rank >= 1)
    return api.slice(
      api.pad(
        x,
        shape.map(() => [1, 2] as const),
      ),
      ...shape.map((n) => [1, 1 + n] as const),
    );
  if (layout === 3 && x.rank >= 1) return api.slice(api.slice(x, [null, null, -1]), [null, null, -1]);
  return x;
}

const draw = (spec: Draw): fc.Arbitrary<Tensor> => {
  const { shape, min = -2, max = 2 } = spec;
  const size = shape.reduce((a, b) => a * b, 1);
  // Multiples of 2⁻¹² far from kinks by chance alone: two elements rarely tie, and the laws skip none that do.
  const element = fc.integer({ min: Math.ceil(min * 4096), max: Math.floor(max * 4096) }).map((n) => n / 4096);
  return fc
    .tuple(fc.array(element, { minLength: size, maxLength: size }), fc.nat(3))
    .map(([values, layout]) => inSomeLayout(values, spec, layout));
};

/** Inputs for a sample in a dtype, drawn. */
export const inputsOf = ({ inputs }: Sample, dtype: DType): fc.Arbitrary<Tensor[]> =>
  fc.tuple(...inputs.map((input) => draw({ ...input, dtype: input.dtype ?? dtype }))) as fc.Arbitrary<Tensor[]>;

const extent = fc.constantFrom(0, 1, 2, 3);
const shape = (maxRank = 3): fc.Arbitrary<number[]> => fc.array(extent, { maxLength: maxRank });
const filled = (maxRank = 3): fc.Arbitrary<number[]> => fc.array(fc.constantFrom(1, 2, 3), { maxLength: maxRank });
const rows = (maxRank = 3): fc.Arbitrary<number[]> =>
  fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: maxRank });

type Range = { readonly min?: number; readonly max?: number };
type F1 = (x: Tensor) => Tensor;
type F2 = (a: Tensor, b: Tensor) => Tensor;

const unary = (f: F1, range: Range = {}): fc.Arbitrary<Sample> =>
  shape().map((s) => ({ f, inputs: [{ shape: s, ...range }] }));

/** Two shapes that broadcast: the second loses leading axes, and each loses some extents to 1. */
const binary = (f: F2, left: Range = {}, right: Range = left): fc.Arbitrary<Sample> =>
  fc.tuple(shape(), fc.nat(3), fc.nat(7), fc.nat(7)).map(([s, drop, a, b]) => {
    const stretch = (mask: number): number[] => s.map((n, i) => ((mask >> i) & 1 ? 1 : n));
    return {
      f,
      inputs: [
        { shape: stretch(a), ...left },
        { shape: stretch(b).slice(Math.min(drop, s.length)), ...right },
      ],
    };
  });

/** A reduction over one axis, several or all, kept or not. */
const reduction = (
  f: (x: Tensor, axis?: number | number[], options?: { keepDims?: boolean }) => Tensor,
  from = shape,
): fc.Arbitrary<Sample> =>
  fc.tuple(from(), fc.nat(7), fc.boolean(), fc.boolean()).map(([s, mask, all, keepDims]) => {
    const axes = s.flatMap((_, axis) => ((mask >> axis) & 1 ? [axis] : []));
    return { f: (x) => f(x, all ? undefined : axes, { keepDims }), inputs: [{ shape: s }] };
  });

const along = (f: (x: Tensor, axis: number) => Tensor): fc.Arbitrary<Sample> =>
  fc.tuple(rows(), fc.nat(2)).map(([s, axis]) => ({ f: (x) => f(x, axis % s.length), inputs: [{ shape: s }] }));

const fixed = (f: Sample["f"], ...inputs: Draw[]): fc.Arbitrary<Sample> => fc.constant({ f, inputs });

const matrices = fc
  .tuple(extent, extent, extent, fc.array(extent, { maxLength: 1 }), fc.constantFrom(0, 1, 2, 3, 4))
  .map(([m, k, n, batch, form]): Sample => {
    const inputs: [number[], number[]][] = [
      [
        [m, k],
        [k, n],
      ],
      [
        [...batch, m, k],
        [k, n],
      ],
      [
        [m, k],
        [...batch, k, n],
      ],
      [[k], [...batch, k, n]],
      [[...batch, m, k], [k]],
    ];
    const [a, b] = inputs[form]!;
    return { f: (x, y) => api.matmul(x, y), inputs: [{ shape: a }, { shape: b }] };
  });

const index = tensor(
  [
    [2, 0, 2],
    [1, 1, 0],
  ],
  { dtype: "int32" },
);
const anywhere: Range = { min: -2, max: 2 };
const positive: Range = { min: 0.25, max: 2 };

/** Operations that have derivatives. */
export const differentiable: Record<string, fc.Arbitrary<Sample>> = {
  add: binary(api.add),
  sub: binary(api.sub),
  mul: binary(api.mul),
  div: binary(api.div, anywhere, positive),
  pow: binary(api.pow, positive, anywhere),
  maximum: binary(api.maximum),
  minimum: binary(api.minimum),
  neg: unary(api.neg),
  exp: unary(api.exp),
  expm1: unary(api.expm1),
  log: unary(api.log, positive),
  log1p: unary(api.log1p, positive),
  sqrt: unary(api.sqrt, positive),
  reciprocal: unary(api.reciprocal, positive),
  square: unary(api.square),
  sigmoid: unary(api.sigmoid),
  softplus: unary(api.softplus),
  tanh: unary(api.tanh),
  sin: unary(api.sin),
  cos: unary(api.cos),
  abs: unary(api.abs),
  sign: unary(api.sign, positive),
  relu: unary(api.relu),
  where: binary((a, b) => api.where(api.greater(api.stopGradient(api.sub(a, b)), 0), a, b)),
  sum: reduction(api.sum),
  mean: reduction(api.mean, filled),
  max: reduction(api.max, filled),
  min: reduction(api.min, filled),
  logSumExp: reduction(api.logSumExp, filled),
  softmax: along(api.softmax),
  logSoftmax: along(api.logSoftmax),
  sumTo: fixed((x) => api.sumTo(x, [3, 1]), { shape: [2, 3, 4] }),
  matmul: matrices,
  broadcastTo: fc
    .tuple(shape(2), extent)
    .map(([s, n]) => ({ f: (x) => api.broadcastTo(x, [n, ...s]), inputs: [{ shape: s }] })),
  cast: unary((x) => api.cast(x, "float64")),
  reshape: shape().map((s) => ({ f: (x) => api.reshape(x, [...s].reverse()), inputs: [{ shape: s }] })),
  permute: fixed((x) => api.permute(x, [2, 0, 1]), { shape: [2, 3, 4] }),
  transpose: unary(api.transpose),
  expandDims: shape(2).map((s) => ({ f: (x) => api.expandDims(x, -1), inputs: [{ shape: s }] })),
  squeeze: shape(2).map((s) => ({ f: (x) => api.squeeze(x), inputs: [{ shape: [1, ...s, 1] }] })),
  slice: fc
    .tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }), fc.constantFrom(-2, -1, 1, 2))
    .map(([start, stop, step]) => ({
      f: (x) => api.slice(x, [start, stop, step], null, -1),
      inputs: [{ shape: [3, 2, 4] }],
    })),
  pad: fixed(
    (x) =>
      api.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        { value: 3 },
      ),
    { shape: [2, 3] },
  ),
  concat: fixed((a, b, c) => api.concat([a, b, c], 1), { shape: [2, 1] }, { shape: [2, 0] }, { shape: [2, 3] }),
  stack: fixed((a, b) => api.stack([a, b], -1), { shape: [2, 3] }, { shape: [2, 3] }),
  gather: fixed((x) => api.gather(x, index, 1), { shape: [2, 4] }),
  scatterAdd: fixed((x, source) => api.scatterAdd(x, index, source, 1), { shape: [2, 4] }, { shape: [2, 3] }),
};

/** Operations whose results do not vary: comparisons, places. */
export const constant: Record<string, fc.Arbitrary<Sample>> = {
  equal: binary(api.equal),
  notEqual: binary(api.notEqual),
  less: binary(api.less),
  lessEqual: binary(api.lessEqual),
  greater: binary(api.greater),
  greaterEqual: binary(api.greaterEqual),
  argMax: along((x, axis) => api.argMax(x, axis)),
  argMin: along((x, axis) => api.argMin(x, axis)),
  stopGradient: unary(api.stopGradient),
};

/** Exported functions that are no operations on tensors. */
export const otherExports = [
  "Tape",
  "Tensor",
  "TensorError",
  "arange",
  "eye",
  "full",
  "grad",
  "jvp",
  "leaves",
  "linspace",
  "mapTree",
  "ones",
  "onesLike",
  "record",
  "replay",
  "rng",
  "tensor",
  "valueAndGrad",
  "vjp",
  "zeros",
  "zerosLike",
  "zipTrees",
];
