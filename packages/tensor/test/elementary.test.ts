/** @file The elementary functions at their edges, exact where they can be, odd, even, and without steps back. */
import { describe, expect, test } from "vitest";
import { ulps } from "../src/check/index.ts";
import { elementary } from "../src/extend.ts";
import { rng } from "../src/index.ts";

const { POSITIVE_INFINITY: inf, NaN: nan, MAX_VALUE, MIN_VALUE } = Number;
const e = elementary;
/** Equal with its sign, or two neighbours off at most: the engine may round as it likes. */
const near = (expected: number) => (y: number) =>
  Object.is(y, expected) || (y !== 0 && Number.isFinite(y) && ulps(y, expected) <= 2);

type Function1 = (x: number) => number;
const unary = Object.entries(elementary).filter(([, f]) => f.length === 1) as [string, Function1][];

describe("edges", () => {
  test.each<[name: string, pairs: readonly (readonly [number, number])[]]>([
    [
      "exp",
      [
        [0, 1],
        [-0, 1],
        [inf, inf],
        [-inf, 0],
        [710, inf],
        [-746, 0],
        [-745, MIN_VALUE],
        [1e300, inf],
      ],
    ],
    [
      "expm1",
      [
        [0, 0],
        [-0, -0],
        [inf, inf],
        [-inf, -1],
        [-1e300, -1],
        [1e300, inf],
        [1e-300, 1e-300],
      ],
    ],
    [
      "exp2",
      [
        [0, 1],
        [inf, inf],
        [-inf, 0],
        [1024, inf],
        [-1074, MIN_VALUE],
        [-1076, 0],
        [0.5, Math.SQRT2],
      ],
    ],
    [
      "log",
      [
        [1, 0],
        [0, -inf],
        [-0, -inf],
        [-1, nan],
        [inf, inf],
        [-inf, nan],
        [MIN_VALUE, -744.4400719213812],
      ],
    ],
    [
      "log1p",
      [
        [0, 0],
        [-0, -0],
        [-1, -inf],
        [-2, nan],
        [inf, inf],
        [MIN_VALUE, MIN_VALUE],
        [-1e-300, -1e-300],
      ],
    ],
    [
      "log2",
      [
        [1, 0],
        [0, -inf],
        [-1, nan],
        [inf, inf],
        [MIN_VALUE, -1074],
        [8, 3],
      ],
    ],
    [
      "log10",
      [
        [1, 0],
        [0, -inf],
        [-1, nan],
        [inf, inf],
        [1e-5, -5],
        [1e22, 22],
      ],
    ],
    [
      "sin",
      [
        [0, 0],
        [-0, -0],
        [inf, nan],
        [-inf, nan],
        [MIN_VALUE, MIN_VALUE],
        [1e22, -0.8522008497671888],
      ],
    ],
    [
      "cos",
      [
        [0, 1],
        [-0, 1],
        [inf, nan],
        [-inf, nan],
        [1e22, 0.523214785395139],
      ],
    ],
    [
      "tan",
      [
        [0, 0],
        [-0, -0],
        [inf, nan],
        [Math.PI / 2, 16331239353195370],
        [MIN_VALUE, MIN_VALUE],
      ],
    ],
    [
      "asin",
      [
        [0, 0],
        [-0, -0],
        [1, Math.PI / 2],
        [-1, -Math.PI / 2],
        [1.1, nan],
        [inf, nan],
      ],
    ],
    [
      "acos",
      [
        [1, 0],
        [0, Math.PI / 2],
        [-1, Math.PI],
        [1.1, nan],
        [-inf, nan],
      ],
    ],
    [
      "atan",
      [
        [0, 0],
        [-0, -0],
        [inf, Math.PI / 2],
        [-inf, -Math.PI / 2],
        [1, Math.PI / 4],
      ],
    ],
    [
      "sinh",
      [
        [0, 0],
        [-0, -0],
        [inf, inf],
        [-inf, -inf],
        [711, inf],
        [-711, -inf],
      ],
    ],
    [
      "cosh",
      [
        [0, 1],
        [-0, 1],
        [inf, inf],
        [-inf, inf],
        [711, inf],
      ],
    ],
    [
      "tanh",
      [
        [0, 0],
        [-0, -0],
        [inf, 1],
        [-inf, -1],
        [20, 1],
        [MIN_VALUE, MIN_VALUE],
      ],
    ],
    [
      "asinh",
      [
        [0, 0],
        [-0, -0],
        [inf, inf],
        [-inf, -inf],
        [MAX_VALUE, 710.475860073944],
      ],
    ],
    [
      "acosh",
      [
        [1, 0],
        [0.9, nan],
        [-1, nan],
        [inf, inf],
        [MAX_VALUE, 710.475860073944],
      ],
    ],
    [
      "atanh",
      [
        [0, 0],
        [-0, -0],
        [1, inf],
        [-1, -inf],
        [1.1, nan],
      ],
    ],
    [
      "sigmoid",
      [
        [0, 0.5],
        [inf, 1],
        [-inf, 0],
        [1000, 1],
        [-1000, 0],
        [-745, MIN_VALUE],
      ],
    ],
    [
      "softplus",
      [
        [0, Math.LN2],
        [inf, inf],
        [-inf, 0],
        [1000, 1000],
        [-1000, 0],
        [-745, MIN_VALUE],
      ],
    ],
    [
      "cbrt",
      [
        [0, 0],
        [-0, -0],
        [27, 3],
        [-8, -2],
        [inf, inf],
        [-inf, -inf],
        [MIN_VALUE, 1.7031839360032603e-108],
      ],
    ],
  ])("%s", (name, pairs) => {
    const f = e[name as keyof typeof e] as Function1;
    expect(pairs.map(([x]) => f(x))).toEqual(pairs.map(([, y]) => y));
    expect(f(nan)).toBeNaN();
  });

  const corners = [0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 2.5, -2.5, inf, -inf, nan, 1e300, -1e300, 1e-300, MIN_VALUE];

  test("pow has ECMAScript's", () => {
    const exact = corners.filter((x) => ![2.5, -2.5].includes(x));
    for (const x of exact) for (const y of corners) expect(e.pow(x, y), `pow(${x}, ${y})`).toSatisfy(near(x ** y));
  });

  test("atan2 and hypot have C's", () => {
    for (const x of corners)
      for (const y of corners) {
        expect(e.atan2(x, y), `atan2(${x}, ${y})`).toSatisfy(near(Math.atan2(x, y)));
        expect(e.hypot(x, y), `hypot(${x}, ${y})`).toSatisfy(near(Math.hypot(x, y)));
      }
  });
});

