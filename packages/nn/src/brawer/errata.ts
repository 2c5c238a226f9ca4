/** @file Where the text errs, or says less than it uses: each shown on numbers. */
import {
  abs,
  add,
  concat,
  jvp,
  max,
  mul,
  onesLike,
  pow,
  reciprocal,
  rng,
  type Tensor,
  TensorError,
  tensor,
  zeros,
} from "@deltagrad/tensor";
import { compare, type Row } from "./compare.ts";
import { eq44, eq48 } from "./equations/backward.ts";
import { eq18 } from "./equations/cost.ts";
import { mistakes } from "./mistakes.ts";
import { activations, withoutBias } from "./network.ts";
import { each, on, times } from "./notation.ts";
import { type Given, textQuantities } from "./tasks.ts";

/** A place where the text is not to be read as it is printed. */
export interface Erratum {
  /** The equation, or the one after which it stands. */
  readonly eq: string;
  /** What is printed, in words, with LaTeX between $ signs. */
  readonly printed: string;
  /** How it should read. */
  readonly correct: string;
  /** What the numbers say of it, likewise. */
  readonly shown: string;
  /** The number that shows it. */
  readonly value: number;
  /** Rows of what is printed, judged: they fail. Empty where it is not an equation that can be computed. */
  readonly rows: readonly Pick<Row, "eq" | "layer" | "quantity" | "maxDifference" | "boundUsed" | "ok">[];
}

/** Four layers of three nodes: all equations have something to say, and what is square fits when it should not. */
function exampleNetwork(seed: string | number): Given {
  const stream = rng(seed);
  const normal = (name: string, shape: number[]): Tensor => stream.stream(name).normal(shape) as Tensor;
  const theta = [1, 2, 3].map((l) => normal(`θ${l}`, [3, 4]));
  const { sigmoid } = activations;
  const y = stream.stream("y").uniform([4, 3]) as Tensor;
  return { network: { theta, hidden: [sigmoid, sigmoid] }, x: normal("x", [4, 3]), y };
}

/**
 * The errata of the text, each with what is wrong about it in numbers, on a small network that the seed draws.
 *
 * Source: Brawer (2017), the equations as numbered there.
 *
 * @example
 * errata().find(({ eq }) => eq === "35").value;   // => 0.2689414213699951
 */
export function errata(seed: string | number = "errata"): Erratum[] {
  const given = exampleNetwork(seed);
  return [wrongBase(), negativeCost(), biasOfM(given), emptyTerm(given), oneSampleMore(given), biasColumn(given)];
}

const digits = (x: number): string => x.toPrecision(4).replace("-", "−");

/** Eq 2 prints ℓ for e: of another base, 15a does not hold. */
function wrongBase(): Erratum {
  const h = (z: Tensor): Tensor => reciprocal(add(1, pow(2, mul(-1, z)))) as Tensor;
  const z = tensor([0]);
  const slope = jvp(h, [z], [onesLike(z)])[1].toTypedArray()[0]!;
  return {
    eq: "2",
    printed: "$h(z) \\equiv 1 / (1 + \\ell^{-z})$, where $\\ell$ is not defined",
    correct: "$h(z) \\equiv 1 / (1 + e^{-z})$",
    shown: `only the base e gives (15a): with the base 2, h′(0) is ${digits(slope)} where h(1 − h) is 0.25`,
    value: slope,
    rows: [],
  };
}

/** After eq 18: J ≥ 0 needs 0 ≤ y ≤ 1. */
function negativeCost(): Erratum {
  const network = { theta: [tensor([[1, 0]]) as Tensor], hidden: [] };
  const outside = textQuantities({ network, x: tensor([[0]]), y: tensor([[2]]) });
  const J = eq18.closed(outside, 2).item();
  return {
    eq: "18",
    printed: "“the $y$s are non-negative, the logs are negative and the cost function is positive”",
    correct: "$0 \\leq y \\leq 1$ for all outputs and samples",
    shown: `with y = 2 and z = 1 the cost is ${digits(J)}: 1 − y is negative; such targets are refused`,
    value: J,
    rows: [],
  };
}

