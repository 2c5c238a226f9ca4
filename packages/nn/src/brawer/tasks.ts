/** @file What there is to compute for a network: each equation on each of its layers, by both ways. */
import type { Tensor } from "@deltagrad/tensor";
import { record } from "@deltagrad/tensor";
import type { Equation } from "./equation.ts";
import { eq42, eq43, eq48 } from "./equations/backward.ts";
import type { Network } from "./network.ts";
import { type Quantities, quantitiesOf } from "./quantities.ts";
import { witness } from "./witness.ts";

/** One equation on one layer. */
export interface Task {
  readonly layer: number;
  readonly equation: Equation;
}

/** An equation that the network has nothing to show for. */
export interface Absent {
  readonly eq: string;
  /** The layer; null where it is so for all. */
  readonly layer: number | null;
  readonly quantity: string;
  /** What it needs, as in "L ≥ 4". */
  readonly needs: string;
}

/** The network, and the samples that it is given. */
export interface Given {
  readonly network: Network;
  readonly x: Tensor;
  readonly y: Tensor;
}

/** A program of θ, x and y that returns a tensor for each task, in their order. */
export type Program = (theta: readonly Tensor[], x: Tensor, y: Tensor) => Tensor[];

export const sameEquation = (a: Equation, b: Equation): boolean => a.number === b.number && a.quantity === b.quantity;

/** The quantities of a network by the text's own recursion. */
export const textQuantities = ({ network, x, y }: Given): Quantities =>
  quantitiesOf(network, x, y, { eq42, eq43, eq48 });

/** What there is to compute, and what there is not, with the reason. */
export function tasksOf(equations: readonly Equation[], q: Quantities): { tasks: Task[]; absent: Absent[] } {
  const tasks: Task[] = [];
  const absent: Absent[] = [];
  for (const equation of equations) {
    const { number, quantity } = equation;
    const needs = equation.needs?.(q) ?? null;
    if (needs !== null) absent.push({ eq: number, layer: null, quantity, needs });
    else for (const layer of equation.layers(q)) tasks.push({ layer, equation });
  }
  return { tasks, absent };
}

/** The closed forms of the tasks; `planted` stand in for equations of the same number and quantity. */
export const closedForms =
  (tasks: readonly Task[], hidden: Network["hidden"], planted: readonly Equation[] = []): Program =>
  (theta, x, y) => {
    const stand = (equation: Equation): Equation => planted.find((other) => sameEquation(other, equation)) ?? equation;
    const recursion = { eq42: stand(eq42), eq43: stand(eq43), eq48: stand(eq48) };
    const q = quantitiesOf({ theta, hidden }, x, y, recursion);
    return tasks.map(({ layer, equation }) => stand(equation).closed(q, layer));
  };

/** The same quantities by automatic differentiation. */
export const witnesses =
  (tasks: readonly Task[], hidden: Network["hidden"]): Program =>
  (theta, x, y) => {
    const w = witness({ theta, hidden }, x, y);
    return tasks.map(({ layer, equation }) => equation.witness(w, layer));
  };

/** The most numbers that one tensor holds on the way to a task's two sides. */
export function largestTensor(task: Task, { network: { theta, hidden }, x, y }: Given): number {
  const sizes = [closedForms, witnesses].flatMap((program) =>
    record(program([task], hidden))(theta, x, y).nodes.map(({ spec }) => spec.shape.reduce((a, b) => a * b, 1)),
  );
  return sizes.reduce((a, b) => Math.max(a, b), 0);
}
