/** @file Instructions of vectors of 128 bits, by how their lanes are read; those of relaxed SIMD are named so. */
import { bytesOf } from "./code.ts";
import { accesses, type Expression, family, laneAccesses, laneFamily, opcode, SIMD } from "./expression.ts";

type Vector = Expression<"v128">;

/** Codes of the SIMD prefix: the first of a run, and those that follow it. */
const simd = <N extends string>(codes: { readonly [K in N]: number }): { readonly [K in N]: number } =>
  Object.fromEntries(Object.entries<number>(codes).map(([name, code]) => [name, SIMD + code])) as typeof codes;

const one = ["v128"] as const;
const two = ["v128", "v128"] as const;
const three = ["v128", "v128", "v128"] as const;

/** A vector of constant bytes. */
const constantOf = (bytes: readonly number[]): Vector => ({ type: "v128", code: [opcode(SIMD + 12), bytes] });

/** Whole numbers as the bytes of so many bits each, the lowest first. */
const wholes = (bits: number, values: readonly (number | bigint)[]): number[] =>
  values.flatMap((value) => {
    const rest = BigInt.asUintN(bits, BigInt(value));
    return Array.from({ length: bits / 8 }, (_, i) => Number((rest >> BigInt(8 * i)) & 255n));
  });

/** `values` again and again until there are `lanes` of them. */
const repeated = <V>(values: readonly V[], lanes: number): V[] =>
  Array.from({ length: lanes }, (_, i) => values[i % values.length]!);

/** Bits, whatever they mean. */
export const v128 = {
  ...accesses([], "v128", 16, simd({ load: 0 })),
  ...accesses([], "v128", 8, simd({ load8x8S: 1, load8x8U: 2, load16x4S: 3, load16x4U: 4, load32x2S: 5 })),
  ...accesses([], "v128", 8, simd({ load32x2U: 6, load64Splat: 10, load64Zero: 93 })),
  ...accesses([], "v128", 4, simd({ load32Splat: 9, load32Zero: 92 })),
  ...accesses([], "v128", 2, simd({ load16Splat: 8 })),
  ...accesses([], "v128", 1, simd({ load8Splat: 7 })),
  ...accesses(one, "none", 16, simd({ store: 11 })),
  ...laneAccesses("v128", 1, simd({ load8Lane: 84 })),
  ...laneAccesses("v128", 2, simd({ load16Lane: 85 })),
  ...laneAccesses("v128", 4, simd({ load32Lane: 86 })),
  ...laneAccesses("v128", 8, simd({ load64Lane: 87 })),
  ...laneAccesses("none", 1, simd({ store8Lane: 88 })),
  ...laneAccesses("none", 2, simd({ store16Lane: 89 })),
  ...laneAccesses("none", 4, simd({ store32Lane: 90 })),
  ...laneAccesses("none", 8, simd({ store64Lane: 91 })),
  ...family(one, "v128", simd({ not: 77 })),
  ...family(two, "v128", simd({ and: 78, andnot: 79, or: 80, xor: 81 })),
  /** The bits of a where the mask has 1, those of b where it has 0: (a, b, mask). */
  ...family(three, "v128", simd({ bitselect: 82 })),
  ...family(one, "i32", simd({ anyTrue: 83 })),
};

