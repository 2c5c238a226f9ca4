/** @file What the empirical judge reports. */
import type { Tensor } from "../../core/tensor.ts";
import { brief, formatIndex } from "../text.ts";

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

const place = (name: string, index: readonly number[]): string =>
  `${name === "" ? "f" : name}${index.length === 0 ? "" : formatIndex(index)}`;

function line({ check, input, index, output, outputIndex, ...found }: GradientProblem): string {
  const what = input === "" ? place(output, outputIndex) : `∂ ${place(output, outputIndex)} / ∂ ${place(input, index)}`;
  return `${check}: ${what} is ${found.analytical} by autograd, ${found.numerical} otherwise: ${brief(found.ulps)} ulps apart, bound ${brief(found.bound)}`;
}

const LISTED = 10;

/** A report as text: each check, the worst problems, the kinks, and the smallest inputs that fail. */
export function printGradient(report: Omit<GradientReport, "toString">): string {
  const { ok, checks, problems, kinks, smallest } = report;
  const more = (all: readonly unknown[]): string[] =>
    all.length > LISTED ? [`… and ${all.length - LISTED} more`] : [];
  return [
    ok ? "ok" : "not ok",
    ...checks.map(({ check, ok, compared }) => `${ok ? "✓" : "✗"} ${check}, ${compared} compared`),
    ...problems.slice(0, LISTED).map(line),
    ...more(problems),
    ...kinks.slice(0, LISTED).map(({ input, index, left, right, analytical, operations }) => {
      const by = operations.length === 0 ? "" : ` (${operations.join(", ")})`;
      return `kink${by} at ${place(input, index)}: slope ${left} from the left, ${right} from the right; autograd says ${analytical}`;
    }),
    ...more(kinks),
    ...(smallest === null ? [] : ["it still fails for", ...smallest.map(String)]),
    `seed ${JSON.stringify(report.seed)}`,
  ].join("\n");
}
