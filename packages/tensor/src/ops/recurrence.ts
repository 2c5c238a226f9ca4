/** @file The linear recurrence, of which the derivatives of cumulative operations are made: in linear time, to any order. */
import { allocate } from "../core/dtype.ts";
import { eachLane, packed } from "../core/lanes.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { sizeOf } from "../core/shape.ts";
import { type Tensor, valuesOf } from "../core/tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { batchOn, type On, padAlong, shift } from "./axes.ts";
import { concat, sliceAlong } from "./slice.ts";

/** Each from the one before, or (the transpose) from the one after. */
interface Direction extends On {
  readonly backward: boolean;
}

/** What stands one place before, or after; 0 beyond the end. Each is the other's transpose. */
const before = (s: Tensor, axis: number): Tensor => shift(s, axis, 0);
const after = (s: Tensor, axis: number): Tensor =>
  s.shape[axis] === 0 ? s : padAlong(sliceAlong(s, axis, [1]), axis, [0, 1]);

/** Something along an axis, each place from the one before (backwards: behind): a recurrence written out. */
export function writtenOut(
  x: Tensor,
  axis: number,
  next: (place: number, previous: Tensor | null) => Tensor,
  backward = false,
): Tensor {
  const extent = x.shape[axis]!;
  const parts: Tensor[] = [];
  let previous: Tensor | null = null;
  for (let i = 0; i < extent; i++) {
    previous = next(backward ? extent - 1 - i : i, previous);
    parts.push(previous);
  }
  return extent === 0 ? x : concat(backward ? parts.reverse() : parts, axis);
}

/** One place of an axis, as an axis of extent 1. */
export const placeOf = (x: Tensor, axis: number, place: number): Tensor => sliceAlong(x, axis, [place, place + 1]);

const recurrenceOp: Primitive<Direction> = {
  name: "recurrence",
  kind: "general",
  shape: ([a]) => ({ shape: a!.shape, dtype: a!.dtype }),
  run([a, b], result, { axis, backward }) {
    const [factors, terms] = [valuesOf("recurrence", a!), valuesOf("recurrence", b!)];
    const out = allocate(result.dtype, sizeOf(result.shape), "recurrence");
    const layout = packed(result.shape);
    const extent = result.shape[axis]!;
    const [da, db, dc] = [a!.strides[axis]!, b!.strides[axis]!, layout.strides[axis]!];
    const [first, step] = backward ? [extent - 1, -1] : [0, 1];
    // Backwards, the factor is that of the place behind, so that this is the transpose.
    const behind = backward ? 1 : 0;
    const single = result.dtype === "float32";
    eachLane(result.shape, axis, [a!, b!, layout], (startA, startB, startC) => {
      for (let i = first, left = extent; left > 0; left--, i += step) {
        const at = startC + i * dc;
        const term = terms[startB + i * db]!;
        if (i === first) {
          out[at] = term;
          continue;
        }
        const carried = factors[startA + (i + behind) * da]! * out[at - step * dc]!;
        out[at] = (single ? Math.fround(carried) : carried) + term;
      }
    });
    return out;
  },
  vjp: [
    (ct, s, [a], { axis, backward }) => {
      const carried = apply(recurrenceOp, [a!, ct], { axis, backward: !backward });
      return backward ? mul(before(carried, axis), s) : mul(carried, before(s, axis));
    },
    (ct, _s, [a], { axis, backward }) => apply(recurrenceOp, [a!, ct], { axis, backward: !backward }),
  ],
  jvp: [
    (t, s, [a], params) => {
      const { axis, backward } = params;
      const pushed = backward ? after(mul(t, s), axis) : mul(t, before(s, axis));
      return apply(recurrenceOp, [a!, pushed], params);
    },
    (t, _s, [a], params) => apply(recurrenceOp, [a!, t], params),
  ],
  batch: batchOn,
  formula: ([a, b], { axis, backward }) =>
    writtenOut(
      b!,
      axis,
      (place, previous) => {
        const term = placeOf(b!, axis, place);
        return previous === null ? term : add(mul(placeOf(a!, axis, backward ? place + 1 : place), previous), term);
      },
      backward,
    ),
  rounding: () => Number.POSITIVE_INFINITY,
};

/** s₀ = b₀, sᵢ = aᵢ·sᵢ₋₁ + bᵢ along an axis. */
export const recurrence = (a: Tensor, b: Tensor, axis: number): Tensor =>
  apply(recurrenceOp, [a, b], { axis, backward: false });

/** Its transpose in b: sₙ₋₁ = bₙ₋₁, sᵢ = aᵢ₊₁·sᵢ₊₁ + bᵢ. */
export const recurrenceTransposed = (a: Tensor, b: Tensor, axis: number): Tensor =>
  apply(recurrenceOp, [a, b], { axis, backward: true });
