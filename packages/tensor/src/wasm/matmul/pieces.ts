/** @file Products in pieces that threads share: stretches of strips to pack, blocks of the result to multiply. */
import { type Body, call, type Func } from "../assembler/body.ts";
import type { Expression, Variable } from "../assembler/expression.ts";
import type { Module } from "../assembler/module.ts";
import { i32 } from "../assembler/scalar.ts";
import type { Tile } from "./tile.ts";

const six = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;
const eight = [...six, "i32", "i32"] as const;
const nine = [...eight, "i32"] as const;
const eleven = [...eight, "i32", "i32", "i32"] as const;

/** What is left of `whole` after `begin`, at most `each`. */
function part(body: Body, whole: Variable<"i32">, begin: Variable<"i32">, each: Variable<"i32">): Variable<"i32"> {
  const size = body.let(i32.sub(whole, begin));
  body.if(i32.gtU(size, each), () => body.set(size, each));
  return size;
}

/** (piece, each, to, from, across, along, count, k): packs the rows (columns) of this piece, `each` in a whole one. */
export const packingPiece = (module: Module, size: 4 | 8, pack: Func<typeof six, "none">): Func<typeof eight, "none"> =>
  module.function(eight, "none", (body, piece, each, to, from, across, along, count, k) => {
    const begin = body.let(i32.mul(piece, each));
    const place = i32.add(to, i32.mul(i32.mul(begin, k), size));
    const start = i32.add(from, i32.mul(begin, across));
    body.do(call(pack, place, start, across, along, part(body, count, begin, each), k));
  });

/**
 * (piece, rows, columns, a, b, c, m, n, k, first, spare): multiplies the block of this piece, `rows` times `columns` of
 * the result in a whole one, one beside the other; each has a tile of its own in `spare`.
 */
export const tilesPiece = (module: Module, tile: Tile, tiles: Func<typeof nine, "none">): Func<typeof eleven, "none"> =>
  module.function(eleven, "none", (body, piece, rows, columns, a, b, c, m, n, k, first, spare) => {
    const { size } = tile;
    const deep = body.let(i32.mul(k, size));
    const pitch = body.let(i32.mul(n, size));
    const across = body.let(i32.divU(i32.sub(i32.add(n, columns), 1), columns));
    const i = body.let(i32.mul(i32.divU(piece, across), rows));
    const j = body.let(i32.mul(i32.remU(piece, across), columns));
    const add = (start: Variable<"i32">, ...terms: Expression<"i32">[]): Expression<"i32"> =>
      terms.reduce((sum, term) => i32.add(sum, term), start as Expression<"i32">);
    body.do(
      call(
        tiles,
        add(a, i32.mul(i, deep)),
        add(b, i32.mul(j, deep)),
        add(c, i32.mul(i, pitch), i32.mul(j, size)),
        pitch,
        part(body, m, i, rows),
        part(body, n, j, columns),
        k,
        first,
        add(spare, i32.mul(piece, spareOf(tile))),
      ),
    );
  });

/** The bytes of one tile. */
export const spareOf = ({ rows, vectors }: Tile): number => 16 * rows * vectors;

/** How a block of the result is divided, one piece below the other, then beside. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly pieces: number;
}

/** The most pieces of a block. */
export const MOST_PIECES = 128;
/** Rows of a piece: those of the left operand stay in the second cache. */
const ROWS = 60;

/** `total` in equal parts, so many or fewer, whose sizes are multiples of `unit`. */
export const inParts = (total: number, parts: number, unit: number): number =>
  Math.ceil(total / Math.min(parts, Math.ceil(total / unit)) / unit) * unit;

/** About `wanted` pieces of whole tiles. */
export function gridOf({ rows: high, vectors, size }: Tile, m: number, n: number, wanted: number): Grid {
  const rows = inParts(m, Math.ceil(m / ROWS), high);
  const down = Math.ceil(m / rows);
  const columns = inParts(n, Math.max(1, Math.floor(Math.min(wanted, MOST_PIECES) / down)), (16 * vectors) / size);
  return { rows, columns, pieces: down * Math.ceil(n / columns) };
}
