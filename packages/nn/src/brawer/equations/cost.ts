/** @file Equations 18–21: the cost and its gradient through the outputs; and the forms that later equations share. */
import { neg, slice, softplus } from "@deltagrad/tensor";
import { type Equation, layers } from "../equation.ts";
import { each, type Index, kronecker, minus, on, over, plus, sigma, type Term, times } from "../notation.ts";
import type { Quantities } from "../quantities.ts";

/** Layer L alone. */
export const last = (L: number): number[] => [L];

/** 1/m Σ_i of a term. */
export const mean = ({ i, m }: Quantities, term: Term): Term => over(sigma(i, term), m);

/** 1 − I_{p,0}. */
export const notBias = (p: Index): Term => minus(1, kronecker(p, 0));

const costTerm = (Q: Quantities): Term => {
  const { L, i, node, y, z } = Q;
  const k0 = node("k0", L, 1);
  // ln h = −ln(1 + e⁻ᶻ) and ln(1 − h) = −ln(1 + eᶻ) by eq 2: h itself rounds to 1 beyond z ≈ 37.
  const [lnH, lnOneMinusH] = [
    each((value) => neg(softplus(neg(value))), z(L)(i, k0)),
    each((value) => neg(softplus(value)), z(L)(i, k0)),
  ];
  const terms = plus(times(y(i, k0), lnH), times(minus(1, y(i, k0)), lnOneMinusH));
  return each(neg, mean(Q, sigma(k0, terms)));
};

const cost: Omit<Equation, "quantity" | "witness"> = {
  number: "18",
  latex:
    "J \\equiv -\\frac{1}{m} \\sum_{i=1}^m \\sum_{k_0=1}^{S_L} \\left[ y \\ln h^{(L)}\\left(z_{k_0}^L\\right) + (1 - y) \\ln\\left(1 - h^{(L)}\\left(z_{k_0}^L\\right)\\right) \\right]",
  ranges: "",
  layers: ({ L }) => [L],
  closed: (Q) => on([], costTerm(Q)),
};

export const eq18: Equation = { ...cost, quantity: "J, from logits", witness: ({ JFromLogits }) => JFromLogits };

/** The library's cost of probabilities: only while 1 − h is not rounded to 0. */
export const eq18FromProbabilities: Equation = {
  ...cost,
  quantity: "J, from probabilities",
  needs: ({ largestOutput }) => (largestOutput() < 30 ? null : "|z| < 30 on layer L: 1 − h is rounded away"),
  witness: ({ J }) => J,
};

/** The free indices of ∂J/∂θˡ_{p,q}. */
const weight = ({ node }: Quantities, l: number): readonly [Index, Index] => [node("p", l + 1, 1), node("q", l)];

/** An equation for ∂J/∂θˡ. */
export const gradient = (
  number: string,
  latex: string,
  at: (L: number) => readonly number[],
  term: (Q: Quantities, l: number, p: Index, q: Index) => Term,
  needs?: Equation["needs"],
): Equation => ({
  number,
  quantity: "∂J/∂θ",
  latex,
  ranges: "p = 1, \\dots, S_{l+1}, \\quad q = 0, \\dots, S_l",
  ...(needs === undefined ? {} : { needs }),
  layers: ({ L }) => at(L),
  closed: (Q, l) => {
    const [p, q] = weight(Q, l);
    return on([p, q], term(Q, l, p, q));
  },
  witness: ({ gradient }, l) => gradient(l),
});

/** An equation for ∂J/∂θˡ_{p,0}. */
export const biasGradient = (
  number: string,
  latex: string,
  at: (L: number) => readonly number[],
  term: (Q: Quantities, l: number, p: Index) => Term,
): Equation => ({
  number,
  quantity: "∂J/∂θ, bias",
  latex,
  ranges: "p = 1, \\dots, S_{l+1}",
  layers: ({ L }) => at(L),
  closed: (Q, l) => {
    const [p] = weight(Q, l);
    return on([p], term(Q, l, p));
  },
  witness: ({ gradient }, l) => slice(gradient(l), null, 0),
});

/** An equation for δ_pˡ, p from 0. */
export const deltaEquation = (
  number: string,
  latex: string,
  at: (L: number) => readonly number[],
  term: (Q: Quantities, l: number, p: Index) => Term,
  needs?: Equation["needs"],
): Equation => ({
  number,
  quantity: "δ",
  latex,
  ranges: "p = 0, \\dots, S_l",
  ...(needs === undefined ? {} : { needs }),
  layers: ({ L }) => at(L),
  closed: (Q, l) => {
    const p = Q.node("p", l);
    return on([Q.i, p], term(Q, l, p));
  },
  witness: ({ deltaWithBias }, l) => deltaWithBias(l),
});

/** (h^L(z_p^L) − y)(1 − I_{p,0}). */
export const outputError = ({ L, i, h, y }: Quantities, p: Index): Term =>
  times(minus(h(L)(i, p), y(i, p)), notBias(p));

/** 1/m Σ_i Σ_{k₀} error_{k₀} ∂z_{k₀}^L/∂θ: the derivatives of z^L in any θˡ are autograd's. */
const throughOutputs = (Q: Quantities, l: number, p: Index, q: Index, error: (k0: Index) => Term): Term => {
  const k0 = Q.node("k0", Q.L, 1);
  return mean(Q, sigma(k0, times(error(k0), Q.outputsByTheta(l)(Q.i, k0, p, q))));
};

const everyTheta = (L: number): number[] => layers(1, L - 1);

export const eq19 = gradient(
  "19",
  "\\frac{\\partial J}{\\partial \\theta} = \\frac{1}{m} \\sum_{i=1}^m \\sum_{k_0=1}^{S_L} \\left[ \\left(h^L\\left(z_{k_0}^L\\right) - y\\right) \\frac{\\partial z_{k_0}^L}{\\partial \\theta} \\right]",
  everyTheta,
  (Q, l, p, q) => throughOutputs(Q, l, p, q, (k0) => minus(Q.h(Q.L)(Q.i, k0), Q.y(Q.i, k0))),
);

export const eq20 = deltaEquation(
  "20",
  "\\delta_p^L \\equiv \\left(h^L\\left(z_p^L\\right) - y\\right)\\left(1 - I_{p,0}\\right)",
  last,
  (Q, _l, p) => outputError(Q, p),
);

export const eq21 = gradient(
  "21",
  "\\frac{\\partial J}{\\partial \\theta} = \\frac{1}{m} \\sum_{i=1}^m \\sum_{k_0=1}^{S_L} \\left[ \\delta_{k_0}^L \\frac{\\partial z_{k_0}^L}{\\partial \\theta} \\right]",
  everyTheta,
  (Q, l, p, q) => throughOutputs(Q, l, p, q, (k0) => Q.delta(Q.L)(Q.i, k0)),
);

/** 1/m Σ_i δ_p^{l+1} hˡ(z_qˡ) C_qˡ. */
export const weightGradient = (Q: Quantities, l: number, p: Index, q: Index): Term =>
  mean(Q, times(Q.delta(l + 1)(Q.i, p), Q.h(l)(Q.i, q), Q.C(l)(q)));

/** 1/m Σ_i δ_p^{l+1}. */
export const meanError = (Q: Quantities, l: number, p: Index): Term => mean(Q, Q.delta(l + 1)(Q.i, p));
