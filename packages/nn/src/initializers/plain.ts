/** @file Initializers that look at nothing but the shape: one value, or one distribution. */
import { full, type Tensor, TensorError, zeros as zerosOf } from "@deltagrad/tensor";
import { checkFinite, type Initializer, made } from "./initializer.ts";

/**
 * All 0: for biases, and for layers that must begin as nothing.
 *
 * @example
 * zeros()([1, 2], rng(7)).toArray();   // => [[0, 0]]
 */
export const zeros = (): Initializer => made("zeros", {}, (shape) => zerosOf(shape) as Tensor);

/**
 * All 1: for the scales of norms.
 *
 * @example
 * ones()([2], rng(7)).toArray();   // => [1, 1]
 */
export const ones = (): Initializer => made("ones", {}, (shape) => full(shape, 1) as Tensor);

/**
 * All of one value.
 *
 * @example
 * constant(0.5)([2], rng(7)).toArray();   // => [0.5, 0.5]
 */
export function constant(value: number): Initializer {
  checkFinite("constant", { value });
  return made("constant", { value }, (shape) => full(shape, value) as Tensor);
}

/**
 * Evenly from [low, high), by default [0, 1), as PyTorch's `uniform_`.
 *
 * @example
 * uniform({ low: 2, high: 2 })([2], rng(7)).toArray();   // => [2, 2]
 */
export function uniform(options: { readonly low?: number; readonly high?: number } = {}): Initializer {
  const { low = 0, high = 1 } = options;
  checkFinite("uniform", { low, high });
  if (low > high) throw new TensorError("uniform", `low is ${low}, high ${high}`, "use low ≤ high");
  return made("uniform", options, (shape, rng) => rng.uniform(shape, { low, high }) as Tensor);
}

/**
 * Normally, by default with mean 0 and standard deviation 1.
 *
 * @example
 * normal({ mean: 3, std: 0 })([1, 2], rng(7)).toArray();   // => [[3, 3]]
 */
export function normal(options: { readonly mean?: number; readonly std?: number } = {}): Initializer {
  const { mean = 0, std = 1 } = options;
  checkFinite("normal", { mean });
  checkFinite("normal", { std }, 0);
  return made("normal", options, (shape, rng) => rng.normal(shape, { mean, std }) as Tensor);
}

interface TruncatedOptions {
  readonly mean?: number;
  readonly std?: number;
  readonly low?: number;
  readonly high?: number;
}

/**
 * Normally, what falls outside of [low, high] drawn again: by default mean 0, standard deviation 1, from −2 to 2. The
 * bounds are values, not multiples of std, as in PyTorch's `trunc_normal_`.
 *
 * @example
 * truncatedNormal({ std: 100, low: -1, high: 1 })([5], rng(7)).abs().max().item() <= 1;   // => true
 */
export function truncatedNormal(options: TruncatedOptions = {}): Initializer {
  const { mean = 0, std = 1, low = -2, high = 2 } = options;
  checkFinite("truncatedNormal", { mean, low, high });
  checkFinite("truncatedNormal", { std }, 0);
  if (!(low < high && std > 0))
    throw new TensorError("truncatedNormal", `std is ${std}, low ${low}, high ${high}`, "use std > 0 and low < high");
  return made(
    "truncatedNormal",
    options,
    (shape, rng) => rng.truncatedNormal(shape, { mean, std, low, high }) as Tensor,
  );
}
