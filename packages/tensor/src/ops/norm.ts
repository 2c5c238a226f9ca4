/** @file Norms of vectors of any power, and vectors made of length 1. */
import { checkNumber, checkOptions, checkTensor } from "../core/checks.ts";
import { zerosLike } from "../core/create.ts";
import { allocate, type DType } from "../core/dtype.ts";
import * as elementary from "../core/elementary.ts";
import { apply, type Primitive } from "../core/primitive.ts";
import { type Reducer, reduceAxes, summing } from "../core/reduce.ts";
import { reduceShape, resolveAxis, type Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { batchOver, checkNotEmpty, countOf, keep, type Over, type Reduction, reduction } from "./axes.ts";
import { cast, sum, toFloat } from "./broadcast.ts";
import { equal, maximum, notEqual, where } from "./compare.ts";
import { pow } from "./exponential.ts";
import { max, min } from "./extremes.ts";
import { abs, sign } from "./piecewise.ts";
import { sqrt } from "./powers.ts";

interface Power extends Over {
  readonly p: number;
}

const countNotZero: Reducer = (data, start, step, count) => {
  let total = 0;
  for (let i = 0; i < count; i++) if (data[start + i * step] !== 0) total++;
  return total;
};

/**
 * (Σ|x|ᵖ)^(1/p) with the largest |x| (p < 0: the smallest) taken out, so that no power overflows or vanishes; for
 * p = 2 a power of 2 near it, by which division is exact.
 */
function powerNorm(dtype: DType, extent: number, p: number): Reducer {
  if (p === 0) return countNotZero;
  const add = summing(dtype);
  const powers = allocate(dtype, extent, "norm");
  return (data, start, step, count) => {
    let extreme = p > 0 ? 0 : Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const size = Math.abs(data[start + i * step]!);
      extreme = p > 0 ? Math.max(extreme, size) : Math.min(extreme, size);
    }
    if (extreme === 0 || !Number.isFinite(extreme)) return extreme;
    const scale = p === 2 ? 2 ** Math.floor(elementary.log2(extreme)) : extreme;
    for (let i = 0; i < count; i++) {
      const part = Math.abs(data[start + i * step]!) / scale;
      powers[i] = p === 2 ? part * part : elementary.pow(part, p);
    }
    const total = add(powers, 0, 1, count);
    return scale * (p === 2 ? Math.sqrt(total) : elementary.pow(total, 1 / p));
  };
}

/** ∂y/∂x = sign(x)·(|x|/y)^(p−1), and 0 where x or y is 0; all 0 for a count. */
function slope(x: Tensor, y: Tensor, { axes, p }: Power): Tensor {
  if (p === 0) return zerosLike(x);
  const length = keep(y, x, axes);
  const none = equal(length, 0);
  const part: Tensor = div(where(none, 0, x), where(none, 1, length));
  // An odd power keeps the sign, and has every derivative at x = 0.
  if (p > 0 && p % 2 === 0) return p === 2 ? part : pow(part, p - 1);
  const zero = equal(part, 0);
  return mul(sign(part), where(zero, 0, pow(where(zero, 1, abs(part)), p - 1)));
}

/** The norm as it is defined, whatever overflows. */
function powerMean(x: Tensor, axes: readonly number[], p: number): Tensor {
  if (p === 0) return sum(cast(notEqual(x, 0), x.dtype), axes) as Tensor;
  if (p === 2) return sqrt(sum(mul(x, x), axes) as Tensor);
  const sizes: Tensor = abs(x);
  if (p === 1) return sum(sizes, axes) as Tensor;
  if (p === Number.POSITIVE_INFINITY) return max(sizes, axes) as Tensor;
  if (p === Number.NEGATIVE_INFINITY) return min(sizes, axes) as Tensor;
  return pow(sum(pow(sizes, p), axes) as Tensor, 1 / p);
}

const normOp: Primitive<Power> = {
  name: "norm",
  kind: "general",
  shape: ([x], { axes }) => ({ shape: reduceShape(x!.shape, axes, false), dtype: x!.dtype }),
  run: ([x], result, { axes, p }) => reduceAxes("norm", x!, axes, result, powerNorm(x!.dtype, countOf(x!, axes), p)),
  vjp: [(ct, y, [x], params) => mul(keep(ct, x!, params.axes), slope(x!, y, params))],
  jvp: [(t, y, [x], params) => sum(mul(t, slope(x!, y, params)), params.axes) as Tensor],
  batch: batchOver,
  formula: ([x], { axes, p }) => powerMean(x!, axes, p),
  rounding: () => Number.POSITIVE_INFINITY,
};

interface WithPower {
  /** The power; 2 (Euclid's) unless told. */
  readonly p?: number;
}

function normNamed(name: string, x: Tensor, axes: readonly number[], { p = 2 }: WithPower): Tensor {
  checkNumber(name, "p", p, undefined, "give a number, Infinity and -Infinity among them");
  if (p < 0) checkNotEmpty(name, x, axes, "a norm of negative power");
  const floats = toFloat(x);
  if (p === 1 || (p === Number.POSITIVE_INFINITY && x.size === 0)) return sum(abs(floats), axes) as Tensor;
  if (!Number.isFinite(p)) return (p > 0 ? max : min)(abs(floats), axes) as Tensor;
  return apply(normOp, [floats], { axes, p });
}

/**
 * The p-norm of the elements over an axis, several, or all: (Σ|x|ᵖ)^(1/p), Euclid's unless told; whole numbers give
 * float64. p = 0 counts what is not 0, Infinity gives the largest |x|, −Infinity the smallest; any other number is as
 * the formula says. PyTorch's linalg.vector_norm.
 *
 * Derivative: sign(x)·(|x|/y)^(p−1), and 0 where x or y is 0; p = 0: 0; p = ±Infinity: to the extreme, equal ones
 * share evenly.
 * At the edges: 0 of nothing; NaN where there is one; elements of any size: no power overflows or vanishes.
 * Throws: TensorError when p is no number, or negative and there are no elements.
 *
 * @example
 * norm(tensor([[3, 4], [6, 8]]), 1).toArray();       // => [5, 10]
 * norm(tensor([3e200, 0])).item();                   // => 3e200
 * norm(tensor([1, -2, 0]), 0, { p: 0 }).item();      // => 2
 */
export const norm: Reduction<WithPower> = reduction<WithPower>("norm", (x, axes, options) =>
  normNamed("norm", x, axes, options),
);

/**
 * x divided by its p-norm along an axis (the last), or by eps where that is larger: vectors of length 1.
 *
 * Derivative: through the norm; 0 vectors are divided by eps.
 * Throws: TensorError when p or eps is no number.
 *
 * @example
 * normalize(tensor([[3, 4], [0, 0]])).toArray();   // => [[0.6, 0.8], [0, 0]]
 */
export function normalize<S extends Shape>(
  x: Tensor<S>,
  axis = -1,
  options: WithPower & { readonly eps?: number } = {},
): Tensor<S> {
  checkTensor("normalize", x);
  checkOptions("normalize", options);
  const { eps = 1e-12 } = options;
  checkNumber("normalize", "eps", eps, (value) => value >= 0, "give a number ≥ 0");
  const axes = [resolveAxis("normalize", axis, x.rank)];
  return div(x as Tensor, maximum(keep(normNamed("normalize", x, axes, options), x, axes), eps)) as Tensor;
}
