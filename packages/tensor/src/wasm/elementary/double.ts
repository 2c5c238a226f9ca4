/** @file Exponentials of float64 for two lanes: core/elementary/exponential.ts and what follows from it. */
import { SPLIT, TO_WHOLE } from "../../core/elementary/bits.ts";
import { EXP, LN2_HIGH, LN2_LOW } from "../../core/elementary/exponential.ts";
import { TANH } from "../../core/elementary/hyperbolic.ts";
import type { Body } from "../assembler/body.ts";
import type { Variable } from "../assembler/expression.ts";
import { f64x2, i64x2, v128 } from "../assembler/vector.ts";
import type { Emitter, Vector } from "./emitter.ts";

export type Local = Variable<"v128">;

const add = f64x2.add;
const sub = f64x2.sub;
const mul = f64x2.mul;
const div = f64x2.div;
export const c = f64x2.const;

/** a + x·b. */
export const line = (a: Vector | number, x: Vector, b: Vector | number): Vector =>
  add(typeof a === "number" ? c(a) : a, mul(x, typeof b === "number" ? c(b) : b));

/** a + b − sum, where sum is a + b rounded. */
export const sumRest = (body: Body, a: Vector, b: Vector, sum: Vector): Vector => {
  const part = body.let(sub(sum, a));
  return add(sub(a, sub(sum, part)), sub(b, part));
};

const upper = (body: Body, x: Vector): Local => {
  const t = body.let(mul(c(SPLIT), x));
  return body.let(sub(t, sub(t, x)));
};

/** a·b − product, where product is a·b rounded. */
export function productRest(body: Body, a: Local, b: Local, product: Vector): Vector {
  const [ah, bh] = [upper(body, a), upper(body, b)];
  const [al, bl] = [body.let(sub(a, ah)), body.let(sub(b, bh))];
  const upperMissing = sub(sub(sub(product, mul(ah, bh)), mul(al, bh)), mul(ah, bl));
  return sub(mul(al, bl), upperMissing);
}

/** eʳ − 1 − r. */
function tail(body: Body, r: Local): Vector {
  const s = body.let(mul(r, r));
  const q = body.let(mul(s, s));
  const low = add(line(EXP[0], r, EXP[1]), mul(s, line(EXP[2], r, EXP[3])));
  const middle = add(line(EXP[4], r, EXP[5]), mul(s, line(EXP[6], r, EXP[7])));
  const high = line(EXP[8], r, EXP[9]);
  const sum = add(low, mul(q, add(middle, mul(q, high))));
  return add(mul(c(0.5), s), mul(mul(r, s), sum));
}

/** A number in two parts times 2ᵏ, where `counted` is k + TO_WHOLE. */
interface Parts {
  readonly high: Local;
  readonly low: Local;
  readonly counted: Local;
}

/** eˣ·2⁻ᵏ in two parts. */
function expParts(body: Body, x: Local): Parts {
  const counted = body.let(line(TO_WHOLE, x, Math.LOG2E));
  const k = body.let(sub(counted, c(TO_WHOLE)));
  const r = body.let(sub(x, mul(k, c(LN2_HIGH))));
  const rest = body.let(sub(c(0), mul(k, c(LN2_LOW))));
  const lead = body.let(add(c(1), r));
  const t = body.let(add(add(sub(c(1), lead), r), add(tail(body, body.let(add(r, rest))), rest)));
  const high = body.let(add(lead, t));
  return { high, low: body.let(sub(t, sub(high, lead))), counted };
}

/** x·2ᵏ, rounded once: the first half of k goes into the exponent, the other is multiplied by. */
function timesPower(body: Body, counted: Local, ...xs: readonly Vector[]): Vector[] {
  const biased = body.let(v128.and(i64x2.add(counted, i64x2.const(2048)), i64x2.const(4095)));
  const half = body.let(i64x2.shrU(biased, 1));
  const first = body.let(powerOfTwo(half));
  const second = body.let(powerOfTwo(i64x2.sub(biased, half)));
  return xs.map((x) => mul(mul(x, first), second));
}

