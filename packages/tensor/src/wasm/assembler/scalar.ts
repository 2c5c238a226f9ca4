/** @file Instructions of numbers: whole ones of 32 and 64 bits, IEEE 754 ones of 32 and 64 bits. */
import { accesses, constant, family, MISC } from "./expression.ts";

/** Whole numbers of 32 bits; also truths (0 and 1) and addresses. */
export const i32 = {
  const: constant("i32"),
  ...family(["i32"], "i32", { eqz: 0x45, clz: 0x67, ctz: 0x68, popcnt: 0x69, extend8S: 0xc0, extend16S: 0xc1 }),
  ...family(["i32", "i32"], "i32", {
    ...{ eq: 0x46, ne: 0x47, ltS: 0x48, ltU: 0x49, gtS: 0x4a, gtU: 0x4b, leS: 0x4c, leU: 0x4d, geS: 0x4e, geU: 0x4f },
    ...{ add: 0x6a, sub: 0x6b, mul: 0x6c, divS: 0x6d, divU: 0x6e, remS: 0x6f, remU: 0x70 },
    ...{ and: 0x71, or: 0x72, xor: 0x73, shl: 0x74, shrS: 0x75, shrU: 0x76, rotl: 0x77, rotr: 0x78 },
  }),
  ...family(["i64"], "i32", { wrapI64: 0xa7 }),
  ...family(["f32"], "i32", { truncF32S: 0xa8, truncF32U: 0xa9, reinterpretF32: 0xbc }),
  ...family(["f64"], "i32", { truncF64S: 0xaa, truncF64U: 0xab }),
  ...family(["f32"], "i32", { truncSatF32S: MISC, truncSatF32U: MISC + 1 }),
  ...family(["f64"], "i32", { truncSatF64S: MISC + 2, truncSatF64U: MISC + 3 }),
  ...accesses([], "i32", 4, { load: 0x28 }),
  ...accesses([], "i32", 1, { load8S: 0x2c, load8U: 0x2d }),
  ...accesses([], "i32", 2, { load16S: 0x2e, load16U: 0x2f }),
  ...accesses(["i32"], "none", 4, { store: 0x36 }),
  ...accesses(["i32"], "none", 1, { store8: 0x3a }),
  ...accesses(["i32"], "none", 2, { store16: 0x3b }),
};

/** Whole numbers of 64 bits. */
export const i64 = {
  const: constant("i64"),
  ...family(["i64"], "i32", { eqz: 0x50 }),
  ...family(["i64", "i64"], "i32", {
    ...{ eq: 0x51, ne: 0x52, ltS: 0x53, ltU: 0x54, gtS: 0x55, gtU: 0x56, leS: 0x57, leU: 0x58, geS: 0x59, geU: 0x5a },
  }),
  ...family(["i64"], "i64", { clz: 0x79, ctz: 0x7a, popcnt: 0x7b, extend8S: 0xc2, extend16S: 0xc3, extend32S: 0xc4 }),
  ...family(["i64", "i64"], "i64", {
    ...{ add: 0x7c, sub: 0x7d, mul: 0x7e, divS: 0x7f, divU: 0x80, remS: 0x81, remU: 0x82 },
    ...{ and: 0x83, or: 0x84, xor: 0x85, shl: 0x86, shrS: 0x87, shrU: 0x88, rotl: 0x89, rotr: 0x8a },
  }),
  ...family(["i32"], "i64", { extendI32S: 0xac, extendI32U: 0xad }),
  ...family(["f32"], "i64", { truncF32S: 0xae, truncF32U: 0xaf, truncSatF32S: MISC + 4, truncSatF32U: MISC + 5 }),
  ...family(["f64"], "i64", { truncF64S: 0xb0, truncF64U: 0xb1, truncSatF64S: MISC + 6, truncSatF64U: MISC + 7 }),
  ...family(["f64"], "i64", { reinterpretF64: 0xbd }),
  ...accesses([], "i64", 8, { load: 0x29 }),
  ...accesses([], "i64", 1, { load8S: 0x30, load8U: 0x31 }),
  ...accesses([], "i64", 2, { load16S: 0x32, load16U: 0x33 }),
  ...accesses([], "i64", 4, { load32S: 0x34, load32U: 0x35 }),
  ...accesses(["i64"], "none", 8, { store: 0x37 }),
  ...accesses(["i64"], "none", 1, { store8: 0x3c }),
  ...accesses(["i64"], "none", 2, { store16: 0x3d }),
  ...accesses(["i64"], "none", 4, { store32: 0x3e }),
};

/** Single precision. */
export const f32 = {
  const: constant("f32"),
  ...family(["f32", "f32"], "i32", { eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 }),
  ...family(["f32"], "f32", {
    ...{ abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e, trunc: 0x8f, nearest: 0x90, sqrt: 0x91 },
  }),
  ...family(["f32", "f32"], "f32", {
    ...{ add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97, copysign: 0x98 },
  }),
  ...family(["i32"], "f32", { convertI32S: 0xb2, convertI32U: 0xb3, reinterpretI32: 0xbe }),
  ...family(["i64"], "f32", { convertI64S: 0xb4, convertI64U: 0xb5 }),
  ...family(["f64"], "f32", { demoteF64: 0xb6 }),
  ...accesses([], "f32", 4, { load: 0x2a }),
  ...accesses(["f32"], "none", 4, { store: 0x38 }),
};

/** Double precision. */
export const f64 = {
  const: constant("f64"),
  ...family(["f64", "f64"], "i32", { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 }),
  ...family(["f64"], "f64", {
    ...{ abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c, trunc: 0x9d, nearest: 0x9e, sqrt: 0x9f },
  }),
  ...family(["f64", "f64"], "f64", {
    ...{ add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5, copysign: 0xa6 },
  }),
  ...family(["i32"], "f64", { convertI32S: 0xb7, convertI32U: 0xb8 }),
  ...family(["i64"], "f64", { convertI64S: 0xb9, convertI64U: 0xba, reinterpretI64: 0xbf }),
  ...family(["f32"], "f64", { promoteF32: 0xbb }),
  ...accesses([], "f64", 8, { load: 0x2b }),
  ...accesses(["f64"], "none", 8, { store: 0x39 }),
};
