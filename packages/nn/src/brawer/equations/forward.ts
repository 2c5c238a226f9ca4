/** @file Equations 1–8a: the network, and its forward propagation. */
import { add, exp, neg, reciprocal } from "@deltagrad/tensor";
import { type Definition, type Equation, layers } from "../equation.ts";
import { each, on, times } from "../notation.ts";
import type { Quantities } from "../quantities.ts";

const withSigmoid = ({ L, activation }: Quantities): number[] =>
  layers(2, L).filter((l) => activation(l).name === "sigmoid");

/** z_k¹ = x_k. */
export const eq1: Equation = {
  number: "1",
  quantity: "z",
  latex: "z_k^1 = x_k",
  ranges: "k = 1, \\dots, n",
  layers: () => [1],
  closed: ({ i, node, x }) => {
    const k = node("k", 1, 1);
    return on([i, k], x(i, k));
  },
  witness: ({ z }, l) => z(l),
};

/** z_0ˡ = 1, for the input layer as it is given. */
export const eq1a: Equation = {
  number: "1a",
  quantity: "z, bias node",
  latex: "z_0^l = 1",
  ranges: "l = 1",
  layers: () => [1],
  closed: ({ i, x }) => on([i], x(i, 0)),
  witness: ({ ones }) => ones,
};

/** h(z) = 1 / (1 + e⁻ᶻ); the text prints ℓ for e. */
export const eq2: Equation = {
  number: "2",
  quantity: "h",
  latex: "h(z) \\equiv \\frac{1}{1 + e^{-z}}",
  ranges: "",
  needs: ({ largest }) => (largest() < 700 ? null : "|z| < 700: e^{−z} is beyond float64"),
  layers: withSigmoid,
  closed: ({ i, node, z }, l) => {
    const k = node("k", l, 1);
    const literal = each((value) => reciprocal(add(1, exp(neg(value)))), z(l)(i, k));
    return on([i, k], literal);
  },
  witness: ({ h }, l) => h(l),
};

/** h¹(z) = z. */
export const eq3: Equation = {
  number: "3",
  quantity: "h",
  latex: "h^l(z) \\equiv \\begin{cases} \\frac{1}{1 + e^{-z}} & l > 1 \\\\ z & l = 1 \\end{cases}",
  ranges: "l = 1",
  layers: () => [1],
  closed: ({ i, node, z }, l) => {
    const k = node("k", l, 1);
    return on([i, k], z(l)(i, k));
  },
  witness: ({ h }, l) => h(l),
};

/** z_jˡ = Σ_{k=0} θ_{j,k} h(z_k) C_{j,k}, from x alone: the recursion, with rows and columns of the bias nodes. */
export const eq5: Equation = {
  number: "5",
  quantity: "z",
  latex: "z_j^l = \\sum_{k=0}^{S_{l-1}} \\theta_{j,k}^{(l-1)} h^{(l-1)}\\left(z_k^{(l-1)}\\right) C_{j,k}^{(l-1)}",
  ranges: "l = 2, \\dots, L, \\quad j = 1, \\dots, S_l",
  layers: ({ L }) => layers(2, L),
  closed: ({ i, node, zByEq5 }, l) => {
    const j = node("j", l, 1);
    return on([i, j], zByEq5(l)(i, j));
  },
  witness: ({ z }, l) => z(l),
};

export const eq6: Definition = {
  number: "6",
  latex: "\\theta_{0,k}^l \\equiv \\begin{cases} 1 & k = 0 \\\\ 0 & k > 0 \\end{cases}",
  usedIn: ["5", "8", "16"],
};

export const eq7: Definition = {
  number: "7",
  latex: "C_{j,k}^l \\equiv \\begin{cases} 1 / h^l(1) & k = 0 \\\\ 1 & \\text{otherwise} \\end{cases}",
  usedIn: ["5", "8", "8a", "12", "17", "30", "44"],
};

/** z_0ˡ = 1 for all layers, by 1, 6 and 7 in 5. */
export const eq8: Equation = {
  number: "8",
  quantity: "z, bias node",
  latex: "z_0^l = 1",
  ranges: "l = 2, \\dots, L",
  layers: ({ L }) => layers(2, L),
  closed: ({ i, zByEq5 }, l) => on([i], zByEq5(l)(i, 0)),
  witness: ({ ones }) => ones,
};

/** The term k = 0 of eq 5 is θ_{j,0}. */
export const eq8a: Equation = {
  number: "8a",
  quantity: "the bias node's part of z",
  latex: "\\theta_{j,0}^{(l-1)} h^{(l-1)}\\left(z_0^{(l-1)}\\right) C_{j,0}^{(l-1)} = \\theta_{j,0}^{(l-1)}",
  ranges: "l = 2, \\dots, L, \\quad j = 1, \\dots, S_l",
  layers: ({ L }) => layers(2, L),
  closed: ({ i, node, theta, h, C }, l) => {
    const j = node("j", l, 1);
    return on([i, j], times(theta(l - 1)(j, 0), h(l - 1)(i, 0), C(l - 1)(0)));
  },
  witness: ({ biasPart }, l) => biasPart(l),
};
