/** @file The equations in the order of the text, definitions among them, the vectorized forms at the end. */
import { type Definition, definitions } from "@deltagrad/nn/brawer";
import type { Line } from "./ledger.ts";

export type Item = { readonly line: Line } | { readonly definition: Definition };

const numberOf = (number: string): number => Number.parseInt(number, 10);

/** What the text has in its order, and the vectorized forms. */
export function inOrder(lines: readonly Line[]): { readonly text: Item[]; readonly vectorized: Item[] } {
  // The vectorized forms begin where the numbers go back.
  const end = lines.findIndex(
    ({ equation }, i) => i > 0 && numberOf(equation.number) < numberOf(lines[i - 1]!.equation.number),
  );
  const text: Item[] = lines.slice(0, end).map((line) => ({ line }));
  for (const definition of definitions) {
    const before = text.findIndex(
      (item) => "line" in item && numberOf(item.line.equation.number) > numberOf(definition.number),
    );
    text.splice(before, 0, { definition });
  }
  return { text, vectorized: lines.slice(end).map((line) => ({ line })) };
}
