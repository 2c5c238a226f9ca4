/** @file Binary floating-point numbers of about 256 bits, as BigInts: enough to call 20 more digits than float64 exact. */

/** m·2ᵉ. */
export interface Big {
  readonly m: bigint;
  readonly e: number;
}

const BITS = 256;

const abs = (m: bigint): bigint => (m < 0n ? -m : m);
const lengthOf = (m: bigint): number => {
  const digits = abs(m).toString(16);
  return 4 * digits.length - (Math.clz32(Number.parseInt(digits[0]!, 16)) - 28);
};

/** m·2ⁿ as a whole number. */
export const shifted = (m: bigint, n: number): bigint => (n >= 0 ? m << BigInt(n) : m >> BigInt(-n));

/** ⌊log₂ |x|⌋ + 1. */
export const exponentOf = ({ m, e }: Big): number => lengthOf(m) + e;

/** x with no more bits than are asked for. */
function trimmed(m: bigint, e: number): Big {
  const spare = lengthOf(m) - BITS;
  return spare > 64 ? { m: m >> BigInt(spare), e: e + spare } : { m, e };
}

const view = new DataView(new ArrayBuffer(8));

/** A float64, exactly. */
export function big(x: number): Big {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 2047n);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const m = exponent === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  return { m: x < 0 ? -m : m, e: Math.max(exponent, 1) - 1075 };
}

/** A float64 near x, of a number in the middle of their range. */
export function near(x: Big): number {
  const spare = Math.max(lengthOf(x.m) - 60, 0);
  return Number(x.m >> BigInt(spare)) * 2 ** Math.max(-1000, Math.min(1000, x.e + spare));
}

export const ONE: Big = { m: 1n, e: 0 };
export const isNegative = ({ m }: Big): boolean => m < 0n;
export const negative = ({ m, e }: Big): Big => ({ m: -m, e });
export const scaled = ({ m, e }: Big, n: number): Big => ({ m, e: e + n });

/** x + y, exactly. */
export function plus(x: Big, y: Big): Big {
  if (x.m === 0n || y.m === 0n) return x.m === 0n ? y : x;
  const e = Math.min(x.e, y.e);
  return { m: (x.m << BigInt(x.e - e)) + (y.m << BigInt(y.e - e)), e };
}
export const minus = (x: Big, y: Big): Big => plus(x, negative(y));
export const times = (x: Big, y: Big): Big => trimmed(x.m * y.m, x.e + y.e);
export function over(x: Big, y: Big): Big {
  const n = Math.max(BITS + lengthOf(y.m) - lengthOf(x.m), 0);
  return trimmed((x.m << BigInt(n)) / y.m, x.e - n - y.e);
}

/** The whole n-th root of m, by Newton's iteration from above. */
function wholeRoot(m: bigint, n: number): bigint {
  const k = BigInt(n);
  let root = 1n << BigInt(Math.ceil(lengthOf(m) / n));
  for (;;) {
    const next = ((k - 1n) * root + m / root ** (k - 1n)) / k;
    if (next >= root) return root;
    root = next;
  }
}

/** The n-th root of x ≥ 0. */
export function root(x: Big, n: number): Big {
  if (x.m === 0n) return x;
  let spare = Math.max(n * BITS - lengthOf(x.m), 0);
  while ((x.e - spare) % n !== 0) spare++;
  return { m: wholeRoot(x.m << BigInt(spare), n), e: (x.e - spare) / n };
}

/** x·2ʷ as a whole number, with w so large that BITS of x are kept, or of 1 if x is larger. */
function fixed(x: Big): { value: bigint; w: number } {
  const w = BITS + (x.m === 0n ? 0 : Math.max(0, -exponentOf(x)));
  return { value: shifted(x.m, x.e + w), w };
}

/** Σ over the terms that `next` makes one of the other, in units of 2⁻ʷ. */
function series(first: bigint, next: (term: bigint, n: number) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let n = 1; term !== 0n && term !== -1n; n++) {
    sum += term;
    term = next(term, n);
  }
  return sum;
}

/** Σ ±t^(2n+1)/(2n + 1): the inverse hyperbolic tangent, or with sign −1 the inverse tangent; |t| < ½. */
function inverseTangent(t: Big, sign: 1n | -1n): Big {
  const { value, w } = fixed(t);
  const square = (value * value) >> BigInt(w);
  let power = value;
  let sum = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = (sign * power * square) >> BigInt(w);
  }
  return { m: sum, e: -w };
}

