/** @file The classic mistakes of back propagation, each planted in the equation where it is usually made. */
import { concat, matmul, mul, slice, type Tensor, zeros } from "@deltagrad/tensor";
import type { Equation } from "./equation.ts";
import { eq42, eq43, eq44 } from "./equations/backward.ts";
import { notBias, weightGradient } from "./equations/cost.ts";
import { type Index, minus, on, plus, sigma, type Term, times } from "./notation.ts";
import type { Quantities } from "./quantities.ts";

/** What is done wrong, and the equation as it then reads. */
export interface Mistake {
  readonly name: string;
  readonly planted: Equation;
}

const error = (term: (Q: Quantities, l: number, p: Index, k: Index) => Term): Equation => ({
  ...eq43,
  closed: (Q, l) => {
    const [p, k] = [Q.node("p", l), Q.node("k", l + 1, 1)];
    return on([Q.i, p], times(sigma(k, term(Q, l, p, k)), notBias(p)));
  },
});

const gradient = (term: (Q: Quantities, l: number, p: Index, q: Index) => Term): Equation => ({
  ...eq44,
  closed: (Q, l) => {
    const [p, q] = [Q.node("p", l + 1, 1), Q.node("q", l)];
    return on([p, q], term(Q, l, p, q));
  },
});

const before = (Q: Quantities, l: number, p: Index, k: Index): Term => times(Q.delta(l + 1)(Q.i, k), Q.theta(l)(k, p));

/** The m samples and the first of them again, as sample 0: what eq 44 says when it is read literally. */
const fromSample0 = (Q: Quantities, l: number, p: Index, q: Index): Term => {
  const { m, delta, h, C } = Q;
  const extra = times(delta(l + 1)(1, p), h(l)(1, q), C(l)(q), 1 / m);
  return plus(weightGradient(Q, l, p, q), extra);
};

/** All columns of θ but the last in place of all but the first: the bias node is taken for node 1. */
const withBiasColumn = (Q: Quantities, l: number): Tensor => {
  const delta = Q.delta(l + 1)(Q.i, Q.node("k", l + 1, 1)).value;
  const back = mul(matmul(delta, slice(Q.rows.theta(l), null, [0, Q.S(l)])), Q.rows.psi(l));
  return concat([zeros([Q.m, 1]), back], 1);
};

/**
 * One planted mistake each. They are meant for networks whose layers all have the same number of nodes: elsewhere the
 * shapes of most of them would not fit, and that would be noticed.
 */
export const mistakes: readonly Mistake[] = [
  { name: "Ψ dropped", planted: error((Q, l, p, k) => before(Q, l, p, k)) },
  { name: "Ψ replaced by h", planted: error((Q, l, p, k) => times(before(Q, l, p, k), Q.h(l)(Q.i, p))) },
  {
    name: "θ untransposed",
    planted: error((Q, l, p, k) => times(Q.delta(l + 1)(Q.i, k), Q.theta(l)(p, k), Q.psi(l)(Q.i, p))),
  },
  { name: "bias column kept", planted: { ...eq43, closed: withBiasColumn } },
  {
    name: "the wrong layer's z",
    planted: error((Q, l, p, k) => times(before(Q, l, p, k), Q.psi(l + 1)(Q.i, p))),
  },
  { name: "1/m lost", planted: gradient((Q, l, p, q) => times(weightGradient(Q, l, p, q), Q.m)) },
  { name: "1/m twice", planted: gradient((Q, l, p, q) => times(weightGradient(Q, l, p, q), 1 / Q.m)) },
  {
    name: "δˡ for δˡ⁺¹",
    planted: gradient((Q, l, p, q) => {
      const { m, i, L, delta, h, C } = Q;
      const wrong = l > 1 ? l : Math.min(l + 2, L);
      return times(sigma(i, times(delta(wrong)(i, p), h(l)(i, q), C(l)(q))), 1 / m);
    }),
  },
  {
    name: "y and h swapped",
    planted: {
      ...eq42,
      closed: (Q, l) => {
        const p = Q.node("p", l);
        return on([Q.i, p], times(minus(Q.y(Q.i, p), Q.h(l)(Q.i, p)), notBias(p)));
      },
    },
  },
  { name: "i from 0", planted: gradient(fromSample0) },
  {
    name: "one part in 10⁹ of one entry",
    planted: {
      ...eq44,
      closed: (Q, l) => {
        const right = eq44.closed(Q, l);
        const nudge = concat([zeros([1, 1]).add(1e-9), zeros([1, right.shape[1]! - 1])], 1);
        const rest = zeros([right.shape[0]! - 1, right.shape[1]!]);
        return right.add(mul(right, concat([nudge, rest], 0))) as Tensor;
      },
    },
  },
];
