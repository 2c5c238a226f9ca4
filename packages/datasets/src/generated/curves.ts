/** @file Points of two or more classes on curves in the plane. */
import { elementary } from "@deltagrad/tensor/extend";
import { checkNumber, checkWhole, streamOf } from "../checks.ts";
import type { Classification } from "../record.ts";
import {
  about,
  addNoiseTo,
  begin,
  classified,
  classNames,
  evenly,
  type ShuffledOptions,
  scikitLearn,
} from "./assemble.ts";

type Planar = Classification<readonly [number, 2]>;
type Counts = Omit<ShuffledOptions, "nSamples"> & {
  /** In all, the outer curve having one less where it is odd; or of each curve. */
  readonly nSamples?: number | readonly [outer: number, inner: number];
};

/** The examples of two curves, the outer first. */
function countsOf(op: string, nSamples: number | readonly [number, number]): readonly [number, number] {
  if (!Array.isArray(nSamples)) {
    checkWhole(op, "nSamples", nSamples);
    return [Math.floor(nSamples / 2), Math.ceil(nSamples / 2)];
  }
  const [outer, inner]: readonly number[] = nSamples;
  checkWhole(op, "nSamples[0]", outer);
  checkWhole(op, "nSamples[1]", inner);
  return [outer, inner];
}

/** Two classes, each along a curve that is given by a share t: from 0 to 1, or up to but without 1. */
function twoCurves(
  op: string,
  { nSamples = 100, noise = 0, shuffle = true, seed = 0 }: Counts,
  closed: boolean,
  curves: readonly ((t: number) => readonly [number, number])[],
  description: Planar["about"],
): Planar {
  const counts = countsOf(op, nSamples);
  const random = begin(op, counts[0] + counts[1], noise, seed);
  const points = counts.flatMap((count, k) =>
    Array.from({ length: count }, (_, i) => curves[k]!(i / Math.max(1, closed ? count : count - 1))),
  );
  const values = Float64Array.from(points.flat());
  addNoiseTo(values, noise, random);
  const labels = Int32Array.from(points, (_, i) => (i < counts[0] ? 0 : 1));
  return classified({ values, width: 2 }, labels, ["outer", "inner"], description, shuffle ? random : null);
}

/**
 * Two half circles that reach into each other.
 *
 * Shapes: features [n, 2]; labels [n], int32.
 * Source: scikit-learn, sklearn.datasets.make_moons; without noise and shuffle, its points.
 *
 * @example
 * makeMoons({ nSamples: 4, shuffle: false }).labels.toArray();       // => [0, 0, 1, 1]
 * makeMoons({ nSamples: 500, noise: 0.1, seed: 7 }).features.shape;  // => [500, 2]
 */
export const makeMoons = (options: Counts = {}): Planar =>
  twoCurves(
    "makeMoons",
    options,
    false,
    [
      (t) => [elementary.cos(Math.PI * t), elementary.sin(Math.PI * t)],
      (t) => [1 - elementary.cos(Math.PI * t), 0.5 - elementary.sin(Math.PI * t)],
    ],
    about("Moons", "two interleaving half circles", scikitLearn("make_moons")),
  );

/**
 * A circle in a circle; `factor` is the radius of the inner one.
 *
 * Shapes: features [n, 2]; labels [n], int32.
 * Source: scikit-learn, sklearn.datasets.make_circles; without noise and shuffle, its points.
 *
 * @example
 * makeCircles({ nSamples: 2, factor: 0.5, shuffle: false }).features.toArray();   // => [[1, 0], [0.5, 0]]
 */
export function makeCircles({ factor = 0.8, ...options }: Counts & { readonly factor?: number } = {}): Planar {
  checkNumber("makeCircles", "factor", factor, 0, 1);
  const circle = (radius: number) => (t: number) =>
    [radius * elementary.cos(2 * Math.PI * t), radius * elementary.sin(2 * Math.PI * t)] as const;
  const description = about("Circles", "a circle in a larger one", scikitLearn("make_circles"));
  return twoCurves("makeCircles", options, true, [circle(1), circle(factor)], description);
}

