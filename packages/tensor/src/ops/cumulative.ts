/** @file Going along an axis with what came before: sums, sums of exponentials, extremes. */
import { checkTensor } from "../core/checks.ts";
import { allocate } from "../core/dtype.ts";
import * as elementary from "../core/elementary.ts";
import { exact, linear } from "../core/kinds.ts";
import { eachLane, packed } from "../core/lanes.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { resolveAxis, type Shape, sizeOf } from "../core/shape.ts";
import { type Tensor, valuesOf } from "../core/tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { type Along, along, batchOn, type On, shift } from "./axes.ts";
import { toFloat } from "./broadcast.ts";
import { equal, where } from "./compare.ts";
import { exp } from "./exponential.ts";
import { gather } from "./gather.ts";
import { log } from "./logarithmic.ts";
import { recurrence, recurrenceTransposed } from "./recurrence.ts";

interface Direction extends On {
  /** From the last element to the first: the transpose. */
  readonly backward: boolean;
}

const cumsumOp: Primitive<Direction> = linear<Direction>(
  {
    name: "cumsum",
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype === "bool" ? "int32" : x!.dtype }),
    run([x], result, { axis, backward }) {
      const data = valuesOf("cumsum", x!);
      const out = allocate(result.dtype, sizeOf(result.shape), "cumsum");
      const layout = packed(result.shape);
      const extent = result.shape[axis]!;
      const [from, to] = [x!.strides[axis]!, layout.strides[axis]!];
      const [first, step] = backward ? [extent - 1, -1] : [0, 1];
      eachLane(result.shape, axis, [x!, layout], (a, b) => {
        if (extent === 0) return;
        let [p, q] = [a + first * from, b + first * to];
        // The storage rounds, or wraps, each sum as the dtype has it.
        let total = data[p]!;
        out[q] = total;
        for (let left = extent - 1; left > 0; left--) {
          p += step * from;
          q += step * to;
          out[q] = total + data[p]!;
          total = out[q]!;
        }
      });
      return out;
    },
    batch: batchOn,
    rounding: ([x], { axis }) => Math.max(0, x!.shape[axis]! - 1),
  },
  (ct, _x, { axis, backward }) => apply(cumsumOp, [ct], { axis, backward: !backward }),
);

/**
 * The sums x₀, x₀ + x₁, x₀ + x₁ + x₂, … along an axis (the last). bool counts in int32; int32 wraps modulo 2³².
 *
 * Derivative: the cotangent, summed from the end.
 * Rounding: in order, as NumPy has it: an error of up to n·u·Σ|x|.
 *
 * @example
 * cumsum(tensor([[1, 2, 3], [4, 5, 6]])).toArray();   // => [[1, 3, 6], [4, 9, 15]]
 */
export const cumsum: Along = along("cumsum", (x, axis) => apply(cumsumOp, [x], { axis, backward: false }));

/** e^(u − y), the share of u in the sum that y is the logarithm of: 0 where y is −∞. */
const shareOf = (u: Tensor, y: Tensor): Tensor => {
  const lowest = Number.NEGATIVE_INFINITY;
  return exp(where(equal(y, lowest), lowest, sub(u, y)));
};