/** Sixteen whole numbers of 8 bits. */
export const i8x16 = {
  /** The values again and again in all lanes. */
  const: (...values: number[]) => constantOf(wholes(8, repeated(values, 16))),
  /** Lanes of a (0–15) and b (16–31). */
  shuffle: (lanes: readonly number[], a: Vector, b: Vector): Vector => ({
    type: "v128",
    code: [a.code, b.code, opcode(SIMD + 13), lanes],
  }),
  ...family(["i32"], "v128", simd({ splat: 15 })),
  ...laneFamily(one, "i32", simd({ extractLaneS: 21, extractLaneU: 22 })),
  ...laneFamily(["v128", "i32"], "v128", simd({ replaceLane: 23 })),
  ...family(one, "v128", simd({ abs: 96, neg: 97, popcnt: 98 })),
  ...family(one, "i32", simd({ allTrue: 99, bitmask: 100 })),
  ...family(["v128", "i32"], "v128", simd({ shl: 107, shrS: 108, shrU: 109 })),
  ...family(two, "v128", {
    ...simd({ swizzle: 14, eq: 35, ne: 36, ltS: 37, ltU: 38, gtS: 39, gtU: 40, leS: 41, leU: 42, geS: 43, geU: 44 }),
    ...simd({ narrowI16x8S: 101, narrowI16x8U: 102, add: 110, sub: 113, minS: 118, minU: 119, maxS: 120, maxU: 121 }),
    ...simd({ relaxedSwizzle: 0x100 }),
  }),
};

/** Eight whole numbers of 16 bits. */
export const i16x8 = {
  const: (...values: number[]) => constantOf(wholes(16, repeated(values, 8))),
  ...family(["i32"], "v128", simd({ splat: 16 })),
  ...laneFamily(one, "i32", simd({ extractLaneS: 24, extractLaneU: 25 })),
  ...laneFamily(["v128", "i32"], "v128", simd({ replaceLane: 26 })),
  ...family(one, "v128", simd({ abs: 128, neg: 129, extendLowI8x16S: 135, extendHighI8x16S: 136 })),
  ...family(one, "v128", simd({ extendLowI8x16U: 137, extendHighI8x16U: 138 })),
  ...family(one, "i32", simd({ allTrue: 131, bitmask: 132 })),
  ...family(["v128", "i32"], "v128", simd({ shl: 139, shrS: 140, shrU: 141 })),
  ...family(two, "v128", {
    ...simd({ eq: 45, ne: 46, ltS: 47, ltU: 48, gtS: 49, gtU: 50, leS: 51, leU: 52, geS: 53, geU: 54 }),
    ...simd({ narrowI32x4S: 133, narrowI32x4U: 134, add: 142, sub: 145, mul: 149, minS: 150, minU: 151 }),
    ...simd({ maxS: 152, maxU: 153 }),
  }),
};

/** Four whole numbers of 32 bits. */
export const i32x4 = {
  const: (...values: number[]) => constantOf(wholes(32, repeated(values, 4))),
  ...family(["i32"], "v128", simd({ splat: 17 })),
  ...laneFamily(one, "i32", simd({ extractLane: 27 })),
  ...laneFamily(["v128", "i32"], "v128", simd({ replaceLane: 28 })),
  ...family(one, "v128", {
    ...simd({ abs: 160, neg: 161, extendLowI16x8S: 167, extendHighI16x8S: 168, extendLowI16x8U: 169 }),
    ...simd({ extendHighI16x8U: 170, truncSatF32x4S: 248, truncSatF32x4U: 249, truncSatF64x2SZero: 252 }),
    ...simd({ truncSatF64x2UZero: 253, relaxedTruncF32x4S: 0x101, relaxedTruncF32x4U: 0x102 }),
    ...simd({ relaxedTruncF64x2SZero: 0x103, relaxedTruncF64x2UZero: 0x104 }),
  }),
  ...family(one, "i32", simd({ allTrue: 163, bitmask: 164 })),
  ...family(["v128", "i32"], "v128", simd({ shl: 171, shrS: 172, shrU: 173 })),
  ...family(two, "v128", {
    ...simd({ eq: 55, ne: 56, ltS: 57, ltU: 58, gtS: 59, gtU: 60, leS: 61, leU: 62, geS: 63, geU: 64 }),
    ...simd({ add: 174, sub: 177, mul: 181, minS: 182, minU: 183, maxS: 184, maxU: 185, dotI16x8S: 186 }),
  }),
  ...family(three, "v128", simd({ relaxedLaneselect: 0x10b })),
};

