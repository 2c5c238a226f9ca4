/** @file Equations 9–17a: partial derivatives of z, one and two layers back. */

import { mul, onesLike, slice, sub } from "@deltagrad/tensor";
import { type Definition, type Equation, layers, needsLayers } from "../equation.ts";
import { each, type Index, kronecker, on, sigma, type Term, times } from "../notation.ts";
import type { Quantities } from "../quantities.ts";

export const eq9: Definition = {
  number: "9",
  latex: "I_{p,q} = \\begin{cases} 1 & p = q \\\\ 0 & \\text{otherwise} \\end{cases}",
  usedIn: ["10", "11", "12", "16", "24"],
};

/** ∂θ_{a,b}/∂θ_{p,q} = I_{a,p} I_{b,q}. */
const dTheta = (a: Index, b: Index, p: Index, q: Index): Term => times(kronecker(a, p), kronecker(b, q));

/** ∂θ_{a,b}ˡ/∂θ_{p,q}ˡ′ = I_{a,p} I_{b,q} I_{l,l′}, here for l = l′; for others both sides are the constant 0. */
export const eq10: Equation = {
  number: "10",
  quantity: "∂θ/∂θ",
  latex: "\\frac{\\partial \\theta_{a,b}^l}{\\partial \\theta_{p,q}^{l'}} = I_{a,p} I_{b,q} I_{l,l'}",
  ranges: "a, p = 1, \\dots, S_{l+1}, \\quad b, q = 0, \\dots, S_l, \\quad l' = l",
  layers: ({ L }) => layers(1, L - 1),
  closed: ({ node }, l) => {
    const [a, b, p, q] = [node("a", l + 1, 1), node("b", l), node("p", l + 1, 1), node("q", l)];
    return on([a, b, p, q], dTheta(a, b, p, q));
  },
  witness: ({ thetaByTheta }, l) => thetaByTheta(l),
};

/** The free indices of ∂z_jˡ/∂θ_{p,q} with θ from layer `from` to the next. */
const free = ({ node }: Quantities, l: number, from: number) =>
  ({ j: node("j", l, 1), p: node("p", from + 1, 1), q: node("q", from) }) as const;

/** The sum of eq 5, in which the derivative acts on θ alone. */
export const eq11Term = (Q: Quantities, l: number, j: Index, p: Index, q: Index): Term => {
  const k = Q.node("k", l - 1);
  return sigma(k, times(dTheta(j, k, p, q), Q.h(l - 1)(Q.i, k), Q.C(l - 1)(k)));
};

/** I_{p,j} h(z_q) C_{p,q}. */
export const eq12Term = (Q: Quantities, l: number, j: Index, p: Index, q: Index): Term =>
  times(kronecker(j, p), Q.h(l - 1)(Q.i, q), Q.C(l - 1)(q));

export const oneBack = (
  number: string,
  latex: string,
  term: (Q: Quantities, l: number, j: Index, p: Index, q: Index) => Term,
  only?: (L: number) => number[],
): Equation => ({
  number,
  quantity: "∂z/∂θ",
  latex,
  ranges: "j, p = 1, \\dots, S_l, \\quad q = 0, \\dots, S_{l-1}",
  layers: ({ L }) => only?.(L) ?? layers(2, L),
  closed: (Q, l) => {
    const { j, p, q } = free(Q, l, l - 1);
    return on([Q.i, j, p, q], term(Q, l, j, p, q));
  },
  witness: ({ zByTheta }, l) => zByTheta(l, l - 1),
});

export const oneBackBias = (number: string, latex: string, only?: (L: number) => number[]): Equation => ({
  number,
  quantity: "∂z/∂θ, bias",
  latex,
  ranges: "j, p = 1, \\dots, S_l",
  layers: ({ L }) => only?.(L) ?? layers(2, L),
  closed: (Q, l) => {
    const { j, p } = free(Q, l, l - 1);
    return on([Q.i, j, p], kronecker(j, p));
  },
  witness: ({ zByTheta }, l) => slice(zByTheta(l, l - 1), null, null, null, 0),
});

export const eq11 = oneBack(
  "11",
  "\\frac{\\partial z_j^l}{\\partial \\theta_{p,q}^{(l-1)}} = \\frac{\\partial}{\\partial \\theta_{p,q}^{(l-1)}} \\sum_{k=0}^{S_{l-1}} \\theta_{j,k}^{(l-1)} h^{(l-1)}\\left(z_k^{(l-1)}\\right) C_{j,k}^{(l-1)}",
  eq11Term,
);

export const eq12 = oneBack(
  "12",
  "\\frac{\\partial z_j^l}{\\partial \\theta_{p,q}^{(l-1)}} = I_{p,j} h^{(l-1)}\\left(z_q^{(l-1)}\\right) C_{p,q}^{(l-1)}",
  eq12Term,
);

export const eq13 = oneBackBias("13", "\\frac{\\partial z_j^l}{\\partial \\theta_{p,0}^{(l-1)}} = I_{p,j}");

export const eq14 = oneBack(
  "14",
  "\\frac{\\partial z_j^2}{\\partial \\theta_{p,q}^{(1)}} = I_{p,j} x_q",
  (Q, _l, j, p, q) => times(kronecker(j, p), Q.x(Q.i, q)),
  () => [2],
);

