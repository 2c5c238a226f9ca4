/** @file The programs of pooling: the places of the largest elements, four windows at a time, and sums of runs. */
import type { Expression } from "../assembler/expression.ts";
import { i32 } from "../assembler/scalar.ts";
import { f32x4, i32x4, v128 } from "../assembler/vector.ts";
import { type Width, widths } from "../floats.ts";
import { program } from "../machine.ts";

const plus = (a: Expression<"i32">, b: Expression<"i32"> | number): Expression<"i32"> => i32.add(a, b);
const times = (a: Expression<"i32">, b: Expression<"i32"> | number): Expression<"i32"> => i32.mul(a, b);

/**
 * Writes where in its plane of `size` float32 the largest element of each window is, as i32. The element that window
 * (i, j) has in row r and column c lies at down[r][i] + across[c][j]; `across` has `width` entries in a row, those for
 * the `columns` windows and what fills the last vector. What a vector writes over the end of a row is written again.
 */
export const largest = program((module) => ({
  places: module.function(
    ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    "none",
    (body, from, size, planes, down, tall, rows, across, wide, width, columns, to) => {
      body.for({ to: planes }, () => {
        body.for({ to: rows }, (i) => {
          const first = body.let(i32.load(plus(down, times(i, 4))));
          body.for({ to: columns, step: 4 }, (j) => {
            const place = body.let(i32x4.add(i32x4.splat(first), v128.load(plus(across, times(j, 4)))));
            const best = body.local("v128");
            const read = (row: Expression<"i32">, table: Expression<"i32">): Expression<"v128"> => {
              const at = (lane: number) => plus(row, times(i32.load(table, 4 * lane), 4));
              return [1, 2, 3].reduce<Expression<"v128">>(
                (vector, lane) => v128.load32Lane(at(lane), vector, lane),
                v128.load32Zero(at(0)),
              );
            };
            body.set(best, read(plus(from, times(first, 4)), plus(across, times(j, 4))));
            body.for({ to: tall }, (r) => {
              const offset = body.let(i32.load(plus(down, times(plus(times(r, rows), i), 4))));
              const row = body.let(plus(from, times(offset, 4)));
              body.for({ to: wide }, (c) => {
                const table = body.let(plus(across, times(plus(times(c, width), j), 4)));
                const value = body.let(read(row, table));
                // A NaN beats all but another NaN.
                const stays = body.let(v128.or(f32x4.le(value, best), f32x4.ne(best, best)));
                const found = i32x4.add(i32x4.splat(offset), v128.load(table));
                body.set(place, v128.bitselect(place, found, stays));
                body.set(best, v128.bitselect(best, value, stays));
              });
            });
            body.do(v128.store(plus(to, times(j, 4)), place));
          });
          body.set(to, plus(to, times(columns, 4)));
        });
        body.set(from, plus(from, times(size, 4)));
      });
    },
  ),
}));

// @__NO_SIDE_EFFECTS__
const sumsOf = (width: Width) =>
  program((module) => ({
    /**
     * Of [outer, extent, inner], writes [outer, windows, inner]: for each window, a pair (its first, how many) in a table,
     * the sums of its neighbours along the middle axis, in ascending order.
     */
    sums: module.function(
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      "none",
      (body, from, outer, extent, inner, table, windows, to) => {
        const { bytes, lanes, vector, splatAt } = width;
        const row = body.let(times(inner, bytes));
        const end = body.let(plus(table, times(windows, 8)));
        body.for({ to: outer }, () => {
          const window = body.let(table);
          body.while(i32.ltU(window, end), () => {
            const first = body.let(plus(from, times(i32.load(window), row)));
            const past = body.let(plus(first, row));
            const size = body.let(times(i32.load(window, 4), row));
            const sum = (load: (address: Expression<"i32">) => Expression<"v128">) => {
              const total = body.let(f32x4.const(0));
              const at = body.let(first);
              const stop = body.let(plus(first, size));
              body.while(i32.ltU(at, stop), () => {
                body.set(total, vector.add(total, load(at)));
                body.set(at, plus(at, row));
              });
              return total;
            };
            const step = (stride: number): void => {
              body.set(first, plus(first, stride));
              body.set(to, plus(to, stride));
            };
            body.while(i32.leU(plus(first, lanes * bytes), past), () => {
              body.do(v128.store(to, sum(v128.load)));
              step(lanes * bytes);
            });
            body.while(i32.ltU(first, past), () => {
              const total = sum(splatAt);
              body.do(bytes === 4 ? v128.store32Lane(to, total, 0) : v128.store64Lane(to, total, 0));
              step(bytes);
            });
            body.set(window, plus(window, 8));
          });
          body.set(from, plus(from, times(extent, row)));
        });
      },
    ),
  }));

export const sums = { float32: sumsOf(widths.float32), float64: sumsOf(widths.float64) };
