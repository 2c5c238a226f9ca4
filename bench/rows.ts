/** @file The rows of a run, and questions about them. */
import type { Measured } from "./driver/rounds.ts";
import { OURS } from "./subjects.ts";

export interface Row {
  readonly work: string;
  readonly subject: string;
  readonly median: number;
  readonly unit: "µs" | "ms" | "MB";
  /** How many times what ours takes; null where ours did not do this work. */
  readonly ratioToOurs: number | null;
}

/** Rows of what several subjects took for one piece of work. */
export function rowsOf(work: string, unit: Row["unit"], medians: Iterable<readonly [string, number]>): Row[] {
  const values = new Map(medians);
  const ours = values.get(OURS);
  return [...values].map(([subject, median]) => ({
    work,
    subject,
    median,
    unit,
    ratioToOurs: ours === undefined ? null : median / ours,
  }));
}

export const timeRows = (work: string, measured: readonly Measured[]): Row[] =>
  rowsOf(
    work,
    "µs",
    measured.map(({ subject, seconds }) => [subject, seconds * 1e6]),
  );

/** Looks up the median of a subject's work; undefined where it was not measured. */
export type Lookup = (work: string, subject: string) => number | undefined;

export function lookup(rows: readonly Row[]): Lookup {
  const medians = new Map(rows.map(({ work, subject, median }) => [`${work}\n${subject}`, median]));
  return (work, subject) => medians.get(`${work}\n${subject}`);
}
