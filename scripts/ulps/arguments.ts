/** @file What the elementary functions are asked: random arguments, hard ones, and the corners of float64. */
import { type Rng, rng } from "@deltagrad/tensor";

type Domain = readonly [low: number, high: number];
type Arguments = readonly [x: number, y: number];

const INFINITE = Number.POSITIVE_INFINITY;
const ALL: Domain = [-INFINITE, INFINITE];
const POSITIVE: Domain = [Number.MIN_VALUE, INFINITE];
const UNIT: Domain = [-1, 1];
const HALF_PI = Math.PI / 2;

interface Question {
  /** Where the function is defined and finite, the ends included. */
  readonly domain?: Domain;
  /** Where it bends: numbers are drawn evenly from here. */
  readonly bends: readonly Domain[];
  /** Numbers whose neighbourhood is hard: thresholds, zeros, ends of the range. */
  readonly hard?: readonly number[];
  readonly two?: boolean;
}

const EXPONENTIAL = [-745.1332191019412, -708.3964185322641, 709.782712893384, 0.34657359027997264, 1.0397207708399179];
const QUARTERS = Array.from({ length: 200 }, (_, k) => (k - 100) * HALF_PI);

/** Multiples of π/2 that come close to a float64: the worst in all of its range, and 3 of smaller size. */
const NEAR_QUARTERS = [6381956970095103 * 2 ** 797, 5.319372648326541e255, 1.9e8 * HALF_PI, 355, 103993];

export const questions: Readonly<Record<string, Question>> = {
  exp: {
    bends: [
      [-750, 710],
      [-2, 2],
    ],
    hard: EXPONENTIAL,
  },
  expm1: {
    bends: [
      [-50, 710],
      [-2, 2],
      [-0.4, 0.4],
    ],
    hard: [...EXPONENTIAL, 0.3465, -0.3465, 40, -40],
  },
  exp2: {
    bends: [
      [-1080, 1024],
      [-2, 2],
    ],
    hard: [1024, -1022, -1074, -1075, 0.5, -0.5, 1, 10],
  },
  log: {
    domain: POSITIVE,
    bends: [
      [0, 4],
      [0.95, 1.05],
    ],
    hard: [1, 2 ** -1022, 2, 0.5, Math.SQRT2, Math.E],
  },
  log1p: {
    domain: [-1 + 2 ** -53, INFINITE],
    bends: [
      [-1, 3],
      [-0.05, 0.05],
    ],
    hard: [2 ** -53, -(2 ** -53), 1, -0.5],
  },
  log2: {
    domain: POSITIVE,
    bends: [
      [0, 4],
      [0.95, 1.05],
    ],
    hard: [1, 2 ** -1022, 2, 0.5, Math.SQRT2, 3],
  },
  log10: {
    domain: POSITIVE,
    bends: [
      [0, 20],
      [0.95, 1.05],
    ],
    hard: [1, 2 ** -1022, 10, 1000, 1e22],
  },
  pow: {
    bends: [
      [0, 4],
      [0.9, 1.1],
      [-100, 100],
    ],
    hard: [1, 2, 0.5, 3, 10, 1024, -1022, -1074],
    two: true,
  },
  sin: {
    bends: [
      [-8, 8],
      [-1e4, 1e4],
    ],
    hard: [...QUARTERS, ...NEAR_QUARTERS, 2 ** 20, HALF_PI / 2],
  },
  cos: {
    bends: [
      [-8, 8],
      [-1e4, 1e4],
    ],
    hard: [...QUARTERS, ...NEAR_QUARTERS, 2 ** 20, HALF_PI / 2],
  },
  tan: {
    bends: [
      [-8, 8],
      [-1e4, 1e4],
    ],
    hard: [...QUARTERS, ...NEAR_QUARTERS, 2 ** 20, HALF_PI / 2],
  },
  asin: { domain: UNIT, bends: [UNIT], hard: [0.5, -0.5, 1, -1, Math.SQRT1_2] },
  acos: { domain: UNIT, bends: [UNIT], hard: [0.5, -0.5, 1, -1, 0, Math.SQRT1_2] },
  atan: {
    bends: [
      [-5, 5],
      [-100, 100],
    ],
    hard: [0.4375, 0.5, 0.75, 1, 1.5, 2, 3.5, 1e16],
  },
  atan2: {
    bends: [
      [-5, 5],
      [-100, 100],
    ],
    hard: [0.4375, 0.75, 1, 1e-300, 1e300, 2 ** -1022],
    two: true,
  },
  sinh: {
    bends: [
      [-3, 3],
      [-711, 711],
    ],
    hard: [1, -1, 710.4758600739439, 22, 41.6],
  },
  cosh: {
    bends: [
      [-3, 3],
      [-711, 711],
    ],
    hard: [1, 710.4758600739439, 22, 41.6],
  },
  tanh: {
    bends: [
      [-2, 2],
      [-22, 22],
    ],
    hard: [0.55, -0.55, 19.06, 22],
  },
  asinh: { bends: [[-3, 3]], hard: [0.5, -0.5, 2 ** 28, 1] },
  acosh: {
    domain: [1, INFINITE],
    bends: [
      [1, 3],
      [1, 1.01],
    ],
    hard: [1, 2, 2 ** 28],
  },
  atanh: { domain: [-1 + 2 ** -53, 1 - 2 ** -53], bends: [UNIT, [-0.1, 0.1]], hard: [0.5, 1, -1] },
  sigmoid: {
    bends: [
      [-8, 8],
      [-750, 40],
    ],
    hard: [...EXPONENTIAL, 36.7, 0],
  },
  softplus: {
    bends: [
      [-8, 8],
      [-750, 50],
    ],
    hard: [...EXPONENTIAL, 36.7, 40, 0],
  },
  cbrt: { bends: [[-10, 10]], hard: [1, 8, 27, 2 ** -1022, 1e300] },
  hypot: { bends: [[-5, 5]], hard: [3, 4, 1e154, 1e-160, 1e300, 2 ** -1022], two: true },
  erf: {
    bends: [
      [-6, 6],
      [-1, 1],
    ],
    hard: [0.5, -0.5, 5.9, 1],
  },
  erfc: {
    bends: [
      [-6, 27.3],
      [-1, 1],
    ],
    hard: [0.5, -0.5, 26.5, 27.2, 1],
  },
  lgamma: {
    domain: POSITIVE,
    bends: [
      [0, 12],
      [0.9, 2.1],
      [0, 200],
    ],
    hard: [0.5, 1, 1.5, 2, 2.5, 10, 1e15],
  },
};

