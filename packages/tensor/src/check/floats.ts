/** @file Two programs in float64, beside the rounding bounds of both. */
import { TensorError } from "../core/errors.ts";
import { contiguous, type Tensor } from "../core/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import { replay } from "../graph/record.ts";
import { add } from "../ops/arithmetic.ts";
import { roundingBound } from "./bound.ts";

/** A quantity in float64 by both programs, at the given inputs. */
export interface FloatValues {
  readonly left: Tensor;
  readonly right: Tensor;
  /** How far apart rounding alone can have taken the two. */
  readonly bound: Tensor;
}

/** Two programs that return the same quantities, in the same order. */
export type Graphs = readonly [Graph, Graph];

type Test = (left: number, right: number, bound: number) => boolean;

/** Further apart than rounding explains; where a value or a bound is NaN or infinite nothing can be said. */
export const apart: Test = (left, right, bound) =>
  Math.abs(left - right) > bound && Number.isFinite(left - right + bound);

/** The first place at which the test holds, −1 if it does nowhere. */
export function firstPlace({ left, right, bound }: FloatValues, test: Test): number {
  const [a, b, limits] = [left, right, bound].map((x) => contiguous("proveEqual", x)) as [Numbers, Numbers, Numbers];
  return a.findIndex((value, place) => test(value, b[place]!, limits[place]!));
}

type Numbers = ReturnType<typeof contiguous>;

/** Both programs in float64, against the bounds of both. */
export function inFloats([left, right]: Graphs, inputs: readonly Tensor[]): FloatValues[] {
  const bounded = (graph: Graph): [Tensor[], Tensor[]] =>
    roundingBound((...xs: Tensor[]) => replay(graph, xs))(...inputs);
  const [[a, boundA], [b, boundB]] = [bounded(left), bounded(right)];
  return a.map((x, i) => ({ left: x, right: b[i]!, bound: add(boundA[i]!, boundB[i]!) as Tensor }));
}

/** The same at inputs that the programs may refuse: then there is nothing to see. */
export function atRandom(graphs: Graphs, inputs: readonly Tensor[]): FloatValues[] | null {
  try {
    return inFloats(graphs, inputs);
  } catch (error) {
    if (error instanceof TensorError) return null;
    throw error;
  }
}
