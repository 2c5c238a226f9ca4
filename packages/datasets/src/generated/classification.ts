/** @file Classes told by some columns of many. */
import { type Rng, TensorError } from "@deltagrad/tensor";
import { checkNumber, checkWhole } from "../checks.ts";
import type { Classification } from "../record.ts";
import {
  about,
  begin,
  checkList,
  classified,
  classNames,
  normals,
  type ShuffledOptions,
  scikitLearn,
} from "./assemble.ts";

export interface ClassificationOptions<K extends number> extends Omit<ShuffledOptions, "noise"> {
  readonly nFeatures?: K;
  /** Columns that tell the class; the others are made of them, repeat them, or are noise. */
  readonly nInformative?: number;
  readonly nRedundant?: number;
  readonly nRepeated?: number;
  readonly nClasses?: number;
  readonly nClustersPerClass?: number;
  /** The share of each class, relative to the others; equal ones, if left out. */
  readonly weights?: readonly number[];
  /** The share of labels that are drawn at random. */
  readonly flipY?: number;
  /** Half the length of an edge of the hypercube at whose corners clusters lie. */
  readonly classSep?: number;
  /** Whether clusters lie at the corners, or at random distances from the middle. */
  readonly hypercube?: boolean;
  /** Added to all columns; "random": to each its own. */
  readonly shift?: number | "random";
  /** Multiplies all columns, after the shift; "random": each its own, from 1 to 100. */
  readonly scale?: number | "random";
}

/**
 * Clusters at the corners of a hypercube, in columns of which some tell the class, some are made of those, some repeat
 * others, and the rest is noise. Rows and columns come in random order, unless `shuffle` is false.
 *
 * Shapes: features [n, nFeatures]; labels [n], int32.
 * Throws: TensorError when there are more kinds of columns than columns, or more clusters than corners.
 * Source: scikit-learn, sklearn.datasets.make_classification, after I. Guyon, Design of Experiments of the NIPS 2003
 * Variable Selection Benchmark (2003).
 *
 * @example
 * const options = { nSamples: 60, nFeatures: 5, nInformative: 3, nRedundant: 1, seed: 7 } as const;
 * makeClassification(options).features.shape;   // => [60, 5]
 */
export function makeClassification<const K extends number = 20>({
  nSamples = 100,
  nFeatures = 20 as K,
  nInformative = 2,
  nRedundant = 2,
  nRepeated = 0,
  nClasses = 2,
  nClustersPerClass = 2,
  weights = Array.from({ length: nClasses }, () => 1),
  flipY = 0.01,
  classSep = 1,
  hypercube = true,
  shift = 0,
  scale = 1,
  shuffle = true,
  seed = 0,
}: ClassificationOptions<K> = {}): Classification<readonly [number, K]> {
  const op = "makeClassification";
  const random = begin(op, nSamples, 0, seed);
  const kinds = { nInformative, nRedundant, nRepeated };
  checkKinds(op, nFeatures, kinds);
  checkNumber(op, "flipY", flipY, 0, 1);
  checkNumber(op, "classSep", classSep);
  const clusters = checkClusters(op, nInformative, nClasses, nClustersPerClass);
  const counts = countsOf(op, nSamples, weights, nClasses, clusters);

  const corners = cornersOf(random.stream("corners"), nInformative, clusters, classSep, hypercube);
  const labels = Int32Array.from(counts.flatMap((count, cluster) => new Array<number>(count).fill(cluster % nClasses)));
  const values = new Float64Array(nSamples * nFeatures);
  const told = pointsOf(random.stream("points"), counts, corners);
  const derive = derivation(random, kinds);
  const noise = normals(random.stream("noise"));
  const columns = shuffle
    ? random
        .stream("columns")
        .permutation(nFeatures as number)
        .toArray()
    : null;
  const change = changeOf(op, random, nFeatures, { shift, scale, classSep });
  told.forEach((informative, row) => {
    const known = derive(informative);
    for (let k = 0; k < nFeatures; k++) {
      const at = columns === null ? k : columns[k]!;
      values[row * nFeatures + at] = change(at, known[k] ?? noise());
    }
  });
  const flips = random.stream("flips");
  for (let i = 0; i < nSamples; i++) if (flips.next() < flipY) labels[i] = Math.floor(flips.next() * nClasses);
  const description = about(
    "Classification",
    "clusters at the corners of a hypercube, in some of the columns",
    scikitLearn("make_classification"),
  );
  const points = { values, width: nFeatures };
  return classified(points, labels, classNames(nClasses), description, shuffle ? random : null);
}

interface Kinds {
  readonly nInformative: number;
  readonly nRedundant: number;
  readonly nRepeated: number;
}

