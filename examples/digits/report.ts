/** @file The page that a run leaves behind: loss curve, weights as images, the table of equations; one file. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Comparison } from "@deltagrad/nn/brawer";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { equationCells, equationHead } from "./tables.ts";

export interface Run {
  readonly title: string;
  readonly summary: string;
  readonly losses: readonly number[];
  /** The weights of each node of layer 2 from the 64 pixels. */
  readonly images: readonly (readonly number[])[];
  readonly comparison: Comparison;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function lossCurve(losses: readonly number[]): string {
  const [width, height, margin] = [640, 260, 44];
  const x = scaleLinear([1, Math.max(2, losses.length)], [margin, width - 8]);
  const y = scaleLog([Math.min(...losses) * 0.9, Math.max(...losses) * 1.1], [height - margin, 8]);
  const path =
    line<number>(
      (_, i) => x(i + 1),
      (loss) => y(loss),
    )([...losses]) ?? "";
  const xTicks = x
    .ticks(6)
    .filter(Number.isInteger)
    .map((t) => `<text x="${x(t)}" y="${height - margin + 18}" text-anchor="middle">${t}</text>`);
  const yTicks = y
    .ticks(5)
    .map(
      (t) =>
        `<line x1="${margin}" x2="${width - 8}" y1="${y(t)}" y2="${y(t)}" class="grid"/><text x="${margin - 6}" y="${y(t) + 4}" text-anchor="end">${y.tickFormat(5, "~g")(t)}</text>`,
    );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="loss after each epoch, on a logarithmic scale">${yTicks.join("")}${xTicks.join("")}<path d="${path}" class="curve"/><text x="${width / 2}" y="${height - 6}" text-anchor="middle">epoch</text></svg>`;
}

/** A node's weights as 8 × 8 squares: blue is negative, red positive, white 0. */
function image(weights: readonly number[], node: number): string {
  const color = scaleLinear<string>([-1, 0, 1], ["#2166ac", "#ffffff", "#b2182b"]);
  const largest = Math.max(...weights.map(Math.abs)) || 1;
  const squares = weights.map(
    (w, i) => `<rect x="${i % 8}" y="${Math.floor(i / 8)}" width="1.02" height="1.02" fill="${color(w / largest)}"/>`,
  );
  return `<svg viewBox="0 0 8 8" class="image" role="img" aria-label="weights of node ${node + 1}">${squares.join("")}</svg>`;
}

function table(comparison: Comparison): string {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const body = equationCells(comparison).map((row, i) =>
    cells("td", row).replace("<tr>", comparison.rows[i]!.ok ? "<tr>" : '<tr class="broken">'),
  );
  return `<div class="wide"><table><thead>${cells("th", equationHead)}</thead><tbody>${body.join("")}</tbody></table></div>`;
}

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d0d7de;--mark:#0969da}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--line:#30363d;--mark:#58a6ff}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:64rem;margin:2rem auto;padding:0 1rem}
svg{width:100%;height:auto}svg text{font-size:12px;fill:var(--ink)}.grid{stroke:var(--line)}.curve{fill:none;stroke:var(--mark);stroke-width:2}
.images{display:grid;grid-template-columns:repeat(auto-fill,minmax(4.5rem,1fr));gap:.5rem}.image{border:1px solid var(--line)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;white-space:nowrap}
th,td{padding:.2rem .5rem;border-bottom:1px solid var(--line);text-align:right}th:nth-child(-n+3),td:nth-child(-n+3){text-align:left}
.broken{background:#b2182b;color:#fff}`;

export const page = ({ title, summary, losses, images, comparison }: Run): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>
<body><h1>${escaped(title)}</h1><p>${escaped(summary)}</p>
<h2>Loss</h2><p>Cross-entropy (eq 18), the mean over each epoch, in nats per example.</p>${lossCurve(losses)}
<h2>Weights</h2><p>What each node of layer 2 looks for: its 64 weights θ¹ without the bias. Blue is negative, red positive.</p><div class="images">${images.map(image).join("")}</div>
<h2>Autograd beside the derivation</h2><p>S. Brawer, <i>Derivation of Back Propagation Equations</i> (2017). Each entry is computed twice; the bound is what rounding alone may do.</p>${table(comparison)}
</body></html>
`;

/** Writes a file whole or not at all. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
