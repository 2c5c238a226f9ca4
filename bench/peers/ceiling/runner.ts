/**
 * @file What this machine's WebAssembly can reach at all: the multiplications and additions of the work, in registers,
 * on vectors of 128 bits; fused where the argument is "relaxed".
 */
import type { Expression } from "../../../packages/tensor/src/wasm/assembler/expression.ts";
import { f32x4, f64x2 } from "../../../packages/tensor/src/wasm/assembler/vector.ts";
import { program, supports } from "../../../packages/tensor/src/wasm/machine.ts";
import { absent, serve } from "../../runners/serve.mjs";
import type { Float } from "../../works.ts";

/** As many as keep both multipliers busy, and fit into the 16 registers beside what they are multiplied with. */
const ACCUMULATORS = 12;
const UNROLLED = 4;

const vectors = { float32: f32x4, float64: f64x2 };
const lanes = { float32: 4, float64: 2 };

/** A program that goes so many times round a loop of independent chains x ← x·a + b. */
const loop = (dtype: Float, relaxed: boolean) =>
  program((module) => {
    const vector = vectors[dtype];
    const chains = module.function(["i32"], dtype === "float32" ? "f32" : "f64", (body, times) => {
      const [a, b] = [body.let(vector.const(0.5)), body.let(vector.const(1))];
      const sums = Array.from({ length: ACCUMULATORS }, (_, i) => body.let(vector.const(i)));
      body.for({ to: times }, () => {
        for (let i = 0; i < UNROLLED; i++)
          for (const sum of sums)
            body.set(sum, relaxed ? vector.relaxedMadd(sum, a, b) : vector.add(vector.mul(sum, a), b));
      });
      return vector.extractLane(
        0,
        sums.reduce<Expression<"v128">>((total, sum) => vector.add(total, sum), vector.const(0)),
      );
    });
    return { chains };
  });

const relaxed = process.argv[2] === "relaxed";
const programs = { float32: loop("float32", relaxed), float64: loop("float64", relaxed) };

if (supports(relaxed ? "relaxed" : "simd"))
  await serve(
    { node: process.versions.node },
    {
      matmul({ m, k, n, dtype }: { m: number; k: number; n: number; dtype: Float }) {
        const { chains } = programs[dtype].exports()!;
        const times = Math.ceil((m * k * n) / (ACCUMULATORS * UNROLLED * lanes[dtype]));
        return {
          run(runs: number) {
            for (let r = 0; r < runs; r++) chains(times);
          },
          check: () => chains(times),
        };
      },
    },
  );
else absent("this engine has no relaxed SIMD");
