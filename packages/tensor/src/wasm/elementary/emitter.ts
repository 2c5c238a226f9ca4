/** @file What emits a function of numbers for all lanes of a vector at once: the contract between it and the loops. */
import type { Body, Func } from "../assembler/body.ts";
import type { Expression, Variable } from "../assembler/expression.ts";

/** Four float32 or two float64; of truths (comparisons, the condition of `where`) all bits of a lane, or none. */
export type Vector = Expression<"v128">;

/** What an emitter writes to. */
export interface Emission {
  /** Takes the statements: what is used more than once gets a local. */
  readonly body: Body;
  /** Puts a table of constants into the memory of the module, once, and says where. */
  table(constants: Float64Array): number;
  /** The scalar definition as a function of the host's, for lanes that the vector form leaves to it, which are rare. */
  scalar(name: ScalarFallback): Func<readonly ["f64", "f64"], "f64">;
}

/** The functions of which some arguments are rare and long: their scalar definitions are imported by the module. */
export type ScalarFallback = "sin" | "cos" | "pow";

/**
 * Emits the function for all lanes: the same bits as its scalar definition in each. The operands are variables, as they
 * may be read more than once; the result is an expression, to be used once (or named by `Body.let`).
 */
export type Emitter = (to: Emission, ...operands: readonly Variable<"v128">[]) => Vector;

/** The vector form of a function in each float type, where there is one. */
export interface VectorForm {
  readonly float32?: Emitter;
  readonly float64?: Emitter;
}
