/** @file How reports look as text. */

/** Numbers in reports: as many digits as tell them apart at a glance, or all. */
export const brief = (x: number): string =>
  Number.isInteger(x) && Math.abs(x) < 1e6 ? String(x) : x.toExponential(2).replace("e+", "e");

export const formatIndex = (index: readonly number[]): string => `[${index.join(", ")}]`;

/** Rows of cells in columns as wide as they need to be. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...row[column]!].length)));
  const padded = (cell: string, column: number): string => cell + " ".repeat(widths[column]! - [...cell].length);
  return rows.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
}
