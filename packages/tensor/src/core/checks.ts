/** @file Checks of the plain parameters of operations: what is no number where one is meant is refused by name. */
import { TensorError } from "./errors.ts";

const shown = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));

/** Throws unless `value` is a number that `fits`; NaN is none. */
export function checkNumber(
  op: string,
  name: string,
  value: unknown,
  fits: (value: number) => boolean = () => true,
  wanted = "give a number",
): void {
  if (typeof value !== "number" || Number.isNaN(value) || !fits(value))
    throw new TensorError(op, `${name} is ${shown(value)}`, wanted);
}

/** Throws unless `value` is one of the words that an option may be. */
export function checkOneOf(op: string, name: string, value: unknown, words: readonly string[]): void {
  if (!words.includes(value as string))
    throw new TensorError(op, `${name} is ${shown(value)}`, `use ${words.map(shown).join(" or ")}`);
}
