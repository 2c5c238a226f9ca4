/** @file A run as tables: subjects down, work across; as Markdown for the file, with the same cells for a terminal. */
import Table from "cli-table3";
import type { Goal } from "../goals.ts";
import { judged } from "../goals.ts";
import { lookup, type Row } from "../rows.ts";
import { subjects } from "../subjects.ts";
import { works } from "../works.ts";

export interface Grid {
  readonly title: string;
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
}

/** Three digits, and the unit that suits them. */
export function amount(median: number, unit: Row["unit"]): string {
  const [value, name] =
    unit === "µs" && median >= 1e6
      ? [median / 1e6, "s"]
      : unit === "µs" && median >= 1e3
        ? [median / 1e3, "ms"]
        : [median, unit];
  return `${digits(value)} ${name}`;
}

/** Three significant digits, never with an exponent. */
const digits = (x: number): string =>
  x >= 100 ? Math.round(x).toLocaleString("en").replaceAll(",", " ") : x.toPrecision(3);

const order = new Map(subjects.map(({ name }, i) => [name, i]));
const place = (subject: string) => order.get(subject) ?? subjects.length;

const cell = (row: Row | undefined): string =>
  row === undefined
    ? "—"
    : `${amount(row.median, row.unit)}${row.ratioToOurs === null ? "" : ` (${digits(row.ratioToOurs)}×)`}`;

/** The heading of a column within its group: without what all in the group have in common. */
const short = (work: string): string => work.replace(/^matmul float\d+ | over 10⁶$|^step /g, "");

/** A table for each group of work. */
export function grids(rows: readonly Row[]): Grid[] {
  const groupOf = new Map(works.map(({ name, group }) => [name, group]));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groupOf.get(row.work) ?? "processes";
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  return [...groups].map(([title, rows]) => {
    const across = [...new Set(rows.map(({ work }) => work))];
    const down = [...new Set(rows.map(({ subject }) => subject))].sort((a, b) => place(a) - place(b));
    const body = down.map((subject) => [
      subject,
      ...across.map((work) => cell(rows.find((row) => row.work === work && row.subject === subject))),
    ]);
    return { title, head: ["", ...across.map(short)], body };
  });
}

/** The goals, what was measured, and whether they are met. */
export const goalGrid = (title: string, goals: readonly Goal[], rows: readonly Row[]): Grid => ({
  title,
  head: ["goal", "measured", ""],
  body: judged(goals, lookup(rows)).map(({ text, value, verdict }) => [
    text,
    value === undefined ? "—" : digits(value),
    verdict === "not met" ? "NOT MET" : verdict,
  ]),
});

export const markdownTable = ({ head, body }: Grid): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
};

const NONE = { top: "", bottom: "", left: "", right: "", mid: "", middle: "  " };
const chars = {
  ...Object.fromEntries(
    ["top-mid", "top-left", "top-right", "bottom-mid", "bottom-left", "bottom-right"].map((k) => [k, ""]),
  ),
  ...Object.fromEntries(["left-mid", "mid-mid", "right-mid"].map((k) => [k, ""])),
  ...NONE,
};

/** Aligned, without a frame or colours. */
export function terminalTable({ title, head, body }: Grid): string {
  const table = new Table({
    chars,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    head: [...head],
    colAligns: head.map((_, i) => (i === 0 ? "left" : "right")),
  });
  table.push(...body.map((row) => [...row]));
  return `${title}\n${table.toString()}`;
}