/**
 * Arms of a spiral, one for each class: not to be separated without turning the plane.
 *
 * Shapes: features [n, 2], within a circle of radius 1 but for the noise; labels [n], int32.
 * Source: K. Lang, M. Witbrock, Learning to Tell Two Spirals Apart (1988).
 *
 * @example
 * makeSpirals({ nSamples: 300, nClasses: 3 }).classes.length;   // => 3
 */
export function makeSpirals({
  nSamples = 100,
  nClasses = 2,
  turns = 1.5,
  noise = 0,
  shuffle = true,
  seed = 0,
}: ShuffledOptions & { readonly nClasses?: number; readonly turns?: number } = {}): Planar {
  const random = begin("makeSpirals", nSamples, noise, seed);
  checkWhole("makeSpirals", "nClasses", nClasses, 1);
  checkNumber("makeSpirals", "turns", turns);
  const points = evenly(nSamples, nClasses).flatMap((count, k) =>
    Array.from({ length: count }, (_, i) => {
      const radius = (i + 1) / count;
      const angle = 2 * Math.PI * (turns * radius + k / nClasses);
      return { label: k, at: [radius * elementary.cos(angle), radius * elementary.sin(angle)] };
    }),
  );
  const values = Float64Array.from(points.flatMap(({ at }) => at));
  addNoiseTo(values, noise, random);
  const labels = Int32Array.from(points, ({ label }) => label);
  const description = about("Spirals", "arms of a spiral, one for each class", "K. Lang, M. Witbrock (1988)");
  return classified({ values, width: 2 }, labels, classNames(nClasses), description, shuffle ? random : null);
}

/**
 * Points of a square around 0: of class 1 where the signs of x and y differ. Noise moves points after they were
 * classified.
 *
 * Shapes: features [n, 2], from −1 to 1 but for the noise; labels [n], int32.
 *
 * @example
 * makeXor({ nSamples: 50, seed: 7 }).features.shape;   // => [50, 2]
 */
export function makeXor({ nSamples = 100, noise = 0, seed = 0 }: Omit<ShuffledOptions, "shuffle"> = {}): Planar {
  const random = begin("makeXor", nSamples, noise, seed);
  const values = random
    .stream("points")
    .uniform([2 * nSamples], { low: -1, high: 1 })
    .toTypedArray() as Float64Array;
  const labels = Int32Array.from({ length: nSamples }, (_, i) => Number(values[2 * i]! < 0 !== values[2 * i + 1]! < 0));
  addNoiseTo(values, noise, random);
  const description = about("XOR", "points whose class says whether the signs differ", "M. Minsky, S. Papert (1969)");
  return classified({ values, width: 2 }, labels, ["same", "different"], description, null);
}

/**
 * Bits, classified by whether the number of ones is odd: all 2ⁿ rows in counting order, or `nSamples` random ones.
 *
 * Shapes: features [2ⁿ, nBits] or [nSamples, nBits], 0 and 1; labels int32.
 *
 * @example
 * makeParity({ nBits: 2 }).features.toArray();   // => [[0, 0], [0, 1], [1, 0], [1, 1]]
 * makeParity({ nBits: 2 }).labels.toArray();     // => [0, 1, 1, 0]
 */
export function makeParity<const K extends number = 4>({
  nBits = 4 as K,
  nSamples,
  seed = 0,
}: {
  readonly nBits?: K;
  readonly nSamples?: number;
  readonly seed?: string | number;
} = {}): Classification<readonly [number, K]> {
  checkWhole("makeParity", "nBits", nBits, 1);
  if (nSamples === undefined) checkNumber("makeParity", "nBits without nSamples", nBits, 1, 20);
  else checkWhole("makeParity", "nSamples", nSamples);
  const random = streamOf("makeParity", seed);
  const count = nSamples ?? 2 ** nBits;
  const bit = (row: number, k: number): number =>
    nSamples === undefined ? (row >> (nBits - 1 - k)) & 1 : Number(random.next() < 0.5);
  const values = new Float64Array(count * nBits);
  const labels = new Int32Array(count);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(i / nBits);
    values[i] = bit(row, i % nBits);
    labels[row]! ^= values[i]!;
  }
  const description = about("Parity", "bits, and whether the number of ones is odd", "M. Minsky, S. Papert (1969)");
  return classified({ values, width: nBits }, labels, ["even", "odd"], description, null);
}
