/**
 * @file The programs of reductions over runs of numbers. A sum has the order of core/reduce.ts, whose eight partial sums
 * are the lanes of vectors. A single number is the first lane of a vector; what the others hold does not matter.
 */
import { type Body, call } from "../assembler/body.ts";
import type { Expression, Variable } from "../assembler/expression.ts";
import { i32 } from "../assembler/scalar.ts";
import { f32x4, i8x16, lanes as laneBytes, v128 } from "../assembler/vector.ts";
import { type Width, widths } from "../floats.ts";
import { program } from "../machine.ts";

type Vector = Expression<"v128">;

/** As in core/reduce.ts: the longest run that is not halved, and its partial sums. */
export const BLOCK = 128;
const PARTIAL = 8;

/** How often the program halves a run, and the longest of which no part is then longer than BLOCK. */
const HALVINGS = 6;
export const LONGEST = 113 * 2 ** HALVINGS;

const plus = (a: Expression<"i32">, b: Expression<"i32"> | number): Expression<"i32"> => i32.add(a, b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** All lanes of the parts as one number: ((a + b) + (c + d)) + ((e + f) + (g + h)). */
function together(
  body: Body,
  { lanes, bytes }: Width,
  parts: readonly Vector[],
  combine: (a: Vector, b: Vector) => Vector,
): Vector {
  const within = parts.map((part) => {
    let whole = body.let(part);
    for (let step = 1; step < lanes; step *= 2) {
      const turned = laneBytes(bytes, ...upTo(lanes).map((lane) => (lane + step) % lanes));
      whole = body.let(combine(whole, i8x16.shuffle(turned, whole, whole)));
    }
    return whole;
  });
  return inPairs(body, within, combine);
}

/** Neighbours combined until one is left. */
function inPairs(
  body: Body,
  parts: readonly Variable<"v128">[],
  combine: (a: Vector, b: Vector) => Vector,
): Variable<"v128"> {
  let left = parts;
  while (left.length > 1) left = upTo(left.length / 2).map((i) => body.let(combine(left[2 * i]!, left[2 * i + 1]!)));
  return left[0]!;
}

// @__NO_SIDE_EFFECTS__
const programOf = (width: Width) =>
  program((module) => {
    const { bytes, lanes, vector, splatAt } = width;
    const size = bytes * lanes;

    /** The sum of up to BLOCK numbers. */
    const block = module.function(["i32", "i32"], "v128", (body, from, count) => {
      const total = body.let(f32x4.const(0));
      const end = body.let(plus(from, i32.mul(count, bytes)));
      const stop = body.let(plus(from, i32.mul(i32.and(count, -PARTIAL), bytes)));
      body.if(i32.ltU(from, stop), () => {
        const parts = upTo(PARTIAL / lanes).map((i) => body.let(v128.load(from, size * i)));
        body.set(from, plus(from, PARTIAL * bytes));
        body.while(i32.ltU(from, stop), () => {
          parts.forEach((part, i) => body.set(part, vector.add(part, v128.load(from, size * i))));
          body.set(from, plus(from, PARTIAL * bytes));
        });
        body.set(total, together(body, width, parts, vector.add));
      });
      body.while(i32.ltU(from, end), () => {
        body.set(total, vector.add(total, splatAt(from)));
        body.set(from, plus(from, bytes));
      });
      return total;
    });
    /** The sum of a run, which is halved at a multiple of PARTIAL if it is longer than BLOCK. */
    const halved = (part: typeof block): typeof block =>
      module.function(["i32", "i32"], "v128", (body, from, count) => {
        body.if(i32.leU(count, BLOCK), () => body.return(call(block, from, count)));
        const half = body.let(i32.and(i32.shrU(count, 1), -PARTIAL));
        const rest = call(part, plus(from, i32.mul(half, bytes)), i32.sub(count, half));
        return vector.add(call(part, from, half), rest);
      });
    const pairwise = upTo(HALVINGS).reduce(halved, block);

    /** The largest, or smallest, of a run that is not empty: in any order, as it is the same in all. */
    const extreme = (combine: Width["vector"]["max"]): typeof block =>
      module.function(["i32", "i32"], "v128", (body, from, count) => {
        const bests = upTo(PARTIAL / lanes).map(() => body.let(splatAt(from)));
        const end = body.let(plus(from, i32.mul(count, bytes)));
        body.while(i32.leU(plus(from, PARTIAL * bytes), end), () => {
          bests.forEach((best, i) => body.set(best, combine(best, v128.load(from, size * i))));
          body.set(from, plus(from, PARTIAL * bytes));
        });
        body.while(i32.ltU(from, end), () => {
          body.set(bests[0]!, combine(bests[0]!, splatAt(from)));
          body.set(from, plus(from, bytes));
        });
        return together(body, width, bests, combine);
      });

    /** Writes what each of `runs` runs of numbers, which lie one after the other, is reduced to. */
    const overRuns = (reduced: typeof block) =>
      module.function(["i32", "i32", "i32", "i32"], "none", (body, from, count, runs, to) => {
        body.for({ to: runs }, () => {
          const value = body.let(call(reduced, from, count));
          body.do(bytes === 4 ? v128.store32Lane(to, value, 0) : v128.store64Lane(to, value, 0));
          body.set(from, plus(from, i32.mul(count, bytes)));
          body.set(to, plus(to, bytes));
        });
      });

    /** Adds to each of `size` bytes of numbers another. */
    const addTo = module.function(["i32", "i32", "i32"], "none", (body, to, from, size) => {
      body.for({ to: size, step: lanes * bytes }, (at) => {
        const place = body.let(plus(to, at));
        body.do(v128.store(place, vector.add(v128.load(place), v128.load(plus(from, at)))));
      });
    });
    /** Writes the sums of columns: of up to BLOCK rows of `size` bytes, `pitch` apart. */
    const columns = module.function(
      ["i32", "i32", "i32", "i32", "i32"],
      "none",
      (body, from, count, pitch, size, to) => {
        const next = body.let(i32.mul(pitch, PARTIAL));
        const rest = body.let(i32.mul(i32.and(count, PARTIAL - 1), pitch));
        const whole = body.let(i32.sub(i32.mul(count, pitch), rest));
        body.for({ to: size, step: lanes * bytes }, (at) => {
          const total = body.local("v128");
          body.set(total, f32x4.const(0));
          const place = body.let(plus(from, at));
          const stop = body.let(plus(place, whole));
          const rows = upTo(PARTIAL).map((i) => body.let(i32.mul(pitch, i)));
          body.if(whole, () => {
            const parts = rows.map((row) => body.let(v128.load(plus(place, row))));
            body.set(place, plus(place, next));
            body.while(i32.ltU(place, stop), () => {
              parts.forEach((part, i) => body.set(part, vector.add(part, v128.load(plus(place, rows[i]!)))));
              body.set(place, plus(place, next));
            });
            body.set(total, inPairs(body, parts, vector.add));
          });
          body.set(stop, plus(stop, rest));
          body.while(i32.ltU(place, stop), () => {
            body.set(total, vector.add(total, v128.load(place)));
            body.set(place, plus(place, pitch));
          });
          body.do(v128.store(plus(to, at), total));
        });
      },
    );
    return {
      columns,
      addTo,
      sum: overRuns(pairwise),
      max: overRuns(extreme(vector.max)),
      min: overRuns(extreme(vector.min)),
    };
  });

/** A reduction of runs, by the name of its program. */
export type Reduction = "sum" | "max" | "min";

export const programs = { float32: programOf(widths.float32), float64: programOf(widths.float64) };
