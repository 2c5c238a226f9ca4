/**
 * @file Arrays of numbers modulo p = 2⁶¹ − 1, in three float64 arrays of digits of 21, 21 and 19 bits: float64 holds
 * whole numbers up to 2⁵³, so products of digits and their sums are exact, and no BigInt is needed.
 */

/** x = low + 2²¹·middle + 2⁴²·high, element by element; NaN in `low` stands for a value that does not exist. */
export type Limbs = readonly [low: Float64Array, middle: Float64Array, high: Float64Array];

/** One number of the field. */
export type Digits = readonly [low: number, middle: number, high: number];

const B21 = 2 ** 21;
const B19 = 2 ** 19;
const B42 = 2 ** 42;

export const allocateLimbs = (size: number): Limbs => [
  new Float64Array(size),
  new Float64Array(size),
  new Float64Array(size),
];

/** Brings element i, whose digits may be any whole numbers up to 2⁵², into range. */
function carry(out: Limbs, i: number, low: number, middle: number, high: number): void {
  let [a, b, c] = [low, middle, high];
  // Twice carries all but a last one, and 2⁶¹ = 1: what overflows the high digit comes back in the low one.
  for (let pass = 0; pass < 4; pass++) {
    let q = Math.floor(a / B21);
    a -= q * B21;
    b += q;
    q = Math.floor(b / B21);
    b -= q * B21;
    c += q;
    q = Math.floor(c / B19);
    c -= q * B19;
    if (q === 0) break;
    a += q;
  }
  // p itself is 0.
  if (a === B21 - 1 && b === B21 - 1 && c === B19 - 1) a = b = c = 0;
  out[0][i] = a;
  out[1][i] = b;
  out[2][i] = c;
}

export function addLimbs(out: Limbs, x: Limbs, y: Limbs): void {
  for (let i = 0; i < out[0].length; i++) carry(out, i, x[0][i]! + y[0][i]!, x[1][i]! + y[1][i]!, x[2][i]! + y[2][i]!);
}

export function subLimbs(out: Limbs, x: Limbs, y: Limbs): void {
  for (let i = 0; i < out[0].length; i++) carry(out, i, x[0][i]! - y[0][i]!, x[1][i]! - y[1][i]!, x[2][i]! - y[2][i]!);
}

export function mulLimbs(out: Limbs, x: Limbs, y: Limbs): void {
  for (let i = 0; i < out[0].length; i++) {
    const [a, b, c] = [x[0][i]!, x[1][i]!, x[2][i]!];
    const [d, e, f] = [y[0][i]!, y[1][i]!, y[2][i]!];
    // 2⁶³ = 4 modulo p: the digits at 2⁶³ and 2⁸⁴ come back, four times, at 1 and 2²¹.
    carry(out, i, a * d + 4 * (b * f + c * e), a * e + b * d + 4 * (c * f), a * f + b * e + c * d);
  }
}

/** Adds 2^position · digits to accumulators, which `settle` brings into range; digits are whole numbers below 2⁵². */
export function addShifted(sums: Limbs, digits: ArrayLike<number>, position: number): void {
  for (let part = 0; part < 3; part++) {
    const at = (position + 21 * part) % 61;
    const limb = Math.min(2, Math.floor(at / 21));
    const scale = 2 ** (at - 21 * limb);
    const below = 2 ** (21 * part);
    const sum = sums[limb]!;
    for (let i = 0; i < sum.length; i++) {
      const rest = Math.floor(digits[i]! / below);
      // The last part keeps the sign and whatever is left.
      sum[i]! += (part < 2 ? rest - Math.floor(rest / B21) * B21 : rest) * scale;
    }
  }
}

/** Brings accumulators into range, in place. */
export function settle(sums: Limbs): Limbs {
  for (let i = 0; i < sums[0].length; i++) carry(sums, i, sums[0][i]!, sums[1][i]!, sums[2][i]!);
  return sums;
}

/** The same numbers in digits of `width` bits, the lowest first. */
export function digitsOf(x: Limbs, width: number): Float64Array[] {
  if (width === 21) return [...x];
  const base = 2 ** width;
  return Array.from({ length: Math.ceil(61 / width) }, (_, k) => {
    const from = k * width;
    return Float64Array.from(x[0], (low, i) => {
      const below = low + x[1][i]! * B21;
      const above = x[2][i]!;
      const digits = from >= 42 ? Math.floor(above / 2 ** (from - 42)) : Math.floor(below / 2 ** from);
      const more = from < 42 && from + width > 42 ? (above * 2 ** (42 - from)) % base : 0;
      return (digits % base) + more;
    });
  });
}

