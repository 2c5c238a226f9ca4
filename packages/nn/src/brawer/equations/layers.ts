/** @file Equations 22–41: the gradient of the cost, layer by layer from the last. */
import { type Definition, type Equation, layers, needsLayers } from "../equation.ts";
import { type Index, minus, on, sigma, type Term, times } from "../notation.ts";
import type { Quantities } from "../quantities.ts";
import { biasGradient, deltaEquation, gradient, last, mean, meanError, notBias, weightGradient } from "./cost.ts";
import { eq11Term, eq12Term, eq16Term, eq17Term, oneBack, oneBackBias, twoBack } from "./derivatives.ts";

const dSum = (theta: string): string =>
  `\\frac{\\partial z_{k_0}^L}{\\partial ${theta}} = \\frac{\\partial}{\\partial ${theta}} \\sum_{k_1=0}^{S_{L-1}} \\theta_{k_0,k_1}^{(L-1)} h^{(L-1)}\\left(z_{k_1}^{(L-1)}\\right) C_{k_0,k_1}^{(L-1)}`;

export const eq22 = oneBack("22", dSum("\\theta"), eq11Term, last);
export const eq23 = oneBack("23", dSum("\\theta_{p,q}^{L-1}"), eq11Term, last);
export const eq24 = oneBack(
  "24",
  "\\frac{\\partial z_{k_0}^L}{\\partial \\theta_{p,q}^{L-1}} = I_{p,k_0} h^{(L-1)}\\left(z_q^{(L-1)}\\right) C_{p,q}^{(L-1)}",
  eq12Term,
  last,
);
export const eq25 = oneBackBias("25", "\\frac{\\partial z_{k_0}^L}{\\partial \\theta_{p,0}^{L-1}} = I_{p,k_0}", last);

const beforeLast = (L: number): number[] => [L - 1];

export const eq26 = gradient(
  "26",
  "\\frac{\\partial J}{\\partial \\theta_{p,q}^{L-1}} = \\frac{1}{m} \\sum_{i=1}^m \\delta_p^L h^{(L-1)}\\left(z_q^{(L-1)}\\right) C_{p,q}^{(L-1)}",
  beforeLast,
  weightGradient,
);
export const eq27 = biasGradient(
  "27",
  "\\frac{\\partial J}{\\partial \\theta_{p,0}^{L-1}} = \\frac{1}{m} \\sum_{i=1}^m \\delta_p^L",
  beforeLast,
  meanError,
);

const logistic: Equation["needs"] = ({ L, S }) => (L === 2 && S(2) === 1 ? null : "L = 2 and K = 1");

export const eq28 = gradient(
  "28",
  "\\frac{\\partial J}{\\partial \\theta_{1,q}^1} = \\frac{1}{m} \\sum_{i=1}^m \\delta_1^2 x_q",
  () => [1],
  (Q, _l, p, q) => mean(Q, times(Q.delta(2)(Q.i, p), Q.x(Q.i, q))),
  logistic,
);
export const eq29 = gradient(
  "29",
  "\\frac{\\partial J}{\\partial \\theta_q} = \\frac{1}{m} \\sum_{i=1}^m \\left(h(z_1^2) - y\\right) x_q",
  () => [1],
  (Q, _l, p, q) => mean(Q, times(minus(Q.h(2)(Q.i, p), Q.y(Q.i, p)), Q.x(Q.i, q))),
  logistic,
);

export const eq29a = twoBack(
  "29a",
  "\\frac{\\partial z_{k_0}^L}{\\partial \\theta_{p,q}^{L-2}} = \\sum_{k_1=0}^{S_{L-1}} \\theta_{k_0,k_1}^{(L-1)} C_{k_0,k_1}^{(L-1)} \\Psi^{(L-1)}\\left(z_{k_1}^{(L-1)}\\right) \\frac{\\partial}{\\partial \\theta_{p,q}^{L-2}} \\sum_{k_2=0}^{S_{L-2}} \\theta_{k_1,k_2}^{(L-2)} h^{(L-2)}\\left(z_{k_2}^{(L-2)}\\right) C_{k_1,k_2}^{(L-2)}",
  eq16Term,
  last,
);
export const eq30 = twoBack(
  "30",
  "\\frac{\\partial z_{k_0}^L}{\\partial \\theta_{p,q}^{L-2}} = \\theta_{k_0,p}^{(L-1)} C_{k_0,p}^{(L-1)} \\Psi^{(L-1)}\\left(z_p^{(L-1)}\\right) h^{(L-2)}\\left(z_q^{(L-2)}\\right) C_{p,q}^{(L-2)}",
  eq17Term,
  last,
);

