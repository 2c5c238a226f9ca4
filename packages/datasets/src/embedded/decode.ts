/** @file Tables of decimals, as text: each column has its number of decimals and of characters. */
import { elementary } from "@deltagrad/tensor/extend";

export interface Column {
  readonly name: string;
  /** A value times 10^decimals is a whole number. */
  readonly decimals: number;
  /** That number to the base 94, in so many characters '!' to '~'. */
  readonly characters: number;
}

/** The values of a table row by row, each the double nearest to its decimals. */
export function decodeTable(text: string, columns: readonly Column[], rows: number): Float64Array {
  const values = new Float64Array(rows * columns.length);
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const { decimals, characters } = columns[i % columns.length]!;
    let whole = 0;
    for (const end = at + characters; at < end; at++) whole = whole * 94 + text.charCodeAt(at) - 33;
    values[i] = whole / elementary.pow(10, decimals);
  }
  return values;
}