const quotient = (a: bigint, b: bigint): Big => over({ m: a, e: 0 }, { m: b, e: 0 });

/** log 2 = 2·artanh ⅓. */
export const LN2 = scaled(inverseTangent(quotient(1n, 3n), 1n), 1);

/** π to 1500 bits, for the largest arguments: Machin's 16·atan ⅕ − 4·atan 1/239. */
export const PI = ((): Big => {
  const w = 1500;
  const part = (n: bigint): bigint => {
    let power = (1n << BigInt(w)) / n;
    let sum = 0n;
    for (let k = 1n; power !== 0n; k += 2n) {
      sum += k % 4n === 1n ? power / k : -power / k;
      power /= n * n;
    }
    return sum;
  };
  return { m: 16n * part(5n) - 4n * part(239n), e: -w };
})();

/** eˣ − 1 for |x| < 1: of x/2⁸, and then (t + 1)² − 1 = t·(t + 2) eight times. */
function smallExpm1(x: Big): Big {
  const { value, w } = fixed(scaled(x, -8));
  let t = series(value, (term, n) => (term * value) / (BigInt(n + 1) << BigInt(w)));
  for (let i = 0; i < 8; i++) t = (t * (t + (2n << BigInt(w)))) >> BigInt(w);
  return { m: t, e: -w };
}

/** Of numbers beyond all that float64 can tell from 0 and ∞, a number beyond them too. */
export function exp(x: Big): Big {
  if (Math.abs(near(x)) > 1600) return { m: 1n, e: isNegative(x) ? -2200 : 2200 };
  const k = Math.round(near(x) / Math.LN2);
  const r = minus(x, times(big(k), LN2));
  return scaled(plus(ONE, smallExpm1(r)), k);
}
export const expm1 = (x: Big): Big => (Math.abs(near(x)) < 0.5 ? smallExpm1(x) : minus(exp(x), ONE));

/** log x for x > 0: 2·artanh((m − 1)/(m + 1)) of the significand between ⅔ and 4/3, and the exponent. */
export function log(x: Big): Big {
  const exponent = exponentOf(x);
  const k = near(scaled(x, -exponent)) < 2 / 3 ? exponent - 1 : exponent;
  const m = scaled(x, -k);
  const rest = scaled(inverseTangent(over(minus(m, ONE), plus(m, ONE)), 1n), 1);
  return k === 0 ? rest : plus(rest, times(big(k), LN2));
}

/** sin(x + quarters·π/2). */
export function sine(x: Big, quarters = 0): Big {
  // The nearest whole number to 2x/π, with all its bits; π has 400 more than the largest x needs.
  const k = (shifted(x.m, x.e + 2 - PI.e) / PI.m + 1n) >> 1n;
  const quadrant = Number((((k + BigInt(quarters)) % 4n) + 4n) % 4n);
  const { value, w } = fixed(minus(x, { m: k * PI.m, e: PI.e - 1 }));
  const square = -((value * value) >> BigInt(w));
  const from = quadrant % 2 === 0 ? 1 : 0;
  const first = from === 1 ? value : 1n << BigInt(w);
  const m = series(first, (term, i) => (term * square) / (BigInt((2 * i - 1 + from) * (2 * i + from)) << BigInt(w)));
  return { m: quadrant < 2 ? m : -m, e: -w };
}

/** atan of i/16, made when asked for. */
const centres: (Big | undefined)[] = [];

/** atan x: with c = i/16 near it, atan c + atan((x − c)/(1 + c·x)); beyond 1, π/2 less that of 1/x. */
export function arctangent(x: Big): Big {
  if (x.m < 0n) return negative(arctangent(negative(x)));
  if (x.m !== 0n && exponentOf(x) > 1) return minus(scaled(PI, -1), arctangent(over(ONE, x)));
  const i = x.m === 0n ? 0 : Math.round(16 * near(x));
  if (i === 0) return inverseTangent(x, -1n);
  const c = big(i / 16);
  const t = over(minus(x, c), plus(ONE, times(c, x)));
  const half = (): Big => inverseTangent(over(c, plus(ONE, root(plus(ONE, times(c, c)), 2))), -1n);
  centres[i] ??= scaled(half(), 1);
  return plus(centres[i]!, inverseTangent(t, -1n));
}
