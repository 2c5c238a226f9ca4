/** @file The court: each equation beside autograd, entry by entry, by proof and by the rounding bound of both sides. */
import { add, type Tensor, TensorError } from "@deltagrad/tensor";
import { preciseValue, proveEqual, roundingBound, type Verdict } from "@deltagrad/tensor/check";
import type { Equation } from "./equation.ts";
import { type Judgement, judge } from "./judge.ts";
import { backPropagation } from "./ledger.ts";
import { checkNetwork, type Network } from "./network.ts";
import { checkFinite, checkSamples } from "./samples.ts";
import {
  type Absent,
  closedForms,
  type Given,
  largestTensor,
  type Program,
  sameEquation,
  type Task,
  tasksOf,
  textQuantities,
  witnesses,
} from "./tasks.ts";

/** What the exact judge says of a row. */
export interface RowProof {
  /** proved: equal as formulas. different: known not to be. undecided: neither. */
  readonly verdict: Verdict;
  /** How many entries are not equal over the field. */
  readonly different: number;
  readonly trials: number;
  /** A bound on the degree of the difference as a polynomial. */
  readonly degree: number;
  /** A bound on the probability that a difference was not seen. */
  readonly failure: number;
  /** Functions of which only the name was known: unequal need not mean different. */
  readonly unknown: readonly string[];
  /** For any targets, or for these: targets of exactly 0 and 1 take a branch of the cost, and are kept. */
  readonly targets: "any" | "these";
}

/** One equation on one layer. */
export interface Row extends Judgement {
  readonly eq: string;
  /** The layer l that the quantity belongs to. */
  readonly layer: number;
  readonly quantity: string;
  /** Null where no proof was asked for, or a mistake is of another shape. */
  readonly proof: RowProof | null;
  /** Which side is nearer the value in 32 digits, where the two differ most; null unless asked for. */
  readonly nearer: "closed form" | "autograd" | "neither" | null;
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
  /** At how many random points of the prime field the two sides are proved equal; 0 unless told: by bound alone. */
  readonly trials?: number;
  /** The seed of these points. */
  readonly seed?: string | number;
  /** Whether rows say which side is nearer the value in 32 digits. */
  readonly arbiter?: boolean;
  /** The most numbers in one tensor on the way to a row: what needs more is absent, and says so. */
  readonly limit?: number;
}

/**
 * The equations of the derivation for a network, each evaluated as written and compared with autograd.
 *
 * By bound: an entry is ok if |closed form − autograd| ≤ the running rounding bound of the closed form + that of
 * autograd, both for any order of summation: a property of the formulas, not a tolerance that was chosen. The bound is
 * that of the equations as the text has them: a planted mistake does not get to loosen it.
 * By proof, with `trials`: a row is ok only if the two sides are also equal over a prime field, h with its relation to
 * Ψ being all that is known of it; for an activation without known relations the bound decides alone.
 *
 * An equation that the network has nothing to show for (too few layers, numbers beyond float64) is listed in `absent`.
 *
 * Shapes: x [m, S₁], y [m, S_L].
 * Throws: TensorError for options that are no counts, θ that do not fit each other, samples that do not fit θ, no samples, values that are not
 * finite, be it on the way to z^L, or targets outside [0, 1] (J ≥ 0 needs that).
 * Source: Brawer (2017).
 *
 * @example
 * const net = stack(dense(2, 3), tanh, dense(3, 1));
 * const { rows, ok } = compare(fromStack(net, net.init(rng(7))), ones([4, 2]), zeros([4, 1]), { trials: 1 });
 * ok;                           // => true
 * rows[0].eq;                   // => "5"
 * rows[0].proof.verdict;        // => "proved"
 */
export function compare(network: Network, x: Tensor, y: Tensor, options: CompareOptions = {}): Comparison {
  const { equations = backPropagation, planted = [], trials = 0, arbiter = false, limit } = options;
  checkCount("trials", trials, 0);
  if (limit !== undefined) checkCount("limit", limit, 1);
  checkNetwork("compare", network);
  checkSamples("compare", network, x, y);
  checkPlanted(planted, equations);
  const given = { network, x, y };
  const q = textQuantities(given);
  checkFinite("compare", q.L, q.rows.z);
  const { tasks: all, absent } = tasksOf(equations, q);
  const tasks = limit === undefined ? all : withinLimit(all, given, limit, absent);
  const sides = trials === 0 ? byBound(tasks, given, planted) : byProof(tasks, given, planted, trials, options.seed);
  const exact = arbiter ? arbitrate(tasks, given) : null;
  const rows = tasks.flatMap(({ layer, equation: { number, quantity } }, i): Row[] => {
    const { closed, auto, bound, proof } = sides[i]!;
    const judgement = judge(closed, auto, bound);
    const settled = proof === null || proof.different === 0 || proof.unknown.length > 0;
    if (judgement.unbounded > 0 && judgement.firstWrong === null && settled) {
      absent.push({ eq: number, layer, quantity, needs: "numbers that float64 can bound" });
      return [];
    }
    const nearer = exact === null ? null : exact(i, judgement);
    return [{ eq: number, layer, quantity, ...judgement, proof, nearer, ok: judgement.ok && settled }];
  });
  return { rows, absent, ok: rows.every((row) => row.ok) };
}

