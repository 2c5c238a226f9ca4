/** @file Round clusters, each of a class. */
import { TensorError } from "@deltagrad/tensor";
import { checkWhole } from "../checks.ts";
import type { Classification } from "../record.ts";
import {
  about,
  begin,
  checkList,
  classified,
  classNames,
  evenly,
  normals,
  type ShuffledOptions,
  scikitLearn,
} from "./assemble.ts";

export interface BlobsOptions<K extends number> extends Omit<ShuffledOptions, "noise" | "nSamples"> {
  /** In all, or of each cluster. */
  readonly nSamples?: number | readonly number[];
  readonly nFeatures?: K;
  /** How many clusters, or where they are. */
  readonly centers?: number | readonly (readonly number[])[];
  /** The standard deviation of all clusters, or of each. */
  readonly clusterStd?: number | readonly number[];
  /** The bounds in which centers are drawn. */
  readonly centerBox?: readonly [low: number, high: number];
}

/**
 * Round clusters, one for each class; `centers` says where they were put.
 *
 * Shapes: features [n, nFeatures]; labels [n], int32.
 * Throws: TensorError when lists do not have one entry for each cluster.
 * Source: scikit-learn, sklearn.datasets.make_blobs.
 *
 * @example
 * const blobs = makeBlobs({ nSamples: 90, centers: [[0, 0], [5, 5], [-5, 5]], clusterStd: 0.5, seed: 7 });
 * blobs.features.shape;   // => [90, 2]
 * blobs.centers[1];       // => [5, 5]
 */
export function makeBlobs<const K extends number = 2>({
  nSamples = 100,
  centers,
  nFeatures,
  clusterStd = 1,
  centerBox: [low, high] = [-10, 10],
  shuffle = true,
  seed = 0,
}: BlobsOptions<K> = {}): Classification<readonly [number, K]> & { readonly centers: readonly (readonly number[])[] } {
  const op = "makeBlobs";
  const own: readonly number[] | null = Array.isArray(nSamples) ? nSamples : null;
  const random = begin(op, own === null ? (nSamples as number) : 0, 0, seed);
  const width = nFeatures ?? (((Array.isArray(centers) ? centers[0]?.length : undefined) ?? 2) as K);
  checkWhole(op, "nFeatures", width, 1);
  if (!(Number.isFinite(high - low) && low <= high))
    throw new TensorError(op, `centerBox is [${low}, ${high}]`, "use finite bounds, the lower one first");
  const k = Array.isArray(centers) ? centers.length : (centers ?? own?.length ?? 3);
  checkWhole(op, "centers", k, 1);
  const drawn = random.stream("centers");
  const places: readonly (readonly number[])[] = Array.isArray(centers)
    ? centers
    : Array.from({ length: k as number }, () => Array.from({ length: width }, () => low + (high - low) * drawn.next()));
  places.forEach((place, i) => {
    if (place.length !== width)
      throw new TensorError(op, `center ${i} has ${place.length} of ${width} coordinates`, "give one for each feature");
  });
  const counts = own ?? evenly(nSamples as number, places.length);
  checkList(op, "nSamples", counts, places.length, 0);
  for (const count of counts) checkWhole(op, "nSamples", count);
  const stds = typeof clusterStd === "number" ? places.map(() => clusterStd) : clusterStd;
  checkList(op, "clusterStd", stds, places.length, 0);
  const draw = normals(random.stream("points"));
  const labels = Int32Array.from(counts.flatMap((count, i) => new Array<number>(count).fill(i)));
  const values = Float64Array.from({ length: labels.length * width }, (_, i) => {
    const label = labels[Math.floor(i / width)]!;
    return places[label]![i % width]! + stds[label]! * draw();
  });
  const description = about("Blobs", "round clusters, one for each class", scikitLearn("make_blobs"));
  const set = classified({ values, width }, labels, classNames(places.length), description, shuffle ? random : null);
  return { ...set, centers: places };
}
