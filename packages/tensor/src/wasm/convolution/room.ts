/** @file Room in the scratch memory, taken in pieces. */
import { type Float, type Width, widths } from "../floats.ts";
import { SCRATCH_LIMIT, type Scratch, scratch } from "../machine.ts";

export type Floats = Float32Array | Float64Array;

export const upwards = (count: number, step: number): number => Math.ceil(count / step) * step;

/** Scratch memory that is reserved piece by piece before it is asked for. Addresses are in bytes. */
export class Room {
  readonly width: Width;
  #size = 0;
  #scratch: Scratch | null = null;

  constructor(dtype: Float) {
    this.width = widths[dtype];
  }

  /** Space for so many numbers, and a vector more. */
  numbers(count: number): number {
    return this.bytes((count + this.width.lanes) * this.width.bytes);
  }

  /** Space for so many whole numbers. */
  table(count: number): number {
    return this.bytes(4 * count);
  }

  private bytes(size: number): number {
    const start = this.#size;
    this.#size = upwards(start + size, 16);
    return start;
  }

  /** False where it is too much. */
  open(): boolean {
    if (this.#size <= SCRATCH_LIMIT) this.#scratch = scratch(this.#size);
    return this.#scratch !== null;
  }

  /** The address of a piece that was reserved. */
  at(piece: number): number {
    return this.#scratch!.base + piece;
  }

  /** The numbers of a piece. */
  view(piece: number, count: number): Floats {
    const start = this.at(piece) / this.width.bytes;
    return this.width.view(this.#scratch!).subarray(start, start + count);
  }

  /** Writes a table. */
  put(piece: number, table: Int32Array): void {
    this.#scratch!.int32.set(table, this.at(piece) / 4);
  }
}
