/**
 * @file The machine below the kernels: what the engine's WebAssembly can do, the switch between it and the plain loops,
 * the scratch memory, and the programs, which are compiled on first use and kept.
 */
import { checkOneOf, checkOptions } from "../core/checks.ts";
import { TensorError } from "../core/errors.ts";
import type { Func } from "./assembler/body.ts";
import type { Type } from "./assembler/expression.ts";
import { atomic } from "./assembler/memory.ts";
import { type Limits, Module } from "./assembler/module.ts";
import { f32x4, v128 } from "./assembler/vector.ts";
import { engine, type Memory } from "./engine.ts";

/** How numbers are computed: by WebAssembly's vectors where they pay, or by plain loops alone. */
export type Backend = "wasm" | "plain";

/** What an engine may lack. */
export type Feature = "simd" | "relaxed" | "threads";

const PAGE = 65_536;
/** The first page has the programs' constants; scratch space is what follows. */
const BASE = PAGE;
/** The largest piece of scratch: kernels that would need more work in panels. */
export const SCRATCH_LIMIT = 2 ** 25;
/** Memory grows by so much, so that views are seldom made anew. */
const GROWTH = 2 ** 20;

const state = {
  chosen: "wasm" as Backend,
  relaxed: false,
  features: new Map<Feature | "permission", boolean>(),
  memory: null as Memory | null,
  limits: null as Limits | null,
  views: null as Scratch | null,
  constants: 0,
};

/** A minimal module, valid only where the engine has the feature. */
function probe(feature: Feature): Module {
  const module = new Module();
  module.importMemory("memory", { initial: 1, maximum: 1, shared: feature === "threads" });
  const x = f32x4.const(1);
  module.function([], "none", (body) => {
    if (feature === "threads") body.drop(atomic.add(0, 1));
    else body.do(v128.store(0, feature === "relaxed" ? f32x4.relaxedMadd(x, x, x) : f32x4.add(x, x)));
  });
  return module;
}

/** Computes once and remembers. */
function known(question: Feature | "permission", ask: () => boolean): boolean {
  const answer = state.features.get(question) ?? ask();
  state.features.set(question, answer);
  return answer;
}

/** Whether the engine has the feature. */
export const supports = (feature: Feature): boolean =>
  known(feature, () => engine()?.validate(probe(feature).bytes()) ?? false);

/** Whether the engine has vectors and lets us compile: a page's content security policy may forbid it. */
const permitted = (): boolean =>
  known("permission", () => {
    if (!supports("simd")) return false;
    try {
      return new (engine()!.Module)(probe("simd").bytes()) !== undefined;
    } catch {
      return false;
    }
  });

/**
 * What computes the values: "wasm", or "plain" where WebAssembly is absent, may not be compiled here, or was switched
 * off by setBackend.
 *
 * @example
 * backend();   // => "wasm"
 */
export const backend = (): Backend => (state.chosen === "wasm" && permitted() ? "wasm" : "plain");

/**
 * Chooses what computes the values from now on: "wasm" (WebAssembly with vectors, the default) or "plain" (loops in
 * JavaScript). The results are the same bits; where WebAssembly is absent, "wasm" computes by plain loops.
 *
 * Rounding: with `relaxed`, products may round once where they would twice (fused multiply-add), which is up to twice
 * as fast; their last bits then depend on the machine.
 * Throws: TensorError when there is no such backend, or when `relaxed` is wanted of an engine without relaxed SIMD.
 *
 * @example
 * setBackend("wasm");
 * matmul(tensor([1, 2]), tensor([3, 4])).item();   // => 11
 */
export function setBackend(name: Backend, options: { readonly relaxed?: boolean } = {}): void {
  checkOneOf("setBackend", "the backend", name, ["wasm", "plain"]);
  checkOptions("setBackend", options);
  const { relaxed = false } = options;
  if (typeof relaxed !== "boolean")
    throw new TensorError("setBackend", `relaxed is ${String(relaxed)}`, "use true or false");
  if (relaxed && name === "plain")
    throw new TensorError("setBackend", "plain loops are never relaxed", 'use "wasm", or leave out relaxed');
  if (relaxed && !(permitted() && supports("relaxed")))
    throw new TensorError("setBackend", "this engine has no relaxed SIMD", "leave out relaxed: true");
  state.chosen = name;
  state.relaxed = relaxed;
}

/** Whether products may fuse multiplication and addition. */
export const isRelaxed = (): boolean => state.relaxed;

