/** @file Cutting a part out, and setting a part into a larger whole: each is the other's transpose. */
import { checkTensor } from "../core/checks.ts";
import { allocate } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { exact, looking } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { resolveAxis, rowMajor, type Shape, sameShape, sizeOf } from "../core/shape.ts";
import { copyTo, type Tensor } from "../core/tensor.ts";
import { expandDims, reshape } from "./shape.ts";

/** Elements start, start + step, …, `extent` of them, along each axis. */
interface Part {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly extent: readonly number[];
}

interface Whole extends Part {
  readonly whole: Shape;
  /** What stands around the part. */
  readonly fill: number;
}

const layoutOf = (strides: readonly number[], offset: number, { start, step }: Part) => ({
  strides: strides.map((stride, axis) => stride * step[axis]!),
  offset: offset + strides.reduce((sum, stride, axis) => sum + stride * start[axis]!, 0),
});

const batchPart = ({ start, step, extent }: Part, size: number): Part => ({
  start: [0, ...start],
  step: [1, ...step],
  extent: [size, ...extent],
});

const sliceOp = looking<Part>(
  {
    name: "slice",
    shape: ([x], { extent }) => ({ shape: extent, dtype: x!.dtype }),
    view: (x, { shape }, part) =>
      sizeOf(shape) === 0 ? { strides: rowMajor(shape), offset: 0 } : layoutOf(x.strides, x.offset, part),
    batch: batchPart,
  },
  (ct, x, part) => apply(embedOp, [ct], { ...part, whole: x.shape, fill: 0 }),
);

const embedOp: Primitive<Whole> = {
  name: "embed",
  kind: "linear",
  reads: "nothing",
  shape: ([x], { whole }) => ({ shape: whole, dtype: x!.dtype }),
  run([x], result, { fill, ...part }) {
    const out = allocate(result.dtype, sizeOf(result.shape), "embed");
    if (fill !== 0) out.fill(fill);
    copyTo("embed", x!, out, layoutOf(rowMajor(result.shape), 0, part));
    return out;
  },
  vjp: [(ct, _y, _inputs, part) => apply(sliceOp, [ct], part)],
  jvp: [(t, _y, _inputs, part) => apply(embedOp, [t], { ...part, fill: 0 })],
  batch: ({ whole, fill, ...part }, size) => ({ ...batchPart(part, size), whole: [size, ...whole], fill }),
  rounding: exact,
};

/** Set into something other than zeros: what stands around keeps it from being linear. */
const framedOp: Primitive<Whole> = { ...embedOp, kind: "general" };

/** x set at `start` into a whole of that shape, which is `fill` elsewhere. */
export const embed = (x: Tensor, start: readonly number[], whole: Shape, fill = 0): Tensor => {
  const part = { start, step: start.map(() => 1), extent: x.shape };
  return apply(fill === 0 ? embedOp : framedOp, [x], { ...part, whole, fill });
};

/** Part of one axis: [start, stop, step] as in Python, each may be left out or null. */
export type Span = readonly [start?: number | null, stop?: number | null, step?: number | null];

/** Along one axis: a part of it; ":" or null: all of it; a number: one element, and the axis goes. */
export type Range = number | ":" | null | Span;

/** A range with what was left out put in, bounds clamped, and the number of elements. */
export function resolveRange(
  op: string,
  range: Range,
  extent: number,
  axis: number,
): { start: number; step: number; extent: number } {
  const refuse = (problem: string, advice: string): never => {
    throw new TensorError(op, `${problem} on axis ${axis} of extent ${extent}`, advice);
  };
  if (typeof range === "number") {
    if (!Number.isInteger(range) || range < -extent || range >= extent)
      refuse(`there is no element ${range}`, extent === 0 ? "it has none" : `use ${-extent} to ${extent - 1}`);
    return { start: range < 0 ? range + extent : range, step: 1, extent: 1 };
  }
  const span = range === ":" || range === null ? [] : range;
  const advice = "ranges are [start, stop, step] in whole numbers, with a step that is not 0";
  if (!Array.isArray(span) || span.length > 3) refuse(`${JSON.stringify(range)} is no range`, advice);
  const [start = null, stop = null, step = null] = span;
  const by = step ?? 1;
  if (![start ?? 0, stop ?? 0, by].every(Number.isInteger) || by === 0)
    refuse(`[${start}, ${stop}, ${step}] is no range`, advice);
  const clamp = (index: number): number =>
    Math.min(Math.max(index < 0 ? index + extent : index, by > 0 ? 0 : -1), by > 0 ? extent : extent - 1);
  const from = start === null ? (by > 0 ? 0 : extent - 1) : clamp(start);
  const to = stop === null ? (by > 0 ? extent : -1) : clamp(stop);
  const count = Math.max(0, Math.ceil((to - from) / by));
  return { start: count === 0 ? 0 : from, step: by, extent: count };
}

/**
 * A part of x, one range for each leading axis, with Python's meaning: negative numbers count from the end, bounds
 * are clamped, a negative step goes backwards. A view; nothing is copied.
 *
 * Derivative: the cotangent set into zeros of the shape of x.
 * Throws: TensorError for a single index out of range, a step of 0, or more ranges than axes.
 *
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * slice(x, ":", [1]).toArray();              // => [[2, 3], [5, 6]]
 * slice(x, -1).toArray();                    // => [4, 5, 6]
 * slice(x, 0, [null, null, -1]).toArray();   // => [3, 2, 1]
 */
