/** @file Elementary functions in double-double arithmetic, to about 30 digits. */
import * as elementary from "../../core/elementary.ts";
import { type Double, minus, negative, of, over, plus, root, scaled, times } from "./double.ts";

/** ln 2 and π/2 in three parts: multiples of them, taken off a number, keep all its digits. */
const LN2 = [Math.LN2, 2.3190468138462996e-17, 5.707708438416212e-34] as const;
const HALF_PI = [Math.PI / 2, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

const ONE = of(1);

/** x − k·c. */
const lessMultiple = (x: Double, k: number, c: readonly number[]): Double =>
  c.reduce((rest, part) => minus(rest, times(of(k), of(part))), x);

/** eˣ − 1 for |x| ≤ 0.35: x is divided by 2⁹, and e²ˣ − 1 = 2t + t² doubles it again. */
function smallExpm1(x: Double): Double {
  const r = scaled(x, -9);
  let term = r;
  let sum = r;
  for (let n = 2; n <= 10; n++) {
    term = over(times(term, r), of(n));
    sum = plus(sum, term);
  }
  for (let i = 0; i < 9; i++) sum = plus(scaled(sum, 1), times(sum, sum));
  return sum;
}

export function exp(x: Double): Double {
  if (!(Math.abs(x[0]) < 746)) return of(elementary.exp(x[0]));
  const k = Math.round(x[0] / LN2[0]);
  return scaled(plus(ONE, smallExpm1(lessMultiple(x, k, LN2))), k);
}

export function expm1(x: Double): Double {
  return Math.abs(x[0]) <= 0.34 ? smallExpm1(x) : minus(exp(x), ONE);
}

/** From the float64 logarithm, one step of Halley's iteration: the digits treble. */
export function log1p(x: Double): Double {
  const first = elementary.log1p(x[0]);
  if (!Number.isFinite(first) || first === 0) return [first, first === 0 ? x[1] : 0];
  const reached = expm1(of(first));
  return plus(of(first), scaled(over(minus(x, reached), plus(of(2), plus(x, reached))), 1));
}

export function log(x: Double): Double {
  if (!(x[0] > 0 && x[0] < Number.POSITIVE_INFINITY)) return of(elementary.log(x[0]));
  const k = Math.round(elementary.log2(x[0]));
  const rest = log1p(minus(scaled(x, -k), ONE));
  return k === 0 ? rest : lessMultiple(rest, -k, LN2);
}

export function sigmoid(x: Double): Double {
  const t = exp([-Math.abs(x[0]), x[0] > 0 ? -x[1] : x[1]]);
  return over(x[0] >= 0 ? ONE : t, plus(ONE, t));
}

export function softplus(x: Double): Double {
  const t = log1p(exp(x[0] > 0 ? negative(x) : x));
  return x[0] > 0 ? plus(x, t) : t;
}

export function tanh(x: Double): Double {
  if (!(Math.abs(x[0]) < 400)) return of(elementary.tanh(x[0]));
  const t = expm1(scaled(x, 1));
  return over(t, plus(t, of(2)));
}

/** sin and cos of |x| ≤ π/4 by their series. */
function series(x: Double, first: Double, from: number): Double {
  const square = negative(times(x, x));
  let [term, sum] = [first, first];
  for (let n = from; n < from + 30; n += 2) {
    term = over(times(term, square), of(n * (n + 1)));
    sum = plus(sum, term);
  }
  return sum;
}

/** sin(x + quarters·π/2). */
function turned(x: Double, quarters: number): Double {
  if (!Number.isFinite(x[0])) return of(Number.NaN);
  const k = Math.round(x[0] / HALF_PI[0]);
  const r = lessMultiple(x, k, HALF_PI);
  const quadrant = (((k + quarters) % 4) + 4) % 4;
  const value = quadrant % 2 === 0 ? series(r, r, 2) : series(r, ONE, 1);
  return quadrant < 2 ? value : negative(value);
}

export const sin = (x: Double): Double => turned(x, 0);
export const cos = (x: Double): Double => turned(x, 1);

/** Whole powers up to this are products. */
const LONGEST_PRODUCT = 1024;

export function pow(x: Double, p: Double): Double {
  const [n, rest] = p;
  if (rest === 0 && Number.isInteger(n) && Math.abs(n) <= LONGEST_PRODUCT) {
    let result = ONE;
    for (let [square, left] = [x, Math.abs(n)]; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result = times(result, square);
      if (left > 1) square = times(square, square);
    }
    return n < 0 ? over(ONE, result) : result;
  }
  if (rest === 0 && n === 0.5) return root(x);
  if (!(x[0] > 0 && Number.isFinite(x[0]) && Number.isFinite(n))) return of(elementary.pow(x[0], n));
  return exp(times(p, log(x)));
}
