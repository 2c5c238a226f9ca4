/** @file Logarithms of float64 for two lanes: core/elementary/logarithm.ts, its table read lane by lane, and softplus. */
import * as scalar from "../../core/elementary/logarithm.ts";
import { LOG_HIGH, LOG_LOW, RECIPROCALS } from "../../core/elementary/logTable.ts";
import { i32 } from "../assembler/scalar.ts";
import { f64x2, i64x2, v128 } from "../assembler/vector.ts";
import { c, decayParts, type Local, line, productRest, sumRest } from "./double.ts";
import type { Emission, Emitter, Vector } from "./emitter.ts";

const add = f64x2.add;
const sub = f64x2.sub;
const mul = f64x2.mul;
const div = f64x2.div;

interface Parts {
  readonly high: Local;
  readonly low: Local;
}

/** The elements of tables that stand at the places: each lane's is `places` bytes from the start. */
function lookUp({ body, table }: Emission, places: Local, ...tables: readonly Float64Array[]): Local[] {
  const [first, second] = [0, 1].map((lane) => body.let(i32.wrapI64(i64x2.extractLane(lane, places))));
  return tables.map((constants) => {
    const start = table(constants);
    return body.let(v128.load64Lane(second!, v128.load64Zero(first!, start), 1, start));
  });
}

/** log x in two parts, for 0 < x < ∞ that is 2⁻ˢ of a normal number; `shift`: s of each lane. */
function logParts(to: Emission, x: Local, shift?: Vector): Parts {
  const { body } = to;
  const [l0, l1, l2, l3, l4, l5, l6, l7] = scalar.LOG;
  const exponent = i64x2.shrU(x, 52);
  const unbiased = sub(v128.or(exponent, c(2 ** 52)), c(2 ** 52 + 1023));
  const k = body.let(shift === undefined ? unbiased : sub(unbiased, shift));
  const places = body.let(v128.and(i64x2.shrU(x, 43), i64x2.const(63 * 8)));
  const [factor, tableHigh, tableLow] = lookUp(to, places, RECIPROCALS, LOG_HIGH, LOG_LOW) as [Local, Local, Local];
  const significand = v128.and(x, i64x2.const((1n << 52n) - 1n));
  const m = body.let(v128.or(significand, c(1)));
  const head = body.let(sub(add(m, c(scalar.TO_TWENTY_BITS)), c(scalar.TO_TWENTY_BITS)));
  const zh = body.let(sub(mul(head, factor), c(1)));
  const zl = body.let(mul(sub(m, head), factor));
  const z = body.let(add(zh, zl));
  const half = body.let(mul(mul(c(0.5), zh), zh));
  const s = body.let(mul(z, z));
  const start = add(line(l0, z, l1), mul(s, line(l2, z, l3)));
  const p = add(start, mul(mul(s, s), add(line(l4, z, l5), mul(s, line(l6, z, l7)))));
  const base = body.let(add(mul(k, c(scalar.LN2_HIGH)), tableHigh));
  const first = body.let(add(base, zh));
  const second = body.let(add(first, zl));
  const third = body.let(sub(second, half));
  const lost = add(add(sub(zh, sub(first, base)), sub(zl, sub(second, first))), sub(sub(second, third), half));
  const rest = add(tableLow, mul(k, c(scalar.LN2_LOW)));
  const fine = add(sub(mul(mul(s, z), p), mul(mul(c(0.5), zl), add(zh, z))), rest);
  const low = body.let(add(lost, fine));
  const high = body.let(add(third, low));
  return { high, low: body.let(sub(low, sub(high, third))) };
}

/** log x in two parts for any x in (0, ∞). */
function logPartsOf(to: Emission, x: Local): Parts {
  const { body } = to;
  const subnormal = body.let(f64x2.lt(x, c(2 ** -1022)));
  const normal = body.let(v128.bitselect(mul(x, c(2 ** 54)), x, subnormal));
  return logParts(to, normal, v128.and(subnormal, c(54)));
}

/** log(1 + x + low) in two parts. */
function log1pParts(to: Emission, x: Local, low: Vector): Parts {
  const { body } = to;
  const size = body.let(f64x2.abs(x));
  const small = body.let(f64x2.lt(size, c(2 ** -36)));
  const sum = body.let(add(c(1), x));
  const lost = v128.bitselect(sub(x, sub(sum, c(1))), sub(c(1), sub(sum, x)), f64x2.lt(size, c(1)));
  const lower = body.let(low);
  const missing = add(lost, lower);
  const log = logParts(to, sum);
  const first = body.let(v128.bitselect(x, log.high, small));
  const fine = add(log.low, div(missing, sum));
  const correction = body.let(v128.bitselect(sub(lower, mul(mul(c(0.5), x), x)), fine, small));
  const high = body.let(add(first, correction));
  return { high, low: body.let(sub(correction, sub(high, first))) };
}

/** y where 0 < x < ∞, and else what a logarithm is there. */
function edged(x: Vector, y: Vector): Vector {
  const infinite = c(Number.POSITIVE_INFINITY);
  const inside = v128.and(f64x2.gt(x, c(0)), f64x2.lt(x, infinite));
  const beyond = v128.bitselect(infinite, c(Number.NaN), f64x2.eq(x, infinite));
  return v128.bitselect(y, v128.bitselect(c(Number.NEGATIVE_INFINITY), beyond, f64x2.eq(x, c(0))), inside);
}

export const log: Emitter = (to, x) => edged(x, logPartsOf(to, x).high);

export const log1p: Emitter = (to, x) => {
  const y = log1pParts(to, x, c(0)).high;
  return v128.bitselect(x, edged(to.body.let(add(c(1), x)), y), f64x2.eq(x, c(0)));
};

/** log x times a constant of two parts. */
const logTimes =
  (factor: number, factorLow: number): Emitter =>
  (to, x) => {
    const { body } = to;
    const { high, low } = logPartsOf(to, x);
    const by = body.let(c(factor));
    const product = body.let(mul(high, by));
    const rest = add(mul(high, c(factorLow)), mul(low, by));
    return edged(x, add(product, add(productRest(body, high, by, product), rest)));
  };

export const log2 = logTimes(Math.LOG2E, scalar.LOG2E_LOW);
export const log10 = logTimes(Math.LOG10E, scalar.LOG10E_LOW);

function softplusOf(to: Emission, x: Local): Vector {
  const { body } = to;
  const decay = decayParts(body, x);
  const { high, low } = log1pParts(to, decay.high, decay.low);
  const base = body.let(f64x2.max(x, c(0)));
  const y = body.let(add(base, high));
  return v128.bitselect(x, add(y, add(sumRest(body, base, high, y), low)), f64x2.gt(x, c(40)));
}

export const softplus: Emitter = softplusOf;

export const logSigmoid: Emitter = (to, x) => sub(c(0), softplusOf(to, to.body.let(f64x2.neg(x))));

export const sigmoidCrossEntropy: Emitter = (to, z, y) => {
  const above = f64x2.gt(z, c(0));
  const side = v128.bitselect(mul(z, sub(c(1), y)), mul(f64x2.neg(z), y), above);
  return add(side, softplusOf(to, to.body.let(f64x2.neg(f64x2.abs(z)))));
};
