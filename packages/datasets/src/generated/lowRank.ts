/** @file Matrices with singular values that fall off like a bell. */
import type { Rng } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import { checkNumber, checkWhole } from "../checks.ts";

/**
 * A random matrix, row by row, most of whose variation is in about `rank` directions: singular values
 * (1 − tail) exp(−(i / rank)²) + tail exp(−i / (10 rank)).
 *
 * Source: scikit-learn, sklearn.datasets.make_low_rank_matrix.
 */
export function lowRank(
  op: string,
  random: Rng,
  rows: number,
  columns: number,
  rank: number,
  tail: number,
): Float64Array {
  checkWhole(op, "effectiveRank", rank, 1);
  checkNumber(op, "tailStrength", tail, 0, 1);
  const n = Math.min(rows, columns);
  const left = orthonormal(random.stream("left"), n, rows);
  const right = orthonormal(random.stream("right"), n, columns);
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < n; i++) {
    const share = i / rank;
    const singular = (1 - tail) * elementary.exp(-share * share) + tail * elementary.exp(-0.1 * share);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < columns; k++) values[row * columns + k]! += singular * left[i]![row]! * right[i]![k]!;
  }
  return values;
}

/** `count` random vectors of length 1, at right angles to each other (Gram and Schmidt, twice for accuracy). */
function orthonormal(random: Rng, count: number, length: number): Float64Array[] {
  const done: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = random.normal([length]).toTypedArray() as Float64Array;
    for (let pass = 0; pass < 2; pass++)
      for (const other of done) {
        const along = other.reduce((sum, x, k) => sum + x * vector[k]!, 0);
        for (let k = 0; k < length; k++) vector[k]! -= along * other[k]!;
      }
    const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    done.push(vector.map((x) => x / norm));
  }
  return done;
}
