/** @file Random programs and their gradients: compiled, they are what they are, bit for bit. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { add, compile, grad, mul, type Scalar, sum, type Tensor, tensor } from "../../src/index.ts";
import { bits } from "./bits.ts";
import { programs } from "./programs.ts";

test("random programs", () => {
  fc.assert(
    fc.property(programs, ({ f, inputs }) => {
      const program = compile(f);
      const eager = f(...inputs).map(bits);
      expect(program(...inputs).map(bits)).toEqual(eager);
      expect(program(...inputs).map(bits)).toEqual(eager);
    }),
    { numRuns: 400 },
  );
});

test("gradients of random programs, and their gradients", () => {
  fc.assert(
    fc.property(programs, ({ f, inputs }) => {
      const cost = (xs: readonly Tensor[]): Scalar =>
        f(...xs)
          .map((y, i) => sum(mul(y, 0.5 + i)))
          .reduce((a, b) => add(a, b), tensor(0, { dtype: xs[0]!.dtype })) as Scalar;
      const first = grad(cost, { unreached: "zeros" });
      const second = grad(
        (xs: readonly Tensor[]) =>
          sum(
            first(xs)
              .map((g) => sum(mul(g, g)) as Tensor)
              .reduce((a, b) => add(a, b)),
          ) as Scalar,
        {
          unreached: "zeros",
        },
      );
      expect(compile(first)(inputs).map(bits)).toEqual(first(inputs).map(bits));
      expect(compile(second)(inputs).map(bits)).toEqual(second(inputs).map(bits));
    }),
    { numRuns: 200 },
  );
});
