/** @file The logistic sigmoid and softplus: of e^−|x| in two parts, which never overflows. */
import { COUNT, LOW, productRest, rest, sumRest, timesPower } from "./bits.ts";
import { expParts } from "./exponential.ts";
import { log1pParts } from "./logarithm.ts";

/** e^−|x| in two parts. */
function decayParts(x: number): number {
  const size = Math.abs(x);
  const high = expParts(size > 750 ? -750 : -size, 0);
  const k = rest[COUNT]!;
  rest[LOW] = timesPower(rest[LOW]!, k);
  return timesPower(high, k);
}

/** 1/(1 + e⁻ˣ). The quotient is mended by what it leaves over, which is exact. */
export function sigmoid(x: number): number {
  const e = decayParts(x);
  const low = rest[LOW]!;
  const sum = 1 + e;
  const missing = 1 - sum + e + low;
  const above = x < 0 ? e : 1;
  const aboveLow = x < 0 ? low : 0;
  const inverse = 1 / sum;
  const y = above * inverse;
  const product = y * sum;
  return y + (above - product - productRest(y, sum, product) + (aboveLow - y * missing)) * inverse;
}

/** log(1 + eˣ). */
export function softplus(x: number): number {
  if (x > 40) return x;
  const e = decayParts(x);
  const high = log1pParts(e, rest[LOW]!);
  const low = rest[LOW]!;
  const base = Math.max(x, 0);
  const y = base + high;
  return y + (sumRest(base, high, y) + low);
}
