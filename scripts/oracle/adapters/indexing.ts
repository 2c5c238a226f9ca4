/** @file Places that are data, and places that are named. */
import {
  at,
  gather,
  indexAdd,
  indexFill,
  indexSelect,
  maskedSelect,
  mul,
  oneHot,
  type Place,
  reshape,
  scatter,
  Tensor,
  take,
  takeAlongAxis,
} from "@deltagrad/tensor";
import type { Family } from "../adapt.ts";
import type { Adapter } from "../compare.ts";

type Along = (x: Tensor, axis: number, ...rest: Tensor[]) => Tensor;

/** PyTorch takes 0-d tensors for lists of one; what is returned is x itself, or what was read by a 0-d index. */
const alongDim =
  (f: Along, read: boolean): Adapter =>
  ({ dim }, x, index, ...rest) => {
    if (x!.rank > 0) return f(x!, dim as number, index!, ...rest);
    const asList = (t: Tensor): Tensor => (t instanceof Tensor && t.rank === 0 ? reshape(t, [1]) : t);
    return reshape(f(asList(x!), dim as number, asList(index!), ...rest.map(asList)), read ? index!.shape : []);
  };

/** A place as the oracle writes it. */
function placeOf(item: unknown): Place {
  if (item instanceof Tensor || item === null || typeof item === "number") return item;
  if (Array.isArray(item)) return Int32Array.from(item);
  return "ellipsis" in (item as object) ? "..." : (item as { readonly slice: [] }).slice;
}

export const indexing: Family = {
  adapters: {
    __getitem__: ({ index }, x) => at(x!, ...(index as unknown as unknown[]).map(placeOf)).get(),
    gather: alongDim((x, axis, index) => gather(x, index!, axis), true),
    take: (_kwargs, x, index) => take(x!, index!),
    take_along_dim: ({ dim }, x, index) =>
      dim === undefined ? take(x!, reshape(index!, [-1])) : takeAlongAxis(x!, index!, dim as number),
    index_select: alongDim((x, axis, index) => indexSelect(x, index!, axis), false),
    index_add: (kwargs, ...inputs) => {
      const { alpha = 1 } = kwargs;
      return alongDim((x, axis, index, source) => indexAdd(x, index!, mul(alpha, source!), axis), false)(
        kwargs,
        ...inputs,
      );
    },
    index_fill: (kwargs, x, index, value) =>
      alongDim((x, axis, index) => indexFill(x, index!, value!, axis), false)(kwargs, x!, index!),
    scatter: alongDim((x, axis, index, source) => scatter(x, index!, source!, axis), false),
    masked_select: (_kwargs, x, mask) => maskedSelect(x!, mask!),
    "nn.functional.one_hot": ({ num_classes }, labels) =>
      oneHot(labels!, num_classes as number | undefined, { dtype: "int32" }),
  },
  names: { __getitem__: "at", take_along_dim: ["takeAlongAxis", "take"] },
};
