/** @file The ledger as text. */
import type { Catch } from "@deltagrad/nn/brawer";
import Table from "cli-table3";
import { plain } from "../digits/tables.ts";
import type { Ledger, Line } from "./ledger.ts";

export const small = (x: number): string => (x === 0 ? "0" : x.toExponential(1));

export const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;

/** What the networks lacked that had nothing to show. */
export function needsOf({ needs }: Line): string {
  return [...needs.keys()].map((reason) => `needs ${reason}`).join("; ");
}

/** The verdict in a word or two: what was not judged is no pass. */
export function verdictOf(line: Line): string {
  if (line.networks === 0) return needsOf(line);
  return line.ok ? "ok" : `BROKEN on ${line.broken}`;
}

export function proofOf({ networks, proved, trials, failure }: Line): string {
  if (networks === 0) return "–";
  return proved ? `proved, ${trials} trials, < ${small(failure)}` : "not all proved";
}

const lineHead = [
  "equation",
  "quantity",
  "networks",
  "entries",
  "proof",
  "largest difference",
  "ulps",
  "bound used",
  "verdict",
];

const lineCells = (line: Line): string[] => [
  `(${line.equation.number})`,
  line.equation.quantity,
  String(line.networks),
  String(line.entries),
  proofOf(line),
  small(line.maxDifference),
  String(line.maxUlps),
  percent(line.boundUsed),
  verdictOf(line),
];

export function ledgerTable({ lines }: Ledger): string {
  const right = "right" as const;
  const table = new Table({
    ...plain,
    head: lineHead,
    colAligns: ["left", "left", right, right, "left", right, right, right, "left"],
  });
  table.push(...lines.map(lineCells));
  return table.toString();
}

/** The judges of the catch table. */
export const judges: readonly { readonly name: string; readonly key: "proof" | "bound" | "gradient" | "practice" }[] = [
  { name: "proof", key: "proof" },
  { name: "rounding bound", key: "bound" },
  { name: "gradient check", key: "gradient" },
  { name: "usual practice", key: "practice" },
];

/** The catches by mistake, in the order of the networks. */
export function byMistake(all: readonly Catch[]): { readonly mistake: string; readonly on: readonly Catch[] }[] {
  return [...new Set(all.map(({ mistake }) => mistake))].map((mistake) => ({
    mistake,
    on: all.filter((one) => one.mistake === mistake),
  }));
}

/** On which networks a judge says nothing. */
export const missedBy = (on: readonly Catch[], key: (typeof judges)[number]["key"]): string[] =>
  on.filter((one) => !one[key]).map(({ network }) => network);

export function catchTable({ catches }: Ledger): string {
  const table = new Table({ ...plain, head: ["mistake", ...judges.map(({ name }) => name)] });
  for (const { mistake, on } of byMistake(catches))
    table.push([
      mistake,
      ...judges.map(({ key }) => {
        const missed = missedBy(on, key);
        if (missed.length === on.length) return "misses it";
        return missed.length === 0 ? "caught" : `misses it ${missed.join(", ")}`;
      }),
    ]);
  return table.toString();
}

/** Text with its formulas as plain characters, as far as these go. */
export const spoken = (text: string): string =>
  text.replace(/\$([^$]*)\$/g, (_, latex: string) =>
    latex
      .replace(/\\frac\{(\w+)\}\{(\w+)\}/g, "$1/$2")
      .replace(/\\([A-Za-z]+|,)/g, (_all, name: string) => words[name] ?? "")
      .replace(/[{}]/g, "")
      .replace(/ {2,}/g, " "),
  );

const words: Readonly<Record<string, string>> = {
  equiv: "≡",
  sum: "Σ",
  leq: "≤",
  approx: "≈",
  times: "×",
  delta: "δ",
  theta: "θ",
  Psi: "Ψ",
  ell: "ℓ",
};

export function errataText({ errata }: Ledger): string {
  return errata.map(({ eq, printed, shown }) => `(${eq}) ${spoken(printed)}\n    ${spoken(shown)}`).join("\n");
}
