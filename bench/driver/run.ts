/** @file A whole run: everyone is started, all work is measured, what processes cost is measured, and rows come out. */

import { MEMORY, STARTUP } from "../goals.ts";
import type { Results } from "../report/page.ts";
import { type Row, rowsOf, timeRows } from "../rows.ts";
import type { Subject } from "../subjects.ts";
import type { Work } from "../works.ts";
import { type Commands, commands } from "./command.ts";
import { machine } from "./machine.ts";
import { installedSize, peakMemory, startUps } from "./processes.ts";
import { type Contestant, measure, type Remark, type Turns } from "./rounds.ts";
import { Runner } from "./runner.ts";

export interface Plan extends Turns {
  readonly works: readonly Work[];
  readonly subjects: readonly Subject[];
  /** Rounds of start-ups, and seconds that each subject may take to fill its memory; 0 leaves both out. */
  readonly starts: number;
  readonly memoryBudget: number;
  /** Seconds after which no more work is begun. */
  readonly time: number;
  readonly command: string;
  readonly date: string;
}

const MEGABYTE = 2 ** 20;
const STEPS = 200;
const INSTALLED = "installed";

/** Starts the runners of all subjects; the others, each with the reason. */
async function startAll(subjects: readonly Subject[], found: Commands, say: (text: string) => void) {
  const runners = new Map<Subject, Runner>();
  const absent = new Map<string, string>();
  for (const subject of subjects) {
    say(`starting ${subject.name}`);
    const started = await found
      .of(subject, "runner")
      .then((command) => Runner.start(command))
      .catch((error: Error) => error.message);
    if (typeof started === "string") absent.set(subject.name, started);
    else runners.set(subject, started);
  }
  return { runners, absent };
}

/** Rows and remarks of start-up, memory and size. */
async function processCosts(subjects: readonly Subject[], found: Commands, plan: Plan, say: (text: string) => void) {
  const remarks: Remark[] = [];
  const heavy = subjects.filter(({ process, name }) => process || name === "compile");
  const light = subjects.filter(({ process }) => process);
  say(STARTUP);
  const { medians, failures } = await startUps(light, found, plan.starts);
  for (const [subject, text] of failures) remarks.push({ work: STARTUP, subject, text });

  const peaks: [string, number][] = [];
  for (const subject of heavy) {
    say(`${MEMORY}: ${subject.name}`);
    try {
      const { bytes, runs } = await peakMemory(await found.of(subject, "runner"), STEPS, plan.memoryBudget);
      peaks.push([subject.name, bytes / MEGABYTE]);
      if (runs < STEPS) remarks.push({ work: MEMORY, subject: subject.name, text: `only ${runs} steps` });
    } catch (error) {
      remarks.push({ work: MEMORY, subject: subject.name, text: (error as Error).message });
    }
  }
  const sizes = light
    .filter(({ engine }) => engine !== "python")
    .map((subject) => [subject.name, installedSize(subject, found) / MEGABYTE] as const);
  const rows: Row[] = [
    ...rowsOf(STARTUP, "ms", medians),
    ...rowsOf(MEMORY, "MB", peaks),
    ...rowsOf(INSTALLED, "MB", sizes),
  ];
  return { rows, remarks };
}

/** Does all that is planned; what it is at is told to `say`. */
export async function run(plan: Plan, say: (text: string) => void): Promise<Results> {
  const about = machine();
  const found = commands();
  const begin = performance.now();
  const { runners, absent } = await startAll(plan.subjects, found, say);
  const none = { rows: [], remarks: [] };
  const costs = plan.starts > 0 ? await processCosts([...runners.keys()], found, plan, say) : none;

  const contestants: Contestant[] = [...runners].map(([subject, asked]) => ({ ...subject, asked }));
  const rows: Row[] = [];
  const remarks: Remark[] = [];
  for (const work of plan.works) {
    if (performance.now() - begin > plan.time * 1000) {
      remarks.push({ work: work.name, subject: "everyone", text: `left out after ${plan.time} s` });
      continue;
    }
    say(work.name);
    const { measured, remarks: said } = await measure(work, contestants, plan);
    // What is wrong has no speed.
    const wrong = new Set(said.filter(({ wrong }) => wrong).map(({ subject }) => subject));
    rows.push(
      ...timeRows(
        work.name,
        measured.filter(({ subject }) => !wrong.has(subject)),
      ),
    );
    remarks.push(...said);
  }
  for (const runner of runners.values()) runner.stop();
  rows.push(...costs.rows);
  remarks.push(...costs.remarks);
  const versions = new Map([...runners].map(([{ name }, runner]) => [name, runner.versions]));
  return { date: plan.date, command: plan.command, machine: about, versions, absent, rows, remarks };
}
