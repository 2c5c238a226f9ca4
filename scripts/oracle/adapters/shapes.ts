/** @file Moving axes and extents, cutting and joining. */
import {
  at,
  broadcastTo,
  concat,
  expandDims,
  pad,
  permute,
  type Range,
  reshape,
  slice,
  squeeze,
  stack,
  type Tensor,
  transpose,
} from "@deltagrad/tensor";
import { axisOf, type Family, fromFront, missing, unary } from "../adapt.ts";
import type { Adapter } from "../compare.ts";

const exchange = (x: Tensor, a: number, b: number): Tensor => {
  const order = x.shape.map((_, axis) => axis);
  [order[fromFront(x, a)], order[fromFront(x, b)]] = [fromFront(x, b), fromFront(x, a)];
  return permute(x, order.slice(0, x.rank));
};

/** All of each axis before one. */
const before = (axis: number): ":"[] => Array.from({ length: axis }, () => ":");

const padding: Adapter = ({ pad: margins, mode = "constant", value = 0 }, x) => {
  if (mode !== "constant") missing(`padding by mode ${mode}`);
  // PyTorch's margins are of the last axis first.
  const pairs = x!.shape.map((_, axis) => {
    const at = 2 * (x!.rank - 1 - axis);
    return [margins![at] ?? 0, margins![at + 1] ?? 0] as const;
  });
  return pad(x!, pairs, { value });
};

export const shapes: Family = {
  adapters: {
    reshape: ({ shape }, x) => reshape(x!, shape!),
    view: ({ shape }, x) => reshape(x!, shape!),
    permute: ({ dims }, x) => permute(x!, dims!),
    transpose: ({ dim0, dim1 }, x) => exchange(x!, dim0!, dim1!),
    t: unary(transpose),
    broadcast_to: ({ size }, x) => broadcastTo(x!, size!),
    expand: ({ size }, x) =>
      broadcastTo(
        x!,
        size!.map((n, axis) => (n === -1 ? x!.shape[axis - size!.length + x!.rank]! : n)),
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
    narrow: ({ dim, start, length }, x) => {
      const axis = fromFront(x!, dim as number);
      const from = start! < 0 ? start! + x!.shape[axis]! : start!;
      return at(x!, ...before(axis), [from, from + length!]).get();
    },
    select: ({ dim, index }, x) => at(x!, ...before(fromFront(x!, dim as number)), index!).get(),
    flip: ({ dims }, x) =>
      slice(x!, ...x!.shape.map((_, axis): Range => (dims!.includes(axis) ? [null, null, -1] : null))),
    "nn.functional.pad": padding,
  },
  names: {
    view: "reshape",
    t: "transpose",
    expand: "broadcastTo",
    unsqueeze: "expandDims",
    cat: "concat",
    narrow: "at",
    select: "at",
  },
  exceptions: {
    "padding is with a constant: there are no modes circular, reflect, replicate": [2, 5, 6, 7].map(
      (i) => `nn.functional.pad/${i} missing`,
    ),
  },
};