const CORNERS = [
  ...[0, 2 ** -1074, 3 * 2 ** -1074, 2 ** -1022 - 2 ** -1074, 2 ** -1022, 1e-300, 1e-160, 2 ** -54, 2 ** -53, 2 ** -27],
  ...[0.1, 1 - 2 ** -53, 1, 1 + 2 ** -52, 1.5, 2, 3, 10, 100, 745, 1e8, 2 ** 52, 2 ** 53, 1e22, 1e154, 1e300],
  Number.MAX_VALUE,
].flatMap((x) => [x, -x]);

/** Of random exponent and significand, one in four of any size, the others of one that functions are used with. */
function anywhere(random: Rng): number {
  const exponent = random.next() < 0.25 ? 2100 * random.next() - 1075 : 60 * random.next() - 40;
  const size = (1 + random.next()) * 2 ** Math.floor(exponent);
  return random.next() < 0.5 ? size : -size;
}

/** A few float64 off x. */
const beside = (x: number, random: Rng): number =>
  x *
  (1 + Math.round(16 * random.next() - 8) * 2 ** -52 * (random.next() < 0.5 ? 1 : 2 ** Math.floor(20 * random.next())));

/** `count` arguments for a function, always the same, besides its hard numbers and all corners themselves. */
export function* argumentsOf(name: string, count: number): Generator<Arguments> {
  const { domain = ALL, bends, hard = [], two = false } = questions[name]!;
  const random = rng("ulps").stream(name);
  const inside = (x: number): boolean => x >= domain[0] && x <= domain[1] && Number.isFinite(x);
  const draw = (): number => {
    const choice = random.next();
    if (choice < 0.35) return anywhere(random);
    if (choice < 0.5 && hard.length > 0) return beside(hard[Math.floor(hard.length * random.next())]!, random);
    const [low, high] = bends[Math.floor(bends.length * random.next())]!;
    return low + (high - low) * random.next();
  };
  const given = [...hard, ...CORNERS].filter(inside);
  for (const x of given) for (const y of two ? given : [0]) yield [x, y];
  for (let made = 0; made < count; ) {
    const pair: Arguments = [draw(), two ? draw() : 0];
    if (!inside(pair[0]) || (two && !inside(pair[1]))) continue;
    made++;
    yield pair;
  }
}
