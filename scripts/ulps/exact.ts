/** @file What each elementary function should give: its exact value, to many more digits than float64 has. */
import {
  arctangent,
  type Big,
  big,
  exp,
  expm1,
  exponentOf,
  isNegative,
  LN2,
  log,
  minus,
  near,
  negative,
  ONE,
  over,
  PI,
  plus,
  root,
  scaled,
  shifted,
  sine,
  times,
} from "./big.ts";

const sqrt = (x: Big): Big => root(x, 2);
const log1p = (x: Big): Big => log(plus(ONE, x));
const size = (x: Big): Big => (isNegative(x) ? negative(x) : x);
const LN10 = log(big(10));

function sinh(x: Big): Big {
  const t = expm1(x);
  return scaled(plus(t, over(t, plus(ONE, t))), -1);
}

function cosh(x: Big): Big {
  const e = exp(x);
  return scaled(plus(e, over(ONE, e)), -1);
}

function asinh(x: Big): Big {
  if (isNegative(x)) return negative(asinh(negative(x)));
  const square = times(x, x);
  return log1p(plus(x, over(square, plus(ONE, sqrt(plus(ONE, square))))));
}

function acosh(x: Big): Big {
  const t = minus(x, ONE);
  return log1p(plus(t, sqrt(times(t, plus(t, big(2))))));
}

const acos = (x: Big): Big => {
  const below = plus(ONE, x);
  return below.m === 0n ? PI : scaled(arctangent(sqrt(over(minus(ONE, x), below))), 1);
};

function atan2(y: Big, x: Big): Big {
  if (x.m === 0n) return scaled(isNegative(y) ? negative(PI) : PI, -1);
  const angle = arctangent(over(y, x));
  return !isNegative(x) ? angle : isNegative(y) ? minus(angle, PI) : plus(angle, PI);
}

const TWO_OVER_ROOT_PI = over(big(2), sqrt(PI));

/** 2/√π·e^{−x²}·Σ 2ⁿx^{2n+1}/(2n + 1)!!: all terms are positive. For 0 ≤ x ≤ 7. */
function erfSeries(x: Big): Big {
  const square = scaled(times(x, x), 1);
  let sum = x;
  let term = x;
  for (let n = 3; exponentOf(term) > exponentOf(sum) - 260; n += 2) {
    term = over(times(term, square), big(n));
    sum = plus(sum, term);
    if (term.m === 0n) break;
  }
  return times(TWO_OVER_ROOT_PI, times(exp(negative(times(x, x))), sum));
}

/** Laplace's continued fraction, from the far end: 2x·e^{x²}·erfc x/(2/√π) = 1/(1 + v/(1 + 2v/(1 + …))), v = 1/2x². */
function erfcTail(x: Big): Big {
  const v = over(ONE, scaled(times(x, x), 1));
  let below = ONE;
  for (let n = 250; n > 0; n--) below = plus(ONE, over(times(big(n), v), below));
  return over(times(TWO_OVER_ROOT_PI, exp(negative(times(x, x)))), scaled(times(x, below), 1));
}

function erfc(x: Big): Big {
  const at = near(x);
  if (at > 27.5) return big(0);
  if (at > 6) return erfcTail(x);
  return at < -7 ? minus(big(2), erfc(negative(x))) : minus(ONE, erf(x));
}

function erf(x: Big): Big {
  if (isNegative(x)) return negative(erf(negative(x)));
  return near(x) > 7 ? minus(ONE, erfc(x)) : erfSeries(x);
}

/** B₂, B₄, …, B₅₂ over 2n(2n − 1), by Σ binomial(m + 1, k)·Bₖ = 0. */
const stirling = ((): Big[] => {
  const values: [bigint, bigint][] = [[1n, 1n]];
  const coefficients: Big[] = [];
  for (let m = 1; m <= 52; m++) {
    let [above, below] = [0n, 1n];
    let choose = 1n;
    for (let k = 0; k < m; k++) {
      const [a, b] = values[k]!;
      [above, below] = [above * b + choose * a * below, below * b];
      choose = (choose * BigInt(m + 1 - k)) / BigInt(k + 1);
    }
    let [a, b] = [-above, below * BigInt(m + 1)];
    let [p, q] = [a < 0n ? -a : a, b];
    while (q !== 0n) [p, q] = [q, p % q];
    if (p !== 0n) [a, b] = [a / p, b / p];
    values.push([a, b]);
    if (m % 2 === 0) coefficients.push(over({ m: a, e: 0 }, { m: b * BigInt(m * (m - 1)), e: 0 }));
  }
  return coefficients;
})();
const HALF_LOG_TWO_PI = scaled(log(scaled(PI, 1)), -1);

