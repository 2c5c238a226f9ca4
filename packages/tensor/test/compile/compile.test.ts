/** @file What compile promises besides the same bits: one recording for each signature, composition, and refusals. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  compile,
  dropout,
  grad,
  greater,
  jvp,
  matmul,
  mul,
  ones,
  type Rng,
  rng,
  type Scalar,
  sigmoid,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vmap,
  where,
  zeros,
} from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";
import { bits } from "./bits.ts";
import { programs } from "./programs.ts";

const square = (x: Tensor): Scalar => sum(mul(x, x)) as Scalar;

describe("a recording for each signature", () => {
  test("of structure, shapes, dtypes and all that is no tensor", () => {
    let recordings = 0;
    const f = compile((p: { w: Tensor; b: Tensor | null }, n: number) => {
      recordings++;
      return p.b === null ? mul(p.w, n) : add(mul(p.w, n), p.b);
    });
    const w = tensor([1, 2]);
    expect(f({ w, b: null }, 2).toArray()).toEqual([2, 4]);
    expect(f({ w: tensor([3, 4]), b: null }, 2).toArray()).toEqual([6, 8]);
    expect(recordings).toBe(1);
    expect(f({ w, b: w }, 2).toArray()).toEqual([3, 6]);
    expect(f({ w, b: null }, 3).toArray()).toEqual([3, 6]);
    expect(f({ w: tensor([1], { dtype: "float32" }), b: null }, 3).dtype).toBe("float32");
    expect(recordings).toBe(4);
    expect(f.programs.map(({ signature, runs }) => `${runs}: ${signature}`)).toEqual([
      "1: { w: float32[1], b: null }, 3",
      "1: { w: float64[2], b: null }, 3",
      "1: { w: float64[2], b: float64[2] }, 2",
      "2: { w: float64[2], b: null }, 2",
    ]);
  });

  test("of which so many are kept, the last used", () => {
    const f = compile((x: Tensor) => mul(x, 2), { programs: 2 });
    for (const n of [1, 2, 1, 3]) f(zeros([n]));
    expect(f.programs.map(({ signature }) => signature)).toEqual(["float64[3]", "float64[1]"]);
  });

  test("keeps the name of the function, and its type", () => {
    const f = compile(square);
    expect(f.name).toBe("square");
    const y: Scalar = f(tensor([1, 2]));
    expect(y.item()).toBe(5);
  });

  test("results that are arguments are these very tensors", () => {
    const [x, constant] = [tensor([1, 2]), tensor([3])];
    const [a, b] = compile((x: Tensor) => [x, constant])(x);
    expect(a).toBe(x);
    expect(b).toBe(constant);
  });
});

describe("what a program says of itself", () => {
  test("its steps, and where its values lie", () => {
    const f = compile((x: Tensor, w: Tensor) => sum(mul(sigmoid(matmul(x, w)), 2)));
    expect([f.explain(), f.memory]).toEqual(["", ""]);
    f(zeros([4, 3], { dtype: "float32" }), zeros([3, 2], { dtype: "float32" }));
    expect(f.explain().split("\n")).toEqual([
      "%2 = matmul(%0 as float32[4, 3], %1 as float32[3, 2]) : float32[4, 2]   # 104 B, 48 flops",
      "for each of [4, 2]: %5 = mul(sigmoid(%2), 2)   # 68 B, 16 flops",
      "%6 = sum(%5 as float32[4, 2]) : float32[]   # 36 B, 8 flops",
    ]);
    expect(f.memory).toBe(
      "192 B: results 32 B, arguments 96 B, constants 32 B, temporaries 32 B (alive at once: 32 B)",
    );
  });

  test("temporaries take little more than those that are alive at once", () => {
    fc.assert(
      fc.property(programs, ({ f, inputs }) => {
        const program = compile((xs: readonly Tensor[]) =>
          grad(
            (ys: readonly Tensor[]) =>
              f(...ys)
                .map((y) => sum(y))
                .reduce((a, b) => add(a, b)) as Scalar,
            { unreached: "zeros" },
          )(xs),
        );
        program(inputs);
        const [taken, least] = [/temporaries (\d+) B/, /at once: (\d+) B/].map((text) =>
          Number(text.exec(program.memory)?.[1] ?? 0),
        );
        expect(taken).toBeLessThanOrEqual(1.3 * least! + 64);
      }),
      { numRuns: 60 },
    );
  });
});

describe("composition", () => {
  const x = tensor([0.5, -1, 2]);
  const f = (x: Tensor): Scalar => sum(where(greater(x, 0), mul(x, sigmoid(x)), mul(x, 0.1))) as Scalar;

  test.each([
    ["compile(grad(f))", () => compile(grad(f))(x), () => grad(f)(x)],
    ["grad(compile(f))", () => grad(compile(f))(x), () => grad(f)(x)],
    [
      "grad(compile(grad))",
      () => grad((x: Tensor) => square(compile(grad(f))(x)))(x),
      () => grad((x: Tensor) => square(grad(f)(x)))(x),
    ],
    ["compile of compile", () => compile((x: Tensor) => mul(compile(f)(x), 2))(x), () => mul(f(x), 2)],
    [
      "vmap(compile(f))",
      () =>
        vmap(compile(f))(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      () =>
        vmap(f)(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
    ],
    [
      "compile(vmap(grad(f)))",
      () =>
        compile(vmap(grad(f)))(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      () =>
        vmap(grad(f))(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
    ],
    ["jvp(compile(f))", () => jvp(compile(f), [x], [ones([3])])[1], () => jvp(f, [x], [ones([3])])[1]],
    [
      "compile(jvp(f))",
      () => compile((x: Tensor) => jvp(f, [x], [ones([3])])[1])(x),
      () => jvp(f, [x], [ones([3])])[1],
    ],
    // The value that is differentiated is not among the arguments.
    [
      "grad over a captured value",
      () => grad((w: Tensor) => compile((x: Tensor) => sum(mul(x, w)) as Scalar)(x))(ones([3])),
      () => x,
    ],
  ])("%s", (_name, compiled, eager) => {
    expect(bits(compiled() as Tensor)).toBe(bits(eager() as Tensor));
  });

  test("a program made before is not taken for what a transform watches", () => {
    const g = compile(f);
    g(x);
    expect(bits(grad(g)(x))).toBe(bits(grad(f)(x)));
  });
});

describe("random streams", () => {
  const noisy = (x: Tensor, stream: Rng): Tensor =>
    add(dropout(x, stream.stream("drop"), 0.5), add(stream.normal([4]), stream.uniform([4])));

  test("are arguments, and drawn from at every call", () => {
    const f = compile(noisy);
    const x = ones([4]);
    for (const name of ["a", "b", "a"]) expect(bits(f(x, rng(name)))).toBe(bits(noisy(x, rng(name))));
    expect(f.programs.map(({ signature, runs }) => `${runs}: ${signature}`)).toEqual(["3: float64[4], stream"]);
    const [eager, compiled] = [rng("goes on"), rng("goes on")];
    for (let i = 0; i < 3; i++) expect(bits(f(x, compiled))).toBe(bits(noisy(x, eager)));
    expect(compiled.state()).toEqual(eager.state());
  });

  test("in a program within a program", () => {
    const f = compile((x: Tensor, stream: Rng) => mul(compile(noisy)(x, stream), 2));
    expect(bits(f(ones([4]), rng(7)))).toBe(bits(mul(noisy(ones([4]), rng(7)), 2)));
    expect(bits(f(ones([4]), rng(8)))).toBe(bits(mul(noisy(ones([4]), rng(8)), 2)));
  });

  test("may be opened within: they give the same numbers at every call, compiled or not", () => {
    const f = compile((x: Tensor) => add(x, rng(7).normal([2])));
    expect(bits(f(ones([2])))).toBe(bits(add(ones([2]), rng(7).normal([2]))));
  });

  test("are refused where they would give the same numbers for ever", () => {
    const stream = rng("mine");
    expectRefusal(
      () => compile((x: Tensor) => add(x, stream.normal([2])))(ones([2])),
      "compile: f draws from the stream mine, which is not among its arguments: it would draw the same every time; pass the stream as an argument",
    );
    expectRefusal(
      () => compile((stream: Rng) => tensor(stream.next()))(rng(7)),
      "next: a number of a random stream is read while compile records; draw a tensor, e.g. uniform([])",
    );
    expect(stream.state()).toEqual(rng("mine").state());
  });
});

describe("refusals", () => {
  test("of reading a value, with the line that reads", () => {
    const f = compile((x: Tensor) => (sum(x).item() > 0 ? x : mul(x, 2)));
    expect(() => f(ones([2]))).toThrow(
      /^compile: item reads a value at .*compile\.test\.ts:\d+:\d+, but f is recorded without values; use tensor operations \(where, maximum, …\) in place of values, or leave compile off$/,
    );
  });

  test.each([
    [() => compile(7 as never), "compile: f is number; give a function of tensors"],
    [() => compile(square, { programs: 0 }), "compile: programs is 0; give a whole number ≥ 1"],
    [
      () => compile(square, 3 as never),
      "compile: the options are 3; give them by name in one object, e.g. { keepDims: true }",
    ],
    [
      () => compile(() => Promise.resolve(ones([2])))(),
      "compile: f returned a Promise; await data first, then compile what is done with it",
    ],
    [
      () => compile((x: Tensor) => ({ y: x, n: 3 }))(ones([2])),
      "compile: n is a number, not a tensor; trees are tensors in arrays and plain objects; wrap numbers with tensor(…)",
    ],
    [
      () => compile((_x: Tensor) => undefined)(ones([2])),
      "compile: f returned no tensor but undefined; return what is to be computed",
    ],
  ])("%#", (refused, sentence) => expectRefusal(refused, sentence));

  test("an operation that refuses does so as in f itself, every time", () => {
    const f = (x: Tensor) => valueAndGrad(square)(add(x, ones([3])))[0];
    for (const program of [f, compile(f)])
      expectRefusal(
        () => program(ones([2])),
        "add: shapes [2] and [3] do not broadcast (2 ≠ 3 on axis -1); extents must be equal or 1, counted from the last axis",
      );
  });
});
