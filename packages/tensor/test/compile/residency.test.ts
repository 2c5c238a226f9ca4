/** @file Results stay in the program's memory, and take the place of arguments: nobody may notice, whoever keeps what. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  compile,
  matmul,
  mul,
  ones,
  rng,
  type Scalar,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGrad,
  zeros,
} from "../../src/index.ts";
import { expectRefusal } from "../refusal.ts";
import { bits } from "./bits.ts";

interface Params {
  readonly w: Tensor;
  readonly b: Tensor;
}
const cost = ({ w, b }: Params, x: Tensor): Scalar => {
  const y: Tensor = add(matmul(x, w), b);
  return sum(mul(y, y)) as Scalar;
};
const step = (params: Params, x: Tensor): [Scalar, Params] => {
  const [value, { w, b }] = valueAndGrad(cost)(params, x);
  return [value, { w: sub(params.w, mul(0.01, w)), b: sub(params.b, mul(0.01, b)) }];
};
const draw = (name: string, shape: number[]): Tensor => rng(name).normal(shape) as Tensor;
const start = (): Params => ({ w: draw("w", [3, 2]), b: draw("b", [2]) });
const all = ([value, { w, b }]: [Scalar, Params]): string => [value, w, b].map(bits).join("\n");

describe("results", () => {
  test("are right at every step, read at once, late, or never", () => {
    const program = compile(step);
    fc.assert(
      fc.property(fc.array(fc.constantFrom("read", "keep", "drop", "restart", "swap"), { maxLength: 12 }), (deeds) => {
        let [eager, compiled] = [start(), start()];
        const kept: [[Scalar, Params], [Scalar, Params]][] = [];
        deeds.forEach((deed, i) => {
          const x = draw(`x${i}`, [4, 3]);
          const [a, b] = [step(eager, x), program(compiled, x)];
          if (deed === "read") expect(all(b)).toBe(all(a));
          if (deed === "keep") kept.push([a, b]);
          [eager, compiled] = [a[1], b[1]];
          if (deed === "restart") [eager, compiled] = [start(), start()];
          // One parameter from elsewhere, one that the program returned.
          if (deed === "swap")
            [eager, compiled] = [
              { ...eager, b: ones([2]) },
              { ...compiled, b: ones([2]) },
            ];
        });
        for (const [a, b] of kept) expect(all(b)).toBe(all(a));
        expect(bits(compiled.w)).toBe(bits(eager.w));
      }),
      { numRuns: 60 },
    );
  });

  test("of two programs do not meddle with each other", () => {
    const program = compile(step);
    const [few, many] = [draw("few", [1, 3]), draw("many", [5, 3])];
    let [eager, compiled] = [start(), start()];
    for (const x of [few, many, many, few, few]) {
      [eager, compiled] = [step(eager, x)[1], program(compiled, x)[1]];
      expect(bits(compiled.w)).toBe(bits(eager.w));
    }
  });

  test("that are views are right after the next call, too", () => {
    const f = compile((x: Tensor) => [transpose(mul(x, 2)), transpose(x), x, mul(x, 2)]);
    const before = f(tensor([[1, 2, 3]]));
    f(zeros([1, 3]));
    expect(before.map((y) => y.toArray())).toEqual([[[2], [4], [6]], [[1], [2], [3]], [[1, 2, 3]], [[2, 4, 6]]]);
  });

  test("given back in each other's places are read before they are overwritten", () => {
    const f = (a: Tensor, b: Tensor): Tensor[] => [add(a, 1), mul(b, 3)];
    for (const donate of [false, true]) {
      const program = compile(f, { donate });
      let [eager, compiled] = [
        [tensor([1, 2]), tensor([3, 4])] as Tensor[],
        [tensor([1, 2]), tensor([3, 4])] as Tensor[],
      ];
      for (let i = 0; i < 4; i++) [eager, compiled] = [f(eager[1]!, eager[0]!), program(compiled[1]!, compiled[0]!)];
      expect(compiled.map(bits)).toEqual(eager.map(bits));
    }
  });
});

describe("with donate", () => {
  test("what was given back is used up, all else can be read", () => {
    const program = compile(step, { donate: true });
    const x = draw("x", [4, 3]);
    const first = program(start(), x);
    const second = program(first[1], x);
    const eager = step(start(), x);
    expect(bits(first[0])).toBe(bits(eager[0]));
    expect(all(second)).toBe(all(step(eager[1], x)));
    expectRefusal(
      () => first[1].w.toArray(),
      "compile: [3, 2] was given back to the function that had returned it, and is used up; read it before, or compile without donate",
    );
  });

  test("what had been read before stays", () => {
    const program = compile(step, { donate: true });
    const [, params] = program(start(), draw("x", [4, 3]));
    const w = bits(params.w);
    program(params, draw("x", [4, 3]));
    expect(bits(params.w)).toBe(w);
  });
});
