/** @file The worst error of an elementary function over many arguments, and its time beside the engine's. */
import { elementary } from "@deltagrad/tensor/extend";
import * as single from "../../packages/tensor/src/core/elementary/single.ts";
import { erf, erfc } from "../../packages/tensor/src/core/special/erf.ts";
import { logGamma } from "../../packages/tensor/src/core/special/gamma.ts";
import { argumentsOf, questions } from "./arguments.ts";
import { big } from "./big.ts";
import { errorIn, exact, FLOAT32 } from "./exact.ts";

type Function2 = (x: number, y: number) => number;

const functions: Readonly<Record<string, Function2>> = { ...elementary, erf, erfc, lgamma: logGamma };

/** Those that float32 has of its own: what they give, rounded. */
export const singles: Readonly<Record<string, Function2>> = Object.fromEntries(
  Object.entries<Function2>({ ...single } as never)
    .filter(([name, f]) => typeof f === "function" && name in elementary)
    .map(([name, f]) => [name, (x, y) => Math.fround(f(x, y))]),
);

/** How many ulps each may be off: 4 for the special functions, 1 for the elementary ones. */
export const limitOf = (name: string): number => (name in elementary ? 1 : 4);

export interface Worst {
  readonly name: string;
  readonly arguments: readonly number[];
  readonly value: number;
  /** Off the exact value, in units of its last place. */
  readonly ulps: number;
  readonly count: number;
}

/** Values that are infinite, or no number, by rule and not by size: the tests of edges have them. */
function isEdge(name: string, x: number, y: number): boolean {
  if (name === "pow") return x === 0 || y === 0 || (x < 0 && !Number.isInteger(y));
  if (name === "atan2") return x === 0;
  if (name.startsWith("log")) return x === (name === "log1p" ? -1 : 0);
  return name === "hypot" && x === 0 && y === 0;
}

/** The worst over `count` random arguments, and the hard ones; of the function of float32 if that is asked for. */
export function worstOf(name: string, count: number, ofSingle = false): Worst {
  const f = (ofSingle ? singles : functions)[name]!;
  let worst: Worst = { name, arguments: [], value: 0, ulps: -1, count: 0 };
  let total = 0;
  for (const pair of argumentsOf(name, count)) {
    const [x, y] = ofSingle ? [Math.fround(pair[0]), Math.fround(pair[1])] : pair;
    if (isEdge(name, x, y) || !(Number.isFinite(x) && Number.isFinite(y))) continue;
    total++;
    const value = f(x, y);
    const ulps = errorIn(value, exact[name]!(big(x), big(y)), ofSingle ? FLOAT32 : undefined);
    if (!(ulps <= worst.ulps)) worst = { name, arguments: questions[name]!.two ? [x, y] : [x], value, ulps, count };
  }
  return { ...worst, count: total };
}

/** What the engine, or a line of code, has in their place. */
const peers: Readonly<Record<string, Function2>> = {
  ...Object.fromEntries(
    Object.keys(elementary).flatMap((name) => (name in Math ? [[name, Math[name as "exp"] as Function2]] : [])),
  ),
  exp2: (x) => 2 ** x,
  pow: (x, y) => x ** y,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

/** 10⁶ elements in pieces, each timed in turn with the other contestant: what else the machine does meets both. */
const ELEMENTS = 1_000_000;
const PIECES = 50;
/** Pieces before, in which the engine compiles. */
const WARM = 10;

/** A loop of its own for each function, so that the engine can put it in. */
const loopOf = (f: Function2): ((x: Float64Array, y: Float64Array, out: Float64Array) => void) =>
  new Function("f", "return (x, y, out) => { for (let i = 0; i < x.length; i++) out[i] = f(x[i], y[i]); }")(f);

export interface Speed {
  /** Nanoseconds for one element, the median of the pieces. */
  readonly own: number;
  readonly engine: number;
}

/** Both over 10⁶ elements in turn, evenly spread over where the function is used; null where the engine has none. */
export function speedOf(name: string): Speed | null {
  const peer = peers[name];
  if (!peer) return null;
  const { domain, bends } = questions[name]!;
  const low = Math.max(bends[0]![0], domain?.[0] ?? bends[0]![0], -20);
  const high = Math.min(bends[0]![1], 20);
  const size = ELEMENTS / PIECES;
  const x = Float64Array.from({ length: size }, (_, i) => low + ((high - low) * ((i * 7919) % size)) / size);
  const y = Float64Array.from({ length: size }, (_, i) => 0.3 + ((i * 104729) % 1000) / 250);
  const out = new Float64Array(size);
  const contestants = [functions[name]!, peer].map((f) => ({ loop: loopOf(f), times: [] as number[] }));
  for (let piece = -WARM; piece < PIECES; piece++)
    for (const { loop, times } of contestants) {
      const start = performance.now();
      loop(x, y, out);
      if (piece >= 0) times.push((1e6 * (performance.now() - start)) / size);
    }
  const [own, engine] = contestants.map(({ times }) => times.toSorted((a, b) => a - b)[PIECES >> 1]!);
  return { own: own!, engine: engine! };
}
