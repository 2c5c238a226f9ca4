/** @file Sines of π·x, exact at whole and half numbers, and sin(πx)/(πx) with all its derivatives. */
import * as elementary from "../elementary.ts";

/** x less the nearest even number: in [−1, 1], exactly. */
const aroundZero = (x: number): number => {
  const r = x % 2;
  return r > 1 ? r - 2 : r < -1 ? r + 2 : r;
};

/** sin πx: 0 at whole numbers. */
export function sinPi(x: number): number {
  const r = aroundZero(x);
  return elementary.sin(Math.PI * (r > 0.5 ? 1 - r : r < -0.5 ? -1 - r : r));
}

/** cos πx: 0 halfway between whole numbers. */
export function cosPi(x: number): number {
  const r = Math.abs(aroundZero(x));
  return r <= 0.25 ? elementary.cos(Math.PI * r) : elementary.sin(Math.PI * (0.5 - r));
}

/** The n-th derivative of sin u by u, at u = πx. */
const sinDerivative = (x: number, n: number): number => {
  const value = n % 2 === 0 ? sinPi(x) : cosPi(x);
  return n % 4 < 2 ? value : -value;
};

/**
 * The n-th derivative of sin(πx)/(πx). With j(u) = sin u / u: near 0 the power series of j⁽ⁿ⁾; elsewhere
 * u·j⁽ⁿ⁾ + n·j⁽ⁿ⁻¹⁾ = sin⁽ⁿ⁾ u from n = 0 up, whose errors do not grow where u is not small beside n.
 */
export function sinc(x: number, n: number): number {
  const u = Math.PI * x;
  if (Math.abs(u) < 1 + n / 2) return elementary.pow(Math.PI, n) * sincSeries(u, n);
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : 0;
  let value = sinPi(x) / u;
  for (let k = 1; k <= n; k++) value = (sinDerivative(x, k) - k * value) / u;
  return elementary.pow(Math.PI, n) * value;
}

/** Σ (−1)ᵏ·u^{2k−n} / ((2k + 1)·(2k − n)!) over 2k ≥ n. */
function sincSeries(u: number, n: number): number {
  let power = n % 2;
  let term = (Math.ceil(n / 2) % 2 === 0 ? 1 : -1) * elementary.pow(u, power);
  let sum = 0;
  for (let before = Number.NaN; sum !== before; power += 2) {
    before = sum;
    sum += term / (n + power + 1);
    term *= (-u * u) / ((power + 1) * (power + 2));
  }
  return sum;
}
