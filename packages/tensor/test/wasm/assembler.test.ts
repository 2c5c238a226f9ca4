/** @file The assembler: known bytes, what the engine makes of the modules, and what must not compile. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Body, call, tee } from "../../src/wasm/assembler/body.ts";
import { flatten, signed, unsigned } from "../../src/wasm/assembler/code.ts";
import type { Expression, Type } from "../../src/wasm/assembler/expression.ts";
import { atomic, memory, select } from "../../src/wasm/assembler/memory.ts";
import { Module } from "../../src/wasm/assembler/module.ts";
import { f32, f64, i32, i64 } from "../../src/wasm/assembler/scalar.ts";
import { f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, lanes, v128 } from "../../src/wasm/assembler/vector.ts";
import { engine } from "../../src/wasm/engine.ts";
import { supports } from "../../src/wasm/machine.ts";

const wasm = engine()!;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
type Run = (...values: (number | bigint)[]) => number | bigint;

const instantiate = (module: Module, imports: object = {}): Record<string, Run> =>
  new wasm.Instance(new wasm.Module(module.bytes()), { env: imports }).exports as Record<string, Run>;

/** A function of the value alone, without parameters. */
function evaluated<T extends Exclude<Type, "v128">>(make: (body: Body) => Expression<T>, type: T): number | bigint {
  const module = new Module();
  const held = new wasm.Memory({ initial: 1 });
  module.importMemory("memory", { initial: 1 });
  module.export("f", module.function([], type as Type, make as (body: Body) => Expression<Type>));
  return instantiate(module, { memory: held }).f!();
}

describe("variable-length numbers", () => {
  test.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 1]],
    [624_485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("%d without sign", (value, bytes) => {
    expect(unsigned(value)).toEqual(bytes);
  });

  test.each<[number | bigint, number[]]>([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123_456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
    [-(2n ** 63n), [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
  ])("%d with sign", (value, bytes) => {
    expect(signed(value)).toEqual(bytes);
  });

  test("constants come back from the engine", () => {
    const whole = fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, -64, -65, 63, 64));
    fc.assert(fc.property(whole, (x) => evaluated(() => i32.const(x), "i32") === x));
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (x) => evaluated(() => i64.const(x), "i64") === x,
      ),
    );
    fc.assert(
      fc.property(fc.double(), (x) =>
        Object.is(
          evaluated(() => f64.const(x), "f64"),
          x,
        ),
      ),
    );
    fc.assert(
      fc.property(fc.float(), (x) =>
        Object.is(
          evaluated(() => f32.const(x), "f32"),
          x,
        ),
      ),
    );
  });
});

