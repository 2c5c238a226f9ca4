/** @file The empirical judge: autograd against itself, against Taylor, and against centred differences. */
import { TensorError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";

/** PyTorch's `gradcheck` options under its names, and some of our own. */
export interface GradientOptions {
  /** The step of the centred differences; unless told, for each element from its scale and the dtype. */
  readonly eps?: number;
  /** A difference passes up to atol + rtol·|numerical| + what rounding and truncation of the differences explain. */
  readonly atol?: number;
  readonly rtol?: number;
  /** How far two runs may differ; 0: they must be the same bits. */
  readonly nondetTol?: number;
  /** Whether forward mode is judged too: it must be adjoint to reverse mode. */
  readonly checkForwardAd?: boolean;
  /** Whether the derivatives of the gradient are judged the same way (PyTorch's `gradgradcheck`). */
  readonly checkSecondOrder?: boolean;
  /** Throw a TensorError with the report in place of returning a report that is not ok. */
  readonly raiseException?: boolean;
  /** The name of the random stream of directions and cotangents. */
  readonly seed?: string | number;
}

export type GradientCheck =
  | "repeatability"
  | "adjointness"
  | "Taylor remainder"
  | "centred differences"
  | "symmetry of second derivatives"
  | "centred differences of the gradient";

/** One number that is not as it should be. */
export interface GradientProblem {
  readonly check: GradientCheck;
  /** The path of the input, e.g. `[0].weight`, with its label if it has one; "" where no single input is at fault. */
  readonly input: string;
  readonly index: readonly number[];
  /** The path of the result, and the element of it. */
  readonly output: string;
  readonly outputIndex: readonly number[];
  /** What autograd says. */
  readonly analytical: number;
  readonly numerical: number;
  readonly ulps: number;
  /** How far apart the two may be. */
  readonly bound: number;
}

/** An element where differences show no derivative: left and right slope differ, or it is not continuous. */
export interface Kink {
  readonly input: string;
  readonly index: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly analytical: number;
  /** The operations of the graph with a kink at this point, e.g. `relu`; empty if unknown. */
  readonly operations: readonly string[];
}

export interface GradientReport {
  readonly ok: boolean;
  /** Each check that was made, and how many numbers it compared. */
  readonly checks: readonly { readonly check: GradientCheck; readonly ok: boolean; readonly compared: number }[];
  /** The worst first. */
  readonly problems: readonly GradientProblem[];
  readonly kinks: readonly Kink[];
  /** The smallest inputs found that still fail, by halving axes and rounding values; null if ok. */
  readonly smallest: readonly Tensor[] | null;
  readonly seed: string;
  toString(): string;
}

/**
 * Whether autograd's derivatives of f are right at these inputs, by four tests: the same call gives the same bits;
 * forward and reverse mode are adjoint, ⟨ȳ, J t⟩ = ⟨Jᵀȳ, t⟩; the Taylor remainder falls with the square of the step;
 * and every element of the Jacobian agrees with a centred difference. The first three need no step size; the
 * last says which element is wrong.
 *
 * f takes tensors (or trees of them) and returns a tensor or a tree; inputs of whole numbers and bools are constants.
 * Kinks: where left and right slopes differ the element is listed, not judged.
 * Throws: TensorError for float32 inputs (differences keep at most 3 of its 7 digits), for inputs that are not finite,
 * and for no inputs at all.
 *
 * @example
 * checkGradient((x: Tensor) => sum(sigmoid(x)), [tensor([1, 2])]).ok;   // => true
 */
export function checkGradient<A extends readonly unknown[]>(
  _f: (...args: A) => unknown,
  _inputs: A,
  _options: GradientOptions = {},
): GradientReport {
  throw new TensorError("checkGradient", "is being written", "wait");
}
