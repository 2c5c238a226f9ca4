/** @file The distance of two numbers in units in the last place. */

const view = new DataView(new ArrayBuffer(8));

/** The float64 numbers in order, counted from 0: neighbours differ by 1, −0 and 0 are the same. */
function ordinal(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits >= 0n ? bits : -(bits & 0x7fff_ffff_ffff_ffffn);
}

/**
 * How many float64 numbers lie between a and b, counting one end: 0 for equal numbers (−0 and 0 are), 1 for
 * neighbours; ∞ if just one of them is NaN.
 *
 * @example
 * ulps(1, 1 + 2 ** -52);   // => 1
 * ulps(-0, 0);             // => 0
 */
export function ulps(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  const distance = ordinal(a) - ordinal(b);
  return Number(distance < 0n ? -distance : distance);
}
