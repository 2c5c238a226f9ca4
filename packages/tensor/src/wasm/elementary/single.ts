/** @file The elementary functions of float32 for four lanes: core/elementary/single.ts, two lanes of float64 at a time. */
import { TO_WHOLE } from "../../core/elementary/bits.ts";
import * as single from "../../core/elementary/single.ts";
import { type Body, call } from "../assembler/body.ts";
import type { Variable } from "../assembler/expression.ts";
import { f32, f64 } from "../assembler/scalar.ts";
import { f32x4, f64x2, i8x16, i32x4, i64x2, lanes, v128 } from "../assembler/vector.ts";
import type { Emission, Emitter, ScalarFallback, Vector } from "./emitter.ts";

type Local = Variable<"v128">;
/** A function of float64 in two lanes. */
type Pair = (body: Body, ...xs: readonly Local[]) => Vector;

const add = f64x2.add;
const sub = f64x2.sub;
const mul = f64x2.mul;
const div = f64x2.div;
const c = f64x2.const;

const clamped = (x: Vector, limit: number): Vector =>
  f32x4.pmax(f32x4.pmin(x, f32x4.const(limit)), f32x4.const(-limit));

/** The last two lanes of four as the first. */
const HIGH = lanes(8, 1, 0);
const JOINED = lanes(8, 0, 2);

/** Four lanes of float32 by two and two of float64; `limit`: the first operand between ±limit, where NaN stays. */
const byPairs =
  (f: Pair, limit?: number): Emitter =>
  ({ body }, ...operands) => {
    const [x, ...others] = operands as [Local, ...Local[]];
    const xs = limit === undefined ? operands : [body.let(clamped(x, limit)), ...others];
    const half = (part: readonly Vector[]): Local =>
      body.let(f32x4.demoteF64x2Zero(f(body, ...part.map((y) => body.let(f64x2.promoteLowF32x4(y))))));
    const low = half(xs);
    return i8x16.shuffle(JOINED, low, half(xs.map((y) => i8x16.shuffle(HIGH, y, y))));
  };

/** a + x·b. */
const line = (a: Vector | number, x: Vector, b: Vector | number): Vector =>
  add(typeof a === "number" ? c(a) : a, mul(x, typeof b === "number" ? c(b) : b));

/** eʳ, or e⁻ʳ. */
function expOfRest(body: Body, r: Local, sign: 1 | -1 = 1): Vector {
  const [c0, c1, c2, c3, c4] = single.EXP;
  const s = body.let(mul(r, r));
  const square = mul(s, add(line(c0, r, sign * c1), mul(s, add(line(c2, r, sign * c3), mul(s, c(c4))))));
  return add(c(1), sign > 0 ? add(r, square) : sub(square, r));
}

function expm1OfRest(body: Body, r: Local): Vector {
  const [c0, c1, c2, c3, c4, c5] = single.EXPM1;
  const s = body.let(mul(r, r));
  return add(r, mul(s, add(line(c0, r, c1), mul(s, add(line(c2, r, c3), mul(s, line(c4, r, c5)))))));
}

/** x·2ᵏ, where k stands in the low bits of `counted`, which is k + TO_WHOLE, and neither overflows. */
const timesPower = (x: Vector, counted: Vector): Vector => i64x2.add(x, i64x2.shl(counted, 52));

/** k + TO_WHOLE of x = k·log 2 + r, and r. */
function reduced(body: Body, x: Local): { counted: Local; r: Local } {
  const counted = body.let(line(TO_WHOLE, x, Math.LOG2E));
  const r = body.let(sub(x, mul(sub(counted, c(TO_WHOLE)), c(single.LN2))));
  return { counted, r };
}

const expWithin: Pair = (body, x) => {
  const { counted, r } = reduced(body, x);
  return timesPower(expOfRest(body, r), counted);
};

/** e⁻ˣ, without the negative of x. */
function decay(body: Body, x: Local): Vector {
  const counted = body.let(line(TO_WHOLE, x, -Math.LOG2E));
  const r = body.let(line(x, sub(counted, c(TO_WHOLE)), single.LN2));
  return timesPower(expOfRest(body, r, -1), counted);
}

function expm1Within(body: Body, x: Local): Vector {
  const { counted, r } = reduced(body, x);
  const scale = body.let(timesPower(c(1), counted));
  return add(mul(scale, expm1OfRest(body, r)), sub(scale, c(1)));
}

