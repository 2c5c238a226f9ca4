/** @file What an equation of the derivation is: its number, its text, its closed form, and what autograd says of it. */
import type { Tensor } from "@deltagrad/tensor";
import type { Quantities } from "./quantities.ts";
import type { Witness } from "./witness.ts";

/** One numbered equation. Its closed form is written as the text writes it; its witness knows nothing of that. */
export interface Equation {
  /** As in the text: "43", "17a". */
  readonly number: string;
  /** What is compared: "δ", "∂J/∂θ". */
  readonly quantity: string;
  /** The equation in LaTeX, as the text has it; where the text errs, as it should be. */
  readonly latex: string;
  /** The ranges of its free indices, in LaTeX. */
  readonly ranges: string;
  /** What a network must have for the equation to speak of it: "L ≥ 4". Null: this one has it. */
  readonly needs?: (q: Quantities) => string | null;
  /** The layers l that it is about. */
  readonly layers: (q: Quantities) => readonly number[];
  /** The closed form, for all its indices. */
  readonly closed: (q: Quantities, l: number) => Tensor;
  /** The same quantity by automatic differentiation or the library's forward pass. */
  readonly witness: (w: Witness, l: number) => Tensor;
}

/** A numbered equation that says what a name means: what uses it is a row, it cannot be wrong itself. */
export interface Definition {
  readonly number: string;
  readonly latex: string;
  /** The numbers of equations in which it is put to use. */
  readonly usedIn: readonly string[];
}

/** Layers first … last; none where last < first. */
export const layers = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);

/** A condition on the number of layers. */
export const needsLayers =
  (least: number) =>
  ({ L }: Quantities): string | null =>
    L >= least ? null : `L ≥ ${least}`;
