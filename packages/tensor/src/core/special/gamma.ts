/** @file The logarithm of the gamma function, and its derivatives: digamma and polygamma, for one number. */
import * as elementary from "../elementary.ts";
import { cosPi, sinPi } from "./circle.ts";
import { polynomial } from "./polynomial.ts";

/** 1 − γ, with Euler's constant: ψ(2). */
const DIGAMMA_2 = 0.42278433509846713;

// ζ(k) − 1 for k = 2, 3, …: log Γ(2 + z) = (1 − γ)·z + Σₖ (−z)ᵏ·(ζ(k) − 1)/k, for |z| < 2.
const zeta = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645,
  0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5,
  7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6, 9.539620338727962e-7, 4.769329867878064e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
  7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9, 9.313274324196682e-10,
];

/** The Bernoulli numbers B₂, B₄, …, B₁₈. */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798];

// The zero of ψ in two parts, and ψ⁽ᵏ⁾/k! there for k = 1, 2, … (computed with 60 digits).
const ROOT = 1.4616321449683622;
const ROOT_REST = 9.549995429965697e-17;
const aroundRoot = [
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652, 0.10782405069126237,
  -0.07219956125645471, 0.04880428816414311, -0.03316112647484736, 0.022597648232218104, -0.01542476590494896,
  0.010538791616612175, -0.007204534386356869, 0.004926781395729853, -0.003369801655439328, 0.002305126326734928,
  -0.0015769367714301972, 0.0010788252019162967, -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
  0.00023635601564027053, -0.00016170622091974803, 0.0001106337276874741,
];

// log Γ there, its minimum, and (log Γ(ROOT + z) − MINIMUM)/z² for −0.262 ≤ z ≤ 0.289, by interpolation at Chebyshev's
// nodes (computed with 80 digits).
const MINIMUM = -0.12148629053584961;
const aroundMinimum = [
  0.4838361227238106, -0.14758772299453163, 0.06462494023889112, -0.03278854108801746, 0.017970675120213924,
  -0.010314223105360914, 0.006100535594505758, -0.0036845650825198897, 0.0022597816350170123, -0.0014024053933289298,
  0.0008779092119814911, -0.0005513820303983209, 0.0003545716226163686, -0.0002507082504833096, 0.0001423458042969155,
];

/** log Γ(2 + z) for |z| ≤ ½. */
function nearTwo(z: number): number {
  let sum = 0;
  for (let i = zeta.length - 1; i >= 0; i--) sum = zeta[i]! / (i + 2) - z * sum;
  return z * (DIGAMMA_2 + z * sum);
}

/** Stirling's series for x ≥ 10, without cancellation: the last constant is (log 2π − 1)/2. */
function stirling(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let i = bernoulli.length - 1; i >= 0; i--) sum = sum * square + bernoulli[i]! / ((2 * i + 1) * (2 * i + 2));
  return (x - 0.5) * (elementary.log(x) - 1) + (0.4189385332046727 + sum / x);
}

/**
 * log |Γ(x)|: ∞ at 0, −1, −2, … . Relatively exact to a few ulp for x > 0, its zeros 1 and 2 included; below −½, where
 * there are zeros between the poles, to a few ulp of the larger of the value and 1.
 */
export function logGamma(x: number): number {
  if (!Number.isFinite(x)) return Math.abs(x);
  if (x <= 0 && Number.isInteger(x)) return Number.POSITIVE_INFINITY;
  if (x <= -0.5) return elementary.log(Math.PI / Math.abs(x * sinPi(x))) - logGamma(-x);
  if (x < 0.5) return nearTwo(x) - elementary.log1p(x) - elementary.log(Math.abs(x));
  if (x < 1.2) return nearTwo(x - 1) - elementary.log(x);
  if (x < 1.75) {
    const z = x - ROOT - ROOT_REST;
    return MINIMUM + z * z * polynomial(aroundMinimum, z);
  }
  if (x >= 10) return stirling(x);
  let product = 1;
  let rest = x;
  while (rest > 2.5) product *= --rest;
  return nearTwo(rest - 2) + elementary.log(product);
}

