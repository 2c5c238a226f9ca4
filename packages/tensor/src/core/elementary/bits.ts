/**
 * @file What the elementary functions share: the bits of a float64, powers of two, exact products, and the second part
 * of a result.
 *
 * The functions of this folder use +, −, ×, ÷, √, comparisons and the bits of a number, and nothing that an engine may
 * round as it likes: their results are the same bits everywhere. Each is arithmetic in a straight line between
 * selections, so that a vector form does the same operations in the same order, lane by lane, and takes both sides of a
 * selection. There, `highWord` is a shift, `powers` one the other way, a table a load for each lane; what is said to be
 * rare (arguments of sin beyond 2²⁰, say) is left to the scalar function. The hot ones float32 has of its own, in
 * `single.ts`; of the others its results are those of float64, rounded.
 *
 * A function whose name ends in `Parts` gives its result as two numbers: it returns the nearest float64, and leaves
 * what is missing in `rest[LOW]`.
 */

/** What a function in two parts leaves besides its value: the low part, and a power of two or number of quarters. */
export const rest = /* @__PURE__ */ new Float64Array(2);

export const LOW = 0;
export const COUNT = 1;

const buffer = /* @__PURE__ */ new ArrayBuffer(8);
const float = /* @__PURE__ */ new Float64Array(buffer);
const words = /* @__PURE__ */ new Int32Array(buffer);

/** Where the sign and the exponent are: 1 on machines that store the low end first. */
const HIGH = /* @__PURE__ */ (() => {
  float[0] = 1;
  return words[1] === 0 ? 0 : 1;
})();

/** The upper 32 bits: sign, exponent, and 20 bits of the significand. */
export function highWord(x: number): number {
  float[0] = x;
  return words[HIGH]!;
}

/** 2ᵏ at k + 1074. */
export const powers = /* @__PURE__ */ (() => {
  const table = new Float64Array(2098);
  for (let i = 0, value = 2 ** -1074; i < table.length; i++, value *= 2) table[i] = value;
  return table;
})();

/** x·2ᵏ for |k| < 2000, rounded once: in two steps, as 2ᵏ may be no number where the product is one. */
export function timesPower(x: number, k: number): number {
  const half = k >> 1;
  return x * powers[half + 1074]! * powers[k - half + 1074]!;
}

/** Added and taken off again, it rounds a number below 2⁵¹ to a whole one, halves to even. */
export const TO_WHOLE = 6755399441055744;

/** 2²⁷ + 1. */
export const SPLIT = 134217729;

/** The upper 26 bits of x, for |x| < 2⁹⁹⁶. */
export function upper(x: number): number {
  const t = SPLIT * x;
  return t - (t - x);
}

/** a·b − product, exactly, where product is a·b rounded. Source: Dekker (1971). */
export function productRest(a: number, b: number, product: number): number {
  const ah = upper(a);
  const bh = upper(b);
  const al = a - ah;
  const bl = b - bh;
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}

/** a + b − sum, exactly, where sum is a + b rounded. Source: Knuth, TAOCP 2, 4.2.2. */
export function sumRest(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}
