/** @file Windows that move over the trailing, spatial axes: how they are asked for, and which places they read. */
import type { Storage } from "../../core/dtype.ts";
import { show, TensorError } from "../../core/errors.ts";
import { rowMajor, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import type { Spec, Tensor } from "../../core/tensor.ts";
import { rows } from "../../core/walk.ts";
import { reshape } from "../shape.ts";

/** An operand in an error: by its own name if it has one, else by that of its part. */
export const called = (part: string, x: Spec): string => show({ shape: x.shape, label: x.label ?? part });

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** A window of `kernel` elements, `dilation` apart, at `output` places, `stride` apart from `before` the start on. */
export interface WindowAxis {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** From the first element of a window to its last, both counted. */
export const reach = ({ kernel, dilation }: Pick<WindowAxis, "kernel" | "dilation">): number =>
  dilation * (kernel - 1) + 1;

/** An option as a list of whole numbers ≥ `least`, one for each of `rank` axes. */
export function perAxis(op: string, name: string, value: PerAxis, rank: number, least: number): readonly number[] {
  const list = typeof value === "number" ? new Array<number>(rank).fill(value) : value;
  if (!Array.isArray(list) || list.length !== rank || !list.every((n) => Number.isInteger(n) && n >= least)) {
    const shown = Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
    const advice = `give a whole number ≥ ${least}${rank === 1 ? "" : `, or a list of ${rank}`}`;
    throw new TensorError(op, `${name} is ${shown}`, advice);
  }
  return list;
}

/** Throws unless x is an image, [channels, …spatial], or a batch of them. */
export function checkImage(op: string, x: Spec, rank: number): void {
  if (x.shape.length === rank + 1 || x.shape.length === rank + 2) return;
  const axes = ["channels", ...["depth", "height", "width"].slice(-rank)].join(", ");
  const axesOf = x.shape.length === 1 ? "1 axis" : `${x.shape.length} axes`;
  throw new TensorError(op, `${show(x)} has ${axesOf}`, `give [${axes}], or a batch [batch, ${axes}]`, [x]);
}

/** What f makes of a batch, for a batch or for a single image. */
export function inBatch(x: Tensor, rank: number, f: (batch: Tensor) => Tensor): Tensor {
  if (x.rank === rank + 2) return f(x);
  const y = f(reshape(x, [1, ...x.shape]));
  return reshape(y, y.shape.slice(1));
}

/** The offsets Σ iₖ·strides[k] of all places of an array, in row-major order. */
function offsetsOf(extents: Shape, strides: readonly number[]): Int32Array {
  const offsets = new Int32Array(sizeOf(extents));
  const { inner, steps, visit } = rows(extents, [{ strides, offset: 0 }]);
  const step = steps[0]!;
  visit((position, [start]) => {
    for (let i = 0; i < inner; i++) offsets[position + i] = start! + i * step;
  });
  return offsets;
}

/** One of the extents of every axis. */
export const extents = (axes: readonly WindowAxis[], name: "input" | "kernel" | "output"): number[] =>
  axes.map((axis) => axis[name]);

/**
 * An image as its windows see it: with the margins that they reach and without what they do not, so that the element
 * that window p has under its element k lies at windows[p] + taps[k], and no border needs a case of its own.
 */
export interface Frame {
  /** Elements of one channel in the frame. */
  readonly plane: number;
  /** Elements of the whole frame, all channels. */
  readonly size: number;
  readonly windows: Int32Array;
  /** By channel of a group, then place in the window. */
  readonly taps: Int32Array;
  /** The frame of the image that begins at `start`: the image itself if that is one, else a copy in `scratch`. */
  read(image: Storage, start: number, scratch: Storage): [frame: Storage, start: number];
  /** Copies what lies in a frame to the image that it is of; margins are dropped. */
  write(frame: Storage, image: Storage, start: number): void;
}

/** The frame of images of `groups` times `channels` channels. */
export function frameOf(axes: readonly WindowAxis[], groups: number, channels: number): Frame {
  const input = extents(axes, "input");
  const span = axes.map((axis) => (axis.output - 1) * axis.stride + reach(axis));
  const strides = rowMajor(span);
  const plane = sizeOf(span);
  const before = axes.map((axis) => axis.before);
  // The part that image and frame share begins at the start of the image, and after the margin in the frame.
  const shared = axes.map((_, i) => Math.max(0, Math.min(input[i]!, span[i]! - before[i]!)));
  const { inner, steps, visit } = rows(
    [groups * channels, ...shared],
    [
      { strides: rowMajor([groups * channels, ...input]), offset: 0 },
      { strides: [plane, ...strides], offset: before.reduce((sum, at, i) => sum + at * strides[i]!, 0) },
    ],
  );
  const [inImage, inFrame] = steps as [number, number];
  const same = sameShape(span, input) && before.every((at) => at === 0);
  return {
    plane,
    size: groups * channels * plane,
    windows: offsetsOf(
      extents(axes, "output"),
      axes.map(({ stride }, i) => stride * strides[i]!),
    ),
    taps: offsetsOf(
      [channels, ...extents(axes, "kernel")],
      [plane, ...axes.map(({ dilation }, i) => dilation * strides[i]!)],
    ),
    read(image, start, scratch) {
      if (same) return [image, start];
      visit((_position, [from, to]) => {
        for (let i = 0; i < inner; i++) scratch[to! + i * inFrame] = image[start + from! + i * inImage]!;
      });
      return [scratch, 0];
    },
    write(frame, image, start) {
      visit((_position, [to, from]) => {
        for (let i = 0; i < inner; i++) image[start + to! + i * inImage] = frame[from! + i * inFrame]!;
      });
    },
  };
}
