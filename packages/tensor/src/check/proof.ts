/** @file What the exact judge reports. */
import { formatShape } from "../core/errors.ts";
import type { Entries } from "./entries.ts";
import { brief, columns, formatIndex } from "./text.ts";

/** proved: equal as formulas. different: a point is known where they are not equal. undecided: neither. */
export type Verdict = "proved" | "different" | "undecided";

/** Where two programs part. */
export interface Parting {
  /** The label (`named`) or the path of the tensor. */
  readonly quantity: string;
  readonly index: readonly number[];
  /** Both values in float64, at the given inputs (at random ones if the two agree at the given). */
  readonly left: number;
  readonly right: number;
  readonly ulps: number;
  /** How far apart rounding alone could have taken the two. */
  readonly bound: number;
  /** Whether the values are those at the given inputs or at random ones. */
  readonly point: "given" | "random";
}

/** One tensor that both programs have. */
export interface ProvedQuantity {
  /** Its label (`named`, for a tensor on the way) or its path in what is returned ("" for a lone tensor). */
  readonly name: string;
  readonly shape: readonly number[];
  readonly verdict: Verdict;
  /** How many of its elements are not equal over the field. */
  readonly different: number;
  /** The first of them; null where there is none. */
  readonly parting: Parting | null;
  /** Its float64 values at the given inputs; null where they have no rounding bound. */
  readonly floats: Entries | null;
}

/** What `proveEqual` found out. */
export interface Proof {
  readonly verdict: Verdict;
  readonly proved: boolean;
  /** The tensors that both have: those with a label on the way and those returned, in the order of computation. */
  readonly quantities: readonly ProvedQuantity[];
  /** The first place, in the order of computation, where the two are not equal; null if they are everywhere. */
  readonly parting: Parting | null;
  /** A bound on the total degree of the difference, as a polynomial in the inputs and the free elements. */
  readonly degree: number;
  readonly trials: number;
  /** A bound on the probability that programs that differ were called equal. */
  readonly failure: number;
  /** Operations that left the rational world: their branches were taken as at the given inputs. */
  readonly branches: readonly string[];
  /** Functions of which nothing was used but that equal arguments give equal values. */
  readonly unknown: readonly string[];
  /** What else the verdict or the bound on its failure takes for granted. */
  readonly assumptions: readonly string[];
  readonly seed: string;
  toString(): string;
}

/** On what a proof stands, line by line. */
export const proofNotes = (
  proof: Pick<Proof, "degree" | "trials" | "seed" | "failure" | "branches" | "unknown" | "assumptions">,
): string[] => [
  `degree ≤ ${brief(proof.degree)}, ${proof.trials} trials over GF(2⁶¹ − 1), seed ${JSON.stringify(proof.seed)}: wrong with probability ≤ ${brief(proof.failure)}`,
  ...(proof.branches.length > 0 ? [`branches taken as at the given inputs: ${proof.branches.join(", ")}`] : []),
  ...(proof.unknown.length > 0 ? [`functions without known relations: ${proof.unknown.join(", ")}`] : []),
  ...proof.assumptions.map((assumption) => `assumed: ${assumption}`),
];

/** A proof as text: the verdict, each quantity, the first place that differs, and on what it stands. */
export function printProof({ verdict, quantities, parting, ...proof }: Omit<Proof, "toString">): string {
  const rows = quantities.map(({ name, shape, verdict, different }) => [
    name === "" ? "result" : name,
    formatShape(shape),
    verdict,
    different === 0 ? "" : `${different} of ${shape.reduce((a, b) => a * b, 1)} differ over the field`,
  ]);
  const first =
    parting &&
    `first in ${parting.quantity || "result"}${formatIndex(parting.index)}, at ${parting.point} inputs: ${parting.left} and ${parting.right}, ${brief(parting.ulps)} ulps apart, bound ${brief(parting.bound)}`;
  return [verdict, columns(rows), ...(first ? [first] : []), ...proofNotes(proof)].join("\n");
}
