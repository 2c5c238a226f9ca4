/** @file x = k·π/2 + r with |r| ≤ π/4, r in two parts, for any x. */
import { COUNT, highWord, LOW, powers, productRest, rest, sumRest, TO_WHOLE } from "./bits.ts";

// π/2 in four parts; the first three have 33 bits: their products with whole numbers below 2²⁰ are exact.
const FIRST = 1.5707963267341256;
const SECOND = 6.077100506303966e-11;
const THIRD = 2.0222662487111665e-21;
const FOURTH = 8.4784276603689e-32;

const TWO_OVER_PI = 0.6366197723675814;

/**
 * The rest r of x modulo π/2 in two parts, to 2⁻⁶⁵ of it; k, or a number that leaves the same rest modulo 4, is left in
 * rest[COUNT]. Source: Cody and Waite (1980), chapter 8; beyond 2²⁰, which is rare, Payne and Hanek (1983).
 */
export function quarterParts(x: number): number {
  if (!(Math.abs(x) < 2 ** 20)) return farParts(x);
  const k = x * TWO_OVER_PI + TO_WHOLE - TO_WHOLE;
  const first = x - k * FIRST;
  const part = k * SECOND;
  const second = first - part;
  const small = k * THIRD;
  const third = second - small;
  const low = sumRest(first, -part, second) + sumRest(second, -small, third) - k * FOURTH;
  const high = third + low;
  rest[LOW] = low - (high - third);
  rest[COUNT] = k;
  return high;
}

/** The binary digits of 2/π after the point, in groups of 24. */
const DIGITS = /* @__PURE__ */ (() =>
  (
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73e" +
    "e88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b7" +
    "4f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361da9e3"
  )
    .match(/.{6}/g)!
    .map((digits) => Number.parseInt(digits, 16)))();

const BASE = 2 ** 24;

/** How many groups of the product x·2/π after the point are computed: 216 bits, of which 64 may be 0 or 1 throughout. */
const GROUPS = 9;

/** The same for |x| ≥ 2²⁰: of x·2/π only what counts modulo 8 is multiplied out. */
function farParts(x: number): number {
  const size = Math.abs(x);
  if (!(size < Number.POSITIVE_INFINITY)) {
    rest[LOW] = rest[COUNT] = 0;
    return Number.NaN;
  }
  // x as four digits to base 2²⁴, times that base to the power q − 1.
  const exponent = (highWord(size) >> 20) - 1023;
  const q = Math.floor((exponent - 23) / 24);
  let left = size * powers[1074 - exponent]! * 2 ** (exponent - 24 * q - 24);
  const digits: number[] = [];
  for (let i = 0; i < 4; i++) {
    const digit = Math.floor(left);
    digits.push(digit);
    left = (left - digit) * BASE;
  }
  const product = new Float64Array(GROUPS + 1);
  let carry = 0;
  for (let n = GROUPS; n >= 0; n--) {
    let sum = carry;
    for (let i = 0; i < 4 && i <= q + n; i++) sum += digits[i]! * DIGITS[q + n - i]!;
    carry = Math.floor(sum / BASE);
    product[n] = sum - carry * BASE;
  }
  // From ½ on, one more quarter, and 1 less the fraction with the other sign.
  const up = product[1]! >= BASE / 2;
  let high = 0;
  let low = 0;
  for (let n = 1, unit = 1 / BASE; n <= GROUPS; n++, unit /= BASE) {
    const term = (up ? BASE - 1 - product[n]! : product[n]!) * unit;
    const sum = high + term;
    low += sumRest(high, term, sum);
    high = sum;
  }
  const sign = up === x < 0 ? 1 : -1;
  const quarters = product[0]! + (up ? 1 : 0);
  rest[COUNT] = (x < 0 ? -quarters : quarters) % 8;
  const r = high * (Math.PI / 2);
  const lowest = productRest(high, Math.PI / 2, r) + (high * 6.123233995736766e-17 + low * (Math.PI / 2));
  const nearest = r + lowest;
  rest[LOW] = sign * (lowest - (nearest - r));
  return sign * nearest;
}