export function slice(x: Tensor, ...ranges: readonly Range[]): Tensor {
  checkTensor("slice", x);
  if (ranges.length > x.rank)
    throw new TensorError("slice", `${ranges.length} ranges for ${show(x)}`, `give at most ${x.rank}`, [x]);
  const parts = x.shape.map((extent, axis) => resolveRange("slice", ranges[axis] ?? null, extent, axis));
  const part = { start: parts.map((p) => p.start), step: parts.map((p) => p.step), extent: parts.map((p) => p.extent) };
  const y = apply(sliceOp, [x], part);
  return ranges.some((range) => typeof range === "number")
    ? reshape(
        y,
        part.extent.filter((_, axis) => typeof ranges[axis] !== "number"),
      )
    : y;
}

/** x with a range along one axis. */
export const sliceAlong = (x: Tensor, axis: number, range: Range): Tensor =>
  slice(x, ...Array.from({ length: axis }, () => null), range);

interface Join {
  readonly axis: number;
}

const startOf = (inputs: readonly Tensor[], axis: number, index: number): number =>
  inputs.slice(0, index).reduce((sum, input) => sum + input.shape[axis]!, 0);

const concatOp: Primitive<Join> = {
  name: "concat",
  kind: "linear",
  reads: "nothing",
  shape(inputs, { axis }) {
    const [first] = inputs;
    const extent = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
    return { shape: first!.shape.map((e, i) => (i === axis ? extent : e)), dtype: first!.dtype };
  },
  run(inputs, result, { axis }) {
    const out = allocate(result.dtype, sizeOf(result.shape), "concat");
    const strides = rowMajor(result.shape);
    let offset = 0;
    for (const input of inputs) {
      copyTo("concat", input, out, { strides, offset });
      offset += input.shape[axis]! * strides[axis]!;
    }
    return out;
  },
  vjp: [
    (ct, _y, inputs, { axis }, index) => {
      const start = startOf(inputs, axis, index);
      return sliceAlong(ct, axis, [start, start + inputs[index]!.shape[axis]!]);
    },
  ],
  jvp: [
    (t, y, inputs, { axis }, index) => {
      const start = startOf(inputs, axis, index);
      return embed(
        t,
        t.shape.map((_, i) => (i === axis ? start : 0)),
        y.shape,
      );
    },
  ],
  batch: ({ axis }) => ({ axis: axis + 1 }),
  rounding: exact,
};

/** At least one tensor, in a list. */
export function checkTensors(
  op: string,
  tensors: readonly Tensor[],
): asserts tensors is readonly [Tensor, ...Tensor[]] {
  if (!Array.isArray(tensors as unknown))
    throw new TensorError(op, "the tensors are not in a list", `write ${op}([a, b])`);
  if (tensors.length === 0) throw new TensorError(op, "there are no tensors", "give at least one");
  for (const x of tensors) checkTensor(op, x);
}

/** `concat` on behalf of `op`. */
export function join(op: string, tensors: readonly Tensor[], axis: number): Tensor {
  checkTensors(op, tensors);
  const [first] = tensors;
  const place = resolveAxis(op, axis, first.rank);
  for (const other of tensors) {
    const fits =
      other.rank === first.rank && other.shape.every((extent, i) => i === place || extent === first.shape[i]);
    if (!fits || other.dtype !== first.dtype) {
      const problem = `${show(first)} ${first.dtype} and ${show(other)} ${other.dtype} do not join on axis ${axis}`;
      throw new TensorError(op, problem, "only that axis may differ; cast to one dtype", [first, other]);
    }
  }
  return apply(concatOp, tensors, { axis: place });
}

/**
 * Tensors joined along an axis that they have.
 *
 * Shapes: [a, c], [b, c], axis 0 → [a + b, c].
 * Derivative: each gets its piece of the cotangent.
 * Throws: TensorError for no tensors, or when ranks, other extents or dtypes differ.
 *
 * @example
 * concat([tensor([1, 2]), tensor([3])]).toArray();   // => [1, 2, 3]
 */
export const concat = (tensors: readonly Tensor[], axis = 0): Tensor => join("concat", tensors, axis);

/**
 * Tensors of one shape side by side along a new axis.
 *
 * Shapes: n tensors [a, b], axis 0 → [n, a, b].
 * Derivative: each gets its layer of the cotangent.
 * Throws: TensorError for no tensors, when shapes or dtypes differ, or for an axis that the result does not have.
 *
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])]).toArray();   // => [[1, 2], [3, 4]]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  checkTensors("stack", tensors);
  const [first] = tensors;
  const place = resolveAxis("stack", axis, first.rank + 1);
  for (const other of tensors) {
    if (!sameShape(other.shape, first.shape))
      throw new TensorError(
        "stack",
        `${show(first)} and ${show(other)} differ in shape`,
        "stacked tensors must be of one shape",
        [first, other],
      );
  }
  return join(
    "stack",
    tensors.map((x) => expandDims(x, place)),
    place,
  );
}
