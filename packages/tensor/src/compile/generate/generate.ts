/** @file A program as one function of WebAssembly: its steps in order, in its own memory; what it lacks is called back. */
import { TensorError } from "../../core/errors.ts";
import { sumOp } from "../../ops/broadcast.ts";
import { matmulOp } from "../../ops/matmul.ts";
import { type Body, call, type Func } from "../../wasm/assembler/body.ts";
import { Module } from "../../wasm/assembler/module.ts";
import type { Emission, ScalarFallback } from "../../wasm/elementary/emitter.ts";
import { scalarFallbacks } from "../../wasm/elementary/fallbacks.ts";
import { engine, type Memory } from "../../wasm/engine.ts";
import { ALIGNED } from "../arena.ts";
import type { Action } from "../interpret.ts";
import type { Call, Step } from "../steps.ts";
import { emitLoop, isEmitted, type Starts } from "./loop.ts";
import { emitMatmul, isMultiplied, packingOf } from "./matmul.ts";
import { emitSum, isSummed, Sums } from "./sum.ts";

const PAGE = 65_536;
/** What may be read beyond the end of the last value. */
const SLACK = 64;

/** The sum of the rules and the public one, which has a kernel besides, have one definition. */
const isSum = (step: Call): boolean => step.op.run === sumOp.run && isSummed(step);
const isMatmul = (step: Call): boolean => step.op === matmulOp && isMultiplied(step);

/** The bytes that steps need beside their values, one after the other. */
const workspaceOf = (steps: readonly Step[]): number =>
  Math.max(0, ...steps.map((step) => (step.kind === "call" && isMatmul(step) ? packingOf(step) : 0)));

/** A memory of so many bytes. */
function memoryOf(bytes: number): Memory {
  try {
    return new (engine()!.Memory)({ initial: Math.ceil((bytes + SLACK) / PAGE) });
  } catch {
    throw new TensorError("compile", `no memory for ${bytes} bytes`, "use smaller batches or float32");
  }
}

/** Whether a step is done by code that is generated for it. */
export const isGenerated = (step: Step): boolean =>
  step.kind === "loop"
    ? step.elements.every((element) => isEmitted(element, step.operands, step.elements))
    : step.kind === "call" && (isSum(step) || isMatmul(step));

/** A program in machine code, with the memory that it works on. */
export interface Code {
  readonly memory: Memory;
  /** The program as one action; `actions`: the steps by plain loops, for those that are not generated. */
  start(actions: readonly Action[]): Action;
}

/** The code of steps on values that begin at `starts` and end at `end`. */
export function codeOf(steps: readonly Step[], starts: Starts, end: number): Code {
  const module = new Module();
  module.importMemory("memory", { initial: 1 });
  const hosted = steps.map((step, i) => (isGenerated(step) ? null : module.importFunction(`step${i}`, [], "none")));
  const emitting = new Emitting(module, end + workspaceOf(steps));
  const sums = new Sums(module);
  // A function of its own for each step: the engine makes the ones that are hot fast one by one.
  const functions = steps.map(
    (step, i) =>
      hosted[i] ??
      module.function([], "none", (body) => {
        if (step.kind === "loop") emitLoop(emitting.to(body), step, starts);
        else if (step.kind === "call")
          if (isMatmul(step)) emitMatmul(module, body, step, starts, end);
          else emitSum(body, step, starts, sums);
      }),
  );
  const main = module.function([], "none", (body) => {
    for (const each of functions) body.do(call(each));
  });
  module.export("run", main);
  const memory = memoryOf(emitting.end);
  const start = (actions: readonly Action[]): Action => {
    const host = Object.fromEntries(actions.map((action, i) => [`step${i}`, action]));
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
  };
  return { memory, start };
}

/** What emitters ask of a module: tables of constants, and functions of the host's, each once. */
class Emitting {
  /** Where the tables end. */
  end: number;
  private readonly module: Module;
  private readonly tables = new Map<Float64Array, number>();
  private readonly scalars = new Map<ScalarFallback, Func<readonly ["f64", "f64"], "f64">>();

  constructor(module: Module, start: number) {
    this.module = module;
    this.end = Math.ceil(start / ALIGNED) * ALIGNED;
  }

  to(body: Body): Emission {
    return { body, table: (constants) => this.table(constants), scalar: (name) => this.scalar(name) };
  }

  private table(constants: Float64Array): number {
    const known = this.tables.get(constants);
    if (known !== undefined) return known;
    const address = this.end;
    this.module.data(address, new Uint8Array(constants.slice().buffer));
    this.tables.set(constants, address);
    this.end = Math.ceil((address + constants.byteLength) / ALIGNED) * ALIGNED;
    return address;
  }

  private scalar(name: ScalarFallback): Func<readonly ["f64", "f64"], "f64"> {
    const known = this.scalars.get(name) ?? this.module.importFunction(name, ["f64", "f64"], "f64");
    this.scalars.set(name, known);
    return known;
  }
}
