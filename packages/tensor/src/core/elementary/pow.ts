/** @file Powers by their logarithm in two parts: exact where the power is a float64. */
import { COUNT, LOW, productRest, rest, timesPower } from "./bits.ts";
import { expParts } from "./exponential.ts";
import { logParts } from "./logarithm.ts";

const isWhole = (x: number): boolean => Math.floor(x) === x;

/** x to the power y, for x > 0 and y not 0, both finite. */
function positivePower(x: number, y: number): number {
  if (x === 1) return 1;
  const log = logParts(x);
  const low = rest[LOW]!;
  const product = y * log;
  if (!(Math.abs(product) < 800)) return product > 0 ? Number.POSITIVE_INFINITY : 0;
  const high = expParts(product, productRest(y, log, product) + y * low);
  return timesPower(high, rest[COUNT]!);
}

/** x to the power y, with ECMAScript's edges: 1 for y = 0, NaN for |x| = 1 and an infinite y. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const size = Math.abs(x);
  const negative = (x < 0 || 1 / x < 0) && isWhole(y) && !isWhole(y / 2);
  let power: number;
  if (Math.abs(y) === Number.POSITIVE_INFINITY)
    power = size === 1 ? Number.NaN : size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  else if (size === 0 || size === Number.POSITIVE_INFINITY)
    power = (size === 0) === y > 0 ? 0 : Number.POSITIVE_INFINITY;
  else if (x < 0 && !isWhole(y)) return Number.NaN;
  else power = positivePower(size, y);
  return negative ? -power : power;
}
