/** @file A program as one function of WebAssembly: its steps in order, in its own memory; what it lacks is called back. */
import { TensorError } from "../../core/errors.ts";
import { sumOp } from "../../ops/broadcast.ts";
import { matmulOp } from "../../ops/matmul.ts";
import { call, type Func } from "../../wasm/assembler/body.ts";
import { Module } from "../../wasm/assembler/module.ts";
import type { ScalarFallback } from "../../wasm/elementary/emitter.ts";
import { scalarFallbacks } from "../../wasm/elementary/fallbacks.ts";
import { engine, type Memory } from "../../wasm/engine.ts";
import type { Action } from "../interpret.ts";
import type { Call, Step } from "../steps.ts";
import { emitLoop, isEmitted, type Starts } from "./loop.ts";
import { emitMatmul, isMultiplied, packingOf } from "./matmul.ts";
import { emitSum, isSummed, Sums } from "./sum.ts";

const PAGE = 65_536;
/** What may be read beyond the end of the last value. */
const SLACK = 64;

const isMatmul = (step: Call): boolean => step.op === matmulOp && isMultiplied(step);

/** The bytes that steps need beside their values, one after the other. */
export const workspaceOf = (steps: readonly Step[]): number =>
  Math.max(0, ...steps.map((step) => (step.kind === "call" && isMatmul(step) ? packingOf(step) : 0)));

/** A memory of so many bytes. */
export function memoryOf(bytes: number): Memory {
  try {
    const pages = Math.ceil((bytes + SLACK) / PAGE);
    return new (engine()!.Memory)({ initial: pages, maximum: pages });
  } catch {
    throw new TensorError("compile", `no memory for ${bytes} bytes`, "use smaller batches or float32");
  }
}

/** Whether a step is done by code that is generated for it. */
export const isGenerated = (step: Step): boolean =>
  step.kind === "loop"
    ? step.elements.every((element) => isEmitted(element, step.operands, step.elements))
    : step.kind === "call" && ((step.op === sumOp && isSummed(step)) || isMatmul(step));

/**
 * The program as one action. `workspace`: where there is room beside the values; `actions`: the steps by plain loops,
 * for those that are not generated.
 */
export function generated(
  steps: readonly Step[],
  memory: Memory,
  starts: Starts,
  workspace: number,
  actions: readonly Action[],
): Action {
  const module = new Module();
  const pages = memory.buffer.byteLength / PAGE;
  module.importMemory("memory", { initial: pages, maximum: pages });
  const host: Record<string, Action> = {};
  const hosted = steps.map((step, i): Func<readonly [], "none"> | null => {
    if (isGenerated(step)) return null;
    host[`step${i}`] = actions[i]!;
    return module.importFunction(`step${i}`, [], "none");
  });
  const sums = new Sums(module);
  const scalars = new Map<ScalarFallback, Func<readonly ["f64", "f64"], "f64">>();
  const scalar = (name: ScalarFallback): Func<readonly ["f64", "f64"], "f64"> => {
    const known = scalars.get(name) ?? module.importFunction(name, ["f64", "f64"], "f64");
    scalars.set(name, known);
    return known;
  };
  // A function of its own for each step: the engine makes the ones that are hot fast one by one.
  const functions = steps.map(
    (step, i) =>
      hosted[i] ??
      module.function([], "none", (body) => {
        if (step.kind === "loop") emitLoop({ body, scalar }, step, starts);
        else if (step.kind === "call")
          if (isMatmul(step)) emitMatmul(module, body, step, starts, workspace);
          else emitSum(body, step, starts, sums);
      }),
  );
  const main = module.function([], "none", (body) => {
    for (const each of functions) body.do(call(each));
  });
  module.export("run", main);
  const { Module: Compiled, Instance } = engine()!;
  try {
    const instance = new Instance(new Compiled(module.bytes()), { env: { ...scalarFallbacks, ...host, memory } });
    return (instance.exports as { readonly run: Action }).run;
  } catch {
    // Some engines refuse large modules on a page's main thread: the plain loops do the same.
    return () => {
      for (const action of actions) action();
    };
  }
}
