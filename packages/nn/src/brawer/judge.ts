/** @file The verdict: two computations of one quantity, entry by entry, against a bound. */
import type { Tensor } from "@deltagrad/tensor";
import { ulps } from "@deltagrad/tensor/check";

/** One number by both ways. */
export interface Entry {
  /** Where it stands in its quantity, counted from 0. */
  readonly index: readonly number[];
  readonly closedForm: number;
  readonly autograd: number;
  readonly difference: number;
  readonly ulps: number;
  /** How far apart rounding alone can have taken the two. */
  readonly bound: number;
  readonly ok: boolean;
}

/** All entries of a quantity by both ways. */
export interface Judgement {
  /** How many numbers were compared. */
  readonly entries: number;
  /** One of them, by its place in row-major order. */
  readonly entry: (place: number) => Entry;
  /** The first entry that is not ok; null if all are. */
  readonly firstWrong: Entry | null;
  readonly maxDifference: number;
  /** The place of an entry that differs so much. */
  readonly worst: number;
  readonly maxUlps: number;
  /** The largest bound of an entry. */
  readonly bound: number;
  /** The largest part of its bound that a difference takes up; more than 1 breaks it. */
  readonly boundUsed: number;
  /** How many entries have a bound that is not finite: it says nothing of them. */
  readonly unbounded: number;
  readonly ok: boolean;
}

/** Compares all entries of a quantity; the verdict is red for NaN, and where the two differ in size. */
export function judge(closed: Tensor, auto: Tensor, bounds: Tensor): Judgement {
  const [a, b, limits] = [closed.toTypedArray(), auto.toTypedArray(), bounds.toTypedArray()];
  const entry = (place: number): Entry => {
    const [closedForm, autograd, bound] = [a[place]!, b[place]!, limits[place]!];
    const difference = closedForm === autograd ? 0 : Math.abs(closedForm - autograd);
    return {
      index: indexOf(place, auto.shape),
      closedForm,
      autograd,
      difference,
      ulps: ulps(closedForm, autograd),
      bound,
      ok: difference <= bound && Number.isFinite(bound),
    };
  };
  const largest = { difference: 0, ulps: 0, bound: 0, used: 0 };
  // NaN is worse than any number.
  const worse = (x: number, y: number): number => (Number.isNaN(x) || x > y ? x : y);
  let [firstWrong, worst, unbounded] = [-1, 0, 0];
  for (let place = 0; place < b.length; place++) {
    const [x, y, bound] = [a[place]!, b[place]!, limits[place]!];
    const difference = x === y ? 0 : Math.abs(x - y);
    largest.bound = worse(bound, largest.bound);
    if (!Number.isFinite(bound)) {
      unbounded++;
      continue;
    }
    if (difference !== 0) {
      if (!(difference <= largest.difference)) worst = place;
      largest.difference = worse(difference, largest.difference);
      largest.ulps = worse(ulps(x, y), largest.ulps);
      largest.used = worse(difference / bound, largest.used);
    }
    if (!(difference <= bound) && firstWrong < 0) firstWrong = place;
  }
  const alike = closed.shape.join() === auto.shape.join();
  return {
    entries: b.length,
    entry,
    firstWrong: firstWrong < 0 ? null : entry(firstWrong),
    maxDifference: largest.difference,
    worst,
    maxUlps: largest.ulps,
    bound: largest.bound,
    boundUsed: largest.used,
    unbounded,
    ok: alike && firstWrong < 0 && unbounded === 0,
  };
}

function indexOf(place: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = place;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}
