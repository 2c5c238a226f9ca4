/** @file The exact judge: two programs of one formula, done over a prime field at random points. */
import { TensorError } from "../core/errors.ts";

export interface ProofOptions {
  /** How many random points: each divides what may go wrong by more than 10⁶; 2 unless told. */
  readonly trials?: number;
  /** The name of the random stream: the same seed gives the same proof. */
  readonly seed?: string | number;
}

/** proved: equal as formulas. different: a point is known where they are not equal. undecided: neither. */
export type Verdict = "proved" | "different" | "undecided";

/** Where two programs part. */
export interface Parting {
  /** The label (`named`) or the path of the tensor. */
  readonly quantity: string;
  readonly index: readonly number[];
  /** Both values in float64, at the given inputs (at random ones if the two agree at the given). */
  readonly left: number;
  readonly right: number;
  readonly ulps: number;
  /** How far apart rounding alone could have taken the two. */
  readonly bound: number;
  /** Whether the values are those at the given inputs or at random ones. */
  readonly point: "given" | "random";
}

/** One tensor that both programs have. */
export interface ProvedQuantity {
  /** Its label (`named`, for a tensor on the way) or its path in what is returned ("" for a lone tensor). */
  readonly name: string;
  readonly shape: readonly number[];
  readonly verdict: Verdict;
  /** How many of its elements are not equal over the field. */
  readonly different: number;
  /** The first of them; null where there is none. */
  readonly parting: Parting | null;
}

/** What `proveEqual` found out. */
export interface Proof {
  readonly verdict: Verdict;
  readonly proved: boolean;
  /** The tensors that both have: those with a label on the way and those returned, in the order of computation. */
  readonly quantities: readonly ProvedQuantity[];
  /** The first place, in the order of computation, where the two are not equal; null if they are everywhere. */
  readonly parting: Parting | null;
  /** A bound on the total degree of the difference, as a polynomial in the inputs and the free elements. */
  readonly degree: number;
  readonly trials: number;
  /** A bound on the probability that programs that differ were called equal. */
  readonly failure: number;
  /** Operations that left the rational world: their branches were taken as at the given inputs. */
  readonly branches: readonly string[];
  /** Functions of which nothing was used but that equal arguments give equal values. */
  readonly unknown: readonly string[];
  readonly seed: string;
  toString(): string;
}

/**
 * Whether f and g are one formula: both are recorded, and done over the field GF(2⁶¹ − 1) at random points. Two
 * rational functions that agree at a random point are the same one but for a chance of degree / 2⁶¹ (Schwartz and
 * Zippel), which the report bounds. It proves the algebra, not the rounding.
 *
 * f and g take the same tensors and return trees; tensors at the same path, and tensors on the way that have the same
 * label (`named`), are compared, in order. Whole numbers and bools among the inputs are taken as they are.
 *
 * Functions: a transcendental value is a free element, the same for the same argument, under the relations that are
 * known: those of eˣ with e⁻ˣ, e²ˣ and eᵃ⁺ᵇ, of log with exp, products and quotients, √x·√x = x, sin² + cos² = 1,
 * xⁿ⁺ᵖ = xⁿ·xᵖ; sigmoid, tanh, softplus and what else has a `formula` are made of these. A pointwise function that no
 * arithmetic knows is free without relations, and the report says so.
 * Branches: comparisons, where, abs, max, … take the branch of the given inputs; the report lists them.
 * Constants: the simplest fraction that rounds to the number: 0.1 is 1/10.
 * Throws: TensorError for an operation that has no rule over a field, by name; for NaN or ∞ in the inputs; for results
 * that have no tensor in common, or of different shapes.
 * Source: Schwartz (1980), Zippel (1979); Gonnet, Determining equivalence of expressions in random polynomial time (1984).
 *
 * @example
 * const byHand = (x: Tensor) => mul(sigmoid(x), sub(1, sigmoid(x)));
 * const byTape = (x: Tensor) => grad((t: Tensor) => sum(sigmoid(t)))(x);
 * proveEqual(byHand, byTape, [tensor([1, 2])]).verdict;   // => "proved"
 */
export function proveEqual<A extends readonly unknown[]>(
  _f: (...args: A) => unknown,
  _g: (...args: A) => unknown,
  _inputs: A,
  _options: ProofOptions = {},
): Proof {
  throw new TensorError("proveEqual", "is being written", "wait");
}
