/** @file Convolution in WebAssembly: image by image, with the weights packed once and scratch for a few images. */
import type { Float } from "../floats.ts";
import type { Axis } from "./plan.ts";
import { programs, ROWS, type Run, VECTORS } from "./program.ts";
import { type Floats, Room, upwards } from "./room.ts";
import { backwardTables, forwardTables, type Tables } from "./tables.ts";

/** Tensors that have the same axes in front: `step` numbers from one place there to the next. */
export interface Operand {
  readonly data: Floats;
  readonly step: number;
}

/** Images [outer, batch, groups·from, …input], kernels [outer, groups·to, from, …kernel], results […, groups·to, …output]. */
export interface Sizes {
  readonly axes: readonly Axis[];
  readonly groups: number;
  readonly from: number;
  readonly to: number;
  readonly outer: number;
  readonly batch: number;
}

/** About so many numbers of images and results are copied at once. */
const BLOCK = 2 ** 14;

const sizeOf = (axes: readonly Axis[], name: "input" | "kernel" | "output"): number =>
  axes.reduce((size, axis) => size * axis[name], 1);

/** How many images are copied at once, where one and its result are so many numbers. */
const imagesAtOnce = (batch: number, numbers: number): number =>
  Math.max(1, Math.min(batch, Math.floor(BLOCK / numbers)));

/** y = conv(x, w): false where WebAssembly does not do it. */
export function convolve(dtype: Float, x: Operand, w: Operand, y: Floats, sizes: Sizes): boolean {
  const { axes, from, to } = sizes;
  const [inside, outside, kernel] = [sizeOf(axes, "input"), sizeOf(axes, "output"), sizeOf(axes, "kernel")];
  const sides = { channels: from, rows: to, rowStep: from * kernel, inside, outside };
  return y.length > 0 && multiply(dtype, forwardTables(dtype, axes, from), x, w, y, sizes, sides);
}

/** x = convTranspose(y, w): false where WebAssembly does not do it. */
export function convolveBack(dtype: Float, y: Operand, w: Operand, x: Floats, sizes: Sizes): boolean {
  const { axes, from, to } = sizes;
  const [inside, outside, kernel] = [sizeOf(axes, "output"), sizeOf(axes, "input"), sizeOf(axes, "kernel")];
  const sides = { channels: to, rows: from, rowStep: kernel, inside, outside };
  // Zeros around y are multiplied here and not in the definition: the same unless a weight is infinite or NaN.
  if (x.length === 0 || !w.data.every(Number.isFinite)) return false;
  return multiply(dtype, backwardTables(dtype, axes, to, from), y, w, x, sizes, sides);
}

/** One group: the channels of what is read, the rows of what is made, and the numbers in a plane of each. */
interface Sides {
  readonly channels: number;
  readonly rows: number;
  /** From the weights of one row to those of the next. */
  readonly rowStep: number;
  readonly inside: number;
  readonly outside: number;
}

function multiply(
  dtype: Float,
  tables: Tables,
  source: Operand,
  weights: Operand,
  out: Floats,
  { axes, groups, from, to, outer, batch }: Sizes,
  { channels, rows, rowStep, inside, outside }: Sides,
): boolean {
  const run = programs[dtype].exports();
  if (run === null) return false;
  const room = new Room(dtype);
  const { bytes } = room.width;
  const result = groups * rows * outside;
  const count = imagesAtOnce(batch, groups * channels * inside + result);
  const height = upwards(rows, ROWS);
  const images = imagesIn(room, tables, groups * channels, inside, count);
  const results = room.numbers(count * result);
  const apart = room.numbers(
    Math.max(...tables.products.map(({ leave, pitch }) => (leave === null ? 0 : rows * pitch))),
  );
  const parts = tables.products.map((part) => ({
    ...part,
    size: height * part.weights.length,
    packed: room.numbers(groups * height * part.weights.length),
  }));
  if (!room.open()) return false;
  const table = images.prepare();
  const kernels = to * from * sizeOf(axes, "kernel");
  for (let l = 0; l < outer; l++) {
    if (l === 0 || weights.step !== 0)
      for (const { weights: places, packed, size } of parts) {
        const all = room.view(packed, groups * size);
        for (let g = 0; g < groups; g++)
          pack(all, g * size, weights.data, l * weights.step + g * kernels, rows, rowStep, places);
      }
    for (let n = 0; n < batch; n += count) {
      const now = Math.min(count, batch - n);
      images.copy(source.data, l * source.step + n * images.size, now);
      for (let i = 0; i < now; i++) {
        const frame = images.enter(run, i);
        for (const { taps, vectors, leave, pitch, packed, size } of parts)
          for (let g = 0; g < groups; g++) {
            const target = room.at(results) + (i * result + g * rows * outside) * bytes;
            const [into, apartBy] = leave === null ? [target, outside] : [room.at(apart), pitch];
            const [first, channel] = [room.at(packed) + g * size * bytes, frame + g * channels * tables.plane * bytes];
            run.product(
              ...([first, table + taps.at, taps.count, channel] as const),
              ...([table + vectors.at, vectors.count, into, apartBy * bytes, rows] as const),
            );
            if (leave !== null)
              run.spread(into, pitch * bytes, target, outside * bytes, rows, table + leave.at, leave.count);
          }
      }
      out.set(room.view(results, now * result), (l * batch + n) * result);
    }
  }
  return true;
}