function checkCount(name: string, count: number, least: number): void {
  if (!Number.isInteger(count) || count < least)
    throw new TensorError("compare", `${name} is ${String(count)}`, `give a whole number from ${least}`);
}

function checkPlanted(planted: readonly Equation[], equations: readonly Equation[]): void {
  const odd = planted.find((mistake) => !equations.some((equation) => sameEquation(equation, mistake)));
  if (odd !== undefined)
    throw new TensorError(
      "compare",
      `(${odd.number}) ${odd.quantity} is not among the equations`,
      "plant what has the number and the quantity of one of them",
    );
}

/** The tasks that hold no more than so many numbers at once; the others become absent. */
function withinLimit(tasks: readonly Task[], given: Given, limit: number, absent: Absent[]): Task[] {
  return tasks.filter((task) => {
    const largest = largestTensor(task, given);
    if (largest > limit) {
      const needs = `${largest.toLocaleString("en")} numbers at once: more than ${limit.toLocaleString("en")}`;
      absent.push({ eq: task.equation.number, layer: task.layer, quantity: task.equation.quantity, needs });
    }
    return largest <= limit;
  });
}

/** A quantity by both ways. */
interface Sides {
  readonly closed: Tensor;
  readonly auto: Tensor;
  readonly bound: Tensor;
  readonly proof: RowProof | null;
}

function byBound(tasks: readonly Task[], { network, x, y }: Given, planted: readonly Equation[]): Sides[] {
  const { theta, hidden } = network;
  const [closed, closedBound] = roundingBound(closedForms(tasks, hidden))(theta, x, y);
  const [auto, autoBound] = roundingBound(witnesses(tasks, hidden))(theta, x, y);
  const judged = planted.length === 0 ? closed : closedForms(tasks, hidden, planted)(theta, x, y);
  return tasks.map((_, i) => ({
    closed: judged[i]!,
    auto: auto[i]!,
    bound: add(closedBound[i]!, autoBound[i]!) as Tensor,
    proof: null,
  }));
}

function byProof(
  tasks: readonly Task[],
  given: Given,
  planted: readonly Equation[],
  trials: number,
  seed: string | number = "ledger",
): Sides[] {
  const { theta, hidden } = given.network;
  // The bound of the text's own equations; what is planted may be of another shape, and is then not to be proved.
  const bounded = planted.length === 0 ? null : byBound(tasks, given, planted);
  const places = tasks.flatMap((_, i) =>
    bounded === null || sameShape(bounded[i]!.closed, bounded[i]!.auto) ? [i] : [],
  );
  if (places.length === 0) return bounded ?? [];
  const chosen = places.map((i) => tasks[i]!);
  const [closed, auto] = [closedForms(chosen, hidden, planted), witnesses(chosen, hidden)];
  const targets = given.y.toTypedArray().some((value) => value === 0 || value === 1) ? "these" : "any";
  const fixed = (program: Program) => (w: typeof theta, x: Tensor) => program(w, x, given.y);
  const { degree, failure, unknown, quantities } =
    targets === "any"
      ? proveEqual(closed, auto, [theta, given.x, given.y], { trials, seed })
      : proveEqual(fixed(closed), fixed(auto), [theta, given.x], { trials, seed });
  const found = new Map(quantities.map((quantity) => [quantity.name, quantity]));
  return tasks.map((_, i) => {
    const place = places.indexOf(i);
    if (place < 0) return bounded![i]!;
    const { verdict, different, floats } = found.get(`[${place}]`)!;
    const sides = bounded === null ? { closed: floats!.left, auto: floats!.right, bound: floats!.bounds } : bounded[i]!;
    return { ...sides, proof: { verdict, different, trials, degree, failure, unknown, targets } };
  });
}

const sameShape = (a: Tensor, b: Tensor): boolean => a.shape.join() === b.shape.join();

/** Which side is nearer the value of the closed form in 32 digits, at the worst entry. */
function arbitrate(
  tasks: readonly Task[],
  { network: { theta, hidden }, x, y }: Given,
): (task: number, judgement: Judgement) => Row["nearer"] {
  const precise = preciseValue(closedForms(tasks, hidden))(theta, x, y);
  return (task, { worst, entry, entries }) => {
    if (entries === 0) return "neither";
    const { value, rest } = precise[task]!;
    const { closedForm, autograd } = entry(worst);
    const [exact, tail] = [value.toTypedArray()[worst]!, rest.toTypedArray()[worst]!];
    const off = (found: number): number => Math.abs(found - exact - tail);
    const [a, b] = [off(closedForm), off(autograd)];
    return a === b ? "neither" : a < b ? "closed form" : "autograd";
  };
}