/** Scratch space: the whole memory as arrays, of which the bytes from `base` on are the caller's until it returns. */
export interface Scratch {
  readonly base: number;
  readonly bytes: Uint8Array;
  readonly int32: Int32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
}

/** The memory of all programs. */
function memory(): Memory {
  if (state.memory === null) {
    state.limits = { initial: 2 };
    state.memory = new (engine()!.Memory)({ initial: 2 });
  }
  return state.memory;
}

/**
 * Puts the programs and the scratch space on another memory, for instance one that threads share. Programs are then
 * compiled anew when they are next asked for.
 */
export function useMemory(replacement: Memory, limits: Limits): void {
  state.memory = replacement;
  state.limits = limits;
  state.views = null;
  state.constants = 0;
}

/**
 * At least so many bytes (up to SCRATCH_LIMIT) of scratch space, unchanged by others until the caller returns; null where
 * the machine has no memory left.
 */
export function scratch(size: number): Scratch | null {
  const views = state.views;
  if (views !== null && views.bytes.length >= BASE + size) return views;
  const held = memory();
  const missing = BASE + size - held.buffer.byteLength;
  try {
    if (missing > 0) held.grow(Math.ceil(missing / GROWTH) * (GROWTH / PAGE));
  } catch {
    return null;
  }
  const { buffer } = held;
  state.views = {
    base: BASE,
    bytes: new Uint8Array(buffer),
    int32: new Int32Array(buffer),
    float32: new Float32Array(buffer),
    float64: new Float64Array(buffer),
  };
  return state.views;
}

type Value<T extends Type | "none"> = {
  i32: number;
  i64: bigint;
  f32: number;
  f64: number;
  v128: never;
  none: undefined;
}[T];
type Values<P extends readonly Type[]> = { -readonly [I in keyof P]: Value<P[I]> };

/** Functions of a program as the host calls them. */
export type Exports<F> = {
  readonly [K in keyof F]: F[K] extends Func<infer P, infer R> ? (...values: Values<P>) => Value<R> : never;
};

/** A program: functions of WebAssembly that are compiled when they are first asked for, and kept. */
export interface Program<F> {
  /** The functions; null where the backend is not "wasm", or the engine will not have the program. */
  exports(): Exports<F> | null;
  /** The compiled module, for the memory of the time: it can be sent to a thread that has the same memory. */
  compiled(): object | null;
}

/** Functions of JavaScript that a program imports, by name. */
export type Host = Readonly<Record<string, (...values: number[]) => number | undefined>>;

/**
 * Defines a program. `define` builds its functions in the module and returns those to be exported; `place` puts
 * constants into the memory and says where.
 */
// @__NO_SIDE_EFFECTS__
export function program<F extends Readonly<Record<string, Func>>>(
  define: (module: Module, place: (constants: Uint8Array) => number) => F,
  host: Host = {},
): Program<F> {
  let of: Memory | null = null;
  let compiled: object | null = null;
  let exports: Exports<F> | null = null;
  const make = (): void => {
    of = memory();
    compiled = null;
    exports = null;
    const bytes = build(define, state.limits!);
    try {
      compiled = new (engine()!.Module)(bytes);
      const instance = new (engine()!.Instance)(compiled, { env: { ...host, memory: of } });
      exports = instance.exports as Exports<F>;
    } catch {
      // The engine refuses the module (some limit its size on a page's main thread): the plain loops do its work.
    }
  };
  const isReady = (): boolean => {
    if (of !== null && of === state.memory) return state.chosen === "wasm";
    if (backend() === "plain") return false;
    make();
    return true;
  };
  return { exports: () => (isReady() ? exports : null), compiled: () => (isReady() ? compiled : null) };
}

function build<F extends Readonly<Record<string, Func>>>(
  define: (module: Module, place: (constants: Uint8Array) => number) => F,
  limits: Limits,
): Uint8Array {
  const module = new Module();
  module.importMemory("memory", limits);
  const place = (constants: Uint8Array): number => {
    const address = state.constants;
    if (address + constants.length > BASE)
      throw new TensorError("program", `constants take ${address + constants.length} bytes`, `keep them below ${BASE}`);
    state.constants = Math.ceil((address + constants.length) / 16) * 16;
    module.data(address, constants);
    return address;
  };
  for (const [name, exported] of Object.entries(define(module, place))) module.export(name, exported);
  return module.bytes();
}