describe("known bytes", () => {
  test("a module that adds, as the specification's text format gives it", () => {
    const module = new Module();
    module.export(
      "add",
      module.function(["i32", "i32"], "i32", (_, a, b) => i32.add(a, b)),
    );
    expect([...module.bytes()]).toEqual([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f], // (type (func (param i32 i32) (result i32)))
      ...[3, 2, 1, 0], // (func (type 0))
      ...[7, 7, 1, 3, 0x61, 0x64, 0x64, 0, 0], // (export "add" (func 0))
      ...[10, 10, 1, 8, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0f, 0x0b],
    ]);
  });

  const x = v128.load(0);
  // What follows the operands' code.
  test.each<[string, Expression<Type | "none">, number[]]>([
    ["i32.load8_u offset=300", i32.load8U(1, 300), [0x41, 1, 0x2d, 0, 0xac, 2]],
    ["f64.store", f64.store(1, 0.5), [0x41, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0x39, 3, 0]],
    ["i32.trunc_sat_f64_s", i32.truncSatF64S(0), [0xfc, 2]],
    ["v128.load", x, [0x41, 0, 0xfd, 0, 4, 0]],
    ["f32x4.add", f32x4.add(x, x), [0x41, 0, 0xfd, 0, 4, 0, 0x41, 0, 0xfd, 0, 4, 0, 0xfd, 0xe4, 1]],
    ["f64x2.relaxed_nmadd", f64x2.relaxedNmadd(x, x, x), [0xfd, 0x88, 2]],
    ["i32x4.extract_lane 3", i32x4.extractLane(3, x), [0xfd, 27, 3]],
    ["v128.load64_lane offset=8 1", v128.load64Lane(2, x, 1, 8), [0xfd, 87, 3, 8, 1]],
    ["v128.load32_splat", v128.load32Splat(2), [0x41, 2, 0xfd, 9, 2, 0]],
    ["i8x16.shuffle", i8x16.shuffle(lanes(4, 1, 2, 5, 6), x, x), [0xfd, 13, ...range(4, 12), ...range(20, 28)]],
    ["v128.const", i32x4.const(1, -1), [0xfd, 12, 1, 0, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0, 255, 255, 255, 255]],
    ["memory.copy", memory.copy(1, 2, 3), [0x41, 1, 0x41, 2, 0x41, 3, 0xfc, 10, 0, 0]],
    ["memory.fill", memory.fill(1, 2, 3), [0x41, 1, 0x41, 2, 0x41, 3, 0xfc, 11, 0]],
    ["memory.atomic.wait32", atomic.wait(0, 1, -1n), [0x41, 0, 0x41, 1, 0x42, 0x7f, 0xfe, 1, 2, 0]],
    ["i32.atomic.rmw.cmpxchg", atomic.compareExchange(0, 1, 2), [0x41, 0, 0x41, 1, 0x41, 2, 0xfe, 0x48, 2, 0]],
  ])("%s", (_, { code }, bytes) => {
    expect(flatten(code).slice(-bytes.length)).toEqual(bytes);
  });
});

/** Every instruction of the tables, tried on operands of every kind: the engine's validator must know one of them. */
describe("the engine knows every instruction, with operands and a result of some type", () => {
  const kinds: Type[] = ["i32", "i64", "f32", "f64", "v128"];
  const lists = (length: number): Type[][] =>
    length === 0 ? [[]] : lists(length - 1).flatMap((list) => kinds.map((kind) => [...list, kind]));
  const candidates = [0, 1, 2, 3].flatMap(lists);
  type Made = Expression<Type | "none">;
  const valid = (make: (operands: readonly Expression<Type>[]) => Made, types: Type[]): boolean => {
    const module = new Module();
    module.importMemory("memory", { initial: 1, maximum: 1, shared: true });
    try {
      module.function(types, "none", (body, ...operands) => {
        const made = make(operands);
        if (made.type === "none") body.do(made as Expression<"none">);
        else body.set(body.local(made.type), made as Expression<Type>);
      });
      return wasm.validate(module.bytes());
    } catch {
      return false;
    }
  };
  const tables = { i32, i64, f32, f64, v128, i8x16, i16x8, i32x4, i64x2, f32x4, f64x2, atomic, memory, select };
  const needsNew = (name: string): boolean => name.startsWith("relaxed") && !supports("relaxed");
  for (const [table, instructions] of Object.entries(tables))
    test(table, () => {
      const unknown = Object.entries(instructions).filter(([name, instruction]) => {
        const make = instruction as unknown as (...operands: unknown[]) => Made;
        const ways = [
          (operands: readonly unknown[]) => make(...operands),
          (operands: readonly unknown[]) => make(1, ...operands),
          (operands: readonly unknown[]) => make(...operands, 1),
          (operands: readonly unknown[]) => make(range(0, 16), ...operands),
        ];
        return !needsNew(name) && !ways.some((way) => candidates.some((types) => valid(way, types)));
      });
      expect(unknown.map(([name]) => name)).toEqual([]);
    });
});

