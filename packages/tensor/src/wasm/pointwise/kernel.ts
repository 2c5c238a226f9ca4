/** @file Pointwise operations by vectors: in panels that fit the cache, copied into scratch memory and out of it. */
import { allocate, type Storage } from "../../core/dtype.ts";
import type { Primitive } from "../../core/primitive.ts";
import { contiguous, type Tensor } from "../../core/tensor.ts";
import type { Func } from "../assembler/body.ts";
import { i32 } from "../assembler/scalar.ts";
import { v128 } from "../assembler/vector.ts";
import type { Emitter, ScalarFallback, VectorForm } from "../elementary/emitter.ts";
import { scalarFallbacks } from "../elementary/fallbacks.ts";
import { type VectorName, vectorForms } from "../elementary/index.ts";
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

/** What an operation with a vector form says of itself: its name, and the kernel for float tensors. */
interface ByVectors {
  readonly vector: VectorName;
  readonly kernel: NonNullable<Primitive<unknown>["kernel"]>;
}

// @__NO_SIDE_EFFECTS__
export function byVectors(vector: VectorName): ByVectors {
  const form: VectorForm = vectorForms[vector];
  const loops: { float32?: Loop; float64?: Loop } = {};
  return {
    vector,
    kernel(inputs, { dtype }) {
      const size = inputs[0]!.size;
      if (size < WORTH || (dtype !== "float32" && dtype !== "float64")) return null;
      const emit = form[dtype];
      if (emit === undefined) return null;
      loops[dtype] ??= loopOf(emit, inputs.length);
      const run = loops[dtype].exports()?.run;
      return run === undefined ? null : inPanels(run, inputs, dtype);
    },
  };
}

/** Copies panels of the inputs side by side, has them computed, and copies the result out. */
function inPanels(
  run: (start: number, bytes: number) => void,
  inputs: readonly Tensor[],
  dtype: "float32" | "float64",
): Storage | null {
  const space = scratch(inputs.length * PANEL);
  if (space === null) return null;
  const view = space[dtype];
  const { BYTES_PER_ELEMENT: width } = view;
  const values = inputs.map((input) => contiguous("kernel", input));
  const out = allocate(dtype, inputs[0]!.size);
  for (let at = 0; at < out.length; at += PANEL / width) {
    const end = Math.min(at + PANEL / width, out.length);
    for (let i = 0; i < values.length; i++) view.set(values[i]!.subarray(at, end), (space.base + i * PANEL) / width);
    run(space.base, (end - at) * width);
    out.set(view.subarray(space.base / width, space.base / width + end - at), at);
  }
  return out;
}
