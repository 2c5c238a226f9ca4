/** @file What the tests of a gradient have in common: a case, what is found in it, and how far rounding goes there. */
import { TensorError } from "../../core/errors.ts";
import type { Rng } from "../../core/random.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Graph } from "../../graph/graph.ts";
import { roundingBound } from "../bound.ts";
import { indexOf } from "../entries.ts";
import { ulps } from "../ulps.ts";
import { changed, dot, type Program, randomDirection, randomLike, scaleOf, unit, valuesIn } from "./program.ts";
import type { GradientCheck, GradientProblem, Kink } from "./report.ts";

/** What a test is given. */
export interface Case {
  readonly program: Program;
  readonly xs: readonly Tensor[];
  readonly graph: Graph | null;
  readonly stream: Rng;
  readonly eps: number | undefined;
  readonly atol: number;
  readonly rtol: number;
  readonly fastMode: boolean;
}

/** What a test found. */
export interface Finding {
  readonly check: GradientCheck;
  readonly compared: number;
  readonly problems: readonly GradientProblem[];
  readonly kinks: readonly Kink[];
}

/** So many outputs are judged one by one; of more, random combinations. */
const FEW_OUTPUTS = 64;
const COMBINATIONS = 8;

export interface Cotangent {
  readonly ct: readonly Tensor[];
  /** Which output it picks, and which element of it; −1: a combination. */
  readonly output: number;
  readonly element: number;
}

export function cotangentsOf({ program, stream }: Case): Cotangent[] {
  const outputs = program.outputs.map(({ tensor }) => tensor);
  if (outputs.reduce((total, y) => total + y.size, 0) <= FEW_OUTPUTS)
    return outputs.flatMap((y, output) =>
      Array.from({ length: y.size }, (_, element) => ({ ct: unit(outputs, output, element), output, element })),
    );
  // Outputs of all sizes count alike.
  return Array.from({ length: COMBINATIONS }, (_, i) => ({
    ct: randomLike(outputs, stream.stream(`cotangent ${i}`)).map((ct, k) => {
      const scale = valuesIn(scaleOf(outputs[k]!));
      return changed(ct, (value, place) => value / scale[place]!);
    }),
    output: -1,
    element: -1,
  }));
}

/**
 * How far rounding may move ⟨ct, F⟩ near the inputs: by the running bound, or, where there is none, a few digits of the
 * terms. Of two points the larger: at the inputs themselves all may be 0.
 */
export function noiseOf({ program, xs, stream }: Case): (ct: readonly Tensor[]) => number {
  const away = randomDirection(xs, stream.stream("noise"));
  const beside = xs.map((x, i) => changed(x, (value, place) => value + valuesIn(away[i]!)[place]! / 4));
  const noises = [xs, beside].map((at) => noiseAt(program, at)).filter((bounds) => bounds !== null);
  return (ct) => {
    const absolute = ct.map((x) => changed(x, Math.abs));
    return Math.max(...noises.map((bounds) => dot(absolute, bounds)));
  };
}

function noiseAt({ call }: Program, xs: readonly Tensor[]): Tensor[] | null {
  const values = call(...xs);
  if (!values.every(allFinite)) return null;
  const usual = values.map((y) => changed(y, (value) => Math.abs(value) * 2 ** -50));
  try {
    const [, running] = roundingBound(call)(...xs);
    if (running.every(allFinite))
      return running.map((bound, i) => changed(bound, (value, place) => value + valuesIn(usual[i]!)[place]!));
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
  }
  // Of operations without a bound (decompositions) every element is as rough as the largest.
  return values.map((y) => {
    const largest = valuesIn(y).reduce((best, value) => Math.max(best, Math.abs(value)), 0);
    return changed(y, () => largest * 2 ** -42);
  });
}

const allFinite = (x: Tensor): boolean => valuesIn(x).every(Number.isFinite);

export const problem = (
  check: GradientCheck,
  analytical: number,
  numerical: number,
  bound: number,
  where: Partial<GradientProblem> = {},
): GradientProblem => ({
  check,
  input: "",
  index: [],
  output: "",
  outputIndex: [],
  ...where,
  analytical,
  numerical,
  ulps: ulps(analytical, numerical),
  bound,
});

export const inputAt = ({ program, xs }: Case, i: number, element: number): { input: string; index: number[] } => ({
  input: program.inputs[i]!.name,
  index: element < 0 ? [] : indexOf(element, xs[i]!.shape),
});

export const outputAt = (
  { program }: Case,
  { output, element }: Cotangent,
): { output: string; outputIndex: number[] } =>
  output < 0
    ? { output: "a combination of all results", outputIndex: [] }
    : { output: program.outputs[output]!.name, outputIndex: indexOf(element, program.outputs[output]!.tensor.shape) };

/** Two numbers by two programs, and how far apart rounding may have taken them. */
export function bothWays(
  xs: readonly Tensor[],
  left: (...xs: Tensor[]) => Tensor,
  right: (...xs: Tensor[]) => Tensor,
): { left: number; right: number; bound: number } {
  try {
    const [[a, boundA], [b, boundB]] = [roundingBound(left)(...xs), roundingBound(right)(...xs)];
    return { left: a.item(), right: b.item(), bound: boundA.item() + boundB.item() };
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    const [a, b] = [left(...xs).item(), right(...xs).item()];
    return { left: a, right: b, bound: 2 ** -40 * (Math.abs(a) + Math.abs(b) + 2 ** -40) };
  }
}
