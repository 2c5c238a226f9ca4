/** @file Numbers that follow from others: linear, Friedman's functions, a sine. */
import { type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import { checkNumber, checkWhole } from "../checks.ts";
import type { About, Regression } from "../record.ts";
import { about, addNoiseTo, begin, matrix, measured, type NoisyOptions, scikitLearn, shuffled } from "./assemble.ts";
import { lowRank } from "./lowRank.ts";

export interface RegressionOptions<K extends number, T extends number> extends NoisyOptions {
  readonly nFeatures?: K;
  /** Columns that the targets follow from. */
  readonly nInformative?: number;
  readonly nTargets?: T;
  readonly bias?: number;
  /** About how many directions the features vary in; all, independently, if left out. */
  readonly effectiveRank?: number;
  /** The share of the other directions, from 0 to 1, if there is an effective rank. */
  readonly tailStrength?: number;
  readonly shuffle?: boolean;
}

/** Targets as scikit-learn has them: no axis of their own where there is but one. */
type TargetShape<T extends number> = number extends T
  ? readonly [number] | readonly [number, number]
  : T extends 1
    ? readonly [number]
    : readonly [number, T];

/**
 * A linear function of some of the columns, which are normally distributed; `coefficients` says what they are
 * multiplied by (rows for columns).
 *
 * Shapes: features [n, nFeatures]; targets [n], or [n, nTargets] for more than one.
 * Throws: TensorError when there are more informative features than features.
 * Source: scikit-learn, sklearn.datasets.make_regression.
 *
 * @example
 * const line = makeRegression({ nSamples: 50, nFeatures: 1, nInformative: 1, bias: 2, seed: 7 });
 * const [[slope]] = line.coefficients;
 * const [x, y] = [line.features.slice(0, 0).item(), line.targets.slice(0).item()];
 * y === slope * x + 2;   // => true
 */
export function makeRegression<const K extends number = 100, const T extends number = 1>({
  nSamples = 100,
  nFeatures = 100 as K,
  nInformative = Math.min(10, nFeatures),
  nTargets = 1 as T,
  bias = 0,
  effectiveRank,
  tailStrength = 0.5,
  noise = 0,
  shuffle = true,
  seed = 0,
}: RegressionOptions<K, T> = {}): Regression<readonly [number, K], TargetShape<T>> & {
  readonly coefficients: readonly (readonly number[])[];
} {
  const op = "makeRegression";
  const random = begin(op, nSamples, noise, seed);
  checkWhole(op, "nFeatures", nFeatures, 1);
  checkWhole(op, "nInformative", nInformative);
  checkWhole(op, "nTargets", nTargets, 1);
  checkNumber(op, "bias", bias);
  if (nInformative > nFeatures)
    throw new TensorError(op, `${nInformative} informative of ${nFeatures} features`, "raise nFeatures");
  const points = random.stream("points");
  const values =
    effectiveRank === undefined
      ? (points.normal([nSamples * nFeatures]).toTypedArray() as Float64Array)
      : lowRank(op, points, nSamples, nFeatures, effectiveRank, tailStrength);
  const draw = random.stream("coefficients");
  const columns = shuffle
    ? random
        .stream("columns")
        .permutation(nFeatures as number)
        .toArray()
    : Array.from({ length: nFeatures }, (_, k) => k);
  const coefficients = Array.from({ length: nFeatures }, () => new Array<number>(nTargets).fill(0));
  for (const k of columns.slice(0, nInformative))
    coefficients[k] = Array.from({ length: nTargets }, () => 100 * draw.next());
  const targets = new Float64Array(nSamples * nTargets);
  for (let i = 0; i < targets.length; i++) {
    const [row, t] = [Math.floor(i / nTargets), i % nTargets];
    let sum = 0;
    for (let k = 0; k < nFeatures; k++) sum += values[row * nFeatures + k]! * coefficients[k]![t]!;
    targets[i] = sum + bias;
  }
  addNoiseTo(targets, noise, random);
  const shape = nTargets === 1 ? [nSamples] : [nSamples, nTargets];
  const data = {
    features: matrix({ values, width: nFeatures }, nSamples),
    targets: tensor(targets, { shape }) as Tensor,
  };
  return {
    ...(shuffle ? shuffled(data, nSamples, random) : data),
    coefficients,
    about: about("Regression", "a linear function of some of the columns", scikitLearn("make_regression")),
  };
}

/** Columns drawn evenly from their ranges, and a function of each row, with noise. */
function functionOf<const K extends number>(
  op: string,
  { nSamples = 100, noise = 0, seed = 0 }: NoisyOptions,
  width: K,
  range: (column: number) => readonly [number, number],
  f: (x: Float64Array) => number,
  description: About,
): Regression<readonly [number, K]> {
  const random = begin(op, nSamples, noise, seed);
  const values = random
    .stream("points")
    .uniform([nSamples * width])
    .toTypedArray() as Float64Array;
  for (let i = 0; i < values.length; i++) {
    const [low, high] = range(i % width);
    values[i] = low + (high - low) * values[i]!;
  }
  const targets = Float64Array.from({ length: nSamples }, (_, row) =>
    f(values.subarray(row * width, (row + 1) * width)),
  );
  addNoiseTo(targets, noise, random);
  return measured({ values, width }, targets, description);
}

/**
 * 10 sin(π x₀ x₁) + 20 (x₂ − ½)² + 10 x₃ + 5 x₄ of columns in [0, 1); further columns mean nothing.
 *
 * Shapes: features [n, nFeatures], 5 or more; targets [n].
 * Source: J. Friedman, Multivariate Adaptive Regression Splines (1991); scikit-learn, make_friedman1.
 *
 * @example
 * makeFriedman1({ nSamples: 50, nFeatures: 5, seed: 7 }).features.shape;   // => [50, 5]
 */
export function makeFriedman1<const K extends number = 10>({
  nFeatures = 10 as K,
  ...options
}: NoisyOptions & { readonly nFeatures?: K } = {}): Regression<readonly [number, K]> {
  checkWhole("makeFriedman1", "nFeatures", nFeatures, 5);
  return functionOf(
    "makeFriedman1",
    options,
    nFeatures,
    () => [0, 1],
    ([a, b, c, d, e]) => 10 * elementary.sin(Math.PI * a! * b!) + 20 * (c! - 0.5) * (c! - 0.5) + 10 * d! + 5 * e!,
    about("Friedman 1", "a sine, a square and two lines", scikitLearn("make_friedman1")),
  );
}

const circuit = (column: number): readonly [number, number] =>
  (
    [
      [0, 100],
      [40 * Math.PI, 560 * Math.PI],
      [0, 1],
      [1, 11],
    ] as const
  )[column]!;

/**
 * √(x₀² + (x₁ x₂ − 1 / (x₁ x₃))²): the impedance of a circuit.
 *
 * Shapes: features [n, 4]; targets [n].
 * Source: J. Friedman, Multivariate Adaptive Regression Splines (1991); scikit-learn, make_friedman2.
 *
 * @example
 * makeFriedman2({ nSamples: 50, seed: 7 }).features.shape;   // => [50, 4]
 */
export const makeFriedman2 = (options: NoisyOptions = {}): Regression<readonly [number, 4]> =>
  functionOf(
    "makeFriedman2",
    options,
    4,
    circuit,
    ([a, b, c, d]) => elementary.hypot(a!, b! * c! - 1 / (b! * d!)),
    about("Friedman 2", "the impedance of a circuit", scikitLearn("make_friedman2")),
  );

/**
 * atan((x₁ x₂ − 1 / (x₁ x₃)) / x₀): the phase of a circuit.
 *
 * Shapes: features [n, 4]; targets [n].
 * Source: J. Friedman, Multivariate Adaptive Regression Splines (1991); scikit-learn, make_friedman3.
 *
 * @example
 * makeFriedman3({ nSamples: 50, seed: 7 }).targets.shape;   // => [50]
 */
export const makeFriedman3 = (options: NoisyOptions = {}): Regression<readonly [number, 4]> =>
  functionOf(
    "makeFriedman3",
    options,
    4,
    circuit,
    ([a, b, c, d]) => elementary.atan((b! * c! - 1 / (b! * d!)) / a!),
    about("Friedman 3", "the phase of a circuit", scikitLearn("make_friedman3")),
  );

/**
 * sin(frequency · x) for x drawn evenly from a range: the smallest problem of regression.
 *
 * Shapes: features [n, 1]; targets [n].
 *
 * @example
 * const { features, targets } = makeSine({ nSamples: 1, seed: 7 });
 * targets.item() === Math.sin(features.item());   // => true
 */
export function makeSine({
  frequency = 1,
  range: [low, high] = [-Math.PI, Math.PI],
  ...options
}: NoisyOptions & { readonly frequency?: number; readonly range?: readonly [number, number] } = {}): Regression<
  readonly [number, 1]
> {
  checkNumber("makeSine", "frequency", frequency);
  if (!(Number.isFinite(high - low) && low <= high))
    throw new TensorError("makeSine", `range is [${low}, ${high}]`, "use finite bounds, the lower one first");
  const description = about("Sine", "a sine of one number", "the usual first example of regression");
  return functionOf(
    "makeSine",
    options,
    1,
    () => [low, high],
    ([x]) => elementary.sin(frequency * x!),
    description,
  );
}
