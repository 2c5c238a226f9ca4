/** @file A graph as data: the values that a function computes, in order. */
import type { Primitive } from "../core/primitive.ts";
import type { Spec, Tensor } from "../core/tensor.ts";

/** One value of a graph: an input, a constant, or the result of an operation on earlier values. */
export type Node = { readonly id: number; readonly spec: Spec } & (
  | { readonly kind: "input" }
  | { readonly kind: "constant"; readonly value: Tensor }
  | {
      readonly kind: "operation";
      readonly op: Primitive<unknown>;
      readonly inputs: readonly number[];
      readonly params: unknown;
    }
);

/** What a function did: its values in the order in which they were computed. */
export interface Graph {
  readonly nodes: readonly Node[];
  /** The inputs: the tensors of the arguments in order. */
  readonly inputs: readonly number[];
  /** The results: the tensors of what was returned in order. */
  readonly outputs: readonly number[];
  /** The graph as text, one value a line. */
  toString(): string;
}
