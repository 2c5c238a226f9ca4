/** @file How parameters begin: functions of a shape [inputs, outputs] and a stream of random numbers. */
import { type Rng, type Tensor, TensorError, zeros as zerosOf } from "@deltagrad/tensor";

/** Draws the parameters of a shape. */
export type Initializer = <I extends number, O extends number>(
  shape: readonly [I, O],
  rng: Rng,
) => Tensor<readonly [I, O]>;

/**
 * Evenly from ±√(6 / (inputs + outputs)): the variance of signals is kept both ways.
 *
 * Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), eq 16.
 *
 * @example
 * glorotUniform([2, 4], rng(7)).max().item() < 1;   // => true
 */
export const glorotUniform: Initializer = (shape, rng) => {
  const bound = Math.sqrt(6 / (shape[0] + shape[1]));
  return rng.uniform(shape, { low: -bound, high: bound }) as Tensor;
};

/**
 * Normally with variance 2 / (inputs + outputs).
 *
 * Source: X. Glorot, Y. Bengio (2010), eq 12.
 */
export const glorotNormal: Initializer = (shape, rng) =>
  rng.normal(shape, { std: Math.sqrt(2 / (shape[0] + shape[1])) }) as Tensor;

/**
 * Normally with variance 2 / inputs, for layers followed by relu.
 *
 * Source: K. He and others, Delving Deep into Rectifiers (2015), eq 10.
 */
export const heNormal: Initializer = (shape, rng) => rng.normal(shape, { std: Math.sqrt(2 / shape[0]) }) as Tensor;

/** All 0; for tests, and for layers that must begin as nothing. */
export const zeros: Initializer = (shape) => zerosOf(shape) as Tensor;

/**
 * Normally with the given standard deviation.
 *
 * @example
 * normal({ std: 0 })([1, 2], rng(7)).toArray();   // => [[0, 0]]
 */
export function normal({ std = 1 }: { readonly std?: number } = {}): Initializer {
  if (!(Number.isFinite(std) && std >= 0)) throw new TensorError("normal", `std is ${std}`, "use a finite number ≥ 0");
  return (shape, rng) => rng.normal(shape, { std }) as Tensor;
}
