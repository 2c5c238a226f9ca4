/** @file How numbers of several distributions are made of a stream of even ones, `next`, in [0, 1). */
import * as elementary from "./elementary.ts";
import { TensorError } from "./errors.ts";

type Draw = () => number;

/** Standard normal numbers by Marsaglia's polar method, which makes two at a time. */
export function polarNormal(next: Draw): Draw {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const x = 2 * next() - 1;
      const y = 2 * next() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * elementary.log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };
}

/** Standard normal numbers in [a, b], by whatever proposal is accepted often there. */
export function truncatedNormal(next: Draw, a: number, b: number): Draw {
  if (b < 0) {
    const mirrored = truncatedNormal(next, -b, -a);
    return () => -mirrored();
  }
  // The density is highest at 0, or at a where that is greater.
  const mode = Math.max(a, 0);
  if (a <= 0 && b - a > 2.5) return accepted(polarNormal(next), (x) => x >= a && x <= b);
  if (a * (b - a) > 1) {
    // The tail: an exponential distribution from a on, of Robert's best rate.
    const rate = (a + Math.sqrt(a * a + 4)) / 2;
    const exponential = (): number => a - elementary.log1p(-next()) / rate;
    return accepted(exponential, (x) => x <= b && next() < elementary.exp(-((x - rate) * (x - rate)) / 2));
  }
  return accepted(
    () => a + (b - a) * next(),
    (x) => next() < elementary.exp((mode - x) * (mode + x) * 0.5),
  );
}

const accepted = (propose: Draw, accept: (x: number) => boolean): Draw => {
  return () => {
    for (;;) {
      const x = propose();
      if (accept(x)) return x;
    }
  };
};

/** A vector within values: its elements lie `step` apart from `start` on. */
interface Vector {
  readonly values: ArrayLike<number>;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** The largest logit of a vector; throws where they make no distribution. */
export function largestLogit({ values, start, step, count }: Vector): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) max = Math.max(max, values[start + k * step]!);
  if (!Number.isFinite(max))
    throw new TensorError(
      "categorical",
      count === 0 ? "there are no categories" : `the largest logit is ${max}`,
      "give each vector a finite logit, and none that is NaN or ∞",
    );
  return max;
}

/** The place k in a vector of logits with probability e^{logit k} / Σ e^{logit}. */
export function drawByLogits(next: Draw, { values, start, step, count }: Vector, max: number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += elementary.exp(values[start + k * step]! - max);
  let rest = next() * total;
  let last = 0;
  for (let k = 0; k < count; k++) {
    const weight = elementary.exp(values[start + k * step]! - max);
    if (weight === 0) continue;
    if (rest < weight) return k;
    rest -= weight;
    last = k;
  }
  // By rounding, a little may be left of the total.
  return last;
}

/** Numbers out of 0 … n − 1 with the given weights; null: evenly. */
export function drawByWeight(next: Draw, n: number, weights: Float64Array | null): Draw {
  if (weights === null) return () => Math.floor(n * next());
  const cumulative = new Float64Array(n);
  const max = weights.reduce((a, b) => Math.max(a, b), 0);
  let total = 0;
  let last = 0;
  for (let k = 0; k < n; k++) {
    if (weights[k]! > 0) last = k;
    // Their sum might overflow.
    total += weights[k]! / max;
    cumulative[k] = total;
  }
  return () => {
    const place = next() * total;
    // The first k whose cumulative weight is greater.
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! > place) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** The same without replacement, one after the other. */
export function withoutReplacement(next: Draw, n: number, weights: Float64Array | null): Draw {
  let taken = 0;
  if (weights !== null) {
    // Waiting times of rates `weights`: who comes first is drawn in proportion to them, and so on.
    const times = weights.map((weight) => -elementary.log1p(-next()) / weight);
    const order = Array.from(times.keys()).filter((k) => weights[k]! > 0);
    order.sort((i, j) => times[i]! - times[j]!);
    return () => order[taken++]!;
  }
  const order = Int32Array.from({ length: n }, (_, k) => k);
  return () => {
    const place = taken + Math.floor((n - taken) * next());
    const chosen = order[place]!;
    order[place] = order[taken]!;
    taken++;
    return chosen;
  };
}
