/** @file From inputs that fail to smaller ones that still do: fewer elements first, then simpler numbers. */

import { isFloat } from "../../core/dtype.ts";
import { TensorError } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import { slice } from "../../ops/slice.ts";
import { changed, valuesIn } from "./program.ts";

/** No more candidates than this are tried. */
const ATTEMPTS = 80;

/** Every axis of that extent cut to its first or its last elements: axes of one extent belong together. */
const cut = (xs: readonly Tensor[], extent: number, start: number, stop: number): Tensor[] =>
  xs.map((x) => slice(x, ...x.shape.map((e) => (e === extent ? ([start, stop] as const) : null))));

function* smaller(xs: readonly Tensor[]): Generator<Tensor[]> {
  const extents = [...new Set(xs.flatMap((x) => x.shape))].filter((e) => e > 1).sort((a, b) => b - a);
  for (const extent of extents) {
    yield cut(xs, extent, 0, 1);
    yield cut(xs, extent, extent - 1, extent);
    const half = Math.ceil(extent / 2);
    if (half < extent) {
      yield cut(xs, extent, 0, half);
      yield cut(xs, extent, extent - half, extent);
    }
  }
}

function* simpler(xs: readonly Tensor[]): Generator<Tensor[]> {
  const rounders: ((x: number) => number)[] = [() => 1, Math.round, (x) => Math.round(x * 10) / 10];
  for (const [i, x] of xs.entries()) {
    if (!isFloat(x.dtype)) continue;
    for (const round of rounders) {
      const candidate = changed(x, round);
      if (valuesIn(x).some((value, place) => value !== valuesIn(candidate)[place]))
        yield xs.map((other, place) => (place === i ? candidate : other));
    }
  }
}

/** The smallest inputs found for which `fails` still holds; what f refuses is not tried further. */
export function shrink(xs: readonly Tensor[], fails: (xs: readonly Tensor[]) => boolean): Tensor[] {
  let attempts = ATTEMPTS;
  const stillFails = (candidate: readonly Tensor[]): boolean => {
    if (attempts-- <= 0) return false;
    try {
      return fails(candidate);
    } catch (error) {
      if (error instanceof TensorError) return false;
      throw error;
    }
  };
  let best = [...xs];
  for (const candidates of [smaller, simpler]) {
    for (let found: Tensor[] | undefined = best; found !== undefined; ) {
      best = found;
      found = undefined;
      for (const candidate of candidates(best))
        if (stillFails(candidate)) {
          found = candidate;
          break;
        }
    }
  }
  return best;
}
