/** @file Pointwise operations by vectors: in panels that fit the cache, copied into scratch memory and out of it. */
import { allocate, type Storage } from "../../core/dtype.ts";
import { brought } from "../../core/elementwise.ts";
import type { Primitive } from "../../core/primitive.ts";
import { isRowMajor } from "../../core/shape.ts";
import { contiguous, type Tensor, valuesOf } from "../../core/tensor.ts";
import type { Func } from "../assembler/body.ts";
import { i32 } from "../assembler/scalar.ts";
import { v128 } from "../assembler/vector.ts";
import { forms } from "../elementary/basic.ts";
import type { Emitter, ScalarFallback, VectorForm } from "../elementary/emitter.ts";
import { scalarFallbacks } from "../elementary/fallbacks.ts";
import { type VectorName, vectorForms } from "../elementary/forms.ts";
import { type Program, program, scratch } from "../machine.ts";

/** Bytes of a panel: with those of all inputs and of the result, it fits the first cache. */
const PANEL = 16_384;

/** Elements from which a call pays: of functions that cost much, and of basic arithmetic. */
const WORTH = 32;
const WORTH_BASIC = 512;

type Loop = Program<{ readonly run: Func<readonly ["i32", "i32"], "none"> }>;

/** The loop: input i begins i panels after `start`, and the result after the inputs. */
const loopOf = (emit: Emitter, count: number): Loop =>
  program((module, place) => {
    const imported = new Map<ScalarFallback, Func<readonly ["f64", "f64"], "f64">>();
    const scalar = (name: ScalarFallback) => {
      const known = imported.get(name) ?? module.importFunction(name, ["f64", "f64"], "f64");
      imported.set(name, known);
      return known;
    };
    const tables = new Map<Float64Array, number>();
    const table = (constants: Float64Array): number => {
      const address = tables.get(constants) ?? place(new Uint8Array(constants.slice().buffer));
      tables.set(constants, address);
      return address;
    };
    const run = module.function(["i32", "i32"], "none", (body, start, bytes) => {
      body.for({ to: bytes, step: 16 }, (at) => {
        const place = body.let(i32.add(start, at));
        const xs = Array.from({ length: count }, (_, i) => body.let(v128.load(place, i * PANEL)));
        body.do(v128.store(place, emit({ body, table, scalar }, ...xs), count * PANEL));
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
  const isBasic = vector in forms;
  const loops: { float32?: Loop; float64?: Loop } = {};
  return {
    vector,
    kernel(inputs, { dtype }) {
      if (inputs[0]!.size < (isBasic ? WORTH_BASIC : WORTH) || (dtype !== "float32" && dtype !== "float64"))
        return null;
      const emit = form[dtype];
      if (emit === undefined) return null;
      loops[dtype] ??= loopOf(emit, inputs.length);
      const run = loops[dtype].exports()?.run;
      if (run === undefined) return null;
      brought.add ??= byVectors("add").kernel;
      return inPanels(run, inputs, dtype, isBasic);
    },
  };
}

/** How many elements repeat throughout x: 1 of a stretched number, a row's of a stretched row; 0: none do. */
function periodOf({ shape, strides }: Tensor): number {
  let period = 1;
  let axis = shape.length - 1;
  for (; axis >= 0 && (shape[axis] === 1 || strides[axis] === period); axis--) period *= shape[axis]!;
  if (axis < 0) return 0;
  for (; axis >= 0; axis--) if (shape[axis] !== 1 && strides[axis] !== 0) return 0;
  return period;
}

/**
 * Copies panels of the inputs side by side, has them computed, and copies the result out. What repeats in every panel
 * alike is copied once; other inputs in another order are first put in order, or (`orElse`) left to the plain loop.
 */
function inPanels(
  run: (start: number, bytes: number) => void,
  inputs: readonly Tensor[],
  dtype: "float32" | "float64",
  orElse: boolean,
): Storage | null {
  const space = scratch((inputs.length + 1) * PANEL);
  if (space === null) return null;
  const view = space[dtype];
  const { BYTES_PER_ELEMENT: width } = view;
  const first = space.base / width;
  const last = first + (inputs.length * PANEL) / width;
  let panel = PANEL / width;
  const periods = inputs.map(periodOf);
  const period = Math.max(...periods);
  if (period > 0 && period <= panel) panel -= panel % period;
  const values = inputs.map((x, i) => {
    const place = first + (i * PANEL) / width;
    if (periods[i]! > 0 && panel % periods[i]! === 0) {
      const part = valuesOf("kernel", x).subarray(x.offset, x.offset + periods[i]!);
      for (let at = 0; at < panel; at += part.length) view.set(part, place + at);
      return null;
    }
    return orElse && !isRowMajor(x.shape, x.strides) ? undefined : contiguous("kernel", x);
  });
  if (values.includes(undefined)) return null;
  const out = allocate(dtype, inputs[0]!.size);
  for (let at = 0; at < out.length; at += panel) {
    const end = Math.min(at + panel, out.length);
    for (let i = 0; i < values.length; i++)
      if (values[i]) view.set(values[i]!.subarray(at, end), first + (i * PANEL) / width);
    run(space.base, (end - at) * width);
    out.set(view.subarray(last, last + end - at), at);
  }
  return out;
}
