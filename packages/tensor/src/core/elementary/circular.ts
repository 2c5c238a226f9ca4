/** @file Sine, cosine and tangent, for any argument: polynomials for |r| ≤ π/4. */
import { COUNT, LOW, productRest, rest, upper } from "./bits.ts";
import { quarterParts } from "./reduction.ts";

/** (sin r − r)/r³ as a function of z = r². */
function sinePolynomial(z: number): number {
  const q = z * z;
  return (
    -0.16666666666666666 +
    z * 0.008333333333333331 +
    q * (-0.00019841269841265063 + z * 2.7557319219337672e-6) +
    q * q * (-2.5052106231927857e-8 + z * 1.6058531536611833e-10 + q * -7.586692262094247e-13)
  );
}

/** (cos r − 1 + r²/2)/r⁴ as a function of z = r². */
function cosinePolynomial(z: number): number {
  const q = z * z;
  return (
    0.041666666666666664 +
    z * -0.0013888888888888887 +
    q * (2.4801587301584645e-5 + z * -2.7557319221401993e-7) +
    q * q * (2.087675579079147e-9 + z * -1.1470460841811524e-11 + q * 4.745869202410819e-14)
  );
}

/** sin(r + low) in two parts, for |r| ≤ π/4. */
function sineParts(r: number, low: number): number {
  const z = r * r;
  const t = r * z * sinePolynomial(z) + low * (1 - 0.5 * z);
  const high = r + t;
  rest[LOW] = t - (high - r);
  return high;
}

/** cos(r + low) in two parts, for |r| ≤ π/4. */
function cosineParts(r: number, low: number): number {
  const z = r * r;
  // r²/2 of two parts: the first is exact.
  const head = upper(r);
  const half = 0.5 * head * head;
  const lead = 1 - half;
  const t = 1 - lead - half + (z * z * cosinePolynomial(z) - (0.5 * (r - head) * (r + head) + r * low));
  const high = lead + t;
  rest[LOW] = t - (high - lead);
  return high;
}

/** sin(x + quarters·π/2). */
function turned(x: number, quarters: number): number {
  const r = quarterParts(x);
  const quadrant = rest[COUNT]! + quarters;
  const value = quadrant & 1 ? cosineParts(r, rest[LOW]!) : sineParts(r, rest[LOW]!);
  return quadrant & 2 ? -value : value;
}

/** sin x. */
export const sin = (x: number): number => (x === 0 ? x : turned(x, 0));

/** cos x. */
export const cos = (x: number): number => turned(x, 1);

/** tan x, the quotient of sine and cosine, mended by what it leaves over. */
export function tan(x: number): number {
  if (x === 0) return x;
  const r = quarterParts(x);
  const low = rest[LOW]!;
  const odd = rest[COUNT]! & 1;
  const sine = sineParts(r, low);
  const sineLow = rest[LOW]!;
  const cosine = cosineParts(r, low);
  const cosineLow = rest[LOW]!;
  const above = odd ? -cosine : sine;
  const aboveLow = odd ? -cosineLow : sineLow;
  const below = odd ? sine : cosine;
  const belowLow = odd ? sineLow : cosineLow;
  const y = above / below;
  const product = y * below;
  return y + (above - product - productRest(y, below, product) + (aboveLow - y * belowLow)) / below;
}
