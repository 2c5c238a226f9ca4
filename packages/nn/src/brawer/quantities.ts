/** @file What the equations speak of, for one network and its samples: z, h, Ψ, C, θ, M, δ, with their indices. */
import { abs, concat, div, max, ones, onesLike, slice, sub, type Tensor, tensor, zeros } from "@deltagrad/tensor";
import type { Equation } from "./equation.ts";
import { type Activation, activationsOf, forward, type Network } from "./network.ts";
import { each, type Index, type Indexed, index, on, quantity, sigma, type Term, times } from "./notation.ts";
import { once } from "./once.ts";
import { jacobianInThetas } from "./witness.ts";

/** The equations by which δ is found, layer by layer from the last: with indices, and vectorized. */
export interface Recursion {
  readonly eq42: Pick<Equation, "closed">;
  readonly eq43: Pick<Equation, "closed">;
  readonly eq48: Pick<Equation, "closed">;
}

/**
 * The quantities of a network for samples x with targets y. Nodes count from 0, the bias node, samples from 1;
 * quantities that differ from sample to sample have the index i first.
 */
export interface Quantities {
  readonly L: number;
  readonly m: number;
  /** S_l, the nodes of layer l without the bias node. */
  readonly S: (l: number) => number;
  /** i = 1 … m. */
  readonly i: Index;
  /** A node of layer l: from 0, with the bias node, or from 1. */
  readonly node: (letter: string, l: number, from?: 0 | 1) => Index;
  /** θˡ_{p,q}, with row 0 of eq 6. */
  readonly theta: (l: number) => Indexed;
  /** C_qˡ of eq 7. */
  readonly C: (l: number) => Indexed;
  /** x_q, with x_0 = 1. */
  readonly x: Indexed;
  /** y_k; y_0, which the text leaves undefined, is 0. */
  readonly y: Indexed;
  /** z_kˡ of the library's forward pass, with z_0 = 1. */
  readonly z: (l: number) => Indexed;
  /** z_jˡ by the literal recursion of eq 5 alone, bias node included. */
  readonly zByEq5: (l: number) => Indexed;
  /** hˡ(z_kˡ). */
  readonly h: (l: number) => Indexed;
  /** Ψˡ(z_kˡ) of eq 15, as written by hand. */
  readonly psi: (l: number) => Indexed;
  /** M_{j,k}ˡ = θ_{j,k}ˡ C_{j,k}ˡ Ψˡ(z_kˡ) of eq 31. */
  readonly M: (l: number) => (j: Index | number, k: Index | number) => Term;
  /** δ_pˡ by the recursion, p from 0. */
  readonly delta: (l: number) => Indexed;
  /** δˡ by the vectorized recursion, a row for each sample: [m, S_l]. */
  readonly deltaRows: (l: number) => Tensor;
  /** ∂z_{k₀}^L/∂θˡ_{p,q}, with the indices i, k₀, p, q: autograd's, for the equations that take it as given. */
  readonly outputsByTheta: (l: number) => Indexed;
  readonly activation: (l: number) => Activation;
  /** The network's own tensors: θˡ without row 0, y and hˡ without the bias node. */
  readonly rows: {
    readonly theta: (l: number) => Tensor;
    readonly h: (l: number) => Tensor;
    readonly psi: (l: number) => Tensor;
    readonly z: (l: number) => Tensor;
    readonly y: Tensor;
  };
  /** The largest |z| of any node. */
  readonly largest: () => number;
  /** The largest |z| of layer L. */
  readonly largestOutput: () => number;
}

/** A column of ones before the others: the bias node. */
const withBiasNode = (values: Tensor): Tensor => concat([onesLike(slice(values, null, [0, 1])), values], 1);

const largestOf = (values: Tensor): number => max(abs(values)).item();

/** θ with row 0 of eq 6 above: 1 for k = 0, else 0. */
function withRow0(theta: Tensor): Tensor {
  const row = tensor([Array.from({ length: theta.shape[1]! }, (_, k) => (k === 0 ? 1 : 0))]);
  return concat([row, theta], 0);
}

/** The quantities of a network; δ by the recursion that is given. */
export function quantitiesOf(network: Network, x: Tensor, y: Tensor, { eq42, eq43, eq48 }: Recursion): Quantities {
  const all = activationsOf(network);
  // Ψ and h are taken at the library's z: at a kink, another order of summation could fall on its other side.
  const zs = forward(network, x).z.map(withBiasNode);
  const hs = zs.map((z, l) => all[l]!.h(z));
  const [L, m] = [zs.length, x.shape[0]!];
  const S = (l: number): number => zs[l - 1]!.shape[1]! - 1;
  const i = index("i", 1, m);
  const node = (letter: string, l: number, from: 0 | 1 = 0): Index => index(letter, from, S(l));
  const perSample = (name: string, values: Tensor): Indexed => quantity(name, values, [1, 0]);
  const theta = once((l) => quantity(`θ${l}`, withRow0(network.theta[l - 1]!), [0, 0]));
  const C = once((l) => {
    // h(1), by the value 1 of a bias node: as part of the computation, h(1) is a number that a proof knows nothing of.
    const bias = div(1, slice(hs[l - 1]!, 0, [0, 1]));
    return quantity(`C${l}`, concat([bias, ones([S(l)])]), [0]);
  });
  const psi = once((l) => perSample(`Ψ${l}`, all[l - 1]!.psi(zs[l - 1]!, hs[l - 1]!)));
  const withoutBiasNode = (values: readonly Tensor[]) => (l: number) => slice(values[l - 1]!, null, [1]);
  const rows = {
    theta: (l: number) => network.theta[l - 1]!,
    h: withoutBiasNode(hs),
    z: withoutBiasNode(zs),
    psi: (l: number) => all[l - 1]!.psi(rows.z(l), rows.h(l)),
    y,
  };
  const outputs = once(() => jacobianInThetas(network, x, L, 1));
  const q: Quantities = {
    L,
    m,
    S,
    i,
    node,
    theta,
    C,
    x: perSample("x", withBiasNode(x)),
    y: perSample("y", concat([zeros([m, 1]), y], 1)),
    z: once((l) => perSample(`z${l}`, zs[l - 1]!)),
    zByEq5: once((l) => {
      if (l === 1) return q.x;
      const [j, k] = [node("j", l), node("k", l - 1)];
      const before = each(all[l - 2]!.h, q.zByEq5(l - 1)(i, k));
      return perSample(`z${l}`, on([i, j], sigma(k, times(theta(l - 1)(j, k), before, C(l - 1)(k)))));
    }),
    h: once((l) => perSample(`h${l}`, hs[l - 1]!)),
    psi,
    M: (l) => (j, k) => times(theta(l)(j, k), C(l)(k), psi(l)(i, k)),
    delta: once((l) => perSample(`δ${l}`, (l === L ? eq42 : eq43).closed(q, l))),
    deltaRows: once((l) => (l === L ? sub(rows.h(L), y) : eq48.closed(q, l))),
    outputsByTheta: (l) => quantity(`∂z/∂θ${l}`, outputs(0).get(l)!, [1, 1, 1, 0]),
    activation: (l) => all[l - 1]!,
    rows,
    largest: () => Math.max(...zs.map(largestOf)),
    largestOutput: () => largestOf(zs.at(-1)!),
  };
  return q;
}
