/** @file Sums of columns in WebAssembly: a few hundred neighbours at once, pairwise over their rows. */
import type { Rows } from "../../core/walk.ts";
import { type Float, widths } from "../floats.ts";
import { scratch } from "../machine.ts";
import { BLOCK, programs } from "./program.ts";

type Floats = Float32Array | Float64Array;

/** How many columns are summed at once. */
const WIDTH = 512;
/** How many partial sums are kept: one for each halving of a run. */
const SLOTS = 32;
/** Rows are a cache line further apart than they are long: at powers of two they would be in each other's way. */
const APART = 64;

/** Writes the sums of `count` elements, `step` apart, from each of the places on; false without WebAssembly. */
export function sumColumns(
  dtype: Float,
  data: Floats,
  places: Rows,
  step: number,
  count: number,
  out: Floats,
): boolean {
  const run = programs[dtype].exports();
  const { bytes, view } = widths[dtype];
  const row = WIDTH * bytes;
  const pitch = row + APART;
  const room = run === null ? null : scratch(BLOCK * pitch + SLOTS * row);
  if (run === null || room === null) return false;
  const numbers = view(room);
  const slots = room.base + BLOCK * pitch;

  const pairwise = (from: number, width: number, length: number, slot: number): void => {
    const size = Math.ceil((width * bytes) / 16) * 16;
    if (length > BLOCK) {
      const half = (length >> 1) - ((length >> 1) % 8);
      pairwise(from, width, half, slot);
      pairwise(from + half * step, width, length - half, slot + row);
      run.addTo(slot, slot + row, size);
    } else {
      for (let i = 0; i < length; i++)
        numbers.set(data.subarray(from + i * step, from + i * step + width), (room.base + i * pitch) / bytes);
      run.columns(room.base, length, pitch, size, slot);
    }
  };
  places.visit((position, [from]) => {
    for (let at = 0; at < places.inner; at += WIDTH) {
      const width = Math.min(WIDTH, places.inner - at);
      pairwise(from! + at, width, count, slots);
      out.set(numbers.subarray(slots / bytes, slots / bytes + width), position + at);
    }
  });
  return true;
}
