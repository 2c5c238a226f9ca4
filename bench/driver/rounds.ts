/** @file Measures one piece of work on many subjects: all are checked, then they take turns, and medians are taken. */
import { OURS } from "../subjects.ts";
import type { Work } from "../works.ts";
import type { Asked } from "./runner.ts";

/** What one subject took for one piece of work. */
export interface Measured {
  readonly subject: string;
  readonly seconds: number;
}

interface Ready {
  readonly name: string;
  readonly asked: Asked;
  readonly unchecked: boolean;
  readonly check: number;
  readonly once: boolean;
  readonly times: number[];
  failed?: true;
}

/** What could not be measured, or must not be believed. */
export interface Remark {
  readonly work: string;
  readonly subject: string;
  readonly text: string;
  /** Whether its result was wrong. */
  readonly wrong?: boolean;
}

export interface Turns {
  readonly rounds: number;
  readonly ms: number;
  /** Work that a subject needs more seconds for is not begun. */
  readonly limit: number;
}

export interface Contestant {
  readonly name: string;
  readonly asked: Asked;
  readonly unchecked?: boolean | undefined;
  readonly pace?: Partial<Record<string, number>> | undefined;
}

/** Work of which a step takes longer than so many seconds is done once more, and that is the measurement. */
const ONCE = 0.5;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
};

/** Whether two checks agree within the bound, relative to the larger. */
export const agree = (a: number, b: number, bound: number): boolean =>
  Math.abs(a - b) <= bound * Math.max(Math.abs(a), Math.abs(b));

/** Measures the work on everyone who can do it, in turns, there and back, so that no one always follows the same one. */
export async function measure(work: Work, contestants: readonly Contestant[], { rounds, ms, limit }: Turns) {
  const remarks: Remark[] = [];
  const remark = (subject: string, text: string, wrong?: true) =>
    remarks.push({ work: work.name, subject, text, ...(wrong && { wrong }) });
  const ready: Ready[] = [];

  for (const { name, asked, unchecked = false, pace } of contestants) {
    const expected = work.flops / (pace?.[work.spec.dtype] ?? Number.POSITIVE_INFINITY);
    if (expected > limit) {
      remark(name, `left out: about ${Math.ceil(10 * expected) / 10} s a run`);
      continue;
    }
    const prepared = await asked.prepare(work.spec);
    if ("error" in prepared) {
      if (prepared.error !== null) remark(name, prepared.error);
      continue;
    }
    const { check, seconds } = prepared;
    if (seconds > ONCE) remark(name, "measured once");
    ready.push({ name, asked, unchecked, check, times: [], once: seconds > ONCE });
  }

  const reference = ready.find(({ name, unchecked }) => name === OURS && !unchecked) ?? ready.find((r) => !r.unchecked);
  for (const { name, unchecked, check } of ready)
    if (reference && !unchecked && !agree(check, reference.check, work.bound))
      remark(name, `WRONG: its check is ${check}, that of ${reference.name} ${reference.check}`, true);

  for (let round = 0; round < rounds; round++) {
    const turns = ready.filter(({ once, failed }) => !failed && !(once && round > 0));
    for (const contestant of round % 2 === 0 ? turns : turns.reverse())
      try {
        contestant.times.push(await contestant.asked.measure(contestant.once ? 0 : ms));
      } catch (error) {
        remark(contestant.name, (error as Error).message);
        contestant.failed = true;
      }
  }

  const measured: Measured[] = ready
    .filter(({ failed }) => !failed)
    .map(({ name, times }) => ({ subject: name, seconds: median(times) }));
  return { measured, remarks };
}