/** y with the sign of x, where they have the same but for zeros. */
const signedAs = (y: Vector, x: Vector): Vector => v128.or(y, v128.and(x, c(-0)));

export const exp = byPairs(expWithin, single.FAR);

function exp2Within(body: Body, within: Local): Vector {
  const counted = body.let(add(within, c(TO_WHOLE)));
  const r = body.let(mul(sub(within, sub(counted, c(TO_WHOLE))), c(single.LN2)));
  return timesPower(expOfRest(body, r), counted);
}

export const exp2 = byPairs(exp2Within, single.FAR2);

export const expm1 = byPairs((body, x) => signedAs(expm1Within(body, x), x), single.FAR);

export const sigmoid = byPairs((body, x) => div(c(1), add(c(1), decay(body, x))), single.FAR);

export const tanh = byPairs((body, x) => {
  const t = body.let(expm1Within(body, body.let(add(x, x))));
  return signedAs(div(t, add(t, c(2))), x);
}, single.FAR);

/** log(1 + e^−|x|). */
function softplusBelow(body: Body, x: Local): Vector {
  const [c0, c1, c2, c3, c4] = single.SOFT;
  const t = body.let(decay(body, body.let(f64x2.pmin(f64x2.abs(x), c(single.FAR)))));
  const s = body.let(div(t, add(t, c(2))));
  const z = body.let(mul(s, s));
  const q = body.let(mul(z, z));
  const p = add(line(c0, z, c1), mul(q, add(line(c2, z, c3), mul(q, c(c4)))));
  return mul(s, line(2, z, p));
}

const softplusOf: Pair = (body, x) => add(f64x2.pmax(x, c(0)), softplusBelow(body, x));

export const softplus = byPairs(softplusOf);

const softplusOfNegative = byPairs((body, x) => softplusOf(body, body.let(f64x2.neg(x))));

export const logSigmoid: Emitter = (to, x) => f32x4.sub(f32x4.const(0), softplusOfNegative(to, x));

export const sigmoidCrossEntropy = byPairs((body, z, y) => {
  const below = f64x2.lt(z, c(0));
  const side = v128.bitselect(mul(f64x2.neg(z), y), mul(z, sub(c(1), y)), below);
  return add(side, softplusBelow(body, z));
});

const BIAS = BigInt(1023) << 52n;
const ROOT_HALF = BigInt(single.ROOT_HALF) << 32n;
/** 2⁵²: a whole number below it, put into its last bits, is added to it. */
const WHOLES = 2 ** 52;

/** k, and x·2⁻ᵏ between √½ and √2, of x > 0. */
function parts(body: Body, x: Local): { k: Local; m: Local } {
  const biased = body.let(i64x2.shrU(i64x2.add(x, i64x2.const(ROOT_HALF)), 52));
  const k = body.let(sub(v128.or(biased, c(WHOLES)), c(WHOLES + 1023)));
  return { k, m: body.let(i64x2.add(i64x2.sub(x, i64x2.shl(biased, 52)), i64x2.const(BIAS))) };
}

/** log(1 + f). */
function logOfRest(body: Body, f: Local): Vector {
  const [c0, c1, c2, c3] = single.LOG;
  const s = body.let(div(f, add(f, c(2))));
  const z = body.let(mul(s, s));
  return mul(s, line(2, z, add(line(c0, z, c1), mul(mul(z, z), line(c2, z, c3)))));
}

/** A logarithm by pairs; where not zero < x < ∞, what it is there. */
const edged =
  (zero: number, f: Pair): Emitter =>
  (to, x) => {
    const infinite = f32x4.const(Number.POSITIVE_INFINITY);
    const inside = v128.and(f32x4.gt(x, f32x4.const(zero)), f32x4.lt(x, infinite));
    const beyond = v128.bitselect(infinite, f32x4.const(Number.NaN), f32x4.eq(x, infinite));
    const edge = v128.bitselect(f32x4.const(Number.NEGATIVE_INFINITY), beyond, f32x4.eq(x, f32x4.const(zero)));
    return v128.bitselect(byPairs(f)(to, x), edge, inside);
  };

/** k·unit + log(m)·factor. */
const logarithm = (unit: number, factor: number): Emitter =>
  edged(0, (body, x) => {
    const { k, m } = parts(body, x);
    const log = logOfRest(body, body.let(sub(m, c(1))));
    return add(unit === 1 ? k : mul(k, c(unit)), factor === 1 ? log : mul(log, c(factor)));
  });

