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

/** x to the power y where one of them is 0, infinite or no number, or x < 0. */
function edgePower(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const size = Math.abs(x);
  const infinite = Number.POSITIVE_INFINITY;
  if (Math.abs(y) === infinite) return size === 1 ? Number.NaN : size > 1 === y > 0 ? infinite : 0;
  const odd = isWhole(y) && !isWhole(y / 2);
  const sign = odd && (x < 0 || Object.is(x, -0)) ? -1 : 1;
  if (size === 0 || size === infinite) return sign * ((size === 0) === y > 0 ? 0 : infinite);
  return isWhole(y) ? sign * positivePower(size, y) : Number.NaN;
}

/** x to the power y, with ECMAScript's edges: 1 for y = 0, NaN for |x| = 1 and an infinite y. */
export const pow = (x: number, y: number): number =>
  x > 0 && x < Number.POSITIVE_INFINITY && y !== 0 && Math.abs(y) < Number.POSITIVE_INFINITY
    ? positivePower(x, y)
    : edgePower(x, y);
