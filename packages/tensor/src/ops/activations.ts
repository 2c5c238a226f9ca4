/** @file Smooth activations of networks, exact in both tails. The straight ones are in rectifiers.ts. */
import { checkNumber, checkOneOf } from "../core/checks.ts";
import { asTensor, scalarLike } from "../core/create.ts";
import * as elementary from "../core/elementary.ts";
import { show, TensorError } from "../core/errors.ts";
import { resolveAxis } from "../core/shape.ts";
import type { Operand, ShapeOf } from "../core/shape-types.ts";
import { normalCdf as cdf } from "../core/special/erf.ts";
import type { Tensor } from "../core/tensor.ts";
import { add, div, mul, neg, parametric, pointwise, scale, sub } from "./arithmetic.ts";
import { greater, where } from "./compare.ts";
import { exp, expm1 } from "./exponential.ts";
import { tanh } from "./hyperbolic.ts";
import { sigmoid, softplus } from "./logistic.ts";
import { abs } from "./piecewise.ts";
import { reciprocal, square } from "./powers.ts";
import { type Range, slice } from "./slice.ts";
import { normalCdf, normalPdf } from "./special.ts";

/** 1 where x > 0, else slope·e^{x/width}, with no e^{x/width} of a large x on the way. */
function exponentialBelowZero(x: Tensor, slope: number, width = 1): Tensor {
  const positive = greater(x, 0);
  const below = where(positive, 0, x);
  return where(positive, scalarLike(x, 1), mul(slope, exp(width === 1 ? below : div(below, width))));
}

interface Alpha {
  readonly alpha: number;
}

const eluOp = parametric<Alpha>(
  "elu",
  ({ alpha }) =>
    (x) =>
      x > 0 ? x : alpha * elementary.expm1(x),
  (x, { alpha }) => exponentialBelowZero(x, alpha),
  { rounding: 4, formula: (x, { alpha }) => where(greater(x, 0), x, mul(alpha, expm1(x))) },
);

/**
 * x where x > 0, else alpha·(eˣ − 1), for each element; alpha is 1 unless told.
 *
 * Derivative: 1 where x > 0, else alpha·eˣ.
 * Throws: TensorError when alpha is no number.
 *
 * @example
 * elu(tensor([-1000, 0, 1000])).toArray();   // => [-1, 0, 1000]
 */
export function elu<A extends Operand>(x: A, { alpha = 1 }: Partial<Alpha> = {}): Tensor<ShapeOf<A>> {
  checkNumber("elu", "alpha", alpha);
  return eluOp(x, { alpha });
}

const celuOp = parametric<Alpha>(
  "celu",
  ({ alpha }) =>
    (x) =>
      x > 0 ? x : alpha * elementary.expm1(x / alpha),
  (x, { alpha }) => exponentialBelowZero(x, 1, alpha),
  { rounding: 6, formula: (x, { alpha }) => where(greater(x, 0), x, mul(alpha, expm1(div(x, alpha)))) },
);

/**
 * x where x > 0, else alpha·(e^{x/alpha} − 1), for each element: an elu that is smooth for every alpha (1 unless told).
 *
 * Derivative: 1 where x > 0, else e^{x/alpha}.
 * Throws: TensorError unless alpha is a number other than 0.
 *
 * @example
 * celu(tensor([-1000, 2]), { alpha: 0.5 }).toArray();   // => [-0.5, 2]
 */
