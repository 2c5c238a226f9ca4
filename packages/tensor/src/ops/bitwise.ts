/** @file The bits of whole numbers and bools; none has a derivative. */
import { predicate, relation } from "./logical.ts";

/** What the operations of bits have in common. */
const whole = { result: "same", float64: null, float32: null } as const;

/**
 * The bits set in both a and b, for each element, with broadcasting; for bool "and". Floats are refused.
 *
 * @example
 * bitwiseAnd(tensor([6], { dtype: "int32" }), 3).toArray();   // => [2]
 */
export const bitwiseAnd = relation("bitwiseAnd", (x, y) => x & y, whole);

/**
 * The bits set in a or b or both, for each element, with broadcasting; for bool "or". Floats are refused.
 *
 * @example
 * bitwiseOr(tensor([6], { dtype: "int32" }), 3).toArray();   // => [7]
 */
export const bitwiseOr = relation("bitwiseOr", (x, y) => x | y, whole);

/**
 * The bits set in just one of a and b, for each element, with broadcasting; for bool "either". Floats are refused.
 *
 * @example
 * bitwiseXor(tensor([6], { dtype: "int32" }), 3).toArray();   // => [5]
 */
export const bitwiseXor = relation("bitwiseXor", (x, y) => x ^ y, whole);

/**
 * Each bit the other way, which is −x − 1; for bool "not". Floats are refused.
 *
 * @example
 * bitwiseNot(tensor([0, 5], { dtype: "int32" })).toArray();   // => [-1, -6]
 */
export const bitwiseNot = predicate("bitwiseNot", (x) => ~x, {
  ...whole,
  bool: (x: number) => 1 - x,
});

const inWord = (count: number): boolean => count >= 0 && count < 32;

/**
 * The bits of a moved b places up, for each element, with broadcasting: a·2ᵇ, wrapped. int32 alone.
 *
 * At the edges: b outside of 0 … 31 moves all bits out, which gives 0 (JavaScript's << would take b modulo 32).
 *
 * @example
 * leftShift(tensor([1, 3], { dtype: "int32" }), 4).toArray();   // => [16, 48]
 */
export const leftShift = relation("leftShift", (x, count) => (inWord(count) ? x << count : 0), {
  ...whole,
  bool: null,
});

/**
 * The bits of a moved b places down, the sign kept, for each element, with broadcasting: ⌊a/2ᵇ⌋. int32 alone.
 *
 * At the edges: b outside of 0 … 31 moves all bits out, which gives 0, or −1 for negative a.
 *
 * @example
 * rightShift(tensor([16, -1], { dtype: "int32" }), 2).toArray();   // => [4, -1]
 */
export const rightShift = relation("rightShift", (x, count) => x >> (inWord(count) ? count : 31), {
  ...whole,
  bool: null,
});