// yᵢ changes by the share of yᵢ₋₁ in it, and by the share of xᵢ: a recurrence with factors from 0 to 1.
const logCumSumExpOp: Primitive<On> = {
  name: "logCumSumExp",
  kind: "general",
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  run([x], result, { axis }) {
    const data = valuesOf("logCumSumExp", x!);
    const out = allocate(result.dtype, sizeOf(result.shape), "logCumSumExp");
    const layout = packed(result.shape);
    const [from, to, extent] = [x!.strides[axis]!, layout.strides[axis]!, result.shape[axis]!];
    eachLane(result.shape, axis, [x!, layout], (start, first) => {
      // The sum is total·e^largest; while it is of −∞ alone, 0·e^−∞.
      let [largest, total] = [Number.NEGATIVE_INFINITY, 0];
      for (let i = 0, p = start, q = first; i < extent; i++, p += from, q += to) {
        const value = data[p]!;
        if (value > largest) {
          total = total * elementary.exp(largest - value) + 1;
          largest = value;
        } else if (value !== Number.NEGATIVE_INFINITY) {
          total += value === largest ? 1 : elementary.exp(value - largest);
        }
        out[q] = largest + elementary.log(total);
      }
    });
    return out;
  },
  vjp: [
    (ct, y, [x], { axis }) => {
      const carried = shareOf(shift(y, axis, Number.NEGATIVE_INFINITY), y);
      return mul(shareOf(x!, y), recurrenceTransposed(carried, ct, axis));
    },
  ],
  jvp: [
    (t, y, [x], { axis }) => {
      const carried = shareOf(shift(y, axis, Number.NEGATIVE_INFINITY), y);
      return recurrence(carried, mul(shareOf(x!, y), t), axis);
    },
  ],
  batch: batchOn,
  formula: ([x], { axis }) => log(cumsum(exp(x!), axis)),
  rounding: () => Number.POSITIVE_INFINITY,
};

/**
 * log Σ eˣ of all elements up to each along an axis (the last), without overflow; whole numbers give float64.
 *
 * Derivative: that of log Σ eˣ: each by its share in the sum; 0 where all are −∞, NaN from ∞ on. In linear time.
 * At the edges: −∞ while all are; ∞ from there on; NaN stays NaN.
 *
 * @example
 * logCumSumExp(tensor([-Infinity, 1000, 1000])).toArray();   // => [-Infinity, 1000, 1000.6931471805599]
 */
export const logCumSumExp: Along = along("logCumSumExp", (x, axis) => apply(logCumSumExpOp, [toFloat(x)], { axis }));

/** Values, and where they were found along the axis: int32. */
export interface Found<S extends Shape> {
  readonly values: Tensor<S>;
  readonly indices: Tensor<S>;
}

type Extremes = <S extends Shape>(x: Tensor<S>, axis?: number) => Found<S>;

// @__NO_SIDE_EFFECTS__
function cumulativeExtreme(name: string, largest: boolean): Extremes {
  const placesOp: Primitive<On> = {
    name,
    kind: "general",
    shape: ([x]) => ({ shape: x!.shape, dtype: "int32" }),
    run([x], result, { axis }) {
      const data = valuesOf(name, x!);
      const out = allocate("int32", sizeOf(result.shape), name);
      const layout = packed(result.shape);
      const [from, to, extent] = [x!.strides[axis]!, layout.strides[axis]!, result.shape[axis]!];
      eachLane(result.shape, axis, [x!, layout], (start, first) => {
        let place = 0;
        let best = data[start]!;
        for (let i = 0, p = start, q = first; i < extent; i++, p += from, q += to) {
          const value = data[p]!;
          if (Number.isNaN(value) || (largest ? value >= best : value <= best)) {
            place = i;
            best = value;
          }
          out[q] = place;
        }
      });
      return out;
    },
    vjp: [null],
    jvp: [null],
    batch: batchOn,
    rounding: exact,
  };
  return (x, axis = -1) => {
    checkTensor(name, x);
    const place = resolveAxis(name, axis, x.rank);
    const indices = apply(placesOp, [x], { axis: place });
    return { values: gather(x, indices, place), indices };
  };
}

/**
 * The largest element so far along an axis (the last), and where it is: the last of equals. NaN from where there is one.
 *
 * Derivative: of the values, to where they were found.
 *
 * @example
 * cummax(tensor([1, 3, 2, 3])).values.toArray();    // => [1, 3, 3, 3]
 * cummax(tensor([1, 3, 2, 3])).indices.toArray();   // => [0, 1, 1, 3]
 */
export const cummax = cumulativeExtreme("cummax", true);

/**
 * The smallest element so far along an axis (the last), and where it is: the last of equals. NaN from where there is one.
 *
 * Derivative: of the values, to where they were found.
 *
 * @example
 * cummin(tensor([3, 1, 2])).values.toArray();   // => [3, 1, 1]
 */
export const cummin = cumulativeExtreme("cummin", false);
