/** @file Drawing by weights: exact additions alone, so that a seed draws the same on every engine. */
import { type Rng, TensorError } from "@deltagrad/tensor";
import { shown } from "../checks.ts";

/**
 * `count` numbers of examples, each drawn with the probability of its weight among those that are left.
 *
 * A binary tree has in each node the sum of what is below it: a draw walks down from the root, and taking a leaf out
 * mends the sums on its way up, without a remainder.
 */
export function drawWeighted(weights: ArrayLike<number>, count: number, replacement: boolean, random: Rng): Int32Array {
  const bad = Array.from(weights).findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (bad >= 0)
    throw new TensorError("sample", `weight ${bad} is ${shown(weights[bad])}`, "weights are finite numbers ≥ 0");
  const positive = Array.from(weights).filter((weight) => weight > 0).length;
  if (count > 0 && positive === 0)
    throw new TensorError("sample", `all of ${weights.length} weights are 0`, "give at least one weight > 0");
  if (!replacement && count > positive)
    throw new TensorError(
      "sample",
      `${count} draws without replacement from ${positive} examples of weight > 0`,
      "draw fewer, or with replacement",
    );
  let leaves = 1;
  while (leaves < weights.length) leaves *= 2;
  const sums = new Float64Array(2 * leaves);
  sums.set(Float64Array.from(weights), leaves);
  for (let node = leaves - 1; node >= 1; node--) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
  if (sums[1] === Number.POSITIVE_INFINITY)
    throw new TensorError("sample", "the sum of the weights is infinite", "divide them by the largest");
  return Int32Array.from({ length: count }, () => {
    let rest = random.next() * sums[1]!;
    let node = 1;
    while (node < leaves) {
      const [left, right] = [sums[2 * node]!, sums[2 * node + 1]!];
      // Rounding may carry the rest to a side that is empty.
      const goLeft = right === 0 || (left > 0 && rest < left);
      if (!goLeft) rest -= left;
      node = 2 * node + (goLeft ? 0 : 1);
    }
    const drawn = node - leaves;
    if (!replacement) {
      sums[node] = 0;
      for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
    }
    return drawn;
  });
}
