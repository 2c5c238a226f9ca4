/**
 * @file Double-double arithmetic: a number as the unevaluated sum of two float64, the nearest one and what it leaves
 * out: 106 bits. Source: Dekker (1971); Knuth, TAOCP 2, 4.2.2; Hida, Li, Bailey (2001).
 */

/** high + low, with |low| ≤ ulp(high)/2. */
export type Double = readonly [high: number, low: number];

/** Of numbers with |a| ≥ |b|. */
const quickSum = (a: number, b: number): Double => {
  const sum = a + b;
  return [sum, b - (sum - a)];
};

/** a + b exactly. */
const twoSum = (a: number, b: number): Double => {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
};

const SPLIT = 2 ** 27 + 1;
const HUGE = 2 ** 996;

/** a·b exactly, by halves of 26 bits. */
function twoProduct(a: number, b: number): Double {
  const product = a * b;
  if (Math.abs(a) > HUGE || Math.abs(b) > HUGE) {
    if (!Number.isFinite(product)) return [product, 0];
    const [high, low] = twoProduct(a * 2 ** -60, b * 2 ** 30);
    return [product, high * 2 ** 30 - product + low * 2 ** 30];
  }
  const [p, q] = [SPLIT * a, SPLIT * b];
  const [ah, bh] = [p - (p - a), q - (q - b)];
  const [al, bl] = [a - ah, b - bh];
  return [product, al * bl - (product - ah * bh - al * bh - ah * bl)];
}

/** NaN and infinities have nothing left out. */
const finite = (x: Double): Double => (Number.isFinite(x[0]) ? x : [x[0], 0]);

export const of = (x: number): Double => [x, 0];

export function plus(x: Double, y: Double): Double {
  const [s, e] = twoSum(x[0], y[0]);
  if (!Number.isFinite(s)) return [s, 0];
  const [t, f] = twoSum(x[1], y[1]);
  const [u, g] = quickSum(s, e + t);
  return quickSum(u, g + f);
}

export const negative = ([high, low]: Double): Double => [-high, -low];

export const minus = (x: Double, y: Double): Double => plus(x, negative(y));

export function times(x: Double, y: Double): Double {
  const [p, e] = twoProduct(x[0], y[0]);
  return Number.isFinite(p) ? finite(quickSum(p, e + (x[0] * y[1] + x[1] * y[0]))) : [p, 0];
}

/** x·2^n without rounding (but for underflow). */
export function scaled([high, low]: Double, n: number): Double {
  const half = Math.trunc(n / 2);
  return [high * 2 ** half * 2 ** (n - half), low * 2 ** half * 2 ** (n - half)];
}

/** Long division: three quotients, each of what the last left over. */
export function over(x: Double, y: Double): Double {
  const first = x[0] / y[0];
  if (!Number.isFinite(first) || first === 0 || !Number.isFinite(y[0])) return [first, 0];
  const left = minus(x, times(y, of(first)));
  const second = left[0] / y[0];
  const third = minus(left, times(y, of(second)))[0] / y[0];
  const [a, b] = quickSum(first, second);
  return plus([a, b], of(third));
}

/** One step of Newton's iteration from the float64 root. */
export function root(x: Double): Double {
  const first = Math.sqrt(x[0]);
  if (!(first > 0 && Number.isFinite(first))) return [first, 0];
  const left = minus(x, twoProduct(first, first));
  return quickSum(first, left[0] / (2 * first));
}