/** ψ(x), the derivative of log Γ. At the poles: −∞ at 0, ∞ at −0, NaN at −1, −2, … . */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (x < 0) return digamma(1 - x) - Math.PI * cotPi(x);
  if (Math.abs(x - ROOT) < 0.25) {
    const z = x - ROOT - ROOT_REST;
    return z * polynomial(aroundRoot, z);
  }
  if (!(x < 10)) return digammaLarge(x);
  let sum = 0;
  let rest = x;
  while (rest > 2.5) sum += 1 / --rest;
  for (; rest < 1.5; rest++) sum -= 1 / rest;
  return sum + digammaNearTwo(rest - 2);
}

function digammaNearTwo(z: number): number {
  let sum = 0;
  for (let i = zeta.length - 1; i >= 0; i--) sum = zeta[i]! - z * sum;
  return DIGAMMA_2 + z * sum;
}

function digammaLarge(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let i = bernoulli.length - 1; i >= 0; i--) sum = (sum + bernoulli[i]! / (2 * i + 2)) * square;
  return elementary.log(x) - (0.5 / x + sum);
}

/** cot πx; NaN at whole numbers, where it jumps from −∞ to ∞. */
const cotPi = (x: number): number => (Number.isInteger(x) ? Number.NaN : cosPi(x) / sinPi(x));

/**
 * ψ⁽ⁿ⁾(x), the n-th derivative of digamma, for 0 ≤ n ≤ 170. At the poles: ∞ for odd n, −∞ at 0 and NaN at −1, −2, …
 * for even n.
 */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (!(x > Number.NEGATIVE_INFINITY)) return Number.NaN;
  const sign = n % 2 === 0 ? -1 : 1;
  if (x > 0) return sign * factorial(n) * hurwitz(n + 1, x);
  if (x === 0) return sign === 1 ? Number.POSITIVE_INFINITY : -1 / x;
  if (Number.isInteger(x)) return sign === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  // Reflection: (−1)ⁿ·ψ⁽ⁿ⁾(1 − x) − ψ⁽ⁿ⁾(x) is the n-th derivative of π·cot πx.
  return -sign * polygamma(n, 1 - x) - elementary.pow(Math.PI, n + 1) * cotDerivative(n, cotPi(x));
}

function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/** The n-th derivative of cot as a polynomial in c = cot: each step is p ↦ −(1 + c²)·p′. */
function cotDerivative(n: number, c: number): number {
  let p = [0, 1];
  for (let step = 0; step < n; step++) {
    const next = new Array<number>(p.length + 1).fill(0);
    for (let k = 1; k < p.length; k++) {
      next[k - 1]! -= k * p[k]!;
      next[k + 1]! -= k * p[k]!;
    }
    p = next;
  }
  return polynomial(p, c);
}

/** Hurwitz' ζ(s, x) = Σₖ (x + k)⁻ˢ for x > 0: the first terms, and the rest by Euler and Maclaurin. */
function hurwitz(s: number, x: number): number {
  let sum = 0;
  let a = x;
  for (; a < 10 + s; a++) sum += elementary.pow(a, -s);
  if (a === Number.POSITIVE_INFINITY) return 0;
  let rest = a / (s - 1) + 0.5;
  // Bₖ/k!·s(s + 1)…(s + k − 2)/aᵏ⁻¹ for k = 2, 4, …
  let factor = s / (2 * a);
  for (let i = 0; i < bernoulli.length; i++) {
    rest += bernoulli[i]! * factor;
    const k = 2 * i + 2;
    factor *= ((s + k - 1) * (s + k)) / ((k + 1) * (k + 2) * a * a);
  }
  return sum + rest * elementary.pow(a, -s);
}