export function celu<A extends Operand>(x: A, { alpha = 1 }: Partial<Alpha> = {}): Tensor<ShapeOf<A>> {
  checkNumber("celu", "alpha", alpha, (value) => value !== 0, "use a number other than 0");
  return celuOp(x, { alpha });
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/**
 * 1.0507·x where x > 0, else 1.0507·1.6733·(eˣ − 1), for each element.
 *
 * Derivative: 1.0507 where x > 0, else 1.0507·1.6733·eˣ.
 * Source: Klambauer, Unterthiner, Mayr and Hochreiter, Self-Normalizing Neural Networks (2017), eq. 2 and 14.
 *
 * @example
 * selu(tensor([-1000, 0, 1])).toArray();   // => [-1.7580993408473766, 0, 1.0507009873554805]
 */
export const selu = pointwise(
  "selu",
  (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * elementary.expm1(x)),
  (x) => mul(SELU_SCALE, exponentialBelowZero(x, SELU_ALPHA)),
  { rounding: 6, formula: (x) => mul(SELU_SCALE, where(greater(x, 0), x, mul(SELU_ALPHA, expm1(x)))) },
);

/** x·gate, where a gate of 0, as at −∞, lets nothing through. */
const gated = (x: number, gate: number): number => (gate === 0 ? -0 : x * gate);

const gelu1 = pointwise(
  "gelu",
  (x) => gated(x, cdf(x)),
  (x) => add(normalCdf(x), scale(x, normalPdf(x))),
  { rounding: 10, formula: (x) => mul(x, normalCdf(x)) },
);

// The tanh form ½x(1 + tanh u) is x·sigmoid(2u), and that is exact in the lower tail; 2u = x·(LINEAR + CUBIC·x²).
const LINEAR = 1.5957691216057308; // 2·√(2/π)
const CUBIC = 0.044715 * LINEAR;

const geluTanh = pointwise(
  "gelu",
  (x) => gated(x, elementary.sigmoid(x * (LINEAR + CUBIC * x * x))),
  (x) => {
    const u = mul(x, add(LINEAR, mul(CUBIC, square(x))));
    const gate = sigmoid(u);
    const slope = add(LINEAR, mul(3 * CUBIC, square(x)));
    return add(gate, scale(mul(x, slope), scale(gate, sigmoid(neg(u)))));
  },
  { rounding: null, formula: (x) => mul(x, sigmoid(mul(x, add(LINEAR, mul(CUBIC, square(x)))))) },
);

/**
 * x·Φ(x), for each element, with Φ the distribution of a standard normal variable; or with `approximate: "tanh"`
 * x·½(1 + tanh(√(2/π)(x + 0.044715 x³))). Neither cancels in the lower tail, where Φ is tiny: the first is within 4 ulp.
 *
 * Derivative: Φ(x) + x·φ(x), with φ the density; the approximation has its own.
 * At the edges: −∞ gives −0.
 * Throws: TensorError when `approximate` is neither "none" nor "tanh".
 * Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016), section 2.
 *
 * @example
 * gelu(tensor([-Infinity, 0, 1])).toArray();               // => [-0, 0, 0.8413447460685429]
 * gelu(tensor([0, 1]), { approximate: "tanh" }).toArray();   // => [0, 0.8411919906082768]
 */
export function gelu<A extends Operand>(
  x: A,
  { approximate = "none" }: { readonly approximate?: "none" | "tanh" } = {},
): Tensor<ShapeOf<A>> {
  checkOneOf("gelu", "approximate", approximate, ["none", "tanh"]);
  return approximate === "tanh" ? geluTanh(x) : gelu1(x);
}

/**
 * x·sigmoid(x), for each element; also known as swish.
 *
 * Derivative: s·(1 + x(1 − s)), with s = sigmoid(x).
 * At the edges: −∞ gives −0.
 *
 * @example
 * silu(tensor([-1000, 0, 1000])).toArray();   // => [-0, 0, 1000]
 */
export const silu = pointwise(
  "silu",
  (x) => gated(x, elementary.sigmoid(x)),
  (x) => scale(sigmoid(x), add(1, scale(x, sigmoid(neg(x))))),
  { rounding: 8, formula: (x) => mul(x, sigmoid(x)) },
);

/** tanh(log(1 + eˣ)) of one number, by (1 + e)² − 1 over (1 + e)² + 1. */
function tanhOfSoftplus(x: number): number {
  if (x > 20) return 1;
  const e = elementary.exp(x);
  const n = e * (e + 2);
  return n / (n + 2);
}

/**
 * x·tanh(softplus(x)), for each element.
 *
 * Derivative: w + x(1 − w²)·sigmoid(x), with w = tanh(softplus(x)).
 * At the edges: −∞ gives −0.
 * Source: Misra, Mish: A Self Regularized Non-Monotonic Activation Function (2019), eq. 1.
 *
 * @example
 * mish(tensor([-1000, 0, 1000])).toArray();   // => [-0, 0, 1000]
 */
export const mish = pointwise(
  "mish",
  (x) => gated(x, tanhOfSoftplus(x)),
  (x) => {
    const w = tanh(softplus(x));
    return add(w, scale(x, mul(sub(1, square(w)), sigmoid(x))));
  },
  { rounding: 10, formula: (x) => mul(x, tanh(softplus(x))) },
);

/**
 * x/(1 + |x|), for each element.
 *
 * Derivative: 1/(1 + |x|)².
 * At the edges: ±∞ give ±1.
 *
 * @example
 * softsign(tensor([-1, 3, Infinity])).toArray();   // => [-0.5, 0.75, 1]
 */
export const softsign = pointwise(
  "softsign",
  (x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : x / (1 + Math.abs(x))),
  (x) => square(reciprocal(add(1, abs(x)))),
  { increasing: true, rounding: 3, formula: (x) => div(x, add(1, abs(x))) },
);

/** x − tanh x: near 0 by Lambert's continued fraction of tanh, whose terms are all positive, else as it stands. */
function withoutTanh(x: number): number {
  if (Math.abs(x) > 1) return x - elementary.tanh(x);
  const s = x * x;
  let q = 0;
  for (let odd = 17; odd >= 3; odd -= 2) q = s / (odd + q);
  return x * (q / (1 + q));
}

/**
 * x − tanh x, for each element, without cancellation near 0.
 *
 * Derivative: tanh²x.
 *
 * @example
 * tanhshrink(tensor([0.001, 1000])).toArray();   // => [3.3333320000005393e-10, 999]
 */
export const tanhshrink = pointwise("tanhshrink", withoutTanh, (x) => square(tanh(x)), {
  increasing: true,
  rounding: 12,
  formula: (x) => sub(x, tanh(x)),
});

/**
 * The first half of x along an axis (the last, unless told), times the sigmoid of the second.
 *
 * Shapes: x [a, 2b] → [a, b].
 * Derivative: that of mul(first, sigmoid(second)).
 * Throws: TensorError when the axis is out of range or its extent is odd.
 * Source: Dauphin, Fan, Auli and Grangier, Language Modeling with Gated Convolutional Networks (2017), eq. 1.
 *
 * @example
 * glu(tensor([1, 2, 0, 1000])).toArray();   // => [0.5, 2]
 */
export function glu(x: Tensor, axis = -1): Tensor {
  const { rank, shape } = asTensor("glu", x);
  const along = resolveAxis("glu", axis, rank);
  const extent = shape[along]!;
  if (extent % 2 !== 0)
    throw new TensorError("glu", `${show(x)} has the odd extent ${extent} on axis ${along}`, "give two equal halves", [
      x,
    ]);
  const half = (from: number): Tensor =>
    slice(x, ...shape.map((_, i): Range => (i === along ? [from, from + extent / 2] : null)));
  return mul(half(0), sigmoid(half(extent / 2)));
}