/** log |Γ(x)|: Stirling's series from 40 on, recurrence below, reflection for x < 0. */
function lgamma(x: Big): Big {
  if (isNegative(x)) {
    const y = negative(x);
    const whole = y.e >= 0 ? y.m : y.m >> BigInt(-y.e);
    const part = minus(y, { m: whole, e: 0 });
    return minus(log(over(PI, size(times(x, sine(times(PI, part)))))), lgamma(y));
  }
  if (x.m === 0n || minus(x, ONE).m === 0n || minus(x, big(2)).m === 0n) return big(0);
  let product = ONE;
  let at = x;
  while (near(at) < 40) {
    product = times(product, at);
    at = plus(at, ONE);
  }
  const square = over(ONE, times(at, at));
  let sum = big(0);
  for (let i = stirling.length - 1; i >= 0; i--) sum = plus(times(sum, square), stirling[i]!);
  const main = plus(minus(times(minus(at, big(0.5)), log(at)), at), plus(HALF_LOG_TWO_PI, over(sum, at)));
  return product === ONE ? main : minus(main, log(product));
}

/** The exact values, of arguments that are finite and where the value is too. */
export const exact: Record<string, (x: Big, y: Big) => Big> = {
  exp,
  expm1,
  exp2: (x) => exp(times(x, LN2)),
  log,
  log1p,
  log2: (x) => over(log(x), LN2),
  log10: (x) => over(log(x), LN10),
  pow: (x, y) => {
    const power = exp(times(y, log(size(x))));
    const odd = y.e >= 0 ? y.e === 0 && y.m % 2n !== 0n : shifted(y.m, y.e) % 2n !== 0n;
    return isNegative(x) && odd ? negative(power) : power;
  },
  sin: (x) => sine(x),
  cos: (x) => sine(x, 1),
  tan: (x) => over(sine(x), sine(x, 1)),
  asin: (x) => {
    const below = times(minus(ONE, x), plus(ONE, x));
    return below.m === 0n ? atan2(x, below) : arctangent(over(x, sqrt(below)));
  },
  acos,
  atan: arctangent,
  atan2,
  sinh,
  cosh,
  tanh: (x) => {
    const t = expm1(scaled(x, 1));
    return over(t, plus(t, big(2)));
  },
  asinh,
  acosh,
  atanh: (x) => scaled(log1p(over(scaled(x, 1), minus(ONE, x))), -1),
  sigmoid: (x) => over(ONE, plus(ONE, exp(negative(x)))),
  softplus: (x) => (near(x) > 1500 ? x : log1p(exp(x))),
  cbrt: (x) => (isNegative(x) ? negative(root(negative(x), 3)) : root(x, 3)),
  hypot: (x, y) => sqrt(plus(times(x, x), times(y, y))),
  erf,
  erfc,
  lgamma,
};

interface Format {
  /** Binary digits of a number. */
  readonly digits: number;
  /** The exponents of the smallest number and of the power of 2 above the largest. */
  readonly lowest: number;
  readonly above: number;
}

const FLOAT64: Format = { digits: 53, lowest: -1074, above: 1024 };
export const FLOAT32: Format = { digits: 24, lowest: -149, above: 128 };

/** How far y is from the exact value, in units of the last place that the exact value has in float64. */
export function errorIn(y: number, value: Big, { digits, lowest, above } = FLOAT64): number {
  const limit = { m: 1n, e: above };
  const large = value.m !== 0n && exponentOf(value) > above;
  const taken = Number.isFinite(y) ? big(y) : y > 0 ? limit : negative(limit);
  // Beyond the range ±∞ is right, and the power of 2 above it stands for it.
  if (large) return Number.isFinite(y) ? Number.POSITIVE_INFINITY : 0;
  const last = value.m === 0n ? lowest : Math.max(exponentOf(value) - digits, lowest);
  const difference = minus(taken, value);
  return difference.m === 0n ? 0 : near(scaled(size(difference), -last));
}
