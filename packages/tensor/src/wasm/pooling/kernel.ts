/** @file Pooling in WebAssembly: windows that are boxes, a few planes at a time. */
import { type Float, widths } from "../floats.ts";
import { SCRATCH_LIMIT, scratch } from "../machine.ts";
import { largest, sums } from "./program.ts";

/** Windows along one axis: `counts[i]` elements from `starts[i]` on, `step` apart. */
export interface Axis {
  readonly extent: number;
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly step: number;
}

/** About so many numbers are copied at once. */
const BLOCK = 2 ** 14;

const upwards = (count: number, step: number): number => Math.ceil(count / step) * step;

/**
 * By element of a window, then by window: the places. A window with fewer elements has its last one again, which is
 * never larger than itself. `width`: how many entries a row has.
 */
function tableOf({ starts, counts, step }: Axis, stride: number, width: number): number[] {
  const most = Math.max(...counts);
  return Array.from({ length: most * width }, (_, at) => {
    const [k, i] = [Math.floor(at / width), Math.min(at % width, starts.length - 1)];
    return (starts[i]! + Math.min(k, counts[i]! - 1) * step) * stride;
  });
}

const ALL: Axis = { extent: 1, starts: [0], counts: [1], step: 1 };

/** Where in each plane the largest element of each window over its one or two axes is; false without WebAssembly. */
export function largestPlaces(data: Float32Array, axes: readonly Axis[], out: Int32Array): boolean {
  const run = largest.exports();
  const [rows, columns] = (axes.length === 1 ? [ALL, axes[0]!] : axes) as [Axis, Axis];
  if (run === null || axes.length > 2) return false;
  const [down, width] = [tableOf(rows, columns.extent, rows.starts.length), upwards(columns.starts.length, 4)];
  const across = tableOf(columns, 1, width);
  const [size, made] = [rows.extent * columns.extent, rows.starts.length * columns.starts.length];
  const planes = data.length / size;
  const atOnce = Math.max(1, Math.min(planes, Math.floor(BLOCK / (size + made))));
  const tables = upwards(down.length, 4) + across.length;
  const needed = 4 * (tables + upwards(atOnce * size, 4) + atOnce * made + 4);
  const room = needed > SCRATCH_LIMIT ? null : scratch(needed);
  if (room === null) return false;
  const { int32, float32, base } = room;
  const start = base / 4;
  const [second, from] = [upwards(down.length, 4), tables];
  const to = from + upwards(atOnce * size, 4);
  int32.set(down, start);
  int32.set(across, start + second);
  const [tall, wide] = [down.length / rows.starts.length, across.length / width];
  for (let plane = 0; plane < planes; plane += atOnce) {
    const now = Math.min(atOnce, planes - plane);
    float32.set(data.subarray(plane * size, (plane + now) * size), start + from);
    run.places(
      ...([base + 4 * from, size, now, base, tall, rows.starts.length] as const),
      ...([base + 4 * second, wide, width, columns.starts.length, base + 4 * to] as const),
    );
    out.set(int32.subarray(start + to, start + to + now * made), plane * made);
  }
  return true;
}

/** Of [outer, extent, inner], the sums of neighbours along the middle axis; false without WebAssembly. */
export function sumNeighbours(
  dtype: Float,
  data: Float32Array | Float64Array,
  { extent, starts, counts }: Omit<Axis, "step">,
  inner: number,
  out: Float32Array | Float64Array,
): boolean {
  const run = sums[dtype].exports();
  const { bytes, view } = widths[dtype];
  const [size, made] = [extent * inner, starts.length * inner];
  const outer = data.length / size;
  const atOnce = Math.max(1, Math.min(outer, Math.floor(BLOCK / (size + made))));
  const table = upwards(2 * starts.length, 4);
  const needed = 4 * table + bytes * atOnce * (size + made);
  const room = run === null || needed > SCRATCH_LIMIT ? null : scratch(needed);
  if (run === null || room === null) return false;
  const numbers = view(room);
  starts.forEach((start, i) => room.int32.set([start, counts[i]!], room.base / 4 + 2 * i));
  const from = (room.base + 4 * table) / bytes;
  const to = from + atOnce * size;
  for (let n = 0; n < outer; n += atOnce) {
    const now = Math.min(atOnce, outer - n);
    numbers.set(data.subarray(n * size, (n + now) * size), from);
    run.sums(from * bytes, now, extent, inner, room.base, starts.length, to * bytes);
    out.set(numbers.subarray(to, to + now * made), n * made);
  }
  return true;
}
