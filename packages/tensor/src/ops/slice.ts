/** @file Cutting a part out, and setting a part into a larger whole: each is the other's transpose. */
import { allocate, toDType } from "../core/dtype.ts";
import { show, TensorError } from "../core/errors.ts";
import { exact, looking } from "../core/kinds.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { resolveAxis, rowMajor, type Shape, sizeOf } from "../core/shape.ts";
import { type Tensor, valuesOf } from "../core/tensor.ts";
import { rows } from "../core/walk.ts";
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

const sliceOp = looking<Part>(
  {
    name: "slice",
    shape: ([x], { extent }) => ({ shape: extent, dtype: x!.dtype }),
    view: (x, { shape }, part) =>
      sizeOf(shape) === 0 ? { strides: rowMajor(shape), offset: 0 } : layoutOf(x.strides, x.offset, part),
  },
  (ct, x, part) => apply(embedOp, [ct], { ...part, whole: x.shape, fill: 0 }),
);

const embedOp: Primitive<Whole> = {
  name: "embed",
  kind: "linear",
  shape: ([x], { whole }) => ({ shape: whole, dtype: x!.dtype }),
  run([x], result, { fill, ...part }) {
    const out = allocate(result.dtype, sizeOf(result.shape), "embed");
    if (fill !== 0) out.fill(fill);
    const source = valuesOf("embed", x!);
    const { inner, steps, visit } = rows(x!.shape, [x!, layoutOf(rowMajor(result.shape), 0, part)]);
    const [from, to] = steps as [number, number];
    visit((_position, [a, b]) => {
      for (let i = 0; i < inner; i++) out[b! + i * to] = source[a! + i * from]!;
    });
    return out;
  },
  vjp: [(ct, _y, _inputs, part) => apply(sliceOp, [ct], part)],
  jvp: [(t, _y, _inputs, part) => apply(embedOp, [t], { ...part, fill: 0 })],
  rounding: exact,
};

/** Set into something other than zeros: what stands around keeps it from being linear. */
const framedOp: Primitive<Whole> = { ...embedOp, kind: "general" };

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

/**
 * x with a margin of `value` (0) around it: [before, after] for each axis.
 *
 * Derivative: the cotangent without the margin.
 * Throws: TensorError unless there is one pair of whole numbers ≥ 0 for each axis.
 *
 * @example
 * pad(tensor([1, 2]), [[1, 2]]).toArray();   // => [0, 1, 2, 0, 0]
 */
export function pad(
  x: Tensor,
  margins: readonly (readonly [before: number, after: number])[],
  { value = 0 }: { readonly value?: number } = {},
): Tensor {
  if (margins.length !== x.rank || !margins.flat().every((margin) => Number.isInteger(margin) && margin >= 0))
    throw new TensorError(
      "pad",
      `margins ${JSON.stringify(margins)} for ${show(x)}`,
      "give [before, after] in whole numbers ≥ 0 for each axis",
      [x],
    );
  const whole = x.shape.map((extent, axis) => margins[axis]![0] + extent + margins[axis]![1]);
  return apply(value === 0 ? embedOp : framedOp, [x], {
    start: margins.map(([before]) => before),
    step: x.shape.map(() => 1),
    extent: x.shape,
    whole,
    fill: toDType(x.dtype, value),
  });
}

/** The pieces of x along an axis, of the given extents. */
const pieceOf = (x: Tensor, axis: number, start: number, extent: number): Tensor =>
  slice(x, ...x.shape.slice(0, axis).map(() => null), [start, start + extent]);

interface Join {
  readonly axis: number;
}

const startOf = (inputs: readonly Tensor[], axis: number, index: number): number =>
  inputs.slice(0, index).reduce((sum, input) => sum + input.shape[axis]!, 0);

const concatOp: Primitive<Join> = {
  name: "concat",
  kind: "linear",
  shape(inputs, { axis }) {
    const [first] = inputs;
    const extent = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
    return { shape: first!.shape.map((e, i) => (i === axis ? extent : e)), dtype: first!.dtype };
  },
  run(inputs, result, { axis }) {
    const out = allocate(result.dtype, sizeOf(result.shape), "concat");
    const strides = rowMajor(result.shape);
    inputs.forEach((input, index) => {
      const source = valuesOf("concat", input);
      const { inner, steps, visit } = rows(input.shape, [
        input,
        { strides, offset: startOf(inputs, axis, index) * strides[axis]! },
      ]);
      const [from, to] = steps as [number, number];
      visit((_position, [a, b]) => {
        for (let i = 0; i < inner; i++) out[b! + i * to] = source[a! + i * from]!;
      });
    });
    return out;
  },
  vjp: [
    (ct, _y, inputs, { axis }, index) => pieceOf(ct, axis, startOf(inputs, axis, index), inputs[index]!.shape[axis]!),
  ],
  jvp: [
    (t, y, inputs, { axis }, index) => {
      const before = startOf(inputs, axis, index);
      return pad(
        t,
        t.shape.map((extent, i) => (i === axis ? [before, y.shape[axis]! - before - extent] : [0, 0])),
      );
    },
  ],
  rounding: exact,
};

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
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors as unknown))
    throw new TensorError("concat", "the tensors are not in a list", "write concat([a, b])");
  const [first] = tensors;
  if (first === undefined) throw new TensorError("concat", "there are no tensors", "give at least one");
  const place = resolveAxis("concat", axis, first.rank);
  for (const other of tensors) {
    const fits =
      other.rank === first.rank && other.shape.every((extent, i) => i === place || extent === first.shape[i]);
    if (!fits || other.dtype !== first.dtype) {
      const problem = `${show(first)} ${first.dtype} and ${show(other)} ${other.dtype} do not join on axis ${axis}`;
      throw new TensorError("concat", problem, "only that axis may differ; cast to one dtype", [first, other]);
    }
  }
  return apply(concatOp, tensors, { axis: place });
}

/**
 * Tensors of one shape side by side along a new axis.
 *
 * Shapes: n tensors [a, b], axis 0 → [n, a, b].
 * Derivative: each gets its layer of the cotangent.
 *
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])]).toArray();   // => [[1, 2], [3, 4]]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new TensorError("stack", "there are no tensors", "give at least one");
  for (const other of tensors) {
    if (other.shape.join() !== first.shape.join())
      throw new TensorError(
        "stack",
        `${show(first)} and ${show(other)} differ in shape`,
        "stacked tensors must be of one shape",
        [first, other],
      );
  }
  return concat(
    tensors.map((x) => expandDims(x, axis)),
    axis,
  );
}
