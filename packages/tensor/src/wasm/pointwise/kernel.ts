/** @file Pointwise operations by vectors: in panels that fit the cache, copied into scratch memory and out of it. */
import { allocate, type Storage } from "../../core/dtype.ts";
import type { Primitive } from "../../core/primitive.ts";
import { contiguous } from "../../core/tensor.ts";
import { type Func } from "../assembler/body.ts";
import { i32 } from "../assembler/scalar.ts";
import { v128 } from "../assembler/vector.ts";
import type { Emitter, ScalarFallback, VectorForm } from "../elementary/emitter.ts";
import { scalarFallbacks } from "../elementary/fallbacks.ts";
import { type Program, program, scratch } from "../machine.ts";

/** Bytes of a panel: with those of all inputs and of the result, it fits the first cache. */
const PANEL = 16_384;

/** Elements from which a call pays. */
const WORTH = 64;

type Loop = Program<{ readonly run: Func<readonly ["i32", "i32"], "none"> }>;

/** The loop: input i begins i panels after `start`; the result takes the place of the first. */
const loopOf = (emit: Emitter, count: number): Loop =>
  program((module) => {
    const imported = new Map<ScalarFallback, Func<readonly ["f64", "f64"], "f64">>();
    const scalar = (name: ScalarFallback) => {
      const known = imported.get(name) ?? module.importFunction(name, ["f64", "f64"], "f64");
      imported.set(name, known);
      return known;
    };
    const run = module.function(["i32", "i32"], "none", (body, start, bytes) => {
      body.for({ to: bytes, step: 16 }, (at) => {
        const place = body.let(i32.add(start, at));
        const xs = Array.from({ length: count }, (_, i) => body.let(v128.load(place, i * PANEL)));
        body.do(v128.store(place, emit({ body, scalar }, ...xs)));
      });
    });
    return { run };
  }, scalarFallbacks);

/** The kernel of a pointwise operation that has vector forms, for `Primitive`. */
// @__NO_SIDE_EFFECTS__
export function byVectors(form: VectorForm, count = 1): NonNullable<Primitive<unknown>["kernel"]> {
  const loops = { float32: form.float32 && loopOf(form.float32, count), float64: form.float64 && loopOf(form.float64, count) };
  return (inputs, { dtype }) => {
    const size = inputs[0]!.size;
    if (size < WORTH || (dtype !== "float32" && dtype !== "float64")) return null;
    const exports = loops[dtype]?.exports();
    const space = exports && scratch(count * PANEL);
    if (!space) return null;
    const { base } = space;
    const view = space[dtype];
    const first = base / view.BYTES_PER_ELEMENT;
    const step = PANEL / view.BYTES_PER_ELEMENT;
    const values = inputs.map((input) => contiguous("kernel", input));
    const out = allocate(dtype, size);
    for (let at = 0; at < size; at += step) {
      const end = Math.min(at + step, size);
      for (let i = 0; i < count; i++) view.set(values[i]!.subarray(at, end), first + i * step);
      exports.run(base, (end - at) * view.BYTES_PER_ELEMENT);
      out.set(view.subarray(first, first + end - at), at);
    }
    return out;
  };
}
