/** @file The closed-form equations in the index form of the text: sums over indices, written as they are printed. */
import { neg, softplus, type Tensor } from "@deltagrad/tensor";
import { activationsOf, forward, type Network } from "./network.ts";

/** A number for each index. Layers l and samples i count from 1, nodes p from 1 (0 is the bias node), as in the text. */
export type Indexed = (l: number, i: number, p: number) => number;

/** All that the equations refer to. */
export interface Values {
  readonly L: number;
  /** The number of samples. */
  readonly m: number;
  /** S_l, the nodes of layer l without the bias node. */
  readonly S: (l: number) => number;
  /** θˡ_{p,q}, with the bias node at q = 0. */
  readonly theta: (l: number, p: number, q: number) => number;
  /** hˡ(z_qˡ)·C_qˡ of sample i: 1 for the bias node (eq 7, 8a), h(z) elsewhere. */
  readonly hC: Indexed;
  /** Ψˡ(z_pˡ) of sample i (eq 15). */
  readonly psi: Indexed;
  readonly y: (i: number, k: number) => number;
  /** ln h^L(z_k^L) of sample i, as −ln(1 + e⁻ᶻ) by eq 2: h itself rounds to 1 beyond z ≈ 37. */
  readonly lnH: (i: number, k: number) => number;
  /** ln(1 − h^L(z_k^L)) of sample i, as −ln(1 + eᶻ). */
  readonly lnOneMinusH: (i: number, k: number) => number;
}

/** Σ f(k) for k = first … last, in that order. */
export function sigma(first: number, last: number, f: (k: number) => number): number {
  let total = 0;
  for (let k = first; k <= last; k++) total += f(k);
  return total;
}

/** A matrix by indices that count from 1. */
function matrix(x: Tensor, column = 1): (row: number, column: number) => number {
  const values = x.toTypedArray();
  const width = x.shape[1]!;
  return (i, j) => values[(i - 1) * width + j - column]!;
}

/** The values of a network for samples x with targets y, by forward propagation and the closed forms of Ψ. */
export function valuesOf(network: Network, x: Tensor, y: Tensor): Values {
  const { z, h } = forward(network, x);
  const all = activationsOf(network);
  const theta = network.theta.map((t) => matrix(t, 0));
  const hs = h.map((value) => matrix(value));
  const psis = z.map((value, i) => matrix(all[i]!.psi(value, h[i]!)));
  return {
    L: z.length,
    m: x.shape[0]!,
    S: (l) => z[l - 1]!.shape[1]!,
    theta: (l, p, q) => theta[l - 1]!(p, q),
    hC: (l, i, q) => (q === 0 ? 1 : hs[l - 1]!(i, q)),
    psi: (l, i, p) => psis[l - 1]!(i, p),
    y: matrix(y),
    lnH: matrix(neg(softplus(neg(z.at(-1)!)))),
    lnOneMinusH: matrix(neg(softplus(z.at(-1)!))),
  };
}

/** The equations that a comparison judges; replace one to see what a mistake would do. */
export interface Equations {
  readonly eq5: (v: Values, l: number, i: number, j: number) => number;
  readonly eq18: (v: Values) => number;
  readonly eq42: (v: Values, i: number, p: number) => number;
  readonly eq43: (v: Values, delta: Indexed, l: number, i: number, p: number) => number;
  readonly eq44: (v: Values, delta: Indexed, l: number, p: number, q: number) => number;
  readonly eq45: (v: Values, i: number, q: number) => number;
  readonly eq46: (v: Values, delta: Indexed, l: number, p: number) => number;
  readonly eq47: (v: Values, delta: Indexed, l: number, i: number, p: number) => number;
}

/** z_jˡ = Σ_{k=0}^{S_{l−1}} θ_{j,k}^{l−1} h^{l−1}(z_k^{l−1}) C_{j,k}^{l−1}, for l > 1. */
export const eq5: Equations["eq5"] = ({ S, theta, hC }, l, i, j) =>
  sigma(0, S(l - 1), (k) => theta(l - 1, j, k) * hC(l - 1, i, k));

/** J = −1/m Σ_i Σ_{k₀} [y ln h^L(z_{k₀}^L) + (1 − y) ln(1 − h^L(z_{k₀}^L))]. */
export const eq18: Equations["eq18"] = ({ L, m, S, y, lnH, lnOneMinusH }) =>
  -sigma(1, m, (i) => sigma(1, S(L), (k) => y(i, k) * lnH(i, k) + (1 - y(i, k)) * lnOneMinusH(i, k))) / m;

/** δ_p^L = h^L(z_p^L) − y, for p > 0. */
export const eq42: Equations["eq42"] = ({ L, hC, y }, i, p) => hC(L, i, p) - y(i, p);

/** δ_pˡ = Σ_{k=1}^{S_{l+1}} δ_k^{l+1} θ_{k,p}ˡ Ψˡ(z_pˡ), for p > 0 and l < L. */
export const eq43: Equations["eq43"] = ({ S, theta, psi }, delta, l, i, p) =>
  sigma(1, S(l + 1), (k) => delta(l + 1, i, k) * theta(l, k, p) * psi(l, i, p));

/** ∂J/∂θ_{p,q}ˡ = 1/m Σ_{i=1}^m δ_p^{l+1} C_{1,q}ˡ hˡ(z_qˡ). The text sums from i = 0; there are m samples. */
export const eq44: Equations["eq44"] = ({ m, hC }, delta, l, p, q) =>
  sigma(1, m, (i) => delta(l + 1, i, p) * hC(l, i, q)) / m;

/** h¹(z_q¹) C_{1,q}¹ = x_q, with x_0 = 1. */
export const eq45: Equations["eq45"] = ({ hC }, i, q) => hC(1, i, q);

/** ∂J/∂θ_{p,0}ˡ = 1/m Σ_{i=1}^m δ_p^{l+1}: the mean error of node p. */
export const eq46: Equations["eq46"] = ({ m }, delta, l, p) => sigma(1, m, (i) => delta(l + 1, i, p)) / m;

/** (θˡᵀ δ^{l+1})_p = Σ_{k=1} δ_k^{l+1} θ_{k,p}ˡ, for p > 0. */
export const eq47: Equations["eq47"] = ({ S, theta }, delta, l, i, p) =>
  sigma(1, S(l + 1), (k) => delta(l + 1, i, k) * theta(l, k, p));

/** The equations as the text has them. */
export const equations: Equations = { eq5, eq18, eq42, eq43, eq44, eq45, eq46, eq47 };
