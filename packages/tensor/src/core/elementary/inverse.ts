/** @file The inverse circular functions. */
import { LOW, productRest, rest, upper } from "./bits.ts";

// π/2 in two parts.
const HALF_PI = Math.PI / 2;
const HALF_PI_LOW = 6.123233995736766e-17;

/** (asin x − x)/x as a function of z = x² ≤ ¼. */
function arcsinePolynomial(z: number): number {
  const q = z * z;
  const low = 0.16666666666666669 + z * 0.07499999999998433 + q * (0.04464285714635543 + z * 0.030381944138531247);
  const middle = 0.02237217294214989 + z * 0.017352392720869945 + q * (0.013971212973553311 + z * 0.011479177415181617);
  const high = 0.0103228143502052 + z * 0.005457506718563782 + q * (0.01740087944288715 + z * -0.014851887071528912);
  const f = q * q;
  return z * (low + f * (middle + f * (high + f * 0.028757851367602328)));
}

/** asin √z = half the angle from 1 to 1 − 2z, in two parts of which the first has 26 bits; z ≤ ¼. */
function halfAngleParts(z: number): number {
  const root = Math.sqrt(z);
  const head = upper(root);
  const missing = root > 0 ? (z - head * head) / (root + head) : 0;
  rest[LOW] = missing + root * arcsinePolynomial(z);
  return head;
}

/** c − a in one number, where c is π/2, or π, and a = high + low. */
function lessThan(c: number, cLow: number, high: number, low: number): number {
  const difference = c - high;
  return difference + (c - difference - high + (cLow - low));
}

/** The angle from −π/2 to π/2 whose sine is x. */
export function asin(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) return x === 0 ? x : x + x * arcsinePolynomial(x * x);
  const head = halfAngleParts(0.5 - 0.5 * size);
  const y = lessThan(HALF_PI, HALF_PI_LOW, 2 * head, 2 * rest[LOW]!);
  return x < 0 ? -y : y;
}

/** The angle from 0 to π whose cosine is x. */
export function acos(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.5) return lessThan(HALF_PI, HALF_PI_LOW, x, x * arcsinePolynomial(x * x));
  const head = halfAngleParts(0.5 - 0.5 * size);
  return x > 0 ? 2 * (head + rest[LOW]!) : lessThan(2 * HALF_PI, 2 * HALF_PI_LOW, 2 * head, 2 * rest[LOW]!);
}

/** (atan t − t)/t as a function of z = t² ≤ (7/16)². */
function arctangentPolynomial(z: number): number {
  const q = z * z;
  const low = -0.3333333333333333 + z * 0.1999999999999941 + q * (-0.14285714285566806 + z * 0.11111111096645038);
  const middle = -0.09090908355602592 + z * 0.07692285554889285 + q * (-0.06666241923359942 + z * 0.05876946456754867);
  const high = -0.05216679739312525 + z * 0.044922592931895176 + q * (-0.033128134255983266 + z * 0.014773184616905514);
  const f = q * q;
  return z * (low + f * (middle + f * high));
}

// The centres c = 0, ½, 1, 2 and ∞: which one for each sixteenth of x below 4; atan c in two parts; and what makes t of
// (a·x − b)/(a + b·x), whose products are exact: (x − c)/(1 + c·x) with a = 1, b = c, and −1/x with a = 0, b = 1.
const CENTRE = /* @__PURE__ */ Uint8Array.from({ length: 65 }, (_, n) =>
  n < 7 ? 0 : n < 12 ? 1 : n < 24 ? 2 : n < 56 ? 3 : 4,
);
const LEAD = /* @__PURE__ */ Float64Array.of(0, 0.4636476090008061, 0.7853981633974483, 1.1071487177940904, HALF_PI);
const LEAD_LOW = /* @__PURE__ */ Float64Array.of(
  0,
  2.2698777452961687e-17,
  3.061616997868383e-17,
  9.40447137356638e-17,
  HALF_PI_LOW,
);
const A = /* @__PURE__ */ Float64Array.of(1, 1, 1, 1, 0);
const B = /* @__PURE__ */ Float64Array.of(0, 0.5, 1, 2, 1);