describe("laws", () => {
  /** An expression of two float64, and what it is in JavaScript. */
  interface Twin {
    readonly wasm: (x: Expression<"f64">, y: Expression<"f64">) => Expression<"f64">;
    readonly js: (x: number, y: number) => number;
  }
  const binaries = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => a / b,
    min: Math.min,
    max: Math.max,
  } satisfies Partial<Record<keyof typeof f64, (a: number, b: number) => number>>;
  const unaries = {
    abs: Math.abs,
    ceil: Math.ceil,
    floor: Math.floor,
    trunc: Math.trunc,
    sqrt: Math.sqrt,
    neg: (a: number) => -a,
  };
  const { twin } = fc.letrec<{ twin: Twin }>((tie) => ({
    twin: fc.oneof(
      { maxDepth: 4 },
      fc.double().map((value): Twin => ({ wasm: () => f64.const(value), js: () => value })),
      fc.constantFrom<Twin>({ wasm: (x) => x, js: (x) => x }, { wasm: (_, y) => y, js: (_, y) => y }),
      fc.tuple(fc.constantFrom(...Object.keys(unaries)), tie("twin")).map(([name, a]): Twin => {
        const key = name as keyof typeof unaries;
        return { wasm: (x, y) => f64[key](a.wasm(x, y)), js: (x, y) => unaries[key](a.js(x, y)) };
      }),
      fc.tuple(fc.constantFrom(...Object.keys(binaries)), tie("twin"), tie("twin")).map(([name, a, b]): Twin => {
        const key = name as keyof typeof binaries;
        return {
          wasm: (x, y) => f64[key](a.wasm(x, y), b.wasm(x, y)),
          js: (x, y) => binaries[key](a.js(x, y), b.js(x, y)),
        };
      }),
      fc.tuple(tie("twin"), tie("twin"), tie("twin")).map(
        ([a, b, c]): Twin => ({
          wasm: (x, y) => select.f64(a.wasm(x, y), b.wasm(x, y), f64.lt(b.wasm(x, y), c.wasm(x, y))),
          js: (x, y) => (b.js(x, y) < c.js(x, y) ? a.js(x, y) : b.js(x, y)),
        }),
      ),
    ),
  }));

  test("an expression of float64 has the value it has in JavaScript", () => {
    fc.assert(
      fc.property(twin, fc.double(), fc.double(), (tree, x, y) => {
        const module = new Module();
        module.export(
          "f",
          module.function(["f64", "f64"], "f64", (_, a, b) => tree.wasm(a, b)),
        );
        expect(instantiate(module).f!(x, y)).toBe(tree.js(x, y));
      }),
    );
  });

  const whole = {
    add: (a, b) => (a + b) | 0,
    sub: (a, b) => (a - b) | 0,
    mul: Math.imul,
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    shl: (a, b) => a << b,
    shrS: (a, b) => a >> b,
    shrU: (a, b) => (a >>> b) | 0,
    eq: (a, b) => Number(a === b),
    ne: (a, b) => Number(a !== b),
    ltS: (a, b) => Number(a < b),
    geS: (a, b) => Number(a >= b),
    ltU: (a, b) => Number(a >>> 0 < b >>> 0),
    gtU: (a, b) => Number(a >>> 0 > b >>> 0),
  } satisfies Partial<Record<keyof typeof i32, (a: number, b: number) => number>>;
  test.each(Object.entries(whole))("i32.%s, alone and in four lanes", (name, js) => {
    const module = new Module();
    const key = name as keyof typeof whole;
    const twice = i32x4 as unknown as Record<string, (...operands: unknown[]) => Expression<"v128">>;
    module.export(
      "one",
      module.function(["i32", "i32"], "i32", (_, a, b) => i32[key](a, b)),
    );
    // A comparison of lanes leaves all bits set; shifts take one count for all lanes; v128 has the bitwise ones.
    const inLanes = (a: Expression<"i32">, b: Expression<"i32">): Expression<"v128"> => {
      if (key === "and" || key === "or" || key === "xor") return v128[key](i32x4.splat(a), i32x4.splat(b));
      return twice[key]!(i32x4.splat(a), key.startsWith("sh") ? b : i32x4.splat(b));
    };
    module.export(
      "lane",
      module.function(["i32", "i32"], "i32", (_, a, b) => i32x4.extractLane(3, inLanes(a, b))),
    );
    const { one, lane } = instantiate(module);
    const truth = /^(eq|ne|lt|gt|le|ge)/.test(key);
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(one!(a, b)).toBe(js(a, b));
        expect(lane!(a, b)).toBe(truth ? 0 - js(a, b) : js(a, b));
      }),
    );
  });

  test.each(["add", "sub", "mul", "div", "min", "max"] as const)("f64x2.%s and f32x4.%s lane by lane", (key) => {
    const module = new Module();
    module.export(
      "double",
      module.function(["f64", "f64", "f64"], "f64", (_, a, b, other) =>
        f64x2.extractLane(1, f64x2[key](f64x2.replaceLane(1, f64x2.splat(other), a), f64x2.splat(b))),
      ),
    );
    module.export(
      "single",
      module.function(["f32", "f32", "f32"], "f32", (_, a, b, other) =>
        f32x4.extractLane(2, f32x4[key](f32x4.replaceLane(2, f32x4.splat(other), a), f32x4.splat(b))),
      ),
    );
    const { double, single } = instantiate(module);
    fc.assert(
      fc.property(fc.double(), fc.double(), (a, b) => {
        expect(double!(a, b, 7)).toBe(binaries[key](a, b));
        expect(single!(a, b, 7)).toBe(Math.fround(binaries[key](Math.fround(a), Math.fround(b))));
      }),
    );
  });
});