function checkKinds(op: string, nFeatures: number, { nInformative, nRedundant, nRepeated }: Kinds): void {
  checkWhole(op, "nFeatures", nFeatures, 1);
  checkWhole(op, "nInformative", nInformative, 1);
  checkWhole(op, "nRedundant", nRedundant);
  checkWhole(op, "nRepeated", nRepeated);
  if (nInformative + nRedundant + nRepeated > nFeatures)
    throw new TensorError(
      op,
      `${nInformative} informative, ${nRedundant} redundant and ${nRepeated} repeated features are more than ${nFeatures}`,
      "raise nFeatures, or lower the others",
    );
}

/** The number of clusters, for which there must be corners. */
function checkClusters(op: string, nInformative: number, nClasses: number, nClustersPerClass: number): number {
  checkWhole(op, "nClasses", nClasses, 1);
  checkWhole(op, "nClustersPerClass", nClustersPerClass, 1);
  const clusters = nClasses * nClustersPerClass;
  if (clusters > 2 ** Math.min(nInformative, 52))
    throw new TensorError(
      op,
      `${clusters} clusters (${nClasses} classes of ${nClustersPerClass}) for ${2 ** nInformative} corners`,
      "raise nInformative, or lower nClasses or nClustersPerClass",
    );
  return clusters;
}

/** The examples of each cluster; cluster i is of class i mod nClasses. What rounding leaves goes to the first ones. */
function countsOf(op: string, n: number, weights: readonly number[], nClasses: number, clusters: number): number[] {
  checkList(op, "weights", weights, nClasses, 0);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY))
    throw new TensorError(op, `the weights sum to ${sum}`, "give at least one weight > 0");
  const share = (cluster: number): number => (weights[cluster % nClasses]! / sum) * (nClasses / clusters);
  const counts = Array.from({ length: clusters }, (_, i) => Math.floor(n * share(i)));
  const open = counts.flatMap((_, i) => (share(i) > 0 ? [i] : []));
  const rest = n - counts.reduce((total, count) => total + count, 0);
  for (let i = 0; i < rest; i++) counts[open[i % open.length]!]!++;
  return counts;
}

/** Where clusters lie: different corners of a hypercube, at ±classSep; or each at its own distances. */
function cornersOf(random: Rng, k: number, clusters: number, classSep: number, hypercube: boolean): number[][] {
  const drawn = new Set<string>();
  while (drawn.size < clusters) drawn.add(Array.from({ length: k }, () => (random.next() < 0.5 ? "-" : "+")).join(""));
  const stretch = (): number => (hypercube ? 1 : random.next());
  return [...drawn].map((signs) => {
    const along = stretch();
    return [...signs].map((sign) => (sign === "+" ? classSep : -classSep) * along * stretch());
  });
}

/** Normally distributed points, each cluster's skewed by a random matrix and moved to its corner. */
function pointsOf(random: Rng, counts: readonly number[], corners: readonly (readonly number[])[]): Float64Array[] {
  const draw = normals(random);
  return counts.flatMap((count, cluster) => {
    const corner = corners[cluster]!;
    const skew = mixer(random.stream(`cluster ${cluster}`), corner.length, corner.length);
    return Array.from({ length: count }, () => {
      const point = skew(Float64Array.from(corner, draw));
      return point.map((value, k) => value + corner[k]!);
    });
  });
}

/** Multiplies rows by a matrix of numbers drawn evenly from [−1, 1). */
function mixer(random: Rng, rows: number, columns: number): (row: Float64Array) => Float64Array {
  const matrix = random.uniform([rows * columns], { low: -1, high: 1 }).toTypedArray();
  return (row) => {
    const mixed = new Float64Array(columns);
    for (let j = 0; j < rows; j++) for (let k = 0; k < columns; k++) mixed[k]! += row[j]! * matrix[j * columns + k]!;
    return mixed;
  };
}

/** From the informative columns to all that follow from them. */
function derivation(random: Rng, { nInformative, nRedundant, nRepeated }: Kinds) {
  const mix = mixer(random.stream("redundant"), nInformative, nRedundant);
  const draw = random.stream("repeated");
  const repeated = Array.from({ length: nRepeated }, () => Math.floor(draw.next() * (nInformative + nRedundant)));
  return (informative: Float64Array): number[] => {
    const made = [...informative, ...mix(informative)];
    return [...made, ...repeated.map((k) => made[k]!)];
  };
}

/** What is done to the values of a column at last: shifted and scaled, each column by its own amounts if asked. */
function changeOf(
  op: string,
  random: Rng,
  nFeatures: number,
  { shift, scale, classSep }: { shift: number | "random"; scale: number | "random"; classSep: number },
): (column: number, value: number) => number {
  if (shift !== "random") checkNumber(op, "shift", shift);
  if (scale !== "random") checkNumber(op, "scale", scale);
  const each = (name: string, fixed: number | "random", draw: (share: number) => number): number[] => {
    const stream = random.stream(name);
    return Array.from({ length: nFeatures }, () => (fixed === "random" ? draw(stream.next()) : fixed));
  };
  const shifts = each("shift", shift, (share) => (2 * share - 1) * classSep);
  const scales = each("scale", scale, (share) => 1 + 99 * share);
  return (column, value) => (value + shifts[column]!) * scales[column]!;
}
