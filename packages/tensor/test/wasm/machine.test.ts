/** @file The machine: what it finds, the switch, scratch memory, programs, and engines that have or allow less. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { call } from "../../src/wasm/assembler/body.ts";
import { f64, i32 } from "../../src/wasm/assembler/scalar.ts";
import { engine } from "../../src/wasm/engine.ts";
import {
  backend,
  isRelaxed,
  program,
  SCRATCH_LIMIT,
  scratch,
  setBackend,
  supports,
  useMemory,
} from "../../src/wasm/machine.ts";
import { expectRefusal } from "../refusal.ts";

const sumOf = () =>
  program((module, place) => {
    const table = place(new Uint8Array(Float64Array.of(0.5, 0.25).buffer));
    return {
      sum: module.function(["i32", "i32"], "f64", (body, start, count) => {
        const total = body.let(f64.load(table, 8));
        body.for({ to: count }, (i) => body.set(total, f64.add(total, f64.load(i32.add(start, i32.shl(i, 3))))));
        return total;
      }),
    };
  });

afterEach(() => setBackend("wasm"));

describe("programs", () => {
  test("are compiled once, with their constants, on the scratch memory", () => {
    const program = sumOf();
    const { sum } = program.exports()!;
    const { base, float64 } = scratch(24)!;
    float64.set([1, 2, 3], base / 8);
    expect(sum(base, 3)).toBe(6.25);
    expect(program.exports()!.sum).toBe(sum);
    expect(program.compiled()).not.toBeNull();
  });

  test("call functions of the host", () => {
    const kept = program(
      (module) => {
        const host = module.importFunction("slow", ["f64"], "f64");
        return { f: module.function(["f64"], "f64", (_, x) => f64.add(1, call(host, x))) };
      },
      { slow: Math.sqrt },
    );
    expect(kept.exports()!.f(9)).toBe(4);
  });

  test("are not there while the backend is plain", () => {
    const program = sumOf();
    setBackend("plain");
    expect([program.exports(), program.compiled(), backend()]).toEqual([null, null, "plain"]);
    setBackend("wasm");
    expect(program.exports()).not.toBeNull();
    setBackend("plain");
    expect(program.exports()).toBeNull();
  });

  test("move with their constants to another memory, also one that threads share", () => {
    const program = sumOf();
    program.exports();
    const limits = { initial: 2, maximum: 1024, shared: true };
    const shared = new (engine()!.Memory)(limits);
    useMemory(shared, limits);
    const { base, float64 } = scratch(2 ** 21)!;
    expect(float64.buffer).toBe(shared.buffer);
    float64.set([1, 2], base / 8);
    expect(program.exports()!.sum(base, 2)).toBe(3.25);
    const own = { initial: 2 };
    useMemory(new (engine()!.Memory)(own), own);
    expect(program.exports()!.sum(scratch(8)!.base, 0)).toBe(0.25);
  });
});

test("scratch memory grows, and is the same while it suffices", () => {
  const first = scratch(1000)!;
  expect(scratch(10) === first).toBe(true);
  const length = first.bytes.length;
  const second = scratch(length + 1)!;
  expect(second === first).toBe(false);
  expect(second.bytes.length - second.base).toBeGreaterThan(length);
  expect(scratch(SCRATCH_LIMIT)!.bytes.length).toBeGreaterThanOrEqual(SCRATCH_LIMIT);
  expect(scratch(2 ** 40)).toBeNull();
});

test("refusals", () => {
  const wrong = (name: unknown, options?: unknown) => () => setBackend(name as "wasm", options as object);
  expectRefusal(wrong("gpu"), 'setBackend: the backend is "gpu"; use "wasm" or "plain"');
  expectRefusal(wrong("wasm", { relaxed: 1 }), "setBackend: relaxed is 1; use true or false");
  expectRefusal(
    wrong("plain", { relaxed: true }),
    'setBackend: plain loops are never relaxed; use "wasm", or leave out relaxed',
  );
});

test.runIf(supports("relaxed"))("products may be relaxed until the backend is chosen again", () => {
  setBackend("wasm", { relaxed: true });
  expect(isRelaxed()).toBe(true);
  setBackend("wasm");
  expect(isRelaxed()).toBe(false);
});

describe("engines that have or allow less", () => {
  afterEach(() => vi.unstubAllGlobals());
  const load = async (webAssembly: unknown) => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", webAssembly);
    return import("../../src/wasm/machine.ts");
  };

  test.each<[string, unknown]>([
    ["no WebAssembly", undefined],
    ["no vectors", { ...wasmOf(), validate: () => false }],
    [
      "a content security policy that forbids compiling",
      {
        ...wasmOf(),
        Module: class {
          constructor() {
            throw new Error("blocked by CSP");
          }
        },
      },
    ],
  ])("%s: plain loops do the work", async (_, webAssembly) => {
    const machine = await load(webAssembly);
    machine.setBackend("wasm");
    const kept = machine.program((module) => ({ f: module.function([], "i32", () => i32.const(1)) }));
    expect([machine.backend(), kept.exports()]).toEqual(["plain", null]);
    expect(() => machine.setBackend("wasm", { relaxed: true })).toThrow(
      "setBackend: this engine has no relaxed SIMD; leave out relaxed: true",
    );
  });
});

function wasmOf(): object {
  const { Memory, Module, Instance, validate } = engine()!;
  return { Memory, Module, Instance, validate };
}
