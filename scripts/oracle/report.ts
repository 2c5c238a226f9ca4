/** @file How every operation of the oracle fares: passed, failed, not there, and how calls that must fail do. */
import { TensorError } from "@deltagrad/tensor";
import { accepted, adapters, exceptions, ourNames, secondDerivatives } from "./adapters/index.ts";
import { argumentsOf, differences, parametersOf } from "./compare.ts";
import { operation, type Refusal, refusals, torchNames } from "./fixtures.ts";
import type { Difference } from "./unlike.ts";

/** A sample, what differs in it, and why. */
interface Differing {
  readonly id: string;
  readonly differences: readonly string[];
  readonly reasons: readonly string[];
}

export interface Row {
  readonly op: string;
  readonly ours: string;
  readonly samples: number;
  readonly passed: number;
  /** Samples that differ. */
  readonly failed: readonly Differing[];
  /** Passed samples whose smallest numbers differ, by less than 10⁻¹² of the largest. */
  readonly finer: readonly Differing[];
  /** Samples that we have nothing to call for. */
  readonly missing: number;
  /** The largest relative error among differences; 0 where all passed. */
  readonly largestError: number;
}

const reasonFor = (place: string): string | undefined => exceptions.find(([, places]) => places.includes(place))?.[0];

/** One operation, all its samples. */
function rowOf(op: string): Row {
  const adapter = adapters[op];
  const data = operation(op);
  const ours = ourNames(op).join(", ");
  const samples = data.samples.length;
  if (adapter === undefined)
    return { op, ours, samples, passed: 0, failed: [], finer: [], missing: samples, largestError: 0 };
  const found = data.samples.map((sample) => ({
    id: sample.id,
    found: differences(adapter, data, sample, secondDerivatives[op]),
  }));
  const differing = found.filter((sample) => sample.found.length > 0);
  const failed = differing.filter((sample) => sample.found.some(({ counts }) => counts));
  return {
    op,
    ours,
    samples,
    passed: samples - failed.length,
    failed: failed.map(described),
    finer: differing.filter((sample) => !failed.includes(sample)).map(described),
    missing: 0,
    largestError: Math.max(0, ...failed.flatMap((sample) => sample.found.map(({ error }) => error))),
  };
}

const described = ({ id, found }: { readonly id: string; readonly found: readonly Difference[] }): Differing => ({
  id,
  differences: found.map(({ text }) => text),
  reasons: [...new Set(found.map(({ place }) => reasonFor(place) ?? "no reason is written"))],
});

export const rows = (names: readonly string[] = torchNames()): Row[] => names.map(rowOf);

/** What became of a call that PyTorch refuses. */
export type Outcome = "refused" | "accepted" | "missing" | "wrong error" | "wrong name";

/** Whether a call is refused with an error that names the operation; `message` is what was said. */
export function outcomeOf(refusal: Refusal): { readonly outcome: Outcome; readonly message: string } {
  const adapter = adapters[refusal.op];
  if (adapter === undefined) return { outcome: "missing", message: "" };
  const args = argumentsOf(refusal);
  try {
    adapter(parametersOf(refusal.kwargs, args), ...args);
    return { outcome: "accepted", message: "" };
  } catch (error) {
    if (!(error instanceof TensorError)) return { outcome: "wrong error", message: String(error) };
    const named = ourNames(refusal.op).includes(error.op);
    return { outcome: named ? "refused" : "wrong name", message: error.message };
  }
}

/** The reason why a call that PyTorch refuses is taken here, if one is written. */
export const reasonToAccept = (id: string): string | undefined => accepted.find(([, ids]) => ids.includes(id))?.[0];

export const refusalsOf = (names: readonly string[]): readonly Refusal[] =>
  refusals().filter(({ op }) => names.includes(op));
