/** @file Interval arithmetic with outward rounding, in which a recorded graph is replayed. */
import { allocate, isFloat } from "../core/dtype.ts";
import * as elementary from "../core/elementary.ts";
import { TensorError } from "../core/errors.ts";
import { apply, type Primitive, type ScalarFunction } from "../core/primitive.ts";
import { sizeOf } from "../core/shape.ts";
import { contiguous, fromStorage, type Spec, type Tensor } from "../core/tensor.ts";
import { type Algebra, replay } from "../graph/record.ts";
import { expand } from "./arithmetic.ts";

/** Between low and high, element by element; whole numbers and bools (0 or 1) too. */
export interface Interval {
  readonly spec: Spec;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const UNIT = 2 ** -53;
const LEAST = 2 ** -1074;

/** A number below all that are off x by `units` roundings; one that overflowed may be any large one. */
function down(x: number, units: number): number {
  if (x === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  // Two more cover the roundings of this line.
  return units === 0 || !Number.isFinite(x) ? x : x - (Math.abs(x) * (units + 2) * UNIT + units * LEAST);
}
const up = (x: number, units: number): number => -down(-x, units);

type Pair = readonly [low: number, high: number];
const EVERYTHING: Pair = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** The least and the largest of some numbers that were rounded once; 0·∞ is 0: no end is reached. */
function hull(xs: readonly number[], units: number): Pair {
  const values = xs.map((x) => (Number.isNaN(x) ? 0 : x));
  return [down(Math.min(...values), units), up(Math.max(...values), units)];
}

const crossed = ([a, b]: Pair, [c, d]: Pair, f: (x: number, y: number) => number): number[] => [
  f(a, c),
  f(a, d),
  f(b, c),
  f(b, d),
];

const isPoint = ([low, high]: Pair): boolean => low === high;

/** sin or cos, which is largest at `top` + 2πk. */
function wave([low, high]: Pair, f: (x: number) => number, top: number): Pair {
  const turn = 2 * Math.PI;
  if (!(high - low < turn) || Math.abs(low) > 1e8) return [-1, 1];
  const slack = 1e-6;
  const reaches = (peak: number): boolean =>
    Math.ceil((low - peak) / turn - slack) <= Math.floor((high - peak) / turn + slack);
  const [least, most] = hull([f(low), f(high)], 4);
  return [reaches(top + Math.PI) ? -1 : Math.max(-1, least), reaches(top) ? 1 : Math.min(1, most)];
}

function power(x: Pair, p: Pair, units: number): Pair {
  const ends = hull(crossed(x, p, elementary.pow), units);
  if (isPoint(p) && Number.isInteger(p[0]) && p[0] >= 0) {
    const even = p[0] % 2 === 0;
    return even && x[0] < 0 && x[1] > 0 ? [0, ends[1]] : ends;
  }
  if (isPoint(p) && Number.isInteger(p[0])) return x[0] > 0 || x[1] < 0 ? ends : EVERYTHING;
  return x[0] > 0 || (x[0] === 0 && p[0] > 0) ? ends : EVERYTHING;
}

const truth = (surely: boolean, perhaps: boolean): Pair => [surely ? 1 : 0, perhaps ? 1 : 0];

type Function = (units: number, x: Pair, y: Pair, z: Pair) => Pair;

/** The functions of numbers that are not increasing in all that they take. */
const functions: Partial<Record<ScalarFunction, Function>> = {
  add: (units, x, y) => [down(x[0] + y[0], units), up(x[1] + y[1], units)],
  sub: (units, x, y) => [down(x[0] - y[1], units), up(x[1] - y[0], units)],
  neg: (_units, x) => [-x[1], -x[0]],
  mul: (units, x, y) => {
    const products = crossed(x, y, (a, b) => a * b);
    // A square, of one interval with itself, is not negative.
    return x === y
      ? hull([x[0] <= 0 && x[1] >= 0 ? 0 : products[0]!, products[0]!, products[3]!], units)
      : hull(products, units);
  },
  div: (units, x, y) =>
    y[0] <= 0 && y[1] >= 0
      ? EVERYTHING
      : hull(
          crossed(x, y, (a, b) => a / b),
          units,
        ),
  where: (_units, [no, yes], x, y) => (no === 1 ? x : yes === 0 ? y : [Math.min(x[0], y[0]), Math.max(x[1], y[1])]),
  abs: (_units, [a, b]) => [a <= 0 && b >= 0 ? 0 : Math.min(Math.abs(a), Math.abs(b)), Math.max(-a, b)],
  pow: (units, x, p) => power(x, p, units),
  sin: (_units, x) => wave(x, elementary.sin, Math.PI / 2),
  cos: (_units, x) => wave(x, elementary.cos, 0),
  less: (_units, x, y) => truth(x[1] < y[0], x[0] < y[1]),
  lessEqual: (_units, x, y) => truth(x[1] <= y[0], x[0] <= y[1]),
  greater: (_units, x, y) => truth(x[0] > y[1], x[1] > y[0]),
  greaterEqual: (_units, x, y) => truth(x[0] >= y[1], x[1] >= y[0]),
  equal: (_units, x, y) => truth(isPoint(x) && isPoint(y) && x[0] === y[0], x[0] <= y[1] && y[0] <= x[1]),
  notEqual: (_units, x, y) => truth(x[1] < y[0] || y[1] < x[0], !(isPoint(x) && isPoint(y) && x[0] === y[0])),
};

/** A tensor as it is. */
export function point(x: Tensor): Interval {
  const values = Float64Array.from(contiguous("enclose", x));
  return { spec: { shape: x.shape, dtype: x.dtype }, low: values, high: values };
}

/** The operation on one number for each element: `pick` says which of the interval. */
function on<P>(
  op: Primitive<P>,
  inputs: readonly Interval[],
  params: P,
  pick: (x: Interval) => Float64Array,
): Float64Array {
  const tensors = inputs.map((x) => {
    const { shape, dtype } = x.spec;
    // Floats of either kind are done in float64; others keep their storage.
    return isFloat(dtype) ? fromStorage(shape, "float64", pick(x)) : tensorOf(pick(x), x.spec);
  });
  return Float64Array.from(contiguous(op.name, apply(op, tensors, params)));
}

/** Bounds as a tensor of their shape and dtype. */
export function tensorOf(values: Float64Array, { shape, dtype }: Spec): Tensor {
  const storage = allocate(dtype === "float32" ? "float64" : dtype, values.length);
  storage.set(values);
  return fromStorage(shape, dtype === "float32" ? "float64" : dtype, storage);
}

const magnitude = ({ low, high }: Interval): Float64Array =>
  low.map((x, i) => Math.max(Math.abs(x), Math.abs(high[i]!)));
const middle = ({ low, high }: Interval): Float64Array => low.map((x, i) => (x === high[i] ? x : x / 2 + high[i]! / 2));
const radius = (x: Interval): Float64Array =>
  middle(x).map((m, i) => (x.low[i] === x.high[i] ? 0 : up(Math.max(m - x.low[i]!, x.high[i]! - m), 1)));

/** Where nothing can be said, as ∞ − ∞ has it. */
const orEverything = (spec: Spec, low: Float64Array, high: Float64Array): Interval => ({
  spec,
  low: low.map((x) => (Number.isNaN(x) ? EVERYTHING[0] : x)),
  high: high.map((x) => (Number.isNaN(x) ? EVERYTHING[1] : x)),
});

function elementwise(f: Function, inputs: readonly Interval[], spec: Spec, units: number): Interval {
  const [low, high] = [new Float64Array(sizeOf(spec.shape)), new Float64Array(sizeOf(spec.shape))];
  const square = inputs.length === 2 && inputs[0]!.low === inputs[1]!.low && inputs[0]!.high === inputs[1]!.high;
  for (let i = 0; i < low.length; i++) {
    const [x, y, z] = inputs.map(({ low, high }): Pair => [low[i]!, high[i]!]) as [Pair, Pair, Pair];
    [low[i], high[i]] = f(units, x, square ? x : y, z) as [number, number];
  }
  return orEverything(spec, low, high);
}

/** What n roundings make of the magnitudes of all terms. */
const roundingOf = (terms: number, count: number, unit: number): number =>
  terms * (((count + 2) * unit) / (1 - (count + 2) * unit)) * (1 + (count + 4) * 2 * UNIT) + count * LEAST;

function linear<P>(op: Primitive<P>, inputs: readonly Interval[], params: P, spec: Spec, count: number): Interval {
  const [low, high] = [on(op, inputs, params, (x) => x.low), on(op, inputs, params, (x) => x.high)];
  if (count === 0) return orEverything(spec, low, high);
  const terms = on(op, inputs, params, magnitude);
  const error = terms.map((sum) => roundingOf(sum, count, spec.dtype === "float32" ? 2 ** -24 : UNIT));
  return orEverything(
    spec,
    low.map((x, i) => down(x - error[i]!, 1)),
    high.map((x, i) => up(x + error[i]!, 1)),
  );
}

/** By midpoints and radii: |ab − mₐm_b| ≤ |mₐ|r_b + rₐ(|m_b| + r_b). Source: Rump (1999). */
function bilinear<P>(op: Primitive<P>, inputs: readonly Interval[], params: P, spec: Spec, count: number): Interval {
  const [a, b] = inputs as readonly [Interval, Interval];
  const [ma, mb, ra, rb] = [middle(a), middle(b), radius(a), radius(b)];
  const absolute = (x: Float64Array): Float64Array => x.map(Math.abs);
  const times = (x: Float64Array, y: Float64Array): Float64Array => {
    const tensors = [fromStorage(a.spec.shape, "float64", x), fromStorage(b.spec.shape, "float64", y)];
    return Float64Array.from(contiguous(op.name, apply(op, tensors, params)));
  };
  const mid = times(ma, mb);
  const terms = times(absolute(ma), absolute(mb));
  const [left, right] = [
    times(absolute(ma), rb),
    times(
      ra,
      absolute(mb).map((x, i) => up(x + rb[i]!, 1)),
    ),
  ];
  const spread = mid.map((_, i) => {
    const wide = left[i]! + right[i]!;
    return roundingOf(terms[i]!, count, UNIT) + wide + roundingOf(wide, count + 2, UNIT);
  });
  return orEverything(
    spec,
    mid.map((x, i) => down(x - spread[i]!, 1)),
    mid.map((x, i) => up(x + spread[i]!, 1)),
  );
}

/** The algebra of intervals; `name` is whose errors are thrown. */
export function intervalAlgebra(name: string): Algebra<Interval> {
  const algebra: Algebra<Interval> = {
    constant: point,
    operation(op, inputs, params, spec) {
      const specs = inputs.map((x) => x.spec);
      const count = op.rounding(specs, params);
      const known = op.scalar && functions[op.scalar];
      if (known !== undefined && (isFloat(spec.dtype) || op.kind === "general"))
        return elementwise(known, inputs, spec, count);
      if (op.formula !== undefined && !(op.increasing && Number.isFinite(count)))
        return replay(expand(op, specs, params), inputs, algebra)[0]!;
      const exact = inputs.every(({ low, high }) => low.every((x, i) => x === high[i] || Number.isNaN(x)));
      if (exact && (count === 0 || !isFloat(spec.dtype))) {
        const values = on(op, inputs, params, (x) => x.low);
        return { spec, low: values, high: values };
      }
      if (op.kind === "linear") return linear(op, inputs, params, spec, count);
      if (op.kind === "bilinear" && isFloat(spec.dtype)) return bilinear(op, inputs, params, spec, count);
      if ((op.increasing && Number.isFinite(count)) || (op.kind === "bilinear" && spec.dtype === "bool")) {
        const [low, high] = [on(op, inputs, params, (x) => x.low), on(op, inputs, params, (x) => x.high)];
        return orEverything(
          spec,
          low.map((x) => down(x, count)),
          high.map((x) => up(x, count)),
        );
      }
      throw new TensorError(
        name,
        `${op.name} has no rule for intervals`,
        "give the primitive a formula, or say that it is increasing",
        specs,
      );
    },
  };
  return algebra;
}
