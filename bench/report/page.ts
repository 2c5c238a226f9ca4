/** @file The results of a run as one Markdown page, and files that are written whole or not at all. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Machine } from "../driver/machine.ts";
import type { Remark } from "../driver/rounds.ts";
import { compiled, eager } from "../goals.ts";
import type { Row } from "../rows.ts";
import { OURS } from "../subjects.ts";
import { chart } from "./chart.ts";
import { type Grid, goalGrid, grids, markdownTable } from "./tables.ts";

export interface Results {
  readonly date: string;
  readonly command: string;
  readonly machine: Machine;
  /** Of each subject that ran, name and version of all it is made of. */
  readonly versions: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Subjects that cannot run here, each with the reason. */
  readonly absent: ReadonlyMap<string, string>;
  readonly rows: readonly Row[];
  readonly remarks: readonly Remark[];
}

export const goalGrids = (rows: readonly Row[]): Grid[] => [
  goalGrid("goals of eager operations", eager, rows),
  goalGrid("goals of compiled functions", compiled, rows),
];

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const section = (grid: Grid): string => `## ${capital(grid.title)}\n\n${markdownTable(grid)}`;
const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

/** Remarks of one text about one subject, with all the work it is about. */
function gathered(remarks: readonly Remark[]): string[] {
  const works = new Map<string, string[]>();
  for (const { subject, text, work } of remarks) {
    const about = `${subject}: ${text}`;
    works.set(about, [...(works.get(about) ?? []), work]);
  }
  return [...works].map(([about, names]) => `${about} (${names.join(", ")})`);
}

/** What is to be said of a run besides its numbers: wrong results first. */
export function remarkLines({ absent, remarks }: Pick<Results, "absent" | "remarks">): string[] {
  const sorted = [...remarks.filter(({ wrong }) => wrong), ...remarks.filter(({ wrong }) => !wrong)];
  return [...gathered(sorted), ...[...absent].map(([subject, reason]) => `${subject} is absent: ${reason}`)];
}

function markdown({ date, command, machine, versions, ...results }: Results, svg: string): string {
  const parts = new Map([...versions.values()].flatMap((of) => Object.entries(of)));
  const remarks = remarkLines(results);
  return `${[
    "# Benchmark",
    `Written by \`${command}\` on ${date}; do not edit. Medians of interleaved rounds; in parentheses, times what \`${OURS}\` takes (eager, one thread): more than 1 is slower. Ratios within this page mean something, differences to another page do not.`,
    list([
      `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}; load before the run ${machine.load.toFixed(1)}`,
      `Versions: ${[...parts].map(([name, version]) => `${name} ${version}`).join(", ")}`,
      "A training step is forward, backward and SGD of sigmoid layers with cross-entropy. The ceiling is what a loop of multiplications and additions in registers takes for the arithmetic of a product.",
    ]),
    `![Each subject's time relative to ours](${svg})`,
    ...goalGrids(results.rows).map(section),
    ...grids(results.rows).map(section),
    ...(remarks.length > 0 ? [`## Remarks\n\n${list(remarks)}`] : []),
  ].join("\n\n")}\n`;
}

/** Writes a file whole or not at all. */
function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

/** Writes the page and, beside it, its chart. */
export function writePage(file: string, results: Results): void {
  const svg = file.replace(/\.md$/, ".svg");
  writeWhole(svg, chart(results.rows));
  writeWhole(file, markdown(results, basename(svg)));
}
