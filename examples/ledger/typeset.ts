/** @file Formulas as HTML: set by KaTeX when the page is written, with its style and fonts inside the page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import katex from "katex";

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** A formula on a line of its own. */
export const display = (latex: string): string => katex.renderToString(latex, { displayMode: true });

/** A formula within a line. */
export const inline = (latex: string): string => katex.renderToString(latex);

/** Text with formulas between $ signs. */
export const prose = (text: string): string =>
  text
    .split("$")
    .map((part, i) => (i % 2 === 0 ? escaped(part) : inline(part)))
    .join("");

/** KaTeX's style sheet with its fonts as data; every browser of the last ten years reads the one format kept. */
export function katexStyle(): string {
  const file = createRequire(import.meta.url).resolve("katex/dist/katex.min.css");
  const css = readFileSync(file, "utf8");
  return css.replace(/src:url\(([^)]+\.woff2)\) format\("woff2"\)[^;}]*/g, (_, font: string) => {
    const data = readFileSync(join(dirname(file), font)).toString("base64");
    return `src:url(data:font/woff2;base64,${data}) format("woff2")`;
  });
}