describe("statements", () => {
  const sumOfSquares = (module: Module) =>
    module.function(["i32"], "i32", (body, n) => {
      const total = body.local("i32");
      body.for({ to: n }, (i) => body.set(total, i32.add(total, i32.mul(i, i))));
      return total;
    });

  test("a counted loop runs for each count, also none", () => {
    const module = new Module();
    module.export("f", sumOfSquares(module));
    const { f } = instantiate(module);
    expect([0, 1, 2, 5, 10].map((n) => f!(n))).toEqual([0, 0, 1, 30, 285]);
  });

  test("a counted loop's limits are computed once, and its steps may pass the end", () => {
    const module = new Module();
    module.export(
      "f",
      module.function(["i32", "i32"], "i32", (body, from, to) => {
        const rounds = body.local("i32");
        body.for({ from, to, step: 4 }, () => {
          body.set(rounds, i32.add(rounds, 1));
          body.set(to, 0);
        });
        return rounds;
      }),
    );
    const { f } = instantiate(module);
    expect([f!(0, 9), f!(0, 8), f!(8, 9), f!(9, 8), f!(-8, -4)]).toEqual([3, 2, 1, 0, 1]);
  });

  test("blocks are left, loops repeated, and branches taken by depth", () => {
    const module = new Module();
    // How many steps n takes to 1 by Collatz's rule, given up after 100.
    const collatz = module.function(["i32"], "i32", (body, n) => {
      const steps = body.let(i32.const(0));
      body.block((exit) => {
        body.loop((again) => {
          body.brIf(exit, i32.eq(n, 1));
          body.if(i32.geU(steps, 100), () => body.br(exit));
          body.if(
            i32.and(n, 1),
            () => body.set(n, i32.add(i32.mul(n, 3), 1)),
            () => body.set(n, i32.shrU(n, 1)),
          );
          body.set(steps, i32.add(steps, 1));
          body.br(again);
        });
      });
      return steps;
    });
    module.export("f", collatz);
    const { f } = instantiate(module);
    expect([1, 2, 3, 7, 27].map((n) => f!(n))).toEqual([0, 1, 7, 16, 100]);
  });

  test("while, return, tee, and globals", () => {
    const module = new Module();
    const calls = module.global("i32", 5);
    const bits = module.function(["i32"], "i32", (body, n) => {
      body.set(calls, i32.add(calls, 1));
      body.if(i32.eqz(n), () => body.return(i32.const(-1)));
      const count = body.local("i32");
      body.while(n, () => {
        body.set(count, i32.add(count, 1));
        body.drop(tee(n, i32.and(n, i32.sub(n, 1))));
      });
      return count;
    });
    module.export("bits", bits);
    module.export(
      "calls",
      module.function([], "i32", () => calls),
    );
    module.export(
      "twice",
      module.function(["i32"], "i32", (_, n) => i32.add(call(bits, n), call(bits, n))),
    );
    const f = instantiate(module);
    expect([f.bits!(0), f.bits!(0b1011), f.twice!(-1), f.calls!()]).toEqual([-1, 3, 64, 9]);
  });

  test("functions are called before they are defined, after those that are imported, wherever they are named", () => {
    const module = new Module();
    const square = module.function(["f64"], "f64", (_, x) => f64.mul(x, x));
    const host = module.importFunction("host", ["f64", "i32"], "f64");
    const told = module.importFunction("told", ["i32"], "none");
    module.export(
      "f",
      module.function(["f64"], "f64", (body, x) => {
        body.do(call(told, 3));
        return f64.add(call(square, x), call(host, x, 2));
      }),
    );
    const heard: number[] = [];
    const { f } = instantiate(module, { host: (x: number, n: number) => x * n, told: (n: number) => heard.push(n) });
    expect(f!(5)).toBe(35);
    expect(heard).toEqual([3]);
  });

  test("data, copies and fills", () => {
    const module = new Module();
    const held = new wasm.Memory({ initial: 1 });
    module.importMemory("memory", { initial: 1 });
    module.data(4, Uint8Array.of(1, 2, 3));
    module.export(
      "f",
      module.function([], "none", (body) => body.do(memory.copy(9, 4, 3), memory.fill(12, 7, 2))),
    );
    instantiate(module, { memory: held }).f!();
    expect([...new Uint8Array(held.buffer, 4, 10)]).toEqual([1, 2, 3, 0, 0, 1, 2, 3, 7, 7]);
  });

  test("a shared memory is changed by all at once", () => {
    const module = new Module();
    const held = new wasm.Memory({ initial: 1, maximum: 2, shared: true });
    module.importMemory("memory", { initial: 1, maximum: 2, shared: true });
    module.export(
      "f",
      module.function(["i32"], "i32", (body, x) => {
        body.do(atomic.store(8, x));
        body.drop(atomic.add(8, 10));
        body.drop(atomic.compareExchange(8, 15, 100));
        body.drop(atomic.notify(8, 1));
        return atomic.load(8);
      }),
    );
    // By itself: V8 of Node 20 loses the locals of a function that waits.
    module.export(
      "wait",
      module.function([], "i32", () => atomic.wait(8, 16, 0n)),
    );
    const { f, wait } = instantiate(module, { memory: held });
    expect([f!(5), wait!(), f!(6), wait!()]).toEqual([100, 1, 16, 2]);
  });
});

