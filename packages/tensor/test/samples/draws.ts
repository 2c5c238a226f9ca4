/** @file How samples are drawn: shapes with 0 and 1, layouts, ranges, and the common forms of an operation. */
import * as fc from "fast-check";
import * as api from "../../src/index.ts";
import { type DType, type Shape, type Tensor, tensor } from "../../src/index.ts";

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

export const extent = fc.constantFrom(0, 1, 2, 3);
export const shape = (maxRank = 3): fc.Arbitrary<number[]> => fc.array(extent, { maxLength: maxRank });
export const filled = (maxRank = 3): fc.Arbitrary<number[]> =>
  fc.array(fc.constantFrom(1, 2, 3), { maxLength: maxRank });
export const rows = (maxRank = 3): fc.Arbitrary<number[]> =>
  fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: maxRank });

export type Range = { readonly min?: number; readonly max?: number };
type F1 = (x: Tensor) => Tensor;
type F2 = (a: Tensor, b: Tensor) => Tensor;

export const unary = (f: F1, range: Range = {}): fc.Arbitrary<Sample> =>
  shape().map((s) => ({ f, inputs: [{ shape: s, ...range }] }));

/** Two shapes that broadcast: the second loses leading axes, and each loses some extents to 1. */
export const binary = (f: F2, left: Range = {}, right: Range = left): fc.Arbitrary<Sample> =>
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
export const reduction = (
  f: (x: Tensor, axis?: number | number[], options?: { keepDims?: boolean }) => Tensor,
  from = shape,
): fc.Arbitrary<Sample> =>
  fc.tuple(from(), fc.nat(7), fc.boolean(), fc.boolean()).map(([s, mask, all, keepDims]) => {
    const axes = s.flatMap((_, axis) => ((mask >> axis) & 1 ? [axis] : []));
    return { f: (x) => f(x, all ? undefined : axes, { keepDims }), inputs: [{ shape: s }] };
  });

export const along = (f: (x: Tensor, axis: number) => Tensor): fc.Arbitrary<Sample> =>
  fc.tuple(rows(), fc.nat(2)).map(([s, axis]) => ({ f: (x) => f(x, axis % s.length), inputs: [{ shape: s }] }));

export const fixed = (f: Sample["f"], ...inputs: Draw[]): fc.Arbitrary<Sample> => fc.constant({ f, inputs });

export const anywhere: Range = { min: -2, max: 2 };
export const positive: Range = { min: 0.25, max: 2 };

/** The operations of one family, each under its exported name. */
export interface Family {
  /** Operations that have derivatives. */
  readonly differentiable: Readonly<Record<string, fc.Arbitrary<Sample>>>;
  /** Operations whose results do not vary: comparisons, places. */
  readonly constant?: Readonly<Record<string, fc.Arbitrary<Sample>>>;
  /** Those of `differentiable` with kinks or jumps among what is drawn: no law of second order holds there. */
  readonly kinks?: readonly string[];
  /** Those of `differentiable` for which there is no running rounding bound. */
  readonly unbounded?: readonly string[];
}
