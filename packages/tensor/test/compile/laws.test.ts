/** @file The law that every operation is under once more: compiled, it and its gradient are what they are, bit for bit. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { compile, type DType, rng, type Tensor, TensorError, vjp } from "../../src/index.ts";
import { constant, differentiable, inputsOf, type Sample } from "../samples/index.ts";
import { bits } from "./bits.ts";

const everyType = fc.constantFrom<DType>("float64", "float32", "int32", "bool");
const floats = fc.constantFrom<DType>("float64", "float32");

const drawn = (samples: fc.Arbitrary<Sample>, dtypes: fc.Arbitrary<DType>) =>
  fc.tuple(samples, dtypes).chain(([sample, dtype]) => inputsOf(sample, dtype).map((xs) => ({ f: sample.f, xs })));

/** What f returns, or what it throws. */
const outcome = (f: () => Tensor[]): string => {
  try {
    return f().map(bits).join("\n");
  } catch (error) {
    if (error instanceof TensorError) return error.message;
    throw error;
  }
};

describe("compiled, an operation is what it is, bit for bit", () => {
  test.each(Object.entries({ ...differentiable, ...constant }))("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, everyType), ({ f, xs }) => {
        const program = compile(f);
        const eager = outcome(() => [f(...xs)]);
        expect(outcome(() => [program(...xs)])).toBe(eager);
        // The second call is the program alone.
        expect(outcome(() => [program(...xs)])).toBe(eager);
      }),
      { numRuns: 40 },
    );
  });
});

describe("compiled, its gradient is what it is, bit for bit", () => {
  test.each(Object.entries(differentiable))("%s", (_name, samples) => {
    fc.assert(
      fc.property(drawn(samples, floats), ({ f, xs }) => {
        const y = f(...xs);
        const ct = rng("cotangent").normal(y.shape, { dtype: y.dtype }) as Tensor;
        const gradient = (ct: Tensor, ...args: Tensor[]): Tensor[] => {
          const [y, pullback] = vjp(f, ...args);
          return [y, ...pullback(ct)];
        };
        expect(outcome(() => compile(gradient)(ct, ...xs))).toBe(outcome(() => gradient(ct, ...xs)));
      }),
      { numRuns: 30 },
    );
  });
});

test("the bits of a tensor tell −0 from 0, dtypes and shapes apart, and take every NaN for one", () => {
  expect(bits(api.tensor([0]))).not.toBe(bits(api.tensor([-0])));
  expect(bits(api.tensor([0]))).not.toBe(bits(api.tensor([0], { dtype: "float32" })));
  expect(bits(api.tensor([0]))).not.toBe(bits(api.tensor([[0]])));
  expect(bits(api.tensor([Number.NaN]))).toBe(bits(api.neg(api.tensor([Number.NaN]))));
});
