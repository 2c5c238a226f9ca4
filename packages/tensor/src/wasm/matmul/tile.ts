/**
 * @file Tiles of a product: a few rows of a times a few columns of b, whose sums stay in registers while k ascends. Each
 * element is the same sum of the same terms in the same order as in the plain loops.
 */
import { type Body, call, type Func } from "../assembler/body.ts";
import type { Expression, Operand, Variable } from "../assembler/expression.ts";
import { memory } from "../assembler/memory.ts";
import type { Module } from "../assembler/module.ts";
import { i32 } from "../assembler/scalar.ts";
import { f32x4, f64x2, v128 } from "../assembler/vector.ts";

/** How a program multiplies. */
export interface Tile {
  /** The size of an element in bytes: of float32 or float64. */
  readonly size: 4 | 8;
  /** Rows of a whole tile, and its columns in vectors of 16 bytes. */
  readonly rows: number;
  readonly vectors: number;
  /** Whether a product and its addition may be rounded once. */
  readonly relaxed: boolean;
}

type Int = Variable<"i32">;

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const six = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;
const nine = [...six, "i32", "i32", "i32"] as const;

/**
 * (a, b, c, pitch, k, first): `rows` and `vectors` of one tile of c, whose rows are `pitch` bytes apart; it is added to
 * unless `first`. Steps of k are not unrolled: V8 would reorder them until the sums do not fit the registers.
 */
function oneTile(module: Module, tile: Tile, rows: number, vectors: number): Func<typeof six, "none"> {
  const lane = tile.size === 4 ? f32x4 : f64x2;
  const splat = tile.size === 4 ? v128.load32Splat : v128.load64Splat;
  return module.function(six, "none", (body, a, b, c, pitch, k, first) => {
    const sums = times(rows, () => times(vectors, () => body.local("v128")));
    const eachRow = (act: (row: readonly Variable<"v128">[], at: Int) => void): void => {
      const at = body.let(c);
      for (const row of sums) {
        act(row, at);
        body.set(at, i32.add(at, pitch));
      }
    };
    body.if(i32.eqz(first), () => eachRow((row, at) => row.forEach((sum, j) => body.set(sum, v128.load(at, 16 * j)))));
    const end = body.let(i32.add(b, i32.mul(k, 16 * tile.vectors)));
    body.while(i32.ltU(b, end), () => {
      const columns = times(vectors, (j) => body.let(v128.load(b, 16 * j)));
      sums.forEach((row, i) => {
        const value = body.let(splat(a, tile.size * i));
        row.forEach((sum, j) => {
          const column = columns[j]!;
          body.set(sum, tile.relaxed ? lane.relaxedMadd(value, column, sum) : lane.add(sum, lane.mul(value, column)));
        });
      });
      body.set(a, i32.add(a, tile.size * tile.rows));
      body.set(b, i32.add(b, 16 * tile.vectors));
    });
    eachRow((row, at) => body.do(...row.map((sum, j) => v128.store(at, sum, 16 * j))));
  });
}

/** The smaller of a number and a constant. */
function least(body: Body, value: Expression<"i32">, most: number): Int {
  const smaller = body.let(value);
  body.if(i32.gtU(smaller, most), () => body.set(smaller, most));
  return smaller;
}

/** Does what is made for the value of a local, which is one of 1..most: the largest is asked for first. */
function choose(body: Body, value: Int, most: number, make: (value: number) => void): void {
  if (most === 1) make(1);
  else
    body.if(
      i32.eq(value, most),
      () => make(most),
      () => choose(body, value, most - 1, make),
    );
}

/**
 * (a, b, c, pitch, m, n, k, first, spare): packed strips of a times packed strips of b. Where a row ends within a
 * vector, the tile is done in `spare`, which has room for one.
 */
export function tiles(module: Module, tile: Tile): Func<typeof nine, "none"> {
  const { size, rows, vectors } = tile;
  const [wide, pitchOfSpare] = [(16 * vectors) / size, 16 * vectors];
  const ones = times(rows, (i) => times(vectors, (j) => oneTile(module, tile, i + 1, j + 1)));
  return module.function(nine, "none", (body, a, b, c, pitch, m, n, k, first, spare) => {
    const deep = body.let(i32.mul(k, size));
    body.for({ to: n, step: wide }, (j) => {
      const strip = body.let(i32.add(b, i32.mul(j, deep)));
      const width = body.let(i32.mul(least(body, i32.sub(n, j), wide), size));
      const inVectors = body.let(i32.shrU(i32.add(width, 15), 4));
      body.for({ to: m, step: rows }, (i) => {
        const height = least(body, i32.sub(m, i), rows);
        const from = body.let(i32.add(a, i32.mul(i, deep)));
        const place = body.let(i32.add(i32.add(c, i32.mul(i, pitch)), i32.mul(j, size)));
        const multiply = (to: Operand<"i32">, toPitch: Operand<"i32">): void =>
          choose(body, height, rows, (r) =>
            choose(body, inVectors, vectors, (v) =>
              body.do(call(ones[r - 1]![v - 1]!, from, strip, to, toPitch, k, first)),
            ),
          );
        const copy = (to: Int, toPitch: Operand<"i32">, source: Int, sourcePitch: Operand<"i32">): void =>
          body.for({ to: height }, (row) => {
            const target = i32.add(to, i32.mul(row, toPitch));
            body.do(memory.copy(target, i32.add(source, i32.mul(row, sourcePitch)), width));
          });
        body.if(
          i32.and(width, 15),
          () => {
            body.if(i32.eqz(first), () => copy(spare, pitchOfSpare, place, pitch));
            multiply(spare, pitchOfSpare);
            copy(place, pitch, spare, pitchOfSpare);
          },
          () => multiply(place, pitch),
        );
      });
    });
  });
}
