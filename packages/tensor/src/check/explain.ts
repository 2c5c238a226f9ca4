/** @file What a function does, step by step, each with its local derivative. */
import { TensorError } from "../core/errors.ts";
import type { Spec } from "../core/tensor.ts";

/** One value of the graph. */
export interface Step {
  /** Its symbol: its label, or %0, %1, … */
  readonly symbol: string;
  readonly spec: Spec;
  /** What it is: `sigmoid(%2)`, `input`, `constant 0.5`. */
  readonly expression: string;
  /** For each input that it varies with: the tangent it gets from d of that input, `d%2 · (%3 · (1 − %3))`. */
  readonly derivatives: readonly { readonly input: string; readonly expression: string }[];
}

export interface Explanation {
  readonly steps: readonly Step[];
  toString(): string;
}

/**
 * The recorded graph of f for inputs of these shapes, one value a line, each with its local derivative as the
 * library's own rule has it: what a small change of an input makes of the value.
 *
 * @example
 * explain((x: Tensor) => sigmoid(x), [tensor([1, 2])]).steps[1].derivatives[0].expression;   // => "d%0 · (%1 · (1 − %1))"
 */
export function explain<A extends readonly unknown[]>(_f: (...args: A) => unknown, _inputs: A): Explanation {
  throw new TensorError("explain", "is being written", "wait");
}
