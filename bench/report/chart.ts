/** @file The picture of a run: for each piece of work a line, on it every subject where its time relative to ours puts it. */
import { scaleLog, scaleOrdinal } from "d3-scale";
import type { Row } from "../rows.ts";
import { subjects } from "../subjects.ts";

const COLORS = [
  "#0969da",
  "#54aeff",
  "#8250df",
  "#1a7f37",
  "#4ac26b",
  "#bf8700",
  "#e16f24",
  "#cf222e",
  "#a40e26",
  "#6e7781",
];
const SHAPES = ["circle", "square"] as const;
const [LINE, LEFT, RIGHT, WIDTH] = [20, 260, 24, 960];

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The chart as an SVG document; work that ours does not do is not on it. */
export function chart(rows: readonly Row[]): string {
  const drawn = rows.filter(({ ratioToOurs }) => ratioToOurs !== null && ratioToOurs > 0);
  const works = [...new Set(drawn.map(({ work }) => work))];
  const present = new Set(drawn.map(({ subject }) => subject));
  const names = [...subjects.map(({ name }) => name), "bare Node"].filter((name) => present.has(name));
  const color = scaleOrdinal(names, COLORS);
  const ratios = drawn.map(({ ratioToOurs }) => ratioToOurs as number);
  const legendLines = Math.ceil(names.length / 4);
  const top = legendLines * LINE + 40;
  const height = top + works.length * LINE + 30;
  const x = scaleLog([Math.min(0.5, ...ratios) * 0.9, Math.max(2, ...ratios) * 1.1], [LEFT, WIDTH - RIGHT]);

  const mark = (name: string, cx: number, cy: number, title: string): string => {
    const shape = SHAPES[Math.floor(names.indexOf(name) / COLORS.length) % SHAPES.length];
    const attributes = `fill="${color(name)}" fill-opacity="0.85"`;
    const body = `<title>${escaped(title)}</title>`;
    return shape === "circle"
      ? `<circle cx="${cx.toFixed(1)}" cy="${cy}" r="5" ${attributes}>${body}</circle>`
      : `<rect x="${(cx - 4.5).toFixed(1)}" y="${cy - 4.5}" width="9" height="9" ${attributes}>${body}</rect>`;
  };
  const legend = names.map((name, i) => {
    const [lx, ly] = [20 + (i % 4) * 235, 20 + Math.floor(i / 4) * LINE];
    return `${mark(name, lx, ly, name)}<text x="${lx + 12}" y="${ly + 4}">${escaped(name)}</text>`;
  });
  const ticks = x
    .ticks(8)
    .filter((t) => Number.isInteger(Math.log10(t)))
    .map((t) => {
      const at = x(t).toFixed(1);
      return `<line x1="${at}" x2="${at}" y1="${top - 12}" y2="${height - 26}" class="${t === 1 ? "one" : "grid"}"/><text x="${at}" y="${height - 10}" text-anchor="middle">${t}×</text>`;
    });
  const lines = works.map((work, i) => {
    const y = top + i * LINE;
    const marks = drawn
      .filter((row) => row.work === work)
      .map(({ subject, ratioToOurs }) => {
        const ratio = ratioToOurs as number;
        return mark(subject, x(ratio), y, `${work}: ${subject} takes ${ratio.toPrecision(3)} times ours`);
      });
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" class="grid"/><text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escaped(work)}</text>${marks.join("")}`;
  });

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Time of each subject relative to ours, on a logarithmic scale; right of 1 is slower">
<style>text{fill:#1b1f24}.grid{stroke:#d0d7de}.one{stroke:#1b1f24}</style><rect width="${WIDTH}" height="${height}" fill="#fff"/>
${[...legend, ...ticks, ...lines].join("\n")}
</svg>
`;
}
