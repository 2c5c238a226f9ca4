/** @file Two values of one quantity, entry by entry, against a bound. */
import { TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";

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
  readonly ok: boolean;
}

/**
 * Two tensors of one quantity, entry by entry; `bound` is how far apart each pair may be. NaN is never ok.
 *
 * Throws: TensorError when the shapes differ.
 *
 * @example
 * compareEntries(tensor([1, 2]), tensor([1, 2.5]), tensor([0, 1])).boundUsed;   // => 0.5
 */
export function compareEntries(_left: Tensor, _right: Tensor, _bound: Tensor): Entries {
  throw new TensorError("compareEntries", "is being written", "wait");
}