/** M ≡ θ C Ψ; for k > 0 it is ∂z_j^{l+1}/∂z_kˡ, and that is its witness. */
export const eq31: Equation = {
  number: "31",
  quantity: "M = ∂z/∂z",
  latex: "M_{j,k}^l \\equiv \\theta_{j,k}^{(l)} C_{j,k}^{(l)} \\Psi^{(l)}\\left(z_k^{(l)}\\right)",
  ranges: "l = 1, \\dots, L - 1, \\quad j = 1, \\dots, S_{l+1}, \\quad k = 1, \\dots, S_l",
  layers: ({ L }) => layers(1, L - 1),
  closed: ({ i, node, M }, l) => {
    const [j, k] = [node("j", l + 1, 1), node("k", l, 1)];
    return on([i, j, k], M(l)(j, k));
  },
  witness: ({ zByZ }, l) => zByZ(l),
};

export const eq32 = twoBack(
  "32",
  "\\frac{\\partial z_{k_0}^L}{\\partial \\theta_{p,q}^{L-2}} = M_{k_0,p}^{(L-1)} h^{(L-2)}\\left(z_q^{(L-2)}\\right) C_{p,q}^{(L-2)}",
  (Q, l, j, p, q) => times(Q.M(l - 1)(j, p), Q.h(l - 2)(Q.i, q), Q.C(l - 2)(q)),
  last,
);

/** The index k₀ or k₁ of layer l in a sum over δ M. */
const throughM = (Q: Quantities, l: number, letter: string, p: Index): Term => {
  const k = Q.node(letter, l + 1, 1);
  return sigma(k, times(Q.delta(l + 1)(Q.i, k), Q.M(l)(k, p)));
};

export const eq33 = gradient(
  "33",
  "\\frac{\\partial J}{\\partial \\theta_{p,q}^{L-2}} = \\frac{1}{m} \\sum_{i=1}^m \\sum_{k_0=1}^{S_L} \\left[ \\delta_{k_0}^L M_{k_0,p}^{(L-1)} h^{(L-2)}\\left(z_q^{(L-2)}\\right) C_{1,q}^{(L-2)} \\right]",
  (L) => [L - 2],
  (Q, l, p, q) => mean(Q, times(throughM(Q, l + 1, "k0", p), Q.h(l)(Q.i, q), Q.C(l)(q))),
  needsLayers(3),
);

export const eq33a: Definition = { number: "33a", latex: "C_{p,q} = C_{1,q}", usedIn: ["33", "35", "39", "41", "44"] };

const eq34Term =
  (letter: string) =>
  (Q: Quantities, l: number, p: Index): Term =>
    times(throughM(Q, l, letter, p), notBias(p));

export const eq34 = deltaEquation(
  "34",
  "\\delta_p^{L-1} \\equiv \\sum_{k_0=1}^{S_L} \\delta_{k_0}^L M_{k_0,p}^{(L-1)} \\left(1 - I_{p,0}\\right)",
  (L) => [L - 1],
  eq34Term("k0"),
  needsLayers(3),
);
export const eq35 = gradient(
  "35",
  "\\frac{\\partial J}{\\partial \\theta_{p,q}^{L-2}} = \\frac{1}{m} \\sum_{i=1}^m \\delta_p^{L-1} h^{(L-2)}\\left(z_q^{(L-2)}\\right) C_{1,q}^{(L-2)}",
  (L) => [L - 2],
  weightGradient,
  needsLayers(3),
);

/** Three layers back: the free indices k₀, p, q of θ^{L−3}. */
const threeBack = (
  number: string,
  latex: string,
  term: (Q: Quantities, k0: Index, p: Index, q: Index) => Term,
): Equation => ({
  number,
  quantity: "∂z/∂θ",
  latex,
  ranges: "k_0 = 1, \\dots, S_L, \\quad p = 1, \\dots, S_{L-2}, \\quad q = 0, \\dots, S_{L-3}",
  needs: needsLayers(4),
  layers: ({ L }) => [L],
  closed: (Q) => {
    const { L, i, node } = Q;
    const [k0, p, q] = [node("k0", L, 1), node("p", L - 2, 1), node("q", L - 3)];
    return on([i, k0, p, q], term(Q, k0, p, q));
  },
  witness: ({ zByTheta }, l) => zByTheta(l, l - 3),
});

