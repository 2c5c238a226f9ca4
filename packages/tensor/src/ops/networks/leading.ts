/** @file Reading operands that have the same axes in front, those of `vmap`, without a copy for each where all are one. */
import type { Storage } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import { contiguous, Tensor } from "../../core/tensor.ts";

/** The elements in row-major order, and how far apart two places on the leading axes are: 0 where all have the same. */
export function readLeading(op: string, x: Tensor, leading: number): { readonly data: Storage; readonly step: number } {
  const shape = x.shape.slice(leading);
  const shared = leading > 0 && x.strides.slice(0, leading).every((stride, i) => stride === 0 || x.shape[i] === 1);
  if (!shared || x.size === 0) return { data: contiguous(op, x), step: sizeOf(shape) };
  const one = new Tensor(
    { shape, dtype: x.dtype },
    x.storage,
    { strides: x.strides.slice(leading), offset: x.offset },
    null,
  );
  return { data: contiguous(op, one), step: 0 };
}
