/**
 * @file Typed expressions, and the families of instructions that make them. An expression is code that leaves a value:
 * where it is used twice, it is computed twice (`Body.let` gives it a name), and it reads variables when it is reached.
 */
import { bytesOf, type Code, signed, unsigned } from "./code.ts";

/** The types of values. */
export type Type = "i32" | "i64" | "f32" | "f64" | "v128";

/** Code that leaves a value of the type, or none: then it is done for its effect. */
export interface Expression<T extends Type | "none"> {
  readonly type: T;
  readonly code: Code;
}

/** A local or global: read where it stands as an expression. */
export interface Variable<T extends Type> extends Expression<T> {
  /** What takes a value off the stack into it. */
  readonly write: Code;
}

/** What an instruction takes: an expression, or a plain number where the type has them. */
export type Operand<T extends Type> =
  | Expression<T>
  | { i32: number; i64: bigint; f32: number; f64: number; v128: never }[T];

/** Operands of these types. */
export type Operands<P extends readonly Type[]> = { readonly [I in keyof P]: Operand<P[I]> };

/** What computes a result of operands. */
export type Instruction<P extends readonly Type[], R extends Type | "none"> = (
  ...operands: Operands<P>
) => Expression<R>;

/** The prefixes of opcodes of two parts, in a table's numbers: `SIMD + 12`. */
export const MISC = 0xfc_0000;
export const SIMD = 0xfd_0000;
export const ATOMIC = 0xfe_0000;

/** An opcode's bytes. */
export const opcode = (code: number): number[] => (code < 256 ? [code] : [code >> 16, ...unsigned(code & 0xffff)]);

const constants = {
  i32: (value: number | bigint) => [0x41, ...signed(Number(value) | 0)],
  i64: (value: number | bigint) => [0x42, ...signed(BigInt.asIntN(64, BigInt(value)))],
  f32: (value: number | bigint) => [0x43, ...bytesOf("f32", Number(value))],
  f64: (value: number | bigint) => [0x44, ...bytesOf("f64", Number(value))],
};

/** An operand as an expression: a plain number becomes a constant of the type. */
export function expression<T extends Type>(type: T, operand: Operand<T>): Expression<T> {
  if (typeof operand === "object") return operand;
  return { type, code: constants[type as keyof typeof constants](operand as number | bigint) };
}

/** Expressions of operands, one after the other. */
export const inOrder = <P extends readonly Type[]>(types: P, operands: Operands<P>): Code =>
  types.map((type, i) => expression(type, operands[i] as Operand<Type>).code);

/** A constant of the type. */
export const constant =
  <T extends Exclude<Type, "v128">>(type: T) =>
  (value: Operand<T>): Expression<T> =>
    expression(type, value);

type Names<N extends string, I> = { readonly [K in N]: I };

/** Makes one entry of a family for each of its codes. */
function each<N extends string, I>(codes: Names<N, number>, make: (code: number) => I): Names<N, I> {
  const made = Object.entries<number>(codes).map(([name, code]) => [name, make(code)]);
  return Object.fromEntries(made) as Names<N, I>;
}

/** Instructions that take operands of the same types and leave a result of the same type. */
export const family = <const P extends readonly Type[], R extends Type | "none", N extends string>(
  types: P,
  type: R,
  codes: Names<N, number>,
): Names<N, Instruction<P, R>> =>
  each(codes, (code) => {
    const bytes = opcode(code);
    return (...operands) => ({ type, code: [inOrder(types, operands), bytes] });
  });

/** Where in memory an instruction acts: at an address, so many bytes on (a constant below 2³²). */
export type Access<P extends readonly Type[], R extends Type | "none"> = (
  address: Operand<"i32">,
  ...operands: [...Operands<P>, offset?: number]
) => Expression<R>;

/** Instructions that read or write `size` bytes of memory, with further operands of the types. */
export const accesses = <const P extends readonly Type[], R extends Type | "none", N extends string>(
  types: P,
  type: R,
  size: number,
  codes: Names<N, number>,
): Names<N, Access<P, R>> =>
  each(codes, (code) => {
    const bytes = [...opcode(code), 31 - Math.clz32(size)];
    return (address, ...operands) => {
      const values = inOrder(types, operands as unknown as Operands<P>);
      const offset = (operands[types.length] as number | undefined) ?? 0;
      return { type, code: [expression("i32", address).code, values, bytes, unsigned(offset)] };
    };
  });

/** Instructions for one lane of a vector: its number is part of the code. */
export const laneFamily = <const P extends readonly Type[], R extends Type, N extends string>(
  types: P,
  type: R,
  codes: Names<N, number>,
): Names<N, (lane: number, ...operands: Operands<P>) => Expression<R>> =>
  each(codes, (code) => {
    const bytes = opcode(code);
    return (lane, ...operands) => ({ type, code: [inOrder(types, operands), bytes, lane] });
  });

/** Loads into, and stores from, one lane of a vector, `size` bytes wide. */
export const laneAccesses = <R extends "v128" | "none", N extends string>(
  type: R,
  size: number,
  codes: Names<N, number>,
): Names<N, (address: Operand<"i32">, vector: Expression<"v128">, lane: number, offset?: number) => Expression<R>> =>
  each(codes, (code) => {
    const bytes = [...opcode(code), 31 - Math.clz32(size)];
    return (address, vector, lane, offset = 0) => ({
      type,
      code: [expression("i32", address).code, vector.code, bytes, unsigned(offset), lane],
    });
  });
