/** @file Who packs and multiplies: this thread alone, or all that there are. */
import type { Sizes } from "../../core/product.ts";
import { helpers, share, threads } from "../pool/threads.ts";
import { gridOf, inParts } from "./pieces.ts";
import type { Functions, Products } from "./programs.ts";

/** Packed operands, and where their product goes: addresses and sizes. */
interface Block {
  readonly left: number;
  readonly right: number;
  readonly to: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Whether the sums begin here, from 0. */
  readonly first: boolean;
  /** Room for a tile of each piece. */
  readonly spare: number;
}

/** (to, from, across, along, count, k), as the programs' packing; false: a thread failed, and all is to begin anew. */
type Pack = (...args: Parameters<Functions["packLeft"]>) => boolean;

export interface Hands {
  readonly packLeft: Pack;
  readonly packRight: Pack;
  /** Multiplies what is packed. */
  multiply(block: Block): boolean;
}

/** Rows of one call: those of the left operand stay in the second cache. */
const ROWS = 60;
/** Pieces for each thread, so that none waits long for the last. */
const PIECES = 8;

/** About the time that one thread takes, in nanoseconds: 13 multiply-adds of float32 in one, or of what is packed. */
const timeOf = (steps: number, size: number): number => (steps * size) / 52;
const timeOfPacking = (count: number, size: number): number => (count * size) / 8;

/**
 * What it costs to share a product, in nanoseconds for each element of operands and result: they go from one processor's
 * cache to the other's and back. (So on a virtual machine whose processors have no cache in common; elsewhere, less.)
 */
const TRANSFER = 1.5;

/** Who does so many products of these sizes. To be asked before the functions and the scratch memory are. */
export function handsFor(products: Products, { count, m, k, n }: Sizes): (functions: Functions) => Hands {
  const { size } = products.tile;
  const time = timeOf(m * k * n, size);
  const pays = time / 2 > ((m * k + k * n + m * n) * TRANSFER * size) / 4;
  return pays && helpers(count * time) > 1 ? () => together(products) : (functions) => alone(products, functions);
}

function alone({ tile: { size } }: Products, { packLeft, packRight, tiles }: Functions): Hands {
  const done =
    (pack: Functions["packLeft"]): Pack =>
    (...args) => {
      pack(...args);
      return true;
    };
  return {
    packLeft: done(packLeft),
    packRight: done(packRight),
    multiply({ left, right, to, rows, columns, depth, first, spare }) {
      const pitch = columns * size;
      for (let i = 0; i < rows; i += ROWS) {
        const height = Math.min(ROWS, rows - i);
        tiles(left + i * depth * size, right, to + i * pitch, pitch, height, columns, depth, Number(first), spare);
      }
      return true;
    },
  };
}

function together({ tile, functions }: Products): Hands {
  const { size } = tile;
  const parts = PIECES * threads();
  const pack =
    (task: "packLeftPiece" | "packRightPiece", width: number): Pack =>
    (to, from, across, along, count, k) => {
      const each = inParts(count, parts, width);
      const args = [each, to, from, across, along, count, k];
      return share(functions, task, Math.ceil(count / each), args, timeOfPacking(count * k, size));
    };
  return {
    packLeft: pack("packLeftPiece", tile.rows),
    packRight: pack("packRightPiece", (16 * tile.vectors) / size),
    multiply({ left, right, to, rows, columns, depth, first, spare }) {
      const grid = gridOf(tile, rows, columns, parts);
      const args = [grid.rows, grid.columns, left, right, to, rows, columns, depth, Number(first), spare];
      return share(functions, "tilesPiece", grid.pieces, args, timeOf(rows * columns * depth, size));
    },
  };
}
