/** @file Places that are data. */
import { gather, type Range, reshape, slice } from "@deltagrad/tensor";
import { type Family, fromFront } from "../adapt.ts";
import type { Adapter } from "../compare.ts";

const gatherPart: Adapter = ({ dim }, x, index) => {
  if (x!.rank === 0) return reshape(gather(reshape(x!, [1]), reshape(index!, [-1]), 0), index!.shape);
  const axis = fromFront(x!, dim as number);
  // PyTorch's index may be smaller than x on the other axes, and then reads a part of x.
  const part = slice(x!, ...index!.shape.map((extent, i): Range => (i === axis ? null : [0, extent])));
  return gather(part, index!, axis);
};

export const indexing: Family = { adapters: { gather: gatherPart } };