/** Images in the room, `count` at once, of `planes` planes of `inside` numbers; one of them lies in a frame. */
function imagesIn(room: Room, { whole, plane, enter }: Tables, planes: number, inside: number, count: number) {
  const { bytes } = room.width;
  const size = planes * inside;
  const raw = room.numbers(count * size);
  const framed = enter === null ? raw : room.numbers(planes * plane);
  const table = room.table(whole.length);
  return {
    size,
    /** Fills the margins, which nothing is ever written to, and the table, whose address it returns. */
    prepare(): number {
      room.put(table, whole);
      if (enter !== null) room.view(framed, planes * plane).fill(0);
      return room.at(table);
    },
    copy(data: Floats, start: number, now: number): void {
      room.view(raw, now * size).set(data.subarray(start, start + now * size));
    },
    /** The address of the frame with image number i. */
    enter(run: Run, i: number): number {
      const [from, to] = [room.at(raw) + i * size * bytes, room.at(framed)];
      if (enter === null) return from;
      run.spread(from, inside * bytes, to, plane * bytes, planes, room.at(table) + enter.at, enter.count);
      return to;
    },
  };
}

/** Weights side by side, four rows for each k; where there are not four, the last row again. */
function pack(
  into: Floats,
  at: number,
  weights: Floats,
  start: number,
  rows: number,
  rowStep: number,
  places: Int32Array,
): void {
  for (let row = 0, to = at; row < rows; row += ROWS)
    for (let k = 0; k < places.length; k++)
      for (let i = 0; i < ROWS; i++) into[to++] = weights[start + Math.min(row + i, rows - 1) * rowStep + places[k]!]!;
}

/** w = convKernel(x, y): false where WebAssembly does not do it. */
export function collectKernel(dtype: Float, x: Operand, y: Operand, w: Floats, sizes: Sizes): boolean {
  const { axes, groups, from, to, outer, batch } = sizes;
  const run = programs[dtype].exports();
  if (run === null || w.length === 0) return false;
  const tables = forwardTables(dtype, axes, from);
  const { taps, windows } = tables.products[0]!;
  const [inside, outside] = [sizeOf(axes, "input"), sizeOf(axes, "output")];
  const room = new Room(dtype);
  const { bytes, lanes } = room.width;
  const result = groups * to * outside;
  const count = imagesAtOnce(batch, groups * from * inside + result);
  const [height, pitch] = [upwards(taps.count, ROWS), upwards(to, VECTORS * lanes)];
  const images = imagesIn(room, tables, groups * from, inside, count);
  const results = room.numbers(count * result);
  const turned = room.numbers(outside * pitch);
  const sums = room.numbers(groups * height * pitch);
  if (!room.open()) return false;
  const table = images.prepare();
  room.view(turned, outside * pitch).fill(0);
  const total = room.view(sums, groups * height * pitch);
  for (let l = 0; l < outer; l++) {
    total.fill(0);
    for (let n = 0; n < batch; n += count) {
      const now = Math.min(count, batch - n);
      images.copy(x.data, l * x.step + n * images.size, now);
      const start = l * y.step + n * result;
      room.view(results, now * result).set(y.data.subarray(start, start + now * result));
      for (let i = 0; i < now; i++) {
        const frame = images.enter(run, i);
        for (let g = 0; g < groups; g++) {
          const channel = frame + g * from * tables.plane * bytes;
          const factors = room.at(results) + (i * result + g * to * outside) * bytes;
          const [columns, into] = [room.at(turned), room.at(sums) + g * height * pitch * bytes];
          run.turn(factors, to, outside, columns, pitch * bytes);
          run.collect(channel, table + taps.at, taps.count, table + windows.at, outside, columns, into, pitch * bytes);
        }
      }
    }
    for (let g = 0, at = l * groups * to * taps.count; g < groups; g++)
      for (let o = 0; o < to; o++) for (let k = 0; k < taps.count; k++) w[at++] = total[(g * height + k) * pitch + o]!;
  }
  return true;
}
