/** @file Watchers: what sees an operation before it runs. */
import type { Primitive } from "./primitive.ts";
import type { Tensor } from "./tensor.ts";

let newest = 0;

/**
 * A watcher of operations: a tape, a dual number, a recorder. Every new one is more inner than all before it; where
 * several watch the inputs of an operation the innermost handles it, on values that the others still see. That order
 * is all that nesting, higher derivatives and perturbation confusion need.
 */
export abstract class Trace {
  readonly level: number = ++newest;

  /** Does `op` on inputs of which at least one is watched by this trace. */
  abstract handle<P>(op: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor;

  /** Told that a value which it watches has been given a name. */
  named(_x: Tensor, _label: string): void {}
}

let everything: Trace | null = null;

/** The watcher that sees operations on unwatched tensors too, if there is one. */
export const watcherOfAll = (): Trace | null => everything;

/** What f returns while `trace` sees every operation, also those on constants (null: while none does). */
export function watchingAll<T>(trace: Trace | null, f: () => T): T {
  const before = everything;
  everything = trace;
  try {
    return f();
  } finally {
    everything = before;
  }
}

/** `x` as `trace` sees it: with what is more inner taken off; null if `trace` does not watch it. */
export function seenBy(trace: Trace, x: Tensor): Tensor | null {
  let seen: Tensor | null = x;
  while (seen !== null && seen.watched !== null && seen.watched.trace !== trace) seen = seen.watched.primal;
  return seen?.watched ? seen : null;
}
