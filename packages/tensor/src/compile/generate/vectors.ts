/**
 * @file Four elements at a time, of any dtype: how they are loaded, stored and brought from one dtype to another.
 * float32 and int32 are one vector, float64 is two, and truths are one of masks: all bits of a lane, or none.
 */
import type { DType } from "../../core/dtype.ts";
import type { Body } from "../../wasm/assembler/body.ts";
import type { Expression, Operand, Variable } from "../../wasm/assembler/expression.ts";
import { f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, lanes, v128 } from "../../wasm/assembler/vector.ts";

/** So many elements are done at once. */
export const LANES = 4;

export type Vector = Expression<"v128">;

/** Four elements: the vectors that hold them, as locals. */
export interface Value {
  readonly dtype: DType;
  readonly parts: readonly Variable<"v128">[];
}

/** Vectors as locals: what is used more than once is computed once. */
export const named = (body: Body, dtype: DType, ...parts: readonly Vector[]): Value => ({
  dtype,
  parts: parts.map((part) => body.let(part)),
});

/** Masks of 32 bits as two vectors of masks of 64. */
export const widened = (mask: Vector): [Vector, Vector] => [i64x2.extendLowI32x4S(mask), i64x2.extendHighI32x4S(mask)];

/** Two vectors of masks of 64 bits as one of 32. */
export const narrowed = (low: Vector, high: Vector): Vector => i8x16.shuffle(lanes(4, 0, 2, 4, 6), low, high);

/** Four elements that lie side by side. */
export function load(body: Body, dtype: DType, address: Operand<"i32">): Value {
  if (dtype === "float64") return named(body, dtype, v128.load(address), v128.load(address, 16));
  if (dtype !== "bool") return named(body, dtype, v128.load(address));
  const bytes = i16x8.extendLowI8x16U(v128.load32Zero(address));
  return named(body, dtype, i32x4.neg(i32x4.extendLowI16x8U(bytes)));
}

/** One element in all lanes. */
export function splat(body: Body, dtype: DType, address: Operand<"i32">): Value {
  if (dtype === "float64") {
    const both = body.let(v128.load64Splat(address));
    return { dtype, parts: [both, both] };
  }
  if (dtype !== "bool") return named(body, dtype, v128.load32Splat(address));
  const bytes = i16x8.extendLowI8x16U(v128.load8Splat(address));
  return named(body, dtype, i32x4.neg(i32x4.extendLowI16x8U(bytes)));
}

/** Four elements at these addresses. */
export function gather(body: Body, dtype: DType, [a, b, c, d]: readonly Operand<"i32">[]): Value {
  if (dtype === "float64")
    return named(body, dtype, v128.load64Lane(b!, v128.load64Zero(a!), 1), v128.load64Lane(d!, v128.load64Zero(c!), 1));
  if (dtype !== "bool") {
    const two = v128.load32Lane(b!, v128.load32Zero(a!), 1);
    return named(body, dtype, v128.load32Lane(d!, v128.load32Lane(c!, two, 2), 3));
  }
  const zero = i32x4.const(0);
  const bytes = [a, b, c, d].reduce<Vector>((vector, address, lane) => v128.load8Lane(address!, vector, lane), zero);
  return named(body, dtype, i32x4.neg(i32x4.extendLowI16x8U(i16x8.extendLowI8x16U(bytes))));
}

/** Truths as bytes of 0 and 1, in the first four. */
function bytesOf(mask: Vector): Vector {
  const words = i16x8.narrowI32x4S(mask, i32x4.const(0));
  return v128.and(i8x16.narrowI16x8S(words, i32x4.const(0)), i8x16.const(1));
}

/** Writes four elements side by side. */
export function store(body: Body, { dtype, parts }: Value, address: Operand<"i32">): void {
  const [first, second] = parts as [Variable<"v128">, Variable<"v128">?];
  if (dtype === "bool") body.do(v128.store32Lane(address, bytesOf(first), 0));
  else body.do(v128.store(address, first));
  if (second !== undefined) body.do(v128.store(address, second, 16));
}

/** Writes the first so many of them, less than four. */
export function storeFirst(body: Body, { dtype, parts }: Value, address: Operand<"i32">, count: number): void {
  const [first, second] = parts as [Variable<"v128">, Variable<"v128">?];
  const bytes = dtype === "bool" ? body.let(bytesOf(first)) : first;
  for (let lane = 0; lane < count; lane++) {
    if (dtype === "bool") body.do(v128.store8Lane(address, bytes, lane, lane));
    else if (dtype === "float64") body.do(v128.store64Lane(address, lane < 2 ? first : second!, lane % 2, 8 * lane));
    else body.do(v128.store32Lane(address, first, lane, 4 * lane));
  }
}

/** Four elements in another dtype; null: vectors have no such instruction. */
export function cast(body: Body, value: Value, to: DType): Value | null {
  const { dtype, parts } = value;
  const [a, b] = parts as [Variable<"v128">, Variable<"v128">];
  const high = (x: Vector): Vector => i8x16.shuffle(lanes(8, 1, 1), x, x);
  if (dtype === to) return value;
  switch (`${dtype} ${to}`) {
    case "float32 float64":
      return named(body, to, f64x2.promoteLowF32x4(a), f64x2.promoteLowF32x4(high(a)));
    case "float64 float32":
      return named(body, to, i8x16.shuffle(lanes(8, 0, 2), f32x4.demoteF64x2Zero(a), f32x4.demoteF64x2Zero(b)));
    case "int32 float64":
      return named(body, to, f64x2.convertLowI32x4S(a), f64x2.convertLowI32x4S(high(a)));
    case "int32 float32":
      return named(body, to, f32x4.convertI32x4S(a));
    case "bool float32":
      return named(body, to, v128.and(a, f32x4.const(1)));
    case "bool float64":
      return named(body, to, ...widened(a).map((mask) => v128.and(mask, f64x2.const(1))));
    case "bool int32":
      return named(body, to, i32x4.neg(a));
    case "int32 bool":
      return named(body, to, i32x4.ne(a, i32x4.const(0)));
    case "float32 bool":
      return named(body, to, f32x4.ne(a, f32x4.const(0)));
    case "float64 bool":
      return named(body, to, narrowed(f64x2.ne(a, f64x2.const(0)), f64x2.ne(b, f64x2.const(0))));
    default:
      return null;
  }
}