describe("exact", () => {
  test("whole powers of two, of ten, and all small ones", () => {
    for (let n = -1074; n < 1024; n++) {
      expect(e.exp2(n)).toBe(2 ** n);
      expect(e.log2(2 ** n)).toBe(n);
      expect(e.pow(2, n)).toBe(2 ** n);
    }
    for (let n = 0; n <= 22; n++) {
      expect(e.pow(10, n)).toBe(Number(`1e${n}`));
      expect(e.log10(Number(`1e${n}`))).toBe(n);
    }
    for (let a = -30; a <= 30; a++)
      for (let n = 0; n <= 10; n++) expect(BigInt(e.pow(a, n))).toBe(BigInt(Math.round(a)) ** BigInt(n));
  });

  test("roots: of squares, cubes and right triangles; powers of 1 and ½", () => {
    const random = rng("exact");
    for (let i = 0; i < 1000; i++) {
      const n = Math.floor(2 ** 17 * random.next());
      expect(e.cbrt(n ** 3)).toBe(n);
      expect(e.hypot(3 * n, 4 * n)).toBe(5 * n);
      expect(e.pow(n * n, 0.5)).toBe(n);
      const x = 100 * random.next();
      expect(e.pow(x, 1)).toBe(x);
    }
  });
});

/** Numbers of all sizes. */
function* sizes(name: string, count: number): Generator<number> {
  const random = rng("elementary").stream(name);
  for (let i = 0; i < count; i++) yield (1 + random.next()) * 2 ** Math.floor(80 * random.next() - 60);
}

test.each(["sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "cbrt"])("%s is odd", (name) => {
  const f = e[name as keyof typeof e] as Function1;
  for (const x of sizes(name, 2000)) expect(f(-x)).toBe(-f(x));
});

test.each(["cos", "cosh"] as const)("%s is even", (name) => {
  for (const x of sizes(name, 2000)) expect(e[name](-x)).toBe(e[name](x));
});

const rising = "exp expm1 exp2 log log1p log2 log10 asin atan sinh tanh asinh acosh atanh sigmoid softplus cbrt";

test.each(rising.split(" "))("%s does not fall from one number to the next", (name) => {
  const f = e[name as keyof typeof e] as Function1;
  for (const size of sizes(name, 4000))
    for (const x of [size, -size]) {
      const next = x + Math.abs(x) * 2 ** -52;
      // Both beyond the domain are NaN.
      expect(f(next) < f(x), `${name}(${x})`).toBe(false);
    }
});

test("a sum of squares: sin² + cos² is 1 within 4 ulp, for arguments of any size", () => {
  const random = rng("circle");
  for (let i = 0; i < 5000; i++) {
    const x = (1 + random.next()) * 2 ** Math.floor(2000 * random.next() - 977);
    expect(Math.abs(e.sin(x) ** 2 + e.cos(x) ** 2 - 1)).toBeLessThanOrEqual(2 ** -51);
  }
});

test("nothing is left over from one call to the next", () => {
  const points = [...sizes("state", 200)];
  for (const [name, f] of unary) {
    const before = points.map((x) => f(x));
    for (const [, other] of unary) other(1.25);
    expect(
      points.map((x) => f(x)),
      name,
    ).toEqual(before);
  }
});
