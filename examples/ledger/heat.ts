/** @file Heat maps: δ of a layer, a row for each sample and a column for each node. */
import type { Tensor } from "@deltagrad/tensor";
import { small } from "./tables.ts";
import { escaped } from "./typeset.ts";

const SQUARE = 10;

/** A matrix as squares: red above 0, blue below, the fainter the nearer to 0 on the scale of its largest element. */
export function heatMap(values: Tensor, caption: string): string {
  const [rows, columns] = values.shape as readonly [number, number];
  const numbers = Array.from(values.toTypedArray(), Number);
  const largest = Math.max(...numbers.map(Math.abs));
  const squares = numbers.map((value, place) => {
    const [x, y] = [(place % columns) * SQUARE, Math.floor(place / columns) * SQUARE];
    const strength = largest === 0 ? 0 : Math.sqrt(Math.abs(value) / largest);
    const sign = value < 0 ? "below" : "above";
    return `<rect class="${sign}" x="${x}" y="${y}" width="${SQUARE}" height="${SQUARE}" fill-opacity="${strength.toFixed(3)}"/>`;
  });
  const box = `0 0 ${columns * SQUARE} ${rows * SQUARE}`;
  const label = `${caption}, ${rows} samples by ${columns} nodes`;
  return `<figure class="heat"><svg viewBox="${box}" style="width:${columns < 12 ? columns : columns / 2}rem" role="img" aria-label="${escaped(label)}">${squares.join("")}</svg><figcaption>${escaped(caption)}: ${rows} × ${columns}, largest |δ| ${small(largest)}</figcaption></figure>`;
}
