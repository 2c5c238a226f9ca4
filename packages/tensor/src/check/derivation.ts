/** @file Bring your own derivation: closed forms beside autograd, before the three judges. */
import { TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Entry } from "./entries.ts";
import type { GradientReport } from "./gradient.ts";
import type { Proof, Verdict } from "./proof.ts";
import type { ProofOptions } from "./prove.ts";

/** The tensors that a closed form may use: the inputs by their keys and the tensors on the way by their labels. */
export type Known<I> = I & Readonly<Record<string, Tensor>>;

/** A closed form: it may build on those that stand before it in `derived`. */
export type ClosedFormOf<I> = (known: Known<I>, earlier: Readonly<Record<string, Tensor>>) => Tensor;

export interface Derivation<I extends Readonly<Record<string, Tensor>>> {
  readonly inputs: I;
  /** The program: it returns the scalar J. Tensors on the way that are to be spoken of get a label: `z.named("z")`. */
  readonly forward: (inputs: I) => Tensor;
  /**
   * The closed forms by what they are of, in the order of the derivation: `∂J/∂NAME` or `δ NAME` for the derivative of
   * J in an input or in a tensor on the way, and `NAME` itself for the value of a tensor on the way.
   */
  readonly derived: Readonly<Record<string, ClosedFormOf<I>>>;
}

export interface DerivationOptions extends ProofOptions {}

/** One quantity by both ways. */
export interface DerivationRow {
  /** As in `derived`. */
  readonly quantity: string;
  readonly shape: readonly number[];
  readonly entries: readonly Entry[];
  /** The exact judge's verdict. */
  readonly verdict: Verdict;
  readonly maxDifference: number;
  readonly maxUlps: number;
  /** The largest part of its rounding bound that a difference takes up; more than 1 breaks it. */
  readonly boundUsed: number;
  /** Which side is nearer to the value in 32 digits, at the entry where they differ most. */
  readonly nearer: "derived" | "autograd" | "equal" | "unknown";
  /** Proved, or within the bound where nothing can be proved. */
  readonly ok: boolean;
}

export interface DerivationReport {
  readonly ok: boolean;
  readonly rows: readonly DerivationRow[];
  /** The first row that is not ok: the term to look at; null if all are. */
  readonly firstWrong: DerivationRow | null;
  readonly proof: Proof;
  /** The judge of autograd itself: adjointness, Taylor, centred differences of `forward`. */
  readonly gradient: GradientReport;
  toString(): string;
}

/**
 * Every closed form of a derivation beside autograd, entry by entry, before three judges: the proof over a prime
 * field, the rounding bound of both sides, and the tests of autograd itself without a step size.
 *
 * Throws: TensorError for a quantity whose name is neither an input's nor that of a tensor on the way, for a closed
 * form of another shape than its quantity, for inputs that are not finite float64, or have no elements.
 *
 * @example
 * const { rows, ok } = compareDerivation({
 *   inputs: { x: tensor([[1, 2]]), w: tensor([[3], [4]]) },
 *   forward: ({ x, w }) => sum(square(matmul(x, w).named("z"))),
 *   derived: {
 *     "δ z": ({ z }) => mul(2, z),
 *     "∂J/∂w": ({ x }, { "δ z": delta }) => matmul(transpose(x), delta),
 *   },
 * });
 * ok;                                     // => true
 * rows.map(({ verdict }) => verdict);     // => ["proved", "proved"]
 */
export function compareDerivation<const I extends Readonly<Record<string, Tensor>>>(
  _derivation: Derivation<I>,
  _options: DerivationOptions = {},
): DerivationReport {
  throw new TensorError("compareDerivation", "is being written", "wait");
}
