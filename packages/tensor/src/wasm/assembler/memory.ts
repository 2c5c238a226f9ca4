/** @file Instructions for whole stretches of memory, and those that threads agree by. */
import { ATOMIC, accesses, type Expression, family, inOrder, MISC, type Operands, opcode } from "./expression.ts";

const three = ["i32", "i32", "i32"] as const;

/** Moving and filling bytes. */
export const memory = {
  /** Copies `size` bytes, which may overlap: (to, from, size). */
  copy: (...operands: Operands<typeof three>): Expression<"none"> => ({
    type: "none",
    code: [inOrder(three, operands), opcode(MISC + 10), 0, 0],
  }),
  /** Sets `size` bytes: (to, value, size). */
  fill: (...operands: Operands<typeof three>): Expression<"none"> => ({
    type: "none",
    code: [inOrder(three, operands), opcode(MISC + 11), 0],
  }),
};

/** Reading, writing and changing an i32 at once, for all threads of a shared memory; waiting and waking. */
export const atomic = {
  ...accesses([], "i32", 4, { load: ATOMIC + 0x10 }),
  ...accesses(["i32"], "none", 4, { store: ATOMIC + 0x17 }),
  /** Changes the value and leaves what was there before. */
  ...accesses(["i32"], "i32", 4, {
    ...{ add: ATOMIC + 0x1e, sub: ATOMIC + 0x25, and: ATOMIC + 0x2c, or: ATOMIC + 0x33, xor: ATOMIC + 0x3a },
    ...{ exchange: ATOMIC + 0x41 },
  }),
  /** (address, expected, replacement): leaves what was there before. */
  ...accesses(["i32", "i32"], "i32", 4, { compareExchange: ATOMIC + 0x48 }),
  /** (address, expected, nanoseconds or −1): 0 woken, 1 another value stood there, 2 timed out. */
  ...accesses(["i32", "i64"], "i32", 4, { wait: ATOMIC + 0x01 }),
  /** (address, how many to wake): how many were. */
  ...accesses(["i32"], "i32", 4, { notify: ATOMIC }),
};

/** One of two values, both computed: (a, b, condition) is a where the condition is not 0. */
export const select = {
  ...family(["i32", "i32", "i32"], "i32", { i32: 0x1b }),
  ...family(["i64", "i64", "i32"], "i64", { i64: 0x1b }),
  ...family(["f32", "f32", "i32"], "f32", { f32: 0x1b }),
  ...family(["f64", "f64", "i32"], "f64", { f64: 0x1b }),
  ...family(["v128", "v128", "i32"], "v128", { v128: 0x1b }),
};