/** 2ⁿ of n + 1024. */
const powerOfTwo = (n: Vector): Vector => i64x2.shl(i64x2.sub(n, i64x2.const(1)), 52);

const expOf = (body: Body, x: Vector): Vector => {
  const { high, counted } = expParts(body, body.let(f64x2.pmax(f64x2.pmin(x, c(712)), c(-750))));
  return timesPower(body, counted, high)[0]!;
};

export const exp: Emitter = ({ body }, x) => expOf(body, x);

export const expm1: Emitter = ({ body }, x) => {
  const within = body.let(f64x2.pmax(f64x2.pmin(x, c(712)), c(-40)));
  const { high, low, counted } = expParts(body, within);
  const [power, lowPower] = timesPower(body, counted, high, low).map((part) => body.let(part)) as [Local, Local];
  const y = body.let(sub(power, c(1)));
  const main = add(y, add(lowPower, sumRest(body, power, c(-1), y)));
  const small = f64x2.lt(f64x2.abs(x), c(0.3465));
  const near = v128.bitselect(add(x, tail(body, x)), v128.bitselect(power, main, f64x2.gt(x, c(40))), small);
  return v128.bitselect(x, near, f64x2.eq(x, c(0)));
};

/** e^−|x| in two parts. */
export function decayParts(body: Body, x: Local): { high: Local; low: Local } {
  const size = body.let(f64x2.neg(f64x2.pmin(f64x2.abs(x), c(750))));
  const { high, low, counted } = expParts(body, size);
  const [main, rest] = timesPower(body, counted, high, low) as [Vector, Vector];
  return { high: body.let(main), low: body.let(rest) };
}

export const sigmoid: Emitter = ({ body }, x) => {
  const { high: e, low } = decayParts(body, x);
  const sum = body.let(add(c(1), e));
  const missing = add(add(sub(c(1), sum), e), low);
  const negative = body.let(f64x2.lt(x, c(0)));
  const above = body.let(v128.bitselect(e, c(1), negative));
  const aboveLow = v128.and(low, negative);
  const inverse = body.let(div(c(1), sum));
  const y = body.let(mul(above, inverse));
  const product = body.let(mul(y, sum));
  const left = sub(sub(above, product), productRest(body, y, sum, product));
  return add(y, mul(add(left, sub(aboveLow, mul(y, missing))), inverse));
};

export const tanh: Emitter = ({ body }, x) => {
  const size = body.let(f64x2.abs(x));
  const z = body.let(mul(x, x));
  const q = body.let(mul(z, z));
  const lowest = add(line(TANH[0], z, TANH[1]), mul(q, line(TANH[2], z, TANH[3])));
  const middle = add(line(TANH[4], z, TANH[5]), mul(q, line(TANH[6], z, TANH[7])));
  const highest = add(line(TANH[8], z, TANH[9]), mul(q, c(TANH[10])));
  const sumOf = add(lowest, mul(mul(q, q), add(middle, mul(mul(q, q), highest))));
  const near = body.let(v128.bitselect(x, add(x, mul(mul(x, z), sumOf)), f64x2.eq(x, c(0))));
  const doubled = body.let(f64x2.pmin(add(size, size), c(44)));
  const { high, low, counted } = expParts(body, doubled);
  const [e, rest] = timesPower(body, counted, high, low).map((part) => body.let(part)) as [Local, Local];
  const sum = body.let(add(e, c(1)));
  const missing = add(sub(c(1), sub(sum, e)), rest);
  const part = body.let(div(c(2), sum));
  const lead = body.let(sub(c(1), part));
  const y = add(lead, add(sub(sub(c(1), lead), part), div(mul(part, missing), sum)));
  const far = v128.or(y, v128.and(x, c(-0)));
  return v128.bitselect(near, far, f64x2.lt(size, c(0.55)));
};