export const eq36 = threeBack(
  "36",
  "\\begin{aligned} \\frac{\\partial z_{k_0}^L}{\\partial \\theta_{p,q}^{L-3}} = {} & \\sum_{k_1=0}^{S_{L-1}} \\theta_{k_0,k_1}^{(L-1)} C_{k_0,k_1}^{(L-1)} \\Psi^{(L-1)}\\left(z_{k_1}^{(L-1)}\\right) \\sum_{k_2=0}^{S_{L-2}} \\theta_{k_1,k_2}^{(L-2)} C_{k_1,k_2}^{(L-2)} \\Psi^{(L-2)}\\left(z_{k_2}^{(L-2)}\\right) \\\\ & \\times \\frac{\\partial}{\\partial \\theta_{p,q}^{L-3}} \\sum_{k_3=0}^{S_{L-3}} \\theta_{k_2,k_3}^{(L-3)} C_{k_2,k_3}^{(L-3)} h^{(L-3)}\\left(z_{k_3}^{(L-3)}\\right) \\end{aligned}",
  (Q, k0, p, q) => {
    const { L, i, node, theta, C, psi } = Q;
    const k1 = node("k1", L - 1);
    return sigma(k1, times(theta(L - 1)(k0, k1), C(L - 1)(k1), psi(L - 1)(i, k1), eq16Term(Q, L - 1, k1, p, q)));
  },
);

export const eq37 = threeBack(
  "37",
  "\\frac{\\partial z_{k_0}^L}{\\partial \\theta_{p,q}^{L-3}} = \\sum_{k_1=1}^{S_{L-1}} M_{k_0,k_1}^{(L-1)} M_{k_1,p}^{(L-2)} C_{1,q}^{(L-3)} h^{(L-3)}\\left(z_q^{(L-3)}\\right)",
  (Q, k0, p, q) => {
    const { L, i, node, M, C, h } = Q;
    const k1 = node("k1", L - 1, 1);
    return times(sigma(k1, times(M(L - 1)(k0, k1), M(L - 2)(k1, p))), C(L - 3)(q), h(L - 3)(i, q));
  },
);

export const eq39 = gradient(
  "39",
  "\\frac{\\partial J}{\\partial \\theta_{p,q}^{L-3}} = \\frac{1}{m} \\sum_{i=1}^m \\sum_{k_0=1}^{S_L} \\sum_{k_1=1}^{S_{L-1}} \\delta_{k_0}^L M_{k_0,k_1}^{(L-1)} M_{k_1,p}^{(L-2)} C_{1,q}^{(L-3)} h^{(L-3)}\\left(z_q^{(L-3)}\\right)",
  (L) => [L - 3],
  (Q, l, p, q) => {
    const { L, i, node, delta, M, C, h } = Q;
    const [k0, k1] = [node("k0", L, 1), node("k1", L - 1, 1)];
    const inner = sigma(k0, times(delta(L)(i, k0), M(L - 1)(k0, k1)));
    return mean(Q, times(sigma(k1, times(inner, M(L - 2)(k1, p))), C(l)(q), h(l)(i, q)));
  },
  needsLayers(4),
);
export const eq40 = deltaEquation(
  "40",
  "\\delta_p^{L-2} \\equiv \\sum_{k_1=1}^{S_{L-1}} \\delta_{k_1}^{L-1} M_{k_1,p}^{(L-2)} \\left(1 - I_{p,0}\\right)",
  (L) => [L - 2],
  eq34Term("k1"),
  needsLayers(4),
);
export const eq41 = gradient(
  "41",
  "\\frac{\\partial J}{\\partial \\theta_{p,q}^{L-3}} = \\frac{1}{m} \\sum_{i=1}^m \\delta_p^{L-2} C_{1,q}^{(L-3)} h^{(L-3)}\\left(z_q^{(L-3)}\\right)",
  (L) => [L - 3],
  weightGradient,
  needsLayers(4),
);
