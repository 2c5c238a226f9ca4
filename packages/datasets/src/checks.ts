/** @file Refusals that many functions share. */
import { type Rng, rng, type Shape, Tensor, TensorError } from "@deltagrad/tensor";

export type Seed = string | number;

/** A shape as errors show it. */
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** A value as errors show it: short, and text in quotes. */
export function shown(value: unknown): string {
  if (value instanceof Tensor) return `a tensor ${formatShape(value.shape)}`;
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Throws unless the value is a whole number of at least `least`. */
export function checkWhole(op: string, name: string, value: unknown, least = 0): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < least)
    throw new TensorError(op, `${name} is ${shown(value)}`, `use a whole number ≥ ${least}`);
}

/** Throws unless the value is a finite number within the bounds. */
export function checkNumber(
  op: string,
  name: string,
  value: unknown,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): asserts value is number {
  if (typeof value === "number" && Number.isFinite(value) && value >= low && value <= high) return;
  const bounds =
    high < Number.POSITIVE_INFINITY ? ` from ${low} to ${high}` : low > Number.NEGATIVE_INFINITY ? ` ≥ ${low}` : "";
  throw new TensorError(op, `${name} is ${shown(value)}`, `use a finite number${bounds}`);
}

/** Throws unless the value is a function. */
export function checkFunction(op: string, name: string, value: unknown): void {
  if (typeof value !== "function")
    throw new TensorError(op, `${name} is ${shown(value)}`, "give a function of an example");
}

/** Throws unless the value is a tensor. */
export function checkTensor(op: string, name: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor))
    throw new TensorError(op, `${name} is ${shown(value)}, not a tensor`, "wrap data with tensor(…)");
}

/** The random numbers of an operation, which bear its name. Throws unless the seed is one. */
export function streamOf(op: string, seed: Seed): Rng {
  if (typeof seed !== "string" && !Number.isFinite(seed))
    throw new TensorError(op, `seed is ${shown(seed)}`, "use a string or a finite number");
  return rng(seed).stream(op);
}

/** A random order of `count` numbers that an operation, a seed and an epoch decide. */
export const orderOf = (op: string, seed: Seed, epoch: number, count: number): Int32Array =>
  streamOf(op, seed).stream(String(epoch)).permutation(count).toTypedArray() as Int32Array;