export const log = logarithm(single.LN2, 1);
export const log2 = logarithm(1, Math.LOG2E);
export const log10 = logarithm(single.LOG10_2, Math.LOG10E);

export const log1p = edged(-1, (body, x) => {
  const sum = body.let(add(c(1), x));
  const { k, m } = parts(body, sum);
  const f = body.let(v128.bitselect(x, sub(m, c(1)), f64x2.eq(k, c(0))));
  return signedAs(add(mul(k, c(single.LN2)), logOfRest(body, f)), x);
});

/** y, but in the lanes where the mask is not set what the scalar definition gives. */
function otherwise(to: Emission, name: ScalarFallback, inside: Vector, y: Vector, ...xs: readonly Local[]): Vector {
  const { body } = to;
  const result = body.let(y);
  const outside = body.let(v128.not(inside));
  body.if(v128.anyTrue(outside), () => {
    for (let lane = 0; lane < 4; lane++)
      body.if(i32x4.extractLane(lane, outside), () => {
        const [x, z = x] = xs.map((operand) => f64.promoteF32(f32x4.extractLane(lane, operand)));
        body.set(result, f32x4.replaceLane(lane, result, f32.demoteF64(call(to.scalar(name), x!, z!))));
      });
  });
  return result;
}

/** sin(x + quarters·π/2) for |x| < 2²⁰. */
const turned = (quarters: number): Emitter =>
  byPairs((body, x) => {
    const [s0, s1, s2, s3] = single.SINE;
    const [c0, c1, c2] = single.COSINE;
    const [first, second] = single.QUARTER;
    const counted = body.let(line(TO_WHOLE, x, single.TWO_OVER_PI));
    const k = body.let(sub(counted, c(TO_WHOLE)));
    const r = body.let(sub(sub(x, mul(k, c(first))), mul(k, c(second))));
    const z = body.let(mul(r, r));
    const q = body.let(mul(z, z));
    const sine = add(r, mul(mul(r, z), add(line(s0, z, s1), mul(q, line(s2, z, s3)))));
    const cosine = add(sub(c(1), mul(c(0.5), z)), mul(q, add(line(c0, z, c1), mul(q, c(c2)))));
    // The last two bits of the quadrant: which function, and its sign.
    const quadrant = body.let(quarters === 0 ? counted : i64x2.add(counted, i64x2.const(quarters)));
    const odd = i64x2.eq(i64x2.shl(quadrant, 63), i64x2.const(0));
    const sign = i64x2.shl(i64x2.shrU(quadrant, 1), 63);
    return v128.xor(v128.bitselect(sine, cosine, odd), sign);
  });

const isNear = (x: Local): Vector => f32x4.lt(f32x4.abs(x), f32x4.const(single.FAR_ROUND));

export const sin: Emitter = (to, x) => {
  const zero = f32x4.eq(x, f32x4.const(0));
  return otherwise(to, "sin", isNear(x), v128.bitselect(x, turned(0)(to, x), zero), x);
};

export const cos: Emitter = (to, x) => otherwise(to, "cos", isNear(x), turned(1)(to, x), x);

const positivePower = byPairs((body, x, y) => {
  const [c0, c1, c2, c3, c4, c5] = single.LOG_LONG;
  const { k, m } = parts(body, x);
  const f = body.let(sub(m, c(1)));
  const s = body.let(div(f, add(f, c(2))));
  const z = body.let(mul(s, s));
  const q = body.let(mul(z, z));
  const p = add(line(c0, z, c1), mul(q, add(line(c2, z, c3), mul(q, line(c4, z, c5)))));
  const log = add(k, mul(mul(s, line(2, z, p)), c(Math.LOG2E)));
  return exp2Within(body, body.let(f64x2.pmax(f64x2.pmin(mul(y, log), c(single.FAR2)), c(-single.FAR2))));
});

export const pow: Emitter = (to, x, y) => {
  const infinite = f32x4.const(Number.POSITIVE_INFINITY);
  const base = v128.and(f32x4.gt(x, f32x4.const(0)), f32x4.lt(x, infinite));
  const exponent = v128.and(f32x4.lt(f32x4.abs(y), infinite), f32x4.ne(y, f32x4.const(0)));
  const plain = v128.and(v128.and(base, f32x4.ne(x, f32x4.const(1))), exponent);
  return otherwise(to, "pow", plain, positivePower(to, x, y), x, y);
};