/** Two whole numbers of 64 bits. */
export const i64x2 = {
  const: (...values: (number | bigint)[]) => constantOf(wholes(64, repeated(values, 2))),
  ...family(["i64"], "v128", simd({ splat: 18 })),
  ...laneFamily(one, "i64", simd({ extractLane: 29 })),
  ...laneFamily(["v128", "i64"], "v128", simd({ replaceLane: 30 })),
  ...family(one, "v128", simd({ abs: 192, neg: 193, extendLowI32x4S: 199, extendHighI32x4S: 200 })),
  ...family(one, "v128", simd({ extendLowI32x4U: 201, extendHighI32x4U: 202 })),
  ...family(one, "i32", simd({ allTrue: 195, bitmask: 196 })),
  ...family(["v128", "i32"], "v128", simd({ shl: 203, shrS: 204, shrU: 205 })),
  ...family(two, "v128", {
    ...simd({ add: 206, sub: 209, mul: 213, eq: 214, ne: 215, ltS: 216, gtS: 217, leS: 218, geS: 219 }),
    ...simd({ extmulLowI32x4S: 220, extmulHighI32x4S: 221, extmulLowI32x4U: 222, extmulHighI32x4U: 223 }),
  }),
  ...family(three, "v128", simd({ relaxedLaneselect: 0x10c })),
};

/** Four numbers of single precision. */
export const f32x4 = {
  const: (...values: number[]) => constantOf(bytesOf("f32", ...repeated(values, 4))),
  ...family(["f32"], "v128", simd({ splat: 19 })),
  ...laneFamily(one, "f32", simd({ extractLane: 31 })),
  ...laneFamily(["v128", "f32"], "v128", simd({ replaceLane: 32 })),
  ...family(one, "v128", {
    ...simd({ demoteF64x2Zero: 94, ceil: 103, floor: 104, trunc: 105, nearest: 106, abs: 224, neg: 225, sqrt: 227 }),
    ...simd({ convertI32x4S: 250, convertI32x4U: 251 }),
  }),
  ...family(two, "v128", {
    ...simd({ eq: 65, ne: 66, lt: 67, gt: 68, le: 69, ge: 70, add: 228, sub: 229, mul: 230, div: 231 }),
    ...simd({ min: 232, max: 233, pmin: 234, pmax: 235, relaxedMin: 0x10d, relaxedMax: 0x10e }),
  }),
  /** a·b + c, and −a·b + c, rounded once or twice: (a, b, c). */
  ...family(three, "v128", simd({ relaxedMadd: 0x105, relaxedNmadd: 0x106 })),
};

/** Two numbers of double precision. */
export const f64x2 = {
  const: (...values: number[]) => constantOf(bytesOf("f64", ...repeated(values, 2))),
  ...family(["f64"], "v128", simd({ splat: 20 })),
  ...laneFamily(one, "f64", simd({ extractLane: 33 })),
  ...laneFamily(["v128", "f64"], "v128", simd({ replaceLane: 34 })),
  ...family(one, "v128", {
    ...simd({ promoteLowF32x4: 95, ceil: 116, floor: 117, trunc: 122, nearest: 148, abs: 236, neg: 237, sqrt: 239 }),
    ...simd({ convertLowI32x4S: 254, convertLowI32x4U: 255 }),
  }),
  ...family(two, "v128", {
    ...simd({ eq: 71, ne: 72, lt: 73, gt: 74, le: 75, ge: 76, add: 240, sub: 241, mul: 242, div: 243 }),
    ...simd({ min: 244, max: 245, pmin: 246, pmax: 247, relaxedMin: 0x10f, relaxedMax: 0x110 }),
  }),
  /** a·b + c, and −a·b + c, rounded once or twice: (a, b, c). */
  ...family(three, "v128", simd({ relaxedMadd: 0x107, relaxedNmadd: 0x108 })),
};

/** The lanes of a shuffle by their numbers among those of a and b, each `size` bytes wide: `lanes(4, 0, 4, 1, 5)`. */
export const lanes = (size: number, ...numbers: number[]): number[] =>
  numbers.flatMap((number) => Array.from({ length: size }, (_, i) => number * size + i));
