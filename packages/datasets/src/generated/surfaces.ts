/** @file Sheets rolled up in space, with the place along the sheet as the target. */
import type { Rng } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import type { About, Regression } from "../record.ts";
import { about, addNoiseTo, begin, measured, type NoisyOptions, scikitLearn } from "./assemble.ts";

type Spatial = Regression<readonly [number, 3]>;

type Place = readonly [along: number, across: number];

/** Points of a sheet: places on it are drawn, and put into space. */
function sheet(
  op: string,
  { nSamples = 100, noise = 0, seed = 0 }: NoisyOptions,
  draw: (random: Rng) => Place,
  at: (...place: Place) => readonly [number, number, number],
  description: About,
): Spatial {
  const random = begin(op, nSamples, noise, seed);
  const points = random.stream("points");
  const places = Array.from({ length: nSamples }, () => draw(points));
  const values = Float64Array.from(places.flatMap((place) => at(...place)));
  addNoiseTo(values, noise, random);
  return measured(
    { values, width: 3 },
    Float64Array.from(places, ([along]) => along),
    description,
  );
}

/**
 * A sheet bent to an S; the target is the angle along it, from −3π/2 to 3π/2.
 *
 * Shapes: features [n, 3]; targets [n].
 * Source: scikit-learn, sklearn.datasets.make_s_curve.
 *
 * @example
 * makeSCurve({ nSamples: 50, seed: 7 }).features.shape;   // => [50, 3]
 */
export const makeSCurve = (options: NoisyOptions = {}): Spatial =>
  sheet(
    "makeSCurve",
    options,
    (random) => [3 * Math.PI * (random.next() - 0.5), 2 * random.next()],
    (t, y) => [elementary.sin(t), y, Math.sign(t) * (elementary.cos(t) - 1)],
    about("S curve", "a sheet bent to an S", scikitLearn("make_s_curve")),
  );

/**
 * A sheet rolled up like a cake, with a hole in it if told; the target is the angle along it, from 3π/2 to 9π/2.
 *
 * Shapes: features [n, 3]; targets [n].
 * Source: S. Marsland, Machine Learning: An Algorithmic Perspective (2014); scikit-learn, make_swiss_roll.
 *
 * @example
 * makeSwissRoll({ nSamples: 50, hole: true, seed: 7 }).targets.shape;   // => [50]
 */
export const makeSwissRoll = ({ hole = false, ...options }: NoisyOptions & { readonly hole?: boolean } = {}): Spatial =>
  sheet(
    "makeSwissRoll",
    options,
    (random) => {
      const [along, across] = hole ? aroundTheMiddle(random) : [random.next(), random.next()];
      return [1.5 * Math.PI * (1 + 2 * along), 21 * across];
    },
    (t, y) => [t * elementary.cos(t), y, t * elementary.sin(t)],
    about("Swiss roll", "a sheet rolled up", scikitLearn("make_swiss_roll")),
  );

/** A place in a square of three by three fields, but not in the middle one. */
function aroundTheMiddle(random: Rng): Place {
  const drawn = Math.floor(random.next() * 8);
  const field = drawn < 4 ? drawn : drawn + 1;
  return [(Math.floor(field / 3) + random.next()) / 3, ((field % 3) + random.next()) / 3];
}
