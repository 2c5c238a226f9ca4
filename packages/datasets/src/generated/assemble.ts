/** @file What generators share: their options, and rows that become a data set. */
import { type Rng, type Shape, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { checkNumber, checkWhole, type Seed, streamOf } from "../checks.ts";
import type { About, Classification, Regression } from "../record.ts";
import { rowReader } from "../rows.ts";

export interface GeneratorOptions {
  readonly nSamples?: number;
  /** The same seed gives the same examples; scikit-learn's `random_state`. */
  readonly seed?: Seed;
}

export interface NoisyOptions extends GeneratorOptions {
  /** The standard deviation of normally distributed noise. */
  readonly noise?: number;
}

export interface ShuffledOptions extends NoisyOptions {
  /** Whether the examples come in random order, or class by class. */
  readonly shuffle?: boolean;
}

/** A stream of normally distributed numbers. */
export function normals(random: Rng): () => number {
  let spare: ArrayLike<number> = [];
  let next = 0;
  return () => {
    if (next === spare.length) {
      spare = random.normal([64]).toTypedArray();
      next = 0;
    }
    return spare[next++]!;
  };
}

/** Throws unless the number of examples and the noise can be; gives the random streams of that generator. */
export function begin(op: string, nSamples: number, noise: number, seed: Seed): Rng {
  checkWhole(op, "nSamples", nSamples);
  checkNumber(op, "noise", noise, 0);
  return streamOf(op, seed);
}

/** Adds noise to all values, unless there is none. */
export function addNoiseTo(values: Float64Array, noise: number, random: Rng): void {
  if (noise === 0) return;
  const draw = normals(random.stream("noise"));
  for (let i = 0; i < values.length; i++) values[i]! += noise * draw();
}

export const about = (name: string, description: string, source: string): About => ({
  name,
  description,
  source,
  licence: "none needed: generated",
});

/** The name under which scikit-learn has it. */
export const scikitLearn = (name: string): string => `scikit-learn, sklearn.datasets.${name}`;

/** Tensors in rows, in a random order. */
export function shuffled<T extends object>(data: T, count: number, random: Rng): T {
  const order = random.stream("order").permutation(count).toTypedArray() as Int32Array;
  return rowReader("shuffle", data)(order) as T;
}

export interface Points<K extends number> {
  /** Row by row. */
  readonly values: Float64Array;
  readonly width: K;
}

export const matrix = <K extends number>({ values, width }: Points<K>, rows: number): Tensor<readonly [number, K]> =>
  tensor(values, { shape: [rows, width] as readonly [number, K] }) as Tensor<readonly [number, K]>;

/** A classified set of points; `random`: their order is drawn from it. */
export function classified<K extends number>(
  points: Points<K>,
  labels: Int32Array,
  classes: readonly string[],
  description: About,
  random: Rng | null,
): Classification<readonly [number, K]> {
  const data = { features: matrix(points, labels.length), labels: tensor(labels, { shape: [labels.length] as Shape }) };
  const rows = random === null ? data : shuffled(data, labels.length, random);
  return { ...rows, classes, about: description } as Classification<readonly [number, K]>;
}

/** Points with a number each. */
export const measured = <K extends number>(
  points: Points<K>,
  targets: Float64Array,
  description: About,
): Regression<readonly [number, K]> => ({
  features: matrix(points, targets.length),
  targets: tensor(targets, { shape: [targets.length] }) as Tensor<readonly [number]>,
  about: description,
});

/** The names of n classes: "class 0", "class 1", … */
export const classNames = (n: number): string[] => Array.from({ length: n }, (_, k) => `class ${k}`);

/** How many of n examples each of k classes has: the first ones have one more. */
export const evenly = (n: number, k: number): number[] =>
  Array.from({ length: k }, (_, i) => Math.floor(n / k) + (i < n % k ? 1 : 0));

/** Throws unless a list has one number for each of n things. */
export function checkList(op: string, name: string, list: readonly number[], n: number, least: number): void {
  if (list.length !== n)
    throw new TensorError(op, `${name} has ${list.length} numbers for ${n} classes`, "give one for each");
  list.forEach((value, i) => {
    checkNumber(op, `${name}[${i}]`, value, least);
  });
}
