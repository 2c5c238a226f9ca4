/** @file The tables that are printed. */
import type { Comparison } from "@deltagrad/nn/brawer";
import Table from "cli-table3";

/** Numbers to the right, no colours, no frame: the text can be copied into a document. */
export const plain = {
  chars: {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: " ",
  },
  style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
};

/** What a table of equations says, as text in cells; the page shows the same. */
export const equationHead = [
  "equation",
  "layer",
  "quantity",
  "entries",
  "largest difference",
  "ulps",
  "bound",
  "bound used",
  "verdict",
];
export const equationCells = ({ rows }: Comparison): string[][] =>
  rows.map((row) => [
    `(${row.eq})`,
    String(row.layer),
    row.quantity,
    String(row.entries),
    row.maxDifference === 0 ? "0" : row.maxDifference.toExponential(1),
    String(row.maxUlps),
    row.bound === 0 ? "0" : row.bound.toExponential(1),
    `${(100 * row.boundUsed).toFixed(1)} %`,
    row.ok ? "ok" : "BROKEN",
  ]);

export function equationTable(comparison: Comparison): string {
  const table = new Table({
    ...plain,
    head: equationHead,
    colAligns: ["left", "right", "left", "right", "right", "right", "right", "right", "left"],
  });
  table.push(...equationCells(comparison));
  return table.toString();
}

export function confusionTable(counts: readonly (readonly number[])[], classes: readonly string[]): string {
  const table = new Table({
    ...plain,
    head: ["actual \\ read as", ...classes],
    colAligns: ["right", ...classes.map(() => "right" as const)],
  });
  counts.forEach((row, i) => {
    table.push([classes[i]!, ...row.map((count) => (count === 0 ? "·" : String(count)))]);
  });
  return table.toString();
}