test("operands of the wrong type do not compile", () => {
  const [a, b, x] = [i32.const(1), f64.const(1), f64x2.const(1)];
  const wrong = [
    // @ts-expect-error: a float64 is no address
    () => f64.load(b),
    // @ts-expect-error: whole numbers and fractions do not add
    () => f64.add(a, b),
    // @ts-expect-error: a vector is no number
    () => f64.add(x, b),
    // @ts-expect-error: a number is no vector
    () => f64x2.add(x, b),
    // @ts-expect-error: vectors have no plain numbers
    () => f64x2.add(x, 1),
    // @ts-expect-error: 64 bits are bigints
    () => i64.add(1, 2n),
    // @ts-expect-error: a store leaves nothing to add
    () => f64.add(f64.store(0, 1), b),
    // @ts-expect-error: one operand is missing
    () => f64.add(b),
    // @ts-expect-error: a local keeps its type
    () => new Body(0).set(new Body(0).local("f32"), b),
    // @ts-expect-error: the result is a float64
    () => new Module().function(["i32"], "f64", (_, n) => n),
    // @ts-expect-error: a condition is an i32
    () => new Body(0).if(b, () => undefined),
    // @ts-expect-error: a function is called with what it takes
    () => call({ params: ["i32"], result: "f64", index: 0 } as const, b),
  ];
  expect(wrong).toHaveLength(12);
});
