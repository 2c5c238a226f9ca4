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

/** All entries of a quantity, and what they come to. */
export interface Summary {
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

/** A quantity by both ways: its entries are made when they are asked for. */
export interface Entries extends Summary {
  readonly left: Tensor;
  readonly right: Tensor;
  readonly bounds: Tensor;
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
  const [a, b, limits] = [left, right, bound].map((x) => contiguous("compareEntries", x)) as [Values, Values, Values];
  const apart = (place: number): number => (a[place] === b[place] ? 0 : Math.abs(a[place]! - b[place]!));
  const fits = (place: number): boolean => Number.isFinite(limits[place]) && apart(place) <= limits[place]!;
  const entry = (place: number): Entry => ({
    index: indexOf(place, left.shape),
    left: a[place]!,
    right: b[place]!,
    difference: apart(place),
    ulps: ulps(a[place]!, b[place]!),
    bound: limits[place]!,
    ok: fits(place),
  });
  const places = Array.from(a, (_, place) => place);
  const unequal = places.filter((place) => apart(place) !== 0);
  const largest = (of: readonly number[], f: (place: number) => number): number =>
    of.reduce((best, place) => (f(place) > best || Number.isNaN(f(place)) ? f(place) : best), 0);
  let entries: readonly Entry[] | undefined;
  return {
    left,
    right,
    bounds: bound,
    get entries() {
      entries ??= places.map(entry);
      return entries;
    },
    maxDifference: largest(unequal, apart),
    maxUlps: largest(unequal, (place) => ulps(a[place]!, b[place]!)),
    bound: largest(places, (place) => limits[place]!),
    boundUsed: largest(unequal, (place) => apart(place) / limits[place]!),
    ok: places.every(fits),
  };
}

type Values = ReturnType<typeof contiguous>;