export const digitsAt = (x: Limbs, i: number): Digits => [x[0][i]!, x[1][i]!, x[2][i]!];

export function setDigits(out: Limbs, i: number, [low, middle, high]: Digits): void {
  out[0][i] = low;
  out[1][i] = middle;
  out[2][i] = high;
}

/** A name for the number: equal numbers have equal ones. */
export const keyOf = ([low, middle, high]: Digits): string => `${low + middle * B21}:${high}`;

/** The same for two numbers. */
// @__NO_SIDE_EFFECTS__
function lifted(kernel: (out: Limbs, x: Limbs, y: Limbs) => void): (x: Digits, y: Digits) => Digits {
  const [out, left, right] = [allocateLimbs(1), allocateLimbs(1), allocateLimbs(1)];
  return (x, y) => {
    setDigits(left, 0, x);
    setDigits(right, 0, y);
    kernel(out, left, right);
    return digitsAt(out, 0);
  };
}

export const ZERO: Digits = [0, 0, 0];
export const ONE: Digits = [1, 0, 0];
export const plus = lifted(addLimbs);
export const minus = lifted(subLimbs);
export const times = lifted(mulLimbs);
export const negative = (x: Digits): Digits => minus(ZERO, x);

/** x to a power given by its bits, the highest first. */
function raised(x: Digits, bits: Iterable<boolean>): Digits {
  let power = ONE;
  for (const bit of bits) {
    power = times(power, power);
    if (bit) power = times(power, x);
  }
  return power;
}

/** x⁻¹ = x^(p − 2), Fermat's little theorem; 1/0 does not exist. */
export function inverse(x: Digits): Digits {
  if (x[0] === 0 && x[1] === 0 && x[2] === 0) return [Number.NaN, 0, 0];
  // p − 2 = 2⁶¹ − 3: 61 ones in binary, but for the second to last.
  return raised(
    x,
    Array.from({ length: 61 }, (_, i) => i !== 59),
  );
}

/** xⁿ for whole n, also below 0. */
export function integerPower(x: Digits, n: number): Digits {
  let result = ONE;
  for (let [square, rest] = [n < 0 ? inverse(x) : x, Math.abs(n)]; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = times(result, square);
    square = times(square, square);
  }
  return result;
}

/** The root of x that is a square itself, x^((p + 1)/4), if x is a square (half of all numbers are); else null. */
export function squareRoot(x: Digits): Digits | null {
  const root = raised(
    x,
    Array.from({ length: 60 }, (_, i) => i === 0),
  );
  return keyOf(times(root, root)) === keyOf(x) ? root : null;
}

/** 1/x, element by element, with one inversion for all of them (Montgomery's trick). */
export function invertLimbs(x: Limbs): Limbs {
  const size = x[0].length;
  const out = allocateLimbs(size);
  const before: Digits[] = [];
  let product = ONE;
  const exists = (i: number): boolean => x[0][i]! + x[1][i]! + x[2][i]! > 0;
  for (let i = 0; i < size; i++) {
    before.push(product);
    if (exists(i)) product = times(product, digitsAt(x, i));
  }
  let rest = inverse(product);
  for (let i = size - 1; i >= 0; i--) {
    if (exists(i)) {
      setDigits(out, i, times(rest, before[i]!));
      rest = times(rest, digitsAt(x, i));
    } else out[0][i] = Number.NaN;
  }
  return out;
}

/** A number drawn evenly from 0 … p − 1, from a stream of numbers in [0, 1). */
export const draw = (next: () => number): Digits =>
  plus(ZERO, [Math.floor(next() * B21), Math.floor(next() * B21), Math.floor(next() * B19)]);

/** A whole number below 2⁵³ in magnitude, modulo p. */
export function wholeNumber(x: number): Digits {
  const sums = allocateLimbs(1);
  const magnitude = Math.abs(x);
  sums[0][0] = magnitude % B42;
  sums[2][0] = Math.floor(magnitude / B42);
  const digits = digitsAt(settle(sums), 0);
  return x < 0 ? negative(digits) : digits;
}

/** x·2^n, for any whole n: 2⁶¹ = 1. */
export function scaled(x: Digits, n: number): Digits {
  const sums = allocateLimbs(1);
  const shift = ((n % 61) + 61) % 61;
  x.forEach((digit, limb) => addShifted(sums, [digit], (shift + 21 * limb) % 61));
  return digitsAt(settle(sums), 0);
}
