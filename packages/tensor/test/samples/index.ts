/** @file One line puts an operation under all laws: how to call it, and what to draw its inputs from. */
import type * as fc from "fast-check";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { choices } from "./choices.ts";
import type { Family, Sample } from "./draws.ts";
import { elementary } from "./elementary.ts";
import { indexing } from "./indexing.ts";
import { linalg } from "./linalg.ts";
import { matrices } from "./matrices.ts";
import { networks } from "./networks.ts";
import { reductions } from "./reductions.ts";
import { shapes } from "./shapes.ts";

export type { Sample } from "./draws.ts";
export { inputsOf } from "./draws.ts";

const families: readonly Family[] = [
  arithmetic,
  elementary,
  activations,
  choices,
  reductions,
  matrices,
  linalg,
  shapes,
  indexing,
  networks,
];

type Samples = Readonly<Record<string, fc.Arbitrary<Sample>>>;

/** Operations that have derivatives. */
export const differentiable: Samples = Object.assign({}, ...families.map((family) => family.differentiable));

/** Operations whose results do not vary: comparisons, places. */
export const constant: Samples = Object.assign({}, ...families.map((family) => family.constant ?? {}));

export const kinks: readonly string[] = families.flatMap((family) => family.kinks ?? []);
export const unbounded: readonly string[] = families.flatMap((family) => family.unbounded ?? []);

/** Exported functions that are no operations on tensors, or whose result has a shape that depends on values. */
export const otherExports = [
  "Tape",
  "Tensor",
  "TensorError",
  "arange",
  "batchStatistics",
  "argWhere",
  "backend",

  "bincount",

  "eye",
  "fromFunction",
  "fromJSON",
  "full",
  "fullLike",
  "grad",
  "jvp",
  "leaves",
  "linspace",
  "logspace",
  "mapTree",
  "nonzero",
  "ones",
  "onesLike",
  "record",
  "replay",
  "rng",
  "setBackend",
  "tensor",
  "unique",
  "tri",

  "valueAndGrad",
  "vjp",
  "zeros",
  "hessian",
  "hvp",
  "jacobian",
  "vmap",
  "NotFinite",
  "checkpoint",
  "backend",
  "setBackend",
  "setThreads",
  "threads",
  "toDot",
  "toLatex",
  "toMermaid",
  "watchNaN",
  "withDerivative",
  "zerosLike",
  "zipTrees",
];
