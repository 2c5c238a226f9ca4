/** @file What adapters share: PyTorch's ways of saying which axes, and the common forms of an operation. */
import { reshape, sum, type Tensor } from "@deltagrad/tensor";
import type { Adapter, Kwargs } from "./compare.ts";

/** The adapters of a family of operations, and where we differ from PyTorch. */
export interface Family {
  /** PyTorch's operations in ours, by PyTorch's names. */
  readonly adapters: Readonly<Record<string, Adapter>>;
  /** Our public name where it is not PyTorch's in camelCase: what an error must name. Several: any of them. */
  readonly names?: Readonly<Record<string, string | readonly string[]>>;
  /** Where we differ, and why: each place must in fact differ or be refused. */
  readonly exceptions?: Readonly<Record<string, readonly string[]>>;
  /** To what relative error PyTorch's own second derivatives are good, where that is not 10⁻¹⁰. */
  readonly secondDerivatives?: Readonly<Record<string, number>>;
  /** Calls that PyTorch refuses and we take (by their id in errors.json), and why. */
  readonly accepted?: Readonly<Record<string, readonly string[]>>;
}

export const unary =
  (f: (x: Tensor) => Tensor): Adapter =>
  (_kwargs, x) =>
    f(x!);
export const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): Adapter =>
  (_kwargs, a, b) =>
    f(a!, b!);

/** PyTorch's dims: none or [] means all, and a 0-d tensor has a dim 0 in name. */
export const axesOf = (x: Tensor, { dim = [] }: Kwargs): number[] | undefined => {
  const axes = [dim ?? []].flat() as number[];
  const named = x.rank === 0 && axes.every((axis) => axis === 0 || axis === -1);
  return named || axes.length === 0 ? undefined : axes;
};
export const axisOf = (x: Tensor, kwargs: Kwargs): number | undefined => axesOf(x, kwargs)?.[0];

type Reduction = (x: Tensor, axes: number[] | undefined, options: { readonly keepDims: boolean }) => Tensor;
export const reduction =
  (f: Reduction): Adapter =>
  (kwargs, x) =>
    f(x!, axesOf(x!, kwargs), { keepDims: kwargs.keepdim ?? false });

/** argMax keeps no axes; the shape is the one that the extreme itself has. */
export const place =
  (f: (x: Tensor, axis?: number) => Tensor): Adapter =>
  (kwargs, x) => {
    const at = f(x!, axisOf(x!, kwargs));
    const { shape } = sum(x!, axesOf(x!, kwargs), { keepDims: kwargs.keepdim ?? false }) as Tensor;
    return reshape(at, shape);
  };

/** Along an axis, for functions that refuse a 0-d tensor: PyTorch takes it for a vector of one. */
export const along =
  (f: (x: Tensor, axis: number) => Tensor): Adapter =>
  (kwargs, x) =>
    x!.rank === 0 ? reshape(f(reshape(x!, [1]), 0), []) : f(x!, axisOf(x!, kwargs)!);

/** With a negative axis counted from the front. */
export const fromFront = (x: Tensor, axis: number): number => (axis < 0 ? axis + x.rank : axis);
