/** @file The empirical judge: autograd against itself, against Taylor, and against centred differences. */

import { TensorError } from "../core/errors.ts";
import { rng } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import { leaves, mapTree } from "../core/tree.ts";
import { indexOf } from "./entries.ts";
import type { Case, Finding } from "./gradient/case.ts";
import { graphOf } from "./gradient/kinks.ts";
import { programOf, valuesIn } from "./gradient/program.ts";
import { type GradientReport, printGradient } from "./gradient/report.ts";
import { shrink } from "./gradient/shrink.ts";
import { adjointness, differences, gradientProgram, repeatability, symmetry, taylor } from "./gradient/tests.ts";
import { checkInputs } from "./sides.ts";
import { formatIndex } from "./text.ts";

/** PyTorch's `gradcheck` options under its names, and some of our own. */
export interface GradientOptions {
  /** The step of the centred differences; unless told, for each element from its scale and the dtype. */
  readonly eps?: number;
  /** A difference passes up to atol + rtol·|numerical| + what rounding and truncation of the differences explain. */
  readonly atol?: number;
  readonly rtol?: number;
  /** How far two runs may differ; 0: they must be the same bits. */
  readonly nondetTol?: number;
  /** A random direction of each input in place of every element. */
  readonly fastMode?: boolean;
  /** Whether forward mode is judged too: it must be adjoint to reverse mode. */
  readonly checkForwardAd?: boolean;
  /** Whether the derivatives of the gradient are judged the same way (PyTorch's `gradgradcheck`). */
  readonly checkSecondOrder?: boolean;
  /** Throw a TensorError with the report in place of returning a report that is not ok. */
  readonly raiseException?: boolean;
  /** Whether failing inputs are shrunk to small ones, which takes many more evaluations; true unless told. */
  readonly shrinkInputs?: boolean;
  /** The name of the random stream of directions and cotangents. */
  readonly seed?: string | number;
}

/**
 * Whether autograd's derivatives of f are right at these inputs, by four tests: the same call gives the same bits;
 * forward and reverse mode are adjoint, ⟨ȳ, J t⟩ = ⟨Jᵀȳ, t⟩; the Taylor remainder falls with the square of the step;
 * and every element of the Jacobian agrees with a centred difference. The first three need no step size; the
 * last says which element is wrong.
 *
 * f takes tensors (or trees of them) and returns a tensor or a tree; inputs of whole numbers and bools are constants.
 * Kinks: where left and right slopes differ the element is listed, not judged.
 * Tolerance: |autograd − difference| ≤ atol + rtol·|difference| + what rounding (by the running bound) and truncation
 * (by two steps) explain. A relative mistake of 1e-6 is found; smaller ones are for `proveEqual` and `roundingBound`.
 * Throws: TensorError for float32 inputs (differences keep at most 3 of its 7 digits), for inputs or values that are not
 * finite, and for no inputs at all.
 *
 * @example
 * checkGradient((x: Tensor) => sum(sigmoid(x)), [tensor([1, 2])]).ok;   // => true
 */
export function checkGradient<A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  inputs: A,
  options: GradientOptions = {},
): GradientReport {
  checkInputs("checkGradient", inputs);
  const findings = judge(f, inputs, options);
  const wrong = findings.flatMap(({ problems }) => problems);
  const bent = new Set(findings.flatMap(({ kinks }) => kinks));
  const tensors = leaves(inputs, "checkGradient").map(({ tensor }) => tensor);
  const refilled = (xs: readonly Tensor[]): A => {
    let place = 0;
    return mapTree(() => xs[place++]!, inputs) as A;
  };
  const fails = (xs: readonly Tensor[]): boolean =>
    judge(f, refilled(xs), options).some(({ problems }) => problems.length > 0);
  const report = {
    ok: wrong.length === 0,
    checks: findings.map(({ check, compared, problems }) => ({ check, compared, ok: problems.length === 0 })),
    problems: wrong.sort((a, b) => severity(b) - severity(a)),
    kinks: [...bent],
    smallest: wrong.length === 0 || options.shrinkInputs === false ? null : shrink(tensors, fails),
    seed: String(options.seed ?? SEED),
  };
  const printed = { ...report, toString: () => printGradient(report) };
  if (!report.ok && options.raiseException)
    throw new TensorError("checkGradient", printGradient(report), "compare the rule with its derivation");
  return printed;
}

const SEED = "gradient";

const severity = ({ analytical, numerical, bound }: GradientReport["problems"][number]): number =>
  Math.abs(analytical - numerical) / bound;

function judge<A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  inputs: A,
  {
    eps,
    atol = 1e-9,
    rtol = 1e-6,
    nondetTol = 0,
    fastMode = false,
    checkForwardAd = true,
    checkSecondOrder = false,
    seed = SEED,
  }: GradientOptions,
): Finding[] {
  for (const [name, value] of Object.entries({ eps, atol, rtol, nondetTol }))
    if (value !== undefined && !(value >= 0 && (name !== "eps" || value > 0)))
      throw new TensorError("checkGradient", `${name} is ${value}`, "give a number above 0");
  const program = programOf(f, inputs);
  for (const { name, tensor } of program.outputs) {
    const bad = valuesIn(tensor).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new TensorError(
        "checkGradient",
        `element ${formatIndex(indexOf(bad, tensor.shape))} of ${name === "" ? "the result" : name} is ${valuesIn(tensor)[bad]}`,
        "check f where it is finite",
        [tensor],
      );
  }
  const xs = program.inputs.map(({ tensor }) => tensor);
  const now: Case = { program, xs, graph: graphOf(program.call, xs), stream: rng(seed), eps, atol, rtol, fastMode };
  const findings = [
    repeatability(now, nondetTol),
    ...(checkForwardAd ? [adjointness(now)] : []),
    taylor(now),
    differences(now),
  ];
  if (!checkSecondOrder) return settled(findings);
  const gradient = gradientProgram(now);
  const second: Case = { ...now, program: gradient, graph: graphOf(gradient.call, xs) };
  return settled([...findings, symmetry(second), differences(second, "centred differences of the gradient")]);
}

/** At a kink Taylor's remainder need not fall: then the differences have the word. */
function settled(findings: readonly Finding[]): Finding[] {
  const kinks = findings.some((finding) => finding.kinks.length > 0);
  return findings.map((finding) =>
    kinks && finding.check === "Taylor remainder" ? { ...finding, problems: [] } : finding,
  );
}