/** After eq 35: M_{k,0} is not 0. */
function biasOfM(given: Given): Erratum {
  const q = textQuantities(given);
  const l = q.L - 1;
  const bias = on([q.i], q.M(l)(1, 0)).toTypedArray()[0]!;
  const weight = on([q.i], times(q.theta(l)(1, 0), each(onesLike, q.h(l)(q.i, 0)))).toTypedArray()[0]!;
  const value = 1 - activations.sigmoid.h(tensor([1])).toTypedArray()[0]!;
  return {
    eq: "35",
    printed: "“From (31) and (6) it is seen that $M_{k_0,0}^{L-1} = 0$”",
    correct:
      "$M_{k,0} = \\theta_{k,0} \\, C \\, \\Psi(1) = \\theta_{k,0} \\, (1 - h(1)) \\approx 0.2689 \\, \\theta_{k,0}$; the factor $1 - I_{p,0}$ of (34), (40), (43) does the work",
    shown: `where $\\theta_{1,0}$ is ${digits(weight)}, $M_{1,0}$ is ${digits(bias)}: the ratio is ${(bias / weight).toPrecision(8)}, that is 1 − h(1)`,
    value,
    rows: [],
  };
}

/** Eq 39 begins k₀ at 0, where δ_0^L = 0 (20). */
function emptyTerm(given: Given): Erratum {
  const q = textQuantities(given);
  const { L, i, node, delta, M, C, h } = q;
  const [k1, p, index] = [node("k1", L - 1, 1), node("p", L - 2, 1), node("q", L - 3)];
  const term = times(delta(L)(i, 0), M(L - 1)(0, k1), M(L - 2)(k1, p), C(L - 3)(index), h(L - 3)(i, index));
  const value = max(abs(term.value)).item();
  return {
    eq: "39",
    printed: "$\\sum_{k_0=0}^{S_L}$ in its first line, where (33) has $k_0 = 1$",
    correct: "$\\sum_{k_0=1}^{S_L}$; it makes no difference, for $\\delta_0^L = 0$ by (20)",
    shown: `the largest of the terms with k₀ = 0 is ${value}`,
    value,
    rows: [],
  };
}

/** Eq 41, 44, 46 sum i from 0: m + 1 terms for m samples. */
function oneSampleMore({ network, x, y }: Given): Erratum {
  const { planted } = mistakes.find(({ name }) => name === "i from 0")!;
  const { rows } = compare(network, x, y, { equations: [eq44], planted: [planted], trials: 1 });
  const value = Math.max(...rows.map(({ maxDifference }) => maxDifference));
  return {
    eq: "41, 44, 46",
    printed: "$\\frac{1}{m} \\sum_{i=0}^m$: $m + 1$ terms for $m$ samples",
    correct: "$\\frac{1}{m} \\sum_{i=1}^m$",
    shown: `read literally, with a sample 0 like sample 1, (44) is off by up to ${digits(value)}: its rows fail`,
    value,
    rows,
  };
}

/** Eq 48 is about θ without column 0. */
function biasColumn(given: Given): Erratum {
  const q = textQuantities(given);
  const l = q.L - 1;
  const whole = { ...q, rows: { ...q.rows, theta: (layer: number) => padded(q.rows.theta(layer)) } };
  let refusal = "";
  try {
    eq48.closed(whole, l);
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    refusal = error.message;
  }
  const columns = q.rows.theta(l).shape[1]!;
  return {
    eq: "48",
    printed:
      "$\\delta^l = (\\theta^{(l)T} \\delta^{l+1}) .* \\Psi^l(z^l)$ with $\\theta^l$ of $S_{l+1} \\times (S_l + 1)$",
    correct: "$\\theta^l$ without its column 0",
    shown: `with column 0 the product has ${columns} columns, Ψ has ${columns - 1}: ${refusal}`,
    value: columns - withoutBias(q.rows.theta(l)).shape[1]!,
    rows: [],
  };
}

/** θ with one more column in front: what (48) leaves out is then that one, and column 0 is kept. */
const padded = (theta: Tensor): Tensor => concat([zeros([theta.shape[0]!, 1]), theta], 1);
