/** @file Floating-point numbers of both widths as vectors have them: what a kernel for both is written in. */
import type { Expression, Operand } from "./assembler/expression.ts";
import { i32, i64 } from "./assembler/scalar.ts";
import { f32x4, f64x2, v128 } from "./assembler/vector.ts";
import type { Scratch } from "./machine.ts";

type Vector = Expression<"v128">;

/** The dtypes that have kernels. */
export type Float = "float32" | "float64";

/** One width of floating-point numbers. */
export interface Width {
  /** Of one number. */
  readonly bytes: number;
  /** How many a vector has. */
  readonly lanes: number;
  readonly vector: Pick<typeof f32x4, "add" | "sub" | "mul" | "div" | "min" | "max" | "eq" | "gt" | "lt">;
  /** The number at an address, in all lanes. */
  readonly splatAt: (address: Operand<"i32">, offset?: number) => Vector;
  /** Copies the bits of one number. */
  readonly move: (to: Operand<"i32">, from: Operand<"i32">) => Expression<"none">;
  /** The scratch memory as such numbers. */
  readonly view: (scratch: Scratch) => Float32Array | Float64Array;
}

export const widths: { readonly [F in Float]: Width } = {
  float32: {
    bytes: 4,
    lanes: 4,
    vector: f32x4,
    splatAt: v128.load32Splat,
    move: (to, from) => i32.store(to, i32.load(from)),
    view: ({ float32 }) => float32,
  },
  float64: {
    bytes: 8,
    lanes: 2,
    vector: f64x2,
    splatAt: v128.load64Splat,
    move: (to, from) => i64.store(to, i64.load(from)),
    view: ({ float64 }) => float64,
  },
};
