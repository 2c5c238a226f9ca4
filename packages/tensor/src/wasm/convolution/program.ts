/**
 * @file The programs of convolution. A result is a matrix product whose second factor is read in place: row i and
 * vector v of the result sum, over k in ascending order, a[k][i] times the vector at v + taps[k]. Tiles of four rows
 * and two vectors keep their eight sums in registers; where a tile goes over the end, the last row or vector is done
 * again and comes out the same.
 */
import type { Body } from "../assembler/body.ts";
import type { Expression, Variable } from "../assembler/expression.ts";
import { i32 } from "../assembler/scalar.ts";
import { f32x4, v128 } from "../assembler/vector.ts";
import { type Width, widths } from "../floats.ts";
import { program } from "../machine.ts";

/** The rows and vectors of a tile. */
export const ROWS = 4;
export const VECTORS = 2;

type Index = Variable<"i32">;

const rows = Array.from({ length: ROWS }, (_, i) => i);
const columns = Array.from({ length: VECTORS }, (_, v) => v);

const plus = (a: Expression<"i32">, b: Expression<"i32"> | number): Expression<"i32"> => i32.add(a, b);
const times = (a: Expression<"i32">, b: number): Expression<"i32"> => i32.mul(a, b);

/** sums[i][v] += factors[i]·terms[v], rounding twice. */
function accumulate(
  body: Body,
  { vector }: Width,
  sums: readonly (readonly Variable<"v128">[])[],
  factor: (i: number) => Expression<"v128">,
  term: (v: number) => Expression<"v128">,
): void {
  const terms = columns.map((v) => body.let(term(v)));
  for (const i of rows) {
    const shared = body.let(factor(i));
    for (const v of columns) body.set(sums[i]![v]!, vector.add(sums[i]![v]!, vector.mul(shared, terms[v]!)));
  }
}

const zeroSums = (body: Body): Variable<"v128">[][] => rows.map(() => columns.map(() => body.local("v128")));

/** The programs for one width of numbers. Addresses and distances are in bytes; tables are of i32. */
// @__NO_SIDE_EFFECTS__
const programOf = (width: Width) =>
  program((module) => ({
    /** Copies the numbers of `planes` planes to where a table of pairs (from, to) puts those of one. */
    spread: module.function(
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      "none",
      (body, from, fromPlane, to, toPlane, planes, pairs, count) => {
        const end = body.let(plus(pairs, times(count, 8)));
        body.for({ to: planes }, () => {
          const pair = body.let(pairs);
          body.while(i32.ltU(pair, end), () => {
            body.do(width.move(plus(to, i32.load(pair, 4)), plus(from, i32.load(pair))));
            body.set(pair, plus(pair, 8));
          });
          body.set(from, plus(from, fromPlane));
          body.set(to, plus(to, toPlane));
        });
      },
    ),

    /**
     * Writes the product: `a` has four rows side by side for each k, tile after tile; a vector is a pair (place in the
     * frame, place in a row of the result).
     */
    product: module.function(
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      "none",
      (body, a, taps, depth, frame, vectors, count, out, pitch, height) => {
        const next = body.let(times(depth, ROWS * width.bytes));
        const end = body.let(plus(taps, times(depth, 4)));
        const last = body.let(i32.sub(height, 1));
        body.for({ to: height, step: ROWS }, (row) => {
          const places = rows.map((i) => body.let(plus(out, i32.mul(pitch, least(body, plus(row, i), last)))));
          body.for({ to: count, step: VECTORS }, (at) => {
            const pair = body.let(plus(vectors, times(at, 8)));
            const sources = columns.map((v) => body.let(plus(frame, i32.load(pair, 8 * v))));
            const sums = zeroSums(body);
            for (const sum of sums.flat()) body.set(sum, f32x4.const(0));
            const factors = body.let(a);
            const tap = body.let(taps);
            body.while(i32.ltU(tap, end), () => {
              const distance = body.let(i32.load(tap));
              accumulate(
                body,
                width,
                sums,
                (i) => width.splatAt(factors, i * width.bytes),
                (v) => v128.load(plus(sources[v]!, distance)),
              );
              body.set(factors, plus(factors, ROWS * width.bytes));
              body.set(tap, plus(tap, 4));
            });
            for (const v of columns) {
              const place = body.let(i32.load(pair, 8 * v + 4));
              for (const i of rows) body.do(v128.store(plus(places[i]!, place), sums[i]![v]!));
            }
          });
          body.set(a, plus(a, next));
        });
      },
    ),

    /** Writes `height` rows of `length` numbers as columns, which are `pitch` bytes apart. */
    turn: module.function(["i32", "i32", "i32", "i32", "i32"], "none", (body, from, height, length, to, pitch) => {
      const step = body.let(times(length, width.bytes));
      body.for({ to: height }, (row) => {
        const place = body.let(plus(to, times(row, width.bytes)));
        const end = body.let(plus(from, step));
        body.while(i32.ltU(from, end), () => {
          body.do(width.move(place, from));
          body.set(from, plus(from, width.bytes));
          body.set(place, plus(place, pitch));
        });
      });
    }),

    /**
     * Adds to the sums of every tap, a row of `pitch` bytes, over all windows in ascending order: the number that the
     * window has under the tap, times the window's row of `turned`.
     */
    collect: module.function(
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      "none",
      (body, frame, taps, count, windows, length, turned, sums, pitch) => {
        const end = body.let(plus(windows, times(length, 4)));
        const last = body.let(i32.sub(count, 1));
        body.for({ to: count, step: ROWS }, (first) => {
          const sources = rows.map((i) =>
            body.let(plus(frame, i32.load(plus(taps, times(least(body, plus(first, i), last), 4))))),
          );
          const place = body.let(plus(sums, i32.mul(first, pitch)));
          body.for({ to: pitch, step: VECTORS * width.bytes * width.lanes }, (column) => {
            const places = rows.map((i) => body.let(plus(plus(place, column), times(pitch, i))));
            const held = rows.map((i) => columns.map((v) => body.let(v128.load(places[i]!, 16 * v))));
            const factors = body.let(plus(turned, column));
            const window = body.let(windows);
            body.while(i32.ltU(window, end), () => {
              const distance = body.let(i32.load(window));
              accumulate(
                body,
                width,
                held,
                (i) => width.splatAt(plus(sources[i]!, distance)),
                (v) => v128.load(factors, 16 * v),
              );
              body.set(factors, plus(factors, pitch));
              body.set(window, plus(window, 4));
            });
            for (const i of rows) for (const v of columns) body.do(v128.store(places[i]!, held[i]![v]!, 16 * v));
          });
        });
      },
    ),
  }));

/** The smaller of two, as whole numbers without sign. */
function least(body: Body, a: Expression<"i32">, b: Index): Index {
  const smaller = body.let(a);
  body.if(i32.gtU(smaller, b), () => body.set(smaller, b));
  return smaller;
}

export const programs = { float32: programOf(widths.float32), float64: programOf(widths.float64) };

/** The programs as they are called. */
export type Run = NonNullable<ReturnType<(typeof programs)["float32"]["exports"]>>;
