/** @file Softmax and its kin in WebAssembly, by panels of runs that fit the first cache. */

import * as single from "../../core/elementary/single.ts";
import * as elementary from "../../core/elementary.ts";
import type { Body } from "../assembler/body.ts";
import type { Expression, Variable } from "../assembler/expression.ts";
import { i32 } from "../assembler/scalar.ts";
import { v128 } from "../assembler/vector.ts";
import { exp as exp64 } from "../elementary/double.ts";
import type { Emitter } from "../elementary/emitter.ts";
import { exp as exp32 } from "../elementary/single.ts";
import { type Float, type Width, widths } from "../floats.ts";
import { program, SCRATCH_LIMIT, scratch } from "../machine.ts";
import { LONGEST, programs } from "./program.ts";

/** Numbers of a panel, unless a run has more. */
const PANEL = 2048;

const plus = (a: Expression<"i32">, b: Expression<"i32"> | number): Expression<"i32"> => i32.add(a, b);

type Floats = Float32Array | Float64Array;
type Index = Variable<"i32">;

/** Writes f(element, the run's number) over all elements of runs that lie one after the other. */
function overRuns(
  body: Body,
  { bytes, lanes, splatAt }: Width,
  [from, count, runs, numbers]: readonly [Index, Index, Index, Index],
  f: (x: Expression<"v128">, number: Expression<"v128">) => Expression<"v128">,
): void {
  body.for({ to: runs }, () => {
    const number = body.let(splatAt(numbers));
    const end = body.let(plus(from, i32.mul(count, bytes)));
    body.while(i32.leU(plus(from, lanes * bytes), end), () => {
      body.do(v128.store(from, f(v128.load(from), number)));
      body.set(from, plus(from, lanes * bytes));
    });
    body.while(i32.ltU(from, end), () => {
      const last = f(splatAt(from), number);
      body.do(bytes === 4 ? v128.store32Lane(from, last, 0) : v128.store64Lane(from, last, 0));
      body.set(from, plus(from, bytes));
    });
    body.set(numbers, plus(numbers, bytes));
  });
}

const four = ["i32", "i32", "i32", "i32"] as const;

// @__NO_SIDE_EFFECTS__
const stepsOf = (width: Width, exp: Emitter) =>
  program((module, place) => ({
    subtract: module.function(four, "none", (body, ...runs) => overRuns(body, width, runs, width.vector.sub)),
    divide: module.function(four, "none", (body, ...runs) => overRuns(body, width, runs, width.vector.div)),
    /** Writes the exponentials of `size` bytes of numbers, and of what fills the last vector. */
    exponentials: module.function(["i32", "i32", "i32"], "none", (body, from, to, size) => {
      const scalar = (name: string) => module.importFunction(name, ["f64", "f64"], "f64");
      const table = (constants: Float64Array) => place(new Uint8Array(constants.slice().buffer));
      body.for({ to: size, step: 16 }, (at) => {
        const x = body.let(v128.load(plus(from, at)));
        body.do(v128.store(plus(to, at), exp({ body, table, scalar }, x)));
      });
    }),
  }));

const steps = { float32: stepsOf(widths.float32, exp32), float64: stepsOf(widths.float64, exp64) };

/** What is made of runs: each has one result in logSumExp, as many as elements in the others. */
export type Kind = "softmax" | "logSoftmax" | "logSumExp";

/**
 * Writes what becomes of runs of `count` numbers, which are all of `data`: the same bits as the definitions in
 * ops/softmax.ts. False where there is no WebAssembly.
 */
export function softmaxRuns(kind: Kind, dtype: Float, data: Floats, count: number, out: Floats): boolean {
  const { bytes, lanes, view } = widths[dtype];
  const atOnce = Math.max(1, Math.floor(PANEL / count));
  const size = atOnce * count + lanes;
  const needed = 2 * (size + atOnce + lanes) * bytes;
  const [reduce, run] = [programs[dtype].exports(), steps[dtype].exports()];
  const room = reduce === null || run === null || needed > SCRATCH_LIMIT ? null : scratch(needed + 16);
  if (reduce === null || run === null || room === null) return false;
  const numbers = view(room);
  const log = dtype === "float32" ? single.log : elementary.log;
  const differences = room.base;
  const terms = differences + bytes * (size + (lanes - (size % lanes)));
  const shifts = terms + bytes * size;
  const totals = shifts + bytes * atOnce;

  const sum = (at: number, length: number, to: number): number => {
    if (length > LONGEST) {
      const half = (length >> 1) - ((length >> 1) % 8);
      const left = sum(at, half, to);
      numbers[to / bytes] = left + sum(at + half * bytes, length - half, to);
    } else reduce.sum(at, length, 1, to);
    return numbers[to / bytes]!;
  };
  for (let start = 0; start < data.length; start += atOnce * count) {
    const now = Math.min(atOnce * count, data.length - start);
    const runs = now / count;
    numbers.set(data.subarray(start, start + now), differences / bytes);
    reduce.max(differences, count, runs, shifts);
    for (let i = shifts / bytes; i < shifts / bytes + runs; i++)
      if (!(Math.abs(numbers[i]!) < Number.POSITIVE_INFINITY)) numbers[i] = 0;
    run.subtract(differences, count, runs, shifts);
    run.exponentials(differences, terms, now * bytes);
    if (count > LONGEST) sum(terms, count, totals);
    else reduce.sum(terms, count, runs, totals);
    if (kind === "softmax") run.divide(terms, count, runs, totals);
    else for (let i = totals / bytes; i < totals / bytes + runs; i++) numbers[i] = log(numbers[i]!);
    if (kind === "logSumExp")
      for (let i = 0; i < runs; i++)
        out[start / count + i] = numbers[totals / bytes + i]! + numbers[shifts / bytes + i]!;
    else {
      if (kind === "logSoftmax") run.subtract(differences, count, runs, totals);
      const made = (kind === "softmax" ? terms : differences) / bytes;
      out.set(numbers.subarray(made, made + now), start);
    }
  }
  return true;
}
