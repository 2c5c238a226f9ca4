/** @file Checks of the plain parameters of operations: what is no number where one is meant is refused by name. */
import { TensorError } from "./errors.ts";
import { Tensor } from "./tensor.ts";

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
export function checkOneOf(op: string, name: string, value: unknown, words: readonly unknown[]): void {
  if (!words.includes(value))
    throw new TensorError(op, `${name} is ${shown(value)}`, `use ${words.map(shown).join(" or ")}`);
}

/** Throws unless `value` is a whole number from `least` on, up to `most`. */
export function checkWhole(op: string, name: string, value: unknown, least: number, most = Number.POSITIVE_INFINITY) {
  const range = most === Number.POSITIVE_INFINITY ? `≥ ${least}` : `from ${least} to ${most}`;
  const fits = (x: number): boolean => Number.isInteger(x) && x >= least && x <= most;
  checkNumber(op, name, value, fits, `give a whole number ${range}`);
}

/** Throws unless `x` is a tensor. */
export function checkTensor(op: string, x: unknown): void {
  if (!(x instanceof Tensor)) throw noTensor(op, x, "a tensor");
}

/** The error where something else stands in a tensor's place. */
export function noTensor(op: string, x: unknown, wanted: string): TensorError {
  return new TensorError(op, `expected ${wanted}, got ${kindOf(x)}`, "wrap data with tensor(…)");
}

/** What something is that stands in a tensor's place. */
export const kindOf = (x: unknown): string => (x === null ? "null" : Array.isArray(x) ? "an array" : typeof x);

/** Throws unless what is given as options, if anything, is an object of them. */
export function checkOptions(op: string, options: unknown): void {
  const plain = typeof options === "object" && options !== null && !Array.isArray(options);
  if (options === undefined || (plain && !(options instanceof Tensor))) return;
  const given = typeof options === "object" ? (options === null ? "null" : "a list") : shown(options);
  throw new TensorError(op, `the options are ${given}`, "give them by name in one object, e.g. { keepDims: true }");
}
