/** @file Results that stay in the memory of their program until someone reads them, or the program needs the place. */
import type { Storage } from "../core/dtype.ts";
import { formatShape, TensorError } from "../core/errors.ts";
import { type Spec, Tensor } from "../core/tensor.ts";

/** Where a result lies among the results of its program. */
export interface Slot {
  readonly spec: Spec;
  readonly start: number;
  /** Its elements in a buffer, from a byte on. */
  elements(buffer: ArrayBufferLike, from: number): Storage;
}

/** The results of one call. */
export class Results {
  /** Where they lie: in the program's memory, until they have to leave it. */
  private buffer: ArrayBufferLike;
  private offset: number;
  private resident = true;
  /** What lay before this is lost. */
  private from = 0;
  private unread: number;

  constructor(buffer: ArrayBufferLike, offset: number, count: number) {
    this.buffer = buffer;
    this.offset = offset;
    this.unread = count;
  }

  /** The elements of one of them, in an array to which the program does not write. */
  read({ spec, start, elements }: Slot): Storage {
    if (start < this.from)
      throw new TensorError(
        "compile",
        `${formatShape(spec.shape)} was given back to the function that had returned it, and is used up`,
        "read it before, or compile without donate",
        [spec],
      );
    this.unread--;
    const there = elements(this.buffer, this.offset + start);
    return this.resident ? there.slice() : there;
  }

  /** Lets the program have its memory back: what has not been read moves out, from a place on; what is before is lost. */
  leave(bytes: number, from: number): void {
    if (this.unread > 0) this.buffer = this.buffer.slice(this.offset + from, this.offset + bytes);
    this.offset = -from;
    this.from = from;
    this.resident = false;
  }
}

/** A result that has not been read: an ordinary tensor, but that its storage is there when it is asked for. */
export class Resident extends Tensor {
  declare readonly results: Results;
  declare readonly slot: Slot;
  declare private held: Storage | null;

  constructor(results: Results, slot: Slot) {
    super(slot.spec, null, null, null);
    this.results = results;
    this.slot = slot;
    this.held = null;
  }

  override get storage(): Storage {
    this.held ??= this.results.read(this.slot);
    return this.held;
  }

  // The constructor of every tensor sets it.
  override set storage(_none: Storage | null) {}
}
