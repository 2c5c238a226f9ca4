/** @file Packing an operand of a product into strips, in the order in which tiles read it. */
import type { Func } from "../assembler/body.ts";
import type { Operand } from "../assembler/expression.ts";
import { memory } from "../assembler/memory.ts";
import type { Module } from "../assembler/module.ts";
import { i32, i64 } from "../assembler/scalar.ts";
import { v128 } from "../assembler/vector.ts";
import { times } from "./tile.ts";

const six = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;

/**
 * (to, from, across, along, count, k): packs so many rows of a (columns of b) into strips of `width`, for each k those
 * of a strip side by side, the last strip filled up with 0. In the operand neighbours of a strip lie `across` bytes
 * apart, neighbours in k `along`.
 */
export function packing(module: Module, size: 4 | 8, width: number): Func<typeof six, "none"> {
  // Moved as whole numbers: a NaN keeps its bits.
  const move = (to: Operand<"i32">, from: Operand<"i32">, offset = 0) =>
    size === 4 ? i32.store(to, i32.load(from), offset) : i64.store(to, i64.load(from), offset);
  const vectors = (width * size) / 16;
  return module.function(six, "none", (body, to, from, across, along, count, k) => {
    const eachStep = (act: () => void): void =>
      body.for({ to: k }, () => {
        act();
        body.set(to, i32.add(to, width * size));
        body.set(from, i32.add(from, along));
      });
    const gathered = (): void => {
      const offsets = times(width, (i) => body.let(i32.mul(across, i)));
      eachStep(() => body.do(...offsets.map((offset, i) => move(to, i32.add(from, offset), size * i))));
    };
    const copied = (): void =>
      eachStep(() => body.do(...times(vectors, (v) => v128.store(to, v128.load(from, 16 * v), 16 * v))));
    body.for({ to: count, step: width }, (i) => {
      const start = body.let(from);
      const rest = body.let(i32.sub(count, i));
      body.if(
        i32.geU(rest, width),
        () => (Number.isInteger(vectors) ? body.if(i32.eq(across, size), copied, gathered) : gathered()),
        () => {
          body.do(memory.fill(to, 0, i32.mul(k, width * size)));
          eachStep(() =>
            body.for({ to: rest }, (j) =>
              body.do(move(i32.add(to, i32.mul(j, size)), i32.add(from, i32.mul(j, across)))),
            ),
          );
        },
      );
      body.set(from, i32.add(start, i32.mul(across, width)));
    });
  });
}
