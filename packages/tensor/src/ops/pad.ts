/** @file A margin around a tensor: of one value, or of its own elements. */
import { checkOneOf, checkOptions, checkTensor } from "../core/checks.ts";
import { toDType } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { concat, embed, type Range, slice, sliceAlong } from "./slice.ts";

export type Margins = readonly (readonly [before: number, after: number])[];

/** What stands in the margin. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

const modes: readonly PadMode[] = ["constant", "reflect", "replicate", "circular"];

export interface PadOptions {
  readonly mode?: PadMode;
  /** For "constant": what the margin is filled with. */
  readonly value?: number | boolean;
}

/** The margin of `width` elements in front of x along an axis; `after`: behind it. */
function marginOf(x: Tensor, axis: number, width: number, after: boolean, mode: PadMode): Tensor {
  const extent = x.shape[axis]!;
  const part = (range: Range): Tensor => sliceAlong(x, axis, range);
  if (mode === "circular") return after ? part([0, width]) : part([extent - width]);
  if (mode === "reflect") return after ? part([-2, -width - 2, -1]) : part([width, 0, -1]);
  return broadcastTo(
    part(after ? [extent - 1] : [0, 1]),
    x.shape.map((other, i) => (i === axis ? width : other)),
  );
}

/** How wide a margin may be that is made of `extent` elements. */
const widest = (mode: PadMode, extent: number): number =>
  extent === 0 ? 0 : { constant: Infinity, replicate: Infinity, reflect: extent - 1, circular: extent }[mode];

function checkMargins(x: Tensor, margins: Margins, mode: PadMode): void {
  const whole =
    Array.isArray(margins) &&
    margins.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isInteger));
  if (!whole || margins.length !== x.rank)
    throw new TensorError(
      "pad",
      `margins ${JSON.stringify(margins)} for ${show(x)}`,
      "give [before, after] in whole numbers for each axis",
      [x],
    );
  margins.forEach(([before, after], axis) => {
    const extent = x.shape[axis]!;
    if (extent + Math.min(before, 0) + Math.min(after, 0) < 0)
      throw new TensorError(
        "pad",
        `margins [${before}, ${after}] take more than there is from axis ${axis} of ${show(x)}`,
        `negative margins crop: take at most ${extent}`,
        [x],
      );
    const limit = widest(mode, extent + Math.min(before, 0) + Math.min(after, 0));
    if (mode !== "constant" && Math.max(before, after) > limit)
      throw new TensorError(
        "pad",
        `margins [${before}, ${after}] are too wide to ${mode === "circular" ? "wrap" : mode} on axis ${axis} of ${show(x)}`,
        `use at most ${limit}, or mode "constant"`,
        [x],
      );
  });
}

/**
 * x with a margin around it, [before, after] for each axis: of `value` (0), or by `mode` of its own elements: "reflect"
 * (3 2 | 1 2 3 | 2 1), "replicate" (1 1 | 1 2 3 | 3 3), "circular" (2 3 | 1 2 3 | 1 2). Negative margins crop, before
 * the others are laid on.
 *
 * Shapes: [n], [[1, 2]] → [n + 3].
 * Derivative: the cotangent without a constant margin; one of x's own elements goes back to them.
 * Throws: TensorError unless there is one pair of whole numbers for each axis, and for a margin with more elements
 * than x can give: reflect n − 1, circular n, replicate any number unless n = 0.
 *
 * @example
 * pad(tensor([1, 2]), [[1, 2]]).toArray();                         // => [0, 1, 2, 0, 0]
 * pad(tensor([1, 2, 3]), [[2, 1]], { mode: "reflect" }).toArray();   // => [3, 2, 1, 2, 3, 2]
 * pad(tensor([1, 2, 3]), [[-1, 0]]).toArray();                     // => [2, 3]
 */
export function pad(x: Tensor, margins: Margins, options: PadOptions = {}): Tensor {
  checkTensor("pad", x);
  checkOptions("pad", options);
  const { mode = "constant", value = 0 } = options;
  checkOneOf("pad", "mode", mode, modes);
  if (typeof value !== "number" && typeof value !== "boolean")
    throw new TensorError("pad", `the value is ${String(value)}`, "give a number or a boolean");
  checkMargins(x, margins, mode);
  const cropped = margins.some((pair) => pair.some((width) => width < 0)) ? crop(x, margins) : x;
  const widths = margins.map(([before, after]) => [Math.max(before, 0), Math.max(after, 0)] as const);
  if (mode === "constant") {
    const whole: Shape = cropped.shape.map((extent, axis) => widths[axis]![0] + extent + widths[axis]![1]);
    const fill = toDType(x.dtype, Number(value));
    return embed(
      cropped,
      widths.map(([before]) => before),
      whole,
      fill,
    );
  }
  return widths.reduce((y, [before, after], axis) => {
    const parts = [
      ...(before > 0 ? [marginOf(y, axis, before, false, mode)] : []),
      y,
      ...(after > 0 ? [marginOf(y, axis, after, true, mode)] : []),
    ];
    return parts.length === 1 ? y : concat(parts, axis);
  }, cropped);
}

/** x without what negative margins take away. */
const crop = (x: Tensor, margins: Margins): Tensor =>
  slice(
    x,
    ...margins.map(([before, after], axis): Range => [Math.max(0, -before), x.shape[axis]! + Math.min(0, after)]),
  );
