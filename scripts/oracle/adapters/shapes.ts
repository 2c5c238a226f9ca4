/** @file Moving axes and extents, cutting and joining. */
import {
  at,
  broadcastTensors,
  broadcastTo,
  concat,
  diag,
  diagEmbed,
  expandDims,
  flatten,
  flip,
  hstack,
  moveAxis,
  type PadMode,
  pad,
  permute,
  reshape,
  roll,
  squeeze,
  stack,
  swapAxes,
  type Tensor,
  tensorSplit,
  tile,
  tril,
  triu,
  unstack,
  vstack,
} from "@deltagrad/tensor";
import { axisOf, type Family, fromFront } from "../adapt.ts";
import type { Adapter } from "../compare.ts";

/** All of each axis before one. */
const before = (axis: number): ":"[] => Array.from({ length: axis }, () => ":");

const padding: Adapter = ({ pad: margins, mode = "constant", value = 0 }, x) => {
  // PyTorch's margins are of the last axis first, and may leave out leading axes.
  const pairs: number[][] = [];
  for (let at = 0; at < margins!.length; at += 2) pairs.unshift(margins!.slice(at, at + 2));
  while (pairs.length < x!.rank) pairs.unshift([0, 0]);
  return pad(x!, pairs as unknown as [number, number][], { mode: mode as PadMode, value });
};

export const shapes: Family = {
  adapters: {
    reshape: ({ shape }, x) => reshape(x!, shape!),
    view: ({ shape }, x) => reshape(x!, shape!),
    flatten: ({ start_dim, end_dim }, x) => flatten(x!, start_dim as number | undefined, end_dim as number | undefined),
    permute: ({ dims }, x) => permute(x!, dims!),
    transpose: ({ dim0, dim1 }, x) => (x!.rank === 0 ? x! : swapAxes(x!, dim0!, dim1!)),
    movedim: ({ source, destination }, x) => moveAxis(x!, source as number[], destination as number[]),
    // For matrices, and what has fewer axes.
    t: (_kwargs, x) => permute(x!, x!.rank < 2 ? x!.shape.map((_, axis) => axis) : [1, 0]),
    broadcast_to: ({ size }, x) => broadcastTo(x!, size!),
    broadcast_tensors: (_kwargs, ...xs) => broadcastTensors(xs),
    expand: ({ size }, x) =>
      broadcastTo(
        x!,
        size!.map((n, axis) => (n === -1 ? (x!.shape[axis - size!.length + x!.rank] ?? -1) : n)),
      ),
    unsqueeze: ({ dim }, x) => expandDims(x!, dim as number),
    squeeze: (kwargs, x) => {
      const axis = axisOf(x!, kwargs);
      // PyTorch leaves a named axis whose extent is not 1; ours refuses.
      return axis !== undefined && axis < x!.rank && axis >= -x!.rank && x!.shape.at(axis) !== 1
        ? x!
        : squeeze(x!, axis);
    },
    cat: ({ dim }, ...xs) => concat(xs, dim as number | undefined),
    stack: ({ dim }, ...xs) => stack(xs, dim as number | undefined),
    hstack: (_kwargs, ...xs) => hstack(xs),
    vstack: (_kwargs, ...xs) => vstack(xs),
    unbind: ({ dim }, x) => unstack(x!, dim as number | undefined),
    tensor_split: ({ indices_or_sections, dim }, x) =>
      tensorSplit(x!, indices_or_sections as number, dim as number | undefined),
    narrow: ({ dim, start, length }, x) => {
      const axis = fromFront(x!, dim as number);
      const from = start! < 0 ? start! + x!.shape[axis]! : start!;
      return at(x!, ...before(axis), [from, from + length!]).get();
    },
    select: ({ dim, index }, x) => at(x!, ...before(fromFront(x!, dim as number)), index!).get(),
    flip: ({ dims }, x) => flip(x!, dims!),
    roll: ({ shifts, dims }, x) => roll(x!, shifts as number, dims),
    repeat: ({ repeats }, x) => tile(x!, repeats as number[]),
    diag: ({ diagonal }, x) => diag(x!, diagonal as number | undefined),
    diag_embed: ({ offset, dim1 = -2, dim2 = -1 }, x) =>
      diagEmbed(x!, offset as number | undefined, { axes: [dim1 as number, dim2 as number] }),
    triu: ({ diagonal }, x) => triu(x!, diagonal as number | undefined) as Tensor,
    tril: ({ diagonal }, x) => tril(x!, diagonal as number | undefined) as Tensor,
    "nn.functional.pad": padding,
  },
  names: {
    view: "reshape",
    transpose: "swapAxes",
    movedim: "moveAxis",
    t: "permute",
    expand: "broadcastTo",
    unsqueeze: "expandDims",
    cat: "concat",
    unbind: "unstack",
    repeat: "tile",
    narrow: "at",
    select: "at",
  },
};
