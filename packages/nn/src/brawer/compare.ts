/** @file The court: each equation beside autograd, entry by entry, judged by the rounding bound of both sides. */
import { add, type Tensor, TensorError } from "@deltagrad/tensor";
import { roundingBound } from "@deltagrad/tensor/check";
import type { Equation } from "./equation.ts";
import { eq42, eq43, eq48 } from "./equations/backward.ts";
import { type Judgement, judge } from "./judge.ts";
import { backPropagation } from "./ledger.ts";
import { checkNetwork, type Network } from "./network.ts";
import { type Quantities, quantitiesOf } from "./quantities.ts";
import { checkSamples } from "./samples.ts";
import { witness } from "./witness.ts";

/** One equation on one layer. */
export interface Row extends Judgement {
  readonly eq: string;
  /** The layer l that the quantity belongs to. */
  readonly layer: number;
  readonly quantity: string;
}

/** An equation that the network has nothing to show for. */
export interface Absent {
  readonly eq: string;
  readonly quantity: string;
  /** What it needs, as in "L ≥ 4". */
  readonly needs: string;
}

export interface Comparison {
  readonly rows: readonly Row[];
  /** What could not be judged: no row, so no pass. */
  readonly absent: readonly Absent[];
  readonly ok: boolean;
}

export interface CompareOptions {
  /** The equations to judge: `backPropagation` (5, 18, 42–48) unless told, or `everyEquation`. */
  readonly equations?: readonly Equation[];
  /** Equations that stand in for those of the same number and quantity: to see what a mistake would do. */
  readonly planted?: readonly Equation[];
}

const sameEquation = (a: Equation, b: Equation): boolean => a.number === b.number && a.quantity === b.quantity;

/** One equation on one layer, with the name under which both sides are computed. */
interface Task {
  readonly name: string;
  readonly layer: number;
  readonly equation: Equation;
}

/** What there is to compute for a network. */
export function tasksOf(equations: readonly Equation[], q: Quantities): { tasks: Task[]; absent: Absent[] } {
  const tasks: Task[] = [];
  const absent: Absent[] = [];
  for (const equation of equations) {
    const { number, quantity } = equation;
    const needs = equation.needs?.(q) ?? null;
    if (needs !== null) absent.push({ eq: number, quantity, needs });
    else
      for (const layer of equation.layers(q)) tasks.push({ name: `${number} ${quantity} ${layer}`, layer, equation });
  }
  return { tasks, absent };
}

/** The closed forms of the tasks, as a program of θ, x and y. */
export const closedForms =
  (tasks: readonly Task[], hidden: Network["hidden"], planted: readonly Equation[] = []) =>
  (theta: readonly Tensor[], x: Tensor, y: Tensor): Record<string, Tensor> => {
    const stand = (equation: Equation): Equation => planted.find((other) => sameEquation(other, equation)) ?? equation;
    const recursion = { eq42: stand(eq42), eq43: stand(eq43), eq48: stand(eq48) };
    const q = quantitiesOf({ theta, hidden }, x, y, recursion);
    return Object.fromEntries(tasks.map(({ name, layer, equation }) => [name, stand(equation).closed(q, layer)]));
  };

/** The same quantities by automatic differentiation. */
export const witnesses =
  (tasks: readonly Task[], hidden: Network["hidden"]) =>
  (theta: readonly Tensor[], x: Tensor, y: Tensor): Record<string, Tensor> => {
    const w = witness({ theta, hidden }, x, y);
    return Object.fromEntries(tasks.map(({ name, layer, equation }) => [name, equation.witness(w, layer)]));
  };

/**
 * The equations of the derivation for a network, each evaluated as written and compared with autograd.
 *
 * An entry is ok if |closed form − autograd| ≤ the running rounding bound of the closed form + that of autograd, both
 * for any order of summation: a property of the formulas, not a tolerance that was chosen. The bound is that of the
 * equations as the text has them: a planted mistake does not get to loosen it.
 *
 * An equation that the network has nothing to show for (too few layers, numbers beyond float64) is listed in `absent`.
 *
 * Shapes: x [m, S₁], y [m, S_L].
 * Throws: TensorError for θ that do not fit each other, samples that do not fit θ, no samples, values that are not
 * finite, or targets outside [0, 1] (J ≥ 0 needs that).
 * Source: Brawer (2017).
 *
 * @example
 * const net = stack(dense(2, 3), tanh, dense(3, 1));
 * const { rows, ok } = compare(fromStack(net, net.init(rng(7))), ones([4, 2]), zeros([4, 1]));
 * ok;               // => true
 * rows[0].eq;       // => "5"
 */
export function compare(
  network: Network,
  x: Tensor,
  y: Tensor,
  { equations = backPropagation, planted = [] }: CompareOptions = {},
): Comparison {
  checkNetwork("compare", network);
  checkSamples("compare", network, x, y);
  const odd = planted.find((mistake) => !equations.some((equation) => sameEquation(equation, mistake)));
  if (odd !== undefined)
    throw new TensorError(
      "compare",
      `(${odd.number}) ${odd.quantity} is not among the equations`,
      "plant what has the number and the quantity of one of them",
    );
  const { theta, hidden } = network;
  const { tasks, absent } = tasksOf(equations, quantitiesOf(network, x, y, { eq42, eq43, eq48 }));
  const [closed, closedBound] = roundingBound(closedForms(tasks, hidden))(theta, x, y);
  const [auto, autoBound] = roundingBound(witnesses(tasks, hidden))(theta, x, y);
  const judged = planted.length === 0 ? closed : closedForms(tasks, hidden, planted)(theta, x, y);
  const rows = tasks.map(({ name, layer, equation }) => ({
    eq: equation.number,
    layer,
    quantity: equation.quantity,
    ...judge(judged[name]!, auto[name]!, add(closedBound[name]!, autoBound[name]!) as Tensor),
  }));
  return { rows, absent, ok: rows.every((row) => row.ok) };
}
