/** @file The bounds that the elementary functions promise, on fewer arguments than `npm run ulps` takes; its ruler. */
import { describe, expect, test } from "vitest";
import { questions } from "./arguments.ts";
import { arctangent, big, exp, LN2, log, near, ONE, PI, plus, scaled, sine } from "./big.ts";
import { errorIn, exact } from "./exact.ts";
import { limitOf, singles, worstOf } from "./measure.ts";

describe("a function is within its bound of the exact value", () => {
  test.each(Object.keys(questions))(
    "%s",
    (name) => {
      const { ulps, arguments: at, value } = worstOf(name, 5000);
      expect(ulps, `${name}(${at.join(", ")}) = ${value}`).toBeLessThanOrEqual(limitOf(name));
      expect(ulps).toBeGreaterThanOrEqual(0);
    },
    120_000,
  );
});

describe("a function of float32 is within its bound of the exact value", () => {
  test.each(Object.keys(singles))(
    "%s",
    (name) => {
      const { ulps, arguments: at, value } = worstOf(name, 5000, true);
      expect(ulps, `${name}(${at.join(", ")}) = ${value}`).toBeLessThanOrEqual(limitOf(name));
      expect(ulps).toBeGreaterThanOrEqual(0);
    },
    120_000,
  );
});

describe("the ruler", () => {
  test("counts units of the last place", () => {
    expect(errorIn(1 + 2 ** -52, ONE)).toBe(1);
    expect(errorIn(1 - 2 ** -53, ONE)).toBe(0.5);
    expect(errorIn(3 * 2 ** -1074, big(2 ** -1074))).toBe(2);
    expect(errorIn(0, big(2 ** -1074))).toBe(1);
    expect(errorIn(Number.POSITIVE_INFINITY, scaled(ONE, 1025))).toBe(0);
    expect(errorIn(Number.MAX_VALUE, scaled(ONE, 1025))).toBe(Number.POSITIVE_INFINITY);
    expect(errorIn(Number.NaN, ONE)).not.toBeLessThan(1);
  });

  // 30 digits of constants that are known: the tail beside the nearest float64.
  const tail = (x: ReturnType<typeof big>, head: number) => near(plus(x, big(-head)));
  test("knows constants to more digits than float64 has", () => {
    expect(tail(PI, Math.PI)).toBeCloseTo(1.2246467991473532e-16, 30);
    expect(tail(LN2, Math.LN2)).toBeCloseTo(2.3190468138462996e-17, 31);
    expect(tail(exp(ONE), Math.E)).toBeCloseTo(1.4456468917292502e-16, 30);
    expect(tail(log(big(10)), Math.LN10)).toBeCloseTo(-2.1707562233822494e-16, 30);
    expect(tail(arctangent(ONE), Math.PI / 4)).toBeCloseTo(3.061616997868383e-17, 31);
    expect(tail(sine(big(Math.PI)), 1.2246467991473532e-16)).toBeCloseTo(-2.9947698097183397e-33, 47);
    expect(tail(exact.erfc!(ONE, ONE), 0.15729920705028513)).toBeLessThan(2 ** -55);
    expect(tail(exact.lgamma!(big(0.5), ONE), 0.5723649429247001)).toBeLessThan(2 ** -53);
  });

  test("both formulas of erfc, and both of the gamma function, agree where they meet", () => {
    const around = (f: (x: number) => ReturnType<typeof big>, at: number) =>
      near(plus(f(at + 2 ** -40), scaled(f(at - 2 ** -40), 0))) / 2 / near(f(at)) - 1;
    expect(Math.abs(around((x) => exact.erfc!(big(x), ONE), 6))).toBeLessThan(2 ** -50);
    expect(Math.abs(around((x) => exact.lgamma!(big(x), ONE), 40))).toBeLessThan(2 ** -50);
  });
});
