/** @file The arithmetic of the arbiter: a recorded graph replayed in double-double numbers. */
import { isFloat } from "../../core/dtype.ts";
import * as elementary from "../../core/elementary.ts";
import { TensorError } from "../../core/errors.ts";
import type { Primitive } from "../../core/primitive.ts";
import { contiguous, fromStorage, type Tensor } from "../../core/tensor.ts";
import type { Algebra } from "../../graph/record.ts";
import { type Arithmetic, algebraOf, type Valued } from "../arithmetic.ts";
import { onWholeNumbers, widthFor } from "../exactly.ts";
import { type Fraction, simplestFraction } from "../fraction.ts";
import { type Double, minus, negative, over, plus, root, times } from "./double.ts";
import { cos, exp, expm1, log, log1p, pow, sigmoid, sin, softplus, tanh } from "./elementary.ts";

/** high + low, element by element. */
export interface DoubleValue extends Valued {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

const at = (x: DoubleValue, i: number): Double => [x.high[i]!, x.low[i]!];

/** A function of numbers, element by element; what is not finite is what float64 says, with nothing left out. */
function elementwise(f: (...xs: Double[]) => Double): (inputs: readonly DoubleValue[], float: Tensor) => DoubleValue {
  return (inputs, float) => {
    const [high, low] = [new Float64Array(float.size), new Float64Array(float.size)];
    const rounded = contiguous("preciseValue", float);
    for (let i = 0; i < float.size; i++) {
      const y = f(...inputs.map((x) => at(x, i)));
      [high[i], low[i]] = Number.isFinite(y[0]) ? (y as [number, number]) : [rounded[i]!, 0];
    }
    return { float, high, low };
  };
}

/** Whole numbers times a power of two. */
interface Slice {
  readonly digits: Float64Array;
  readonly unit: number;
}

/** The least exponent of a slice: below it, float64 has no numbers. */
const LEAST = -1074;

/** The numbers as a sum of slices of `width` bits, all on one grid, with nothing left over. */
function slicesOf({ high, low }: DoubleValue, width: number): Slice[] {
  const rest = Array.from(high, (x, i): Double => [x, low[i]!]);
  const slices: Slice[] = [];
  for (;;) {
    const largest = rest.reduce((best, [x]) => Math.max(best, Math.abs(x)), 0);
    if (largest === 0) return slices;
    const exponent = Math.max(LEAST, Math.floor(elementary.log2(largest)) + 1 - width);
    const unit = 2 ** exponent;
    const digits = Float64Array.from(rest, ([x]) => Math.round(x / unit));
    rest.forEach((x, i) => {
      rest[i] = minus(x, [digits[i]! * unit, 0]);
    });
    slices.push({ digits, unit });
    if (exponent === LEAST) return slices;
  }
}

/** A tensor as it is. */
export function given(float: Tensor): DoubleValue {
  const high = isFloat(float.dtype) ? Float64Array.from(contiguous("preciseValue", float)) : new Float64Array(0);
  return { float, high, low: new Float64Array(high.length) };
}

function ofFraction({ numerator, denominator, ten }: Fraction): Double {
  const ratio = over([numerator, 0], [denominator, 0]);
  // In two steps: 10³²⁴ is beyond float64, 10⁻³²⁴ is not.
  const half = Math.trunc(ten / 2);
  return [half, ten - half].reduce(
    (x, n) => (n < 0 ? over(x, pow([10, 0], [-n, 0])) : times(x, pow([10, 0], [n, 0]))),
    ratio,
  );
}

/** The algebra of double-double numbers; `name` is whose errors are thrown. */
export function doubleAlgebra(name: string): Algebra<DoubleValue> {
  /** A constant of the program: as in the field, 0.05 is 1/20. */
  const constant = (float: Tensor): DoubleValue => {
    const value = given(float);
    const dtype = float.dtype === "float32" ? "float32" : "float64";
    value.high.forEach((x, i) => {
      const fraction = simplestFraction(x, dtype);
      if (fraction !== null) [value.high[i], value.low[i]] = ofFraction(fraction) as [number, number];
    });
    return value;
  };

  /** What is not finite is what float64 says, with nothing left out. */
  const allFinite = (inputs: readonly DoubleValue[]): boolean =>
    inputs.every(({ high }) => high.every(Number.isFinite));

  const withNumbers = (inputs: readonly DoubleValue[], numbers: readonly Float64Array[]): Tensor[] =>
    inputs.map(({ float }, i) => (isFloat(float.dtype) ? fromStorage(float.shape, "float64", numbers[i]!) : float));

  function sumOf(float: Tensor, parts: Iterable<{ values: ArrayLike<number>; unit: number }>): DoubleValue {
    const total = Array.from({ length: float.size }, (): Double => [0, 0]);
    for (const { values, unit } of parts)
      for (let i = 0; i < total.length; i++) if (values[i] !== 0) total[i] = plus(total[i]!, [values[i]! * unit, 0]);
    return { float, high: Float64Array.from(total, ([x]) => x), low: Float64Array.from(total, ([, x]) => x) };
  }

  const arithmetic: Arithmetic<DoubleValue> = {
    name,
    constant,
    scalars: {
      add: elementwise(plus),
      sub: elementwise(minus),
      neg: elementwise(negative),
      mul: elementwise(times),
      div: elementwise(over),
      where([condition, a, b], float) {
        const take = contiguous(name, condition!.float);
        const pick = (of: (x: DoubleValue) => Float64Array): Float64Array =>
          Float64Array.from(take, (first, i) => of(first ? a! : b!)[i]!);
        return { float, high: pick(({ high }) => high), low: pick(({ low }) => low) };
      },
      abs: elementwise((x) => (x[0] < 0 ? negative(x) : x)),
      exp: elementwise(exp),
      expm1: elementwise(expm1),
      log: elementwise(log),
      log1p: elementwise(log1p),
      sqrt: elementwise(root),
      pow: elementwise(pow),
      sigmoid: elementwise(sigmoid),
      softplus: elementwise(softplus),
      tanh: elementwise(tanh),
      sin: elementwise(sin),
      cos: elementwise(cos),
    },
    linear<P>(op: Primitive<P>, inputs: readonly DoubleValue[], params: P, float: Tensor): DoubleValue {
      if (!allFinite(inputs)) return given(float);
      const parts = function* (): Generator<{ values: ArrayLike<number>; unit: number }> {
        for (const [place, input] of inputs.entries()) {
          for (const { digits, unit } of slicesOf(input, 21)) {
            const numbers = inputs.map(({ high }, i) => (i === place ? digits : new Float64Array(high.length)));
            yield { values: onWholeNumbers(name, op, withNumbers(inputs, numbers), params), unit };
          }
        }
      };
      return sumOf(float, parts());
    },
    bilinear<P>(op: Primitive<P>, inputs: readonly DoubleValue[], params: P, float: Tensor): DoubleValue {
      if (!allFinite(inputs)) return given(float);
      const [a, b] = inputs as readonly [DoubleValue, DoubleValue];
      const width = widthFor(name, op.rounding([a.float, b.float], params) + 1);
      const right = slicesOf(b, width);
      const parts = function* (): Generator<{ values: ArrayLike<number>; unit: number }> {
        for (const p of slicesOf(a, width))
          for (const q of right)
            yield {
              values: onWholeNumbers(name, op, withNumbers(inputs, [p.digits, q.digits]), params),
              unit: p.unit * q.unit,
            };
      };
      return sumOf(float, parts());
    },
    shifted(y, c, float) {
      return { ...elementwise(plus)([y, given(c)], float), float };
    },
    unknown(op) {
      throw new TensorError(
        name,
        `${op.name} is not known to 30 digits`,
        "give the primitive a formula made of functions that are",
      );
    },
    branch() {},
  };
  return algebraOf(arithmetic);
}
