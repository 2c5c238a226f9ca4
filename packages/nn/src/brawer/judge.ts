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

/** One equation on one layer. */
export interface Row {
  readonly eq: string;
  /** The layer l that the quantity belongs to. */
  readonly layer: number;
  readonly quantity: string;
  readonly entries: readonly Entry[];
  readonly maxDifference: number;
  readonly maxUlps: number;
  /** The largest bound of an entry. */
  readonly bound: number;
  /** The largest part of its bound that a difference takes up; more than 1 breaks it. */
  readonly boundUsed: number;
  readonly ok: boolean;
}

/** Compares all entries of a quantity; the verdict is red for NaN, and where the two differ in size. */
export function judge(eq: string, layer: number, quantity: string, closed: Tensor, auto: Tensor, bounds: Tensor): Row {
  const [a, b, limit] = [closed.toTypedArray(), auto.toTypedArray(), bounds.toTypedArray()];
  const entries = Array.from(a, (value, place): Entry => {
    const other = b[place]!;
    const difference = value === other ? 0 : Math.abs(value - other);
    const bound = limit[place]!;
    return {
      index: indexOf(place, auto.shape),
      closedForm: value,
      autograd: other,
      difference,
      ulps: ulps(value, other),
      bound,
      ok: difference <= bound,
    };
  });
  const largest = (f: (entry: Entry) => number): number =>
    entries.reduce((best, entry) => (f(entry) > best || Number.isNaN(f(entry)) ? f(entry) : best), 0);
  return {
    eq,
    layer,
    quantity,
    entries,
    maxDifference: largest((entry) => entry.difference),
    maxUlps: largest((entry) => entry.ulps),
    bound: largest((entry) => entry.bound),
    boundUsed: largest(({ difference, bound }) => (difference === 0 ? 0 : difference / bound)),
    ok: a.length === b.length && entries.every((entry) => entry.ok),
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
