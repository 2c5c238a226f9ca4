/** @file The arithmetic modulo 2⁶¹ − 1, beside BigInt. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addLimbs,
  addShifted,
  allocateLimbs,
  type Digits,
  digitsAt,
  digitsOf,
  inverse,
  invertLimbs,
  type Limbs,
  minus,
  mulLimbs,
  negative,
  scaled,
  setDigits,
  settle,
  squareRoot,
  subLimbs,
  times,
  wholeNumber,
} from "../../src/check/field/limbs.ts";

const p = 2n ** 61n - 1n;
const mod = (x: bigint): bigint => ((x % p) + p) % p;

const digits = (x: bigint): Digits => [
  Number(mod(x) & 0x1f_ffffn),
  Number((mod(x) >> 21n) & 0x1f_ffffn),
  Number(mod(x) >> 42n),
];
const value = ([low, middle, high]: Digits): bigint => BigInt(low) + (BigInt(middle) << 21n) + (BigInt(high) << 42n);

const limbs = (xs: readonly bigint[]): Limbs => {
  const out = allocateLimbs(xs.length);
  xs.forEach((x, i) => setDigits(out, i, digits(x)));
  return out;
};
const values = (x: Limbs): bigint[] => Array.from(x[0], (_, i) => value(digitsAt(x, i)));

/** Numbers of the field, with those where carries run through. */
const numbers = fc.oneof(
  fc.bigInt({ min: 0n, max: p - 1n }),
  fc.constantFrom(0n, 1n, 2n, p - 1n, p - 2n, 2n ** 21n, 2n ** 42n, 2n ** 60n, 2n ** 21n - 1n),
);
const two = fc.array(fc.tuple(numbers, numbers), { minLength: 1, maxLength: 20 });

test.each([
  ["addLimbs", addLimbs, (x: bigint, y: bigint) => x + y],
  ["subLimbs", subLimbs, (x: bigint, y: bigint) => x - y],
  ["mulLimbs", mulLimbs, (x: bigint, y: bigint) => x * y],
] as const)("%s", (_name, kernel, exact) => {
  fc.assert(
    fc.property(two, (pairs) => {
      const out = allocateLimbs(pairs.length);
      kernel(out, limbs(pairs.map(([x]) => x)), limbs(pairs.map(([, y]) => y)));
      expect(values(out)).toEqual(pairs.map(([x, y]) => mod(exact(x, y))));
    }),
    { numRuns: 300 },
  );
});

test("inverses, alone and many at once; 0 has none", () => {
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1, maxLength: 10 }), (xs) => {
      const all = invertLimbs(limbs(xs));
      xs.forEach((x, i) => {
        if (x === 0n) return expect(all[0][i]).toBeNaN();
        expect(mod(value(digitsAt(all, i)) * x)).toBe(1n);
        return expect(value(inverse(digits(x)))).toBe(value(digitsAt(all, i)));
      });
    }),
  );
});

test("square roots: of a square, the root that is a square itself; of others none", () => {
  fc.assert(
    fc.property(numbers, (x) => {
      fc.pre(x > 0n);
      const square = digits(x * x);
      const root = squareRoot(square)!;
      expect(times(root, root)).toEqual(square);
      expect(squareRoot(root)).not.toBeNull();
      expect(squareRoot(negative(square))).toBeNull();
    }),
  );
});

describe("accumulating", () => {
  test("digits of any width, shifted to their places, are the number again", () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 5 }), fc.constantFrom(21, 16, 11), (xs, width) => {
        const sums = allocateLimbs(xs.length);
        digitsOf(limbs(xs), width).forEach((part, k) => {
          part.forEach((digit) => expect(digit).toBeLessThan(2 ** width));
          addShifted(sums, part, k * width);
        });
        expect(values(settle(sums))).toEqual(xs.map(mod));
      }),
    );
  });

  test("large and negative whole numbers are shifted exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), fc.nat(120), (x, position) => {
        const sums = allocateLimbs(1);
        addShifted(sums, [x], position);
        expect(values(settle(sums))).toEqual([mod(BigInt(x) << BigInt(position))]);
      }),
    );
  });

  test("whole numbers and powers of two", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: -1100, max: 1100 }), (x, n) => {
        expect(value(wholeNumber(x))).toBe(mod(BigInt(x)));
        const shifted = scaled(wholeNumber(x), n);
        expect(mod(value(shifted) << BigInt(61 * 20 - n))).toBe(mod(BigInt(x)));
        expect(minus(shifted, shifted)).toEqual([0, 0, 0]);
      }),
    );
  });
});
