/** @file Equations 42–48: the general recursion, with indices and vectorized. */
import {
  add,
  concat,
  div,
  matmul,
  mul,
  neg,
  onesLike,
  slice,
  softplus,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@deltagrad/tensor";
import { type Equation, layers } from "../equation.ts";
import { withoutBias } from "../network.ts";
import { type Index, on, sigma, type Term, times } from "../notation.ts";
import type { Quantities } from "../quantities.ts";
import { biasGradient, deltaEquation, gradient, meanError, notBias, outputError, weightGradient } from "./cost.ts";

const every = (L: number): number[] => layers(1, L - 1);
const hiddenLayers = (L: number): number[] => layers(2, L - 1);

export const eq42 = deltaEquation(
  "42",
  "\\delta_p^L \\equiv \\left(h^L\\left(z_p^L\\right) - y\\right)\\left(1 - I_{p,0}\\right)",
  (L) => [L],
  (Q, _l, p) => outputError(Q, p),
);

/** Σ_{k=1} δ_k^{l+1} θ_{k,p}ˡ. */
const backThroughTheta = (Q: Quantities, l: number, p: Index): Term => {
  const k = Q.node("k", l + 1, 1);
  return sigma(k, times(Q.delta(l + 1)(Q.i, k), Q.theta(l)(k, p)));
};

export const eq43 = deltaEquation(
  "43",
  "\\delta_p^l \\equiv \\sum_{k=1}^{S_{l+1}} \\delta_k^{l+1} \\theta_{k,p}^l \\Psi^l\\left(z_p^l\\right) \\left(1 - I_{p,0}\\right)",
  hiddenLayers,
  (Q, l, p) => times(backThroughTheta(Q, l, p), Q.psi(l)(Q.i, p), notBias(p)),
);

/** The text sums from i = 0; there are m samples. */
export const eq44 = gradient(
  "44",
  "\\frac{\\partial J}{\\partial \\theta_{p,q}^l} = \\frac{1}{m} \\sum_{i=1}^m \\delta_p^{l+1} C_{1,q}^{(l)} h^{(l)}\\left(z_q^{(l)}\\right)",
  every,
  weightGradient,
);

/** h¹(z_q¹) C_{1,q}¹ = x_q, also q = 0; its witness is ∂z_1²/∂θ_{1,q}¹ by forward mode (eq 14). */
export const eq45: Equation = {
  number: "45",
  quantity: "h C = x",
  latex: "h^1\\left(z_q^1\\right) C_{1,q}^1 = x_q",
  ranges: "q = 0, 1, \\dots, n",
  layers: () => [1],
  closed: ({ i, node, h, C }, l) => {
    const q = node("q", l);
    return on([i, q], times(h(l)(i, q), C(l)(q)));
  },
  witness: ({ inputs }) => inputs(),
};

export const eq46 = biasGradient(
  "46",
  "\\frac{\\partial J}{\\partial \\theta_{p,0}^l} = \\frac{1}{m} \\sum_{i=1}^m \\delta_p^{l+1}",
  every,
  meanError,
);

/** Its witness is m ∂J/∂h(z_pˡ), which is that sum. */
export const eq47: Equation = {
  number: "47",
  quantity: "θᵀδ",
  latex: "\\sum_{k=1} \\delta_k^{l+1} \\theta_{k,p}^l = \\left(\\theta^{(l)T} \\delta^{l+1}\\right)_p",
  ranges: "p = 1, \\dots, S_l",
  layers: ({ L }) => hiddenLayers(L),
  closed: (Q, l) => {
    const p = Q.node("p", l, 1);
    return on([Q.i, p], backThroughTheta(Q, l, p));
  },
  witness: ({ deltaOfH }, l) => deltaOfH(l),
};

/** δˡ = (θˡᵀ δ^{l+1}) .* Ψˡ(zˡ), with θ without column 0, as the text has it at the end of the page. */
export const eq48: Equation = {
  number: "48",
  quantity: "δ, vectorized",
  latex: "\\delta^l = \\left(\\theta^{(l)T} \\delta^{l+1}\\right) .* \\Psi^l(z^l)",
  ranges: "l = 2, \\dots, L - 1",
  layers: ({ L }) => hiddenLayers(L),
  closed: ({ rows, deltaRows }, l) => mul(matmul(deltaRows(l + 1), withoutBias(rows.theta(l))), rows.psi(l)),
  witness: ({ delta }, l) => delta(l),
};

/** [1 | hˡ]. */
const withOnes = (h: Tensor): Tensor => concat([onesLike(slice(h, null, [0, 1])), h], 1);

/** What is computed in practice: the same equations for whole layers and all samples. */
export const vectorized: readonly Equation[] = [
  {
    number: "5",
    quantity: "z, vectorized",
    latex: "z^{l} = \\left[1 \\mid h^{l-1}\\right] \\theta^{(l-1)T}",
    ranges: "l = 2, \\dots, L",
    layers: ({ L }) => layers(2, L),
    closed: ({ rows }, l) => matmul(withOnes(rows.h(l - 1)), transpose(rows.theta(l - 1))),
    witness: ({ z }, l) => z(l),
  },
  {
    number: "18",
    quantity: "J, vectorized",
    latex: "J = \\frac{1}{m} \\sum \\left[ y \\ln(1 + e^{-z}) + (1 - y) \\ln(1 + e^{z}) \\right]",
    ranges: "",
    layers: ({ L }) => [L],
    closed: ({ L, m, rows }) => {
      const [z, y] = [rows.z(L), rows.y];
      return div(sum(add(mul(y, softplus(neg(z))), mul(sub(1, y), softplus(z)))), m) as Tensor;
    },
    witness: ({ JFromLogits }) => JFromLogits,
  },
  {
    number: "46",
    quantity: "∂J/∂θ, bias, vectorized",
    latex: "\\frac{\\partial J}{\\partial \\theta_{\\cdot,0}^l} = \\frac{1}{m} \\sum_i \\delta^{l+1}",
    ranges: "l = 1, \\dots, L - 1",
    layers: ({ L }) => every(L),
    closed: ({ m, deltaRows }, l) => div(sum(deltaRows(l + 1), 0), m) as Tensor,
    witness: ({ gradient }, l) => slice(gradient(l), null, 0),
  },
  eq48,
  {
    number: "48",
    quantity: "∂J/∂θ, vectorized",
    latex:
      "\\frac{\\partial J}{\\partial \\theta^l} = \\frac{1}{m} \\left(\\delta^{l+1}\\right)^T \\left[1 \\mid h^l\\right]",
    ranges: "l = 1, \\dots, L - 1",
    layers: ({ L }) => every(L),
    closed: ({ m, rows, deltaRows }, l) => div(matmul(transpose(deltaRows(l + 1)), withOnes(rows.h(l))), m) as Tensor,
    witness: ({ gradient }, l) => gradient(l),
  },
];
