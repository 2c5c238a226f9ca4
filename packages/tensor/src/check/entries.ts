/** @file Two values of one quantity, entry by entry, against a bound. */
import { formatShape, TensorError } from "../core/errors.ts";
import { sameShape } from "../core/shape.ts";
import { contiguous, type Tensor } from "../core/tensor.ts";
import { ulps } from "./ulps.ts";

/** One number by both ways. */
export interface Entry {
  /** Where it stands in its quantity, counted from 0. */
  readonly index: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly difference: number;
  readonly ulps: number;
  /** How far apart rounding alone can have taken the two. */
  readonly bound: number;
  readonly ok: boolean;
}

/** All entries of a quantity. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly maxDifference: number;
  readonly maxUlps: number;
  /** The largest bound of an entry. */
  readonly bound: number;
  /** The largest part of its bound that a difference takes up; more than 1 breaks it. */
  readonly boundUsed: number;
  /** False for NaN, and for a bound that is not finite: it says nothing. */
  readonly ok: boolean;
}

/** The index, one number for each axis, of an element in row-major order. */
export function indexOf(place: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = place;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

/** The entry at a place, in row-major order, of three tensors of one shape. */
export function entriesOf(left: Tensor, right: Tensor, bound: Tensor): (_: unknown, place: number) => Entry {
  const [a, b, limits] = [left, right, bound].map((x) => contiguous("compareEntries", x)) as [Values, Values, Values];
  return (_, place) => {
    const [value, other, limit] = [a[place]!, b[place]!, limits[place]!];
    const difference = value === other ? 0 : Math.abs(value - other);
    return {
      index: indexOf(place, left.shape),
      left: value,
      right: other,
      difference,
      ulps: ulps(value, other),
      bound: limit,
      ok: Number.isFinite(limit) && difference <= limit,
    };
  };
}

/**
 * Two tensors of one quantity, entry by entry; `bound` is how far apart each pair may be. NaN is never ok.
 *
 * Throws: TensorError when the shapes differ.
 *
 * @example
 * compareEntries(tensor([1, 2]), tensor([1, 2.5]), tensor([0, 1])).boundUsed;   // => 0.5
 */
export function compareEntries(left: Tensor, right: Tensor, bound: Tensor): Entries {
  for (const other of [right, bound]) {
    if (!sameShape(left.shape, other.shape)) {
      const problem = `${formatShape(left.shape)} beside ${formatShape(other.shape)}`;
      throw new TensorError("compareEntries", problem, "give three tensors of one shape", [left, other]);
    }
  }
  const entries = Array.from({ length: left.size }, entriesOf(left, right, bound));
  const largest = (f: (entry: Entry) => number): number =>
    entries.reduce((best, entry) => (f(entry) > best || Number.isNaN(f(entry)) ? f(entry) : best), 0);
  return {
    entries,
    maxDifference: largest((entry) => entry.difference),
    maxUlps: largest((entry) => entry.ulps),
    bound: largest((entry) => entry.bound),
    boundUsed: largest(({ difference, bound }) => (difference === 0 ? 0 : difference / bound)),
    ok: entries.every((entry) => entry.ok),
  };
}

type Values = ReturnType<typeof contiguous>;