/** atan(x + low) in two parts, for 0 ≤ x < ∞, where low is 0 if x > 1: atan c + atan t, with t as small as may be. */
function arctangentParts(x: number, low: number): number {
  const i = CENTRE[(16 * Math.min(x, 4)) | 0]!;
  const t = (A[i]! * x - B[i]!) / (A[i]! + B[i]! * x);
  const lead = LEAD[i]!;
  const first = lead + t;
  // The slope at x, 1/(1 + x²), to a tenth.
  const q = x * x;
  const s = low === 0 ? 0 : low * (1 - q + 0.5 * q * q);
  // Of a centre the larger part comes first; without one t is all, and this is 0.
  const second = t - (first - lead) + (t * arctangentPolynomial(t * t) + (LEAD_LOW[i]! + s));
  const high = first + second;
  rest[LOW] = second - (high - first);
  return high;
}

/** The angle from −π/2 to π/2 whose tangent is x. */
export function atan(x: number): number {
  if (x === 0) return x;
  const y = arctangentParts(Math.min(Math.abs(x), 2 ** 60), 0);
  return x < 0 ? -y : y;
}

// By eighths of the plane (1: |y| > |x|; 2: x < 0), the angle is a multiple of π/2, in two parts, and that of the triangle.
const CORNER = /* @__PURE__ */ Float64Array.of(0, HALF_PI, 2 * HALF_PI, HALF_PI);
const CORNER_LOW = /* @__PURE__ */ Float64Array.of(0, HALF_PI_LOW, 2 * HALF_PI_LOW, HALF_PI_LOW);
const DIRECTION = /* @__PURE__ */ Float64Array.of(1, -1, -1, 1);

/** The angle from 0 to π of the point (x, y), for y > 0, both finite and x not 0. */
function angle(y: number, x: number): number {
  const size = Math.abs(x);
  const largest = Math.max(size, y);
  // Away from the ends of the range, so that no product below overflows or loses bits.
  const scale = largest > 2 ** 900 ? 2 ** -600 : largest < 2 ** -400 ? 2 ** 600 : 1;
  const long = scale * largest;
  const short = scale * Math.min(size, y);
  const inverse = 1 / long;
  const first = short * inverse;
  // A small angle is the quotient itself.
  const small = first < 2 ** -500;
  const ratio = small ? short / long : first;
  const product = ratio * long;
  const low = small ? 0 : (short - product - productRest(ratio, long, product)) * inverse;
  const i = (y > size ? 1 : 0) + (x < 0 ? 2 : 0);
  const s = DIRECTION[i]!;
  const corner = CORNER[i]!;
  const high = s * arctangentParts(ratio, low);
  const sum = corner + high;
  return sum + (corner - sum + high + (CORNER_LOW[i]! + s * rest[LOW]!));
}

/** The angle of a point on an axis, or at infinity, as C has it. */
function axisAngle(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const left = x < 0 || Object.is(x, -0);
  const far = Math.abs(x) === Number.POSITIVE_INFINITY;
  if (Math.abs(y) === Number.POSITIVE_INFINITY && far) return left ? 2.356194490192345 : Math.PI / 4;
  if (far || y === 0) return left ? Math.PI : 0;
  return HALF_PI;
}

/** The angle from −π to π of the point (x, y). */
export function atan2(y: number, x: number): number {
  const size = Math.abs(y);
  const infinite = Number.POSITIVE_INFINITY;
  const plain = size > 0 && size < infinite && x !== 0 && Math.abs(x) < infinite;
  const value = plain ? angle(size, x) : axisAngle(y, x);
  return y < 0 || Object.is(y, -0) ? -value : value;
}