/** Ψ ≡ ∂h/∂z, as each activation's own closed form has it. */
export const eq15: Equation = {
  number: "15",
  quantity: "Ψ",
  latex: "\\Psi^{(l)}(z) \\equiv \\frac{\\partial h^{(l)}(z)}{\\partial z}",
  ranges: "l = 2, \\dots, L, \\quad k = 1, \\dots, S_l",
  layers: ({ L }) => layers(2, L),
  closed: ({ i, node, psi }, l) => {
    const k = node("k", l, 1);
    return on([i, k], psi(l)(i, k));
  },
  witness: ({ psi }, l) => psi(l),
};

/** Ψ = h(1 − h) for the sigmoid, 1 on layer 1. */
export const eq15a: Equation = {
  number: "15a",
  quantity: "Ψ",
  latex: "\\Psi^{(l)}(z) = \\begin{cases} h(z)(1 - h(z)) & l > 1 \\\\ 1 & l = 1 \\end{cases}",
  ranges: "k = 1, \\dots, S_l",
  layers: ({ L, activation }) => [1, ...layers(2, L).filter((l) => activation(l).name === "sigmoid")],
  closed: ({ i, node, h }, l) => {
    const k = node("k", l, 1);
    const psi = l === 1 ? each(onesLike, h(l)(i, k)) : each((value) => mul(value, sub(1, value)), h(l)(i, k));
    return on([i, k], psi);
  },
  witness: ({ psi }, l) => psi(l),
};

/** Eq 16, 29a: the chain rule through layer l − 1, with the derivative still inside. */
export const eq16Term = (Q: Quantities, l: number, j: Index, p: Index, q: Index): Term => {
  const [k, r] = [Q.node("k", l - 1), Q.node("r", l - 2)];
  // ∂θ_{0,r} is 0: row 0 of θ is constant (6), and p > 0.
  const inner = sigma(r, times(dTheta(k, r, p, q), Q.h(l - 2)(Q.i, r), Q.C(l - 2)(r)));
  return sigma(k, times(Q.theta(l - 1)(j, k), Q.C(l - 1)(k), Q.psi(l - 1)(Q.i, k), inner));
};

/** Eq 17, 30. */
export const eq17Term = (Q: Quantities, l: number, j: Index, p: Index, q: Index): Term =>
  times(Q.theta(l - 1)(j, p), Q.C(l - 1)(p), Q.psi(l - 1)(Q.i, p), Q.h(l - 2)(Q.i, q), Q.C(l - 2)(q));

export const twoBack = (
  number: string,
  latex: string,
  term: (Q: Quantities, l: number, j: Index, p: Index, q: Index) => Term,
  only?: (L: number) => number[],
): Equation => ({
  number,
  quantity: "∂z/∂θ",
  latex,
  ranges: "j = 1, \\dots, S_l, \\quad p = 1, \\dots, S_{l-1}, \\quad q = 0, \\dots, S_{l-2}",
  needs: needsLayers(3),
  layers: ({ L }) => only?.(L) ?? layers(3, L),
  closed: (Q, l) => {
    const { j, p, q } = free(Q, l, l - 2);
    return on([Q.i, j, p, q], term(Q, l, j, p, q));
  },
  witness: ({ zByTheta }, l) => zByTheta(l, l - 2),
});

export const eq16 = twoBack(
  "16",
  "\\frac{\\partial z_j^l}{\\partial \\theta_{p,q}^{(l-2)}} = \\sum_{k=0}^{S_{l-1}} \\theta_{j,k}^{(l-1)} C_{j,k}^{(l-1)} \\Psi^{(l-1)}\\left(z_k^{l-1}\\right) \\frac{\\partial}{\\partial \\theta_{p,q}^{(l-2)}} \\sum_{r=0}^{S_{l-2}} \\theta_{k,r}^{(l-2)} h^{(l-2)}\\left(z_r^{(l-2)}\\right) C_{k,r}^{(l-2)}",
  eq16Term,
);

export const eq17 = twoBack(
  "17",
  "\\frac{\\partial z_j^l}{\\partial \\theta_{p,q}^{(l-2)}} = \\theta_{j,p}^{(l-1)} C_{j,p}^{(l-1)} \\Psi^{(l-1)}\\left(z_p^{l-1}\\right) h^{(l-2)}\\left(z_q^{(l-2)}\\right) C_{p,q}^{(l-2)}",
  eq17Term,
);

export const eq17a: Equation = {
  number: "17a",
  quantity: "∂z/∂θ, bias",
  latex:
    "\\frac{\\partial z_j^l}{\\partial \\theta_{p,0}^{(l-2)}} = \\theta_{j,p}^{(l-1)} \\Psi^{(l-1)}\\left(z_p^{l-1}\\right)",
  ranges: "j = 1, \\dots, S_l, \\quad p = 1, \\dots, S_{l-1}",
  needs: needsLayers(3),
  layers: ({ L }) => layers(3, L),
  closed: (Q, l) => {
    const { j, p } = free(Q, l, l - 2);
    return on([Q.i, j, p], times(Q.theta(l - 1)(j, p), Q.psi(l - 1)(Q.i, p)));
  },
  witness: ({ zByTheta }, l) => slice(zByTheta(l, l - 2), null, null, null, 0),
};
