/** @file Reductions in WebAssembly, over runs that are copied into the cache piece by piece. */
import { type Float, widths } from "../floats.ts";
import { scratch } from "../machine.ts";
import { LONGEST, programs } from "./program.ts";

type Floats = Float32Array | Float64Array;

/** Writes the sums of runs of `count` numbers, which lie one after the other in `data` from `start` on. */
export function sumRuns(dtype: Float, data: Floats, start: number, count: number, out: Floats): boolean {
  const run = programs[dtype].exports();
  const room = scratch(2 * LONGEST * 8);
  if (run === null || room === null) return false;
  const numbers = widths[dtype].view(room);
  const { bytes } = widths[dtype];
  const first = room.base / bytes;
  const round = dtype === "float32" ? Math.fround : (x: number): number => x;
  const pairwise = (from: number, length: number): number => {
    if (length > LONGEST) {
      const half = (length >> 1) - ((length >> 1) % 8);
      return round(pairwise(from, half) + pairwise(from + half, length - half));
    }
    numbers.set(data.subarray(from, from + length), first);
    run.sums(room.base, length, 1, room.base + LONGEST * bytes);
    return numbers[first + LONGEST]!;
  };
  if (count > LONGEST / 2) {
    for (let i = 0; i < out.length; i++) out[i] = pairwise(start + i * count, count);
    return true;
  }
  const atOnce = Math.max(1, Math.floor(LONGEST / count));
  for (let i = 0; i < out.length; i += atOnce) {
    const runs = Math.min(atOnce, out.length - i);
    numbers.set(data.subarray(start + i * count, start + (i + runs) * count), first);
    run.sums(room.base, count, runs, room.base + LONGEST * bytes);
    out.set(numbers.subarray(first + LONGEST, first + LONGEST + runs), i);
  }
  return true;
}
