/** @file The vector forms of core/loops.ts: the same instruction for lanes of either width. */
import { f32x4, f64x2, v128 } from "../assembler/vector.ts";
import type { Emitter, Vector, VectorForm } from "./emitter.ts";

/** The instructions of one float type. */
type Lanes = typeof f32x4 | typeof f64x2;

/** One emitter for both float types. */
// @__NO_SIDE_EFFECTS__
const both = (emitter: (lanes: Lanes) => Emitter): VectorForm => ({ float32: emitter(f32x4), float64: emitter(f64x2) });

// @__NO_SIDE_EFFECTS__
const binary = (name: "add" | "sub" | "mul" | "div" | "eq" | "ne" | "lt" | "le" | "gt" | "ge"): VectorForm =>
  both((lanes) => (_to, x, y) => lanes[name](x, y));

// @__NO_SIDE_EFFECTS__
const unary = (name: "neg" | "abs" | "sqrt"): VectorForm => both((lanes) => (_to, x) => lanes[name](x));

/** a where the mask is set, else 0. */
const orZero = (mask: Vector, a: Vector): Vector => v128.and(a, mask);

export const forms = {
  add: binary("add"),
  sub: binary("sub"),
  mul: binary("mul"),
  div: binary("div"),
  neg: unary("neg"),
  abs: unary("abs"),
  sqrt: unary("sqrt"),
  equal: binary("eq"),
  notEqual: binary("ne"),
  less: binary("lt"),
  lessEqual: binary("le"),
  greater: binary("gt"),
  greaterEqual: binary("ge"),
  where: both(() => (_to, mask, x, y) => v128.bitselect(x, y, mask)),
  square: both((lanes) => (_to, x) => lanes.mul(x, x)),
  reciprocal: both((lanes) => (_to, x) => lanes.div(lanes.const(1), x)),
  relu: both((lanes) => (_to, x) => lanes.pmax(x, lanes.const(0))),
  maximum: both((lanes) => (_to, x, y) => lanes.max(x, y)),
  minimum: both((lanes) => (_to, x, y) => lanes.min(x, y)),
  // 0 absorbs ∞ and NaN: where the product is NaN and a factor is 0, it is 0.
  scale: both((lanes) => ({ body }, x, y) => {
    const product = body.let(lanes.mul(x, y));
    const zero = lanes.const(0);
    const absorbed = v128.or(lanes.eq(x, zero), lanes.eq(y, zero));
    return orZero(v128.not(v128.and(lanes.ne(product, product), absorbed)), product);
  }),
  ratio: both((lanes) => (_to, x, y) => orZero(lanes.ne(x, lanes.const(0)), lanes.div(x, y))),
} satisfies Readonly<Record<string, VectorForm>>;
