/** @file What a data set looks like: features and what belongs to them in rows, and where they come from. */
import type { Shape, Tensor } from "@deltagrad/tensor";

/** Where data come from and under which terms. */
export interface About {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly doi?: string;
  readonly licence: string;
}

/** Examples in rows, each of a class: features [n, …], and labels [n] as class numbers (int32). */
export interface Classification<Features extends Shape = readonly [number, number]> {
  readonly features: Tensor<Features>;
  readonly labels: Tensor<readonly [Features[0]]>;
  /** The names of the classes, by class number. */
  readonly classes: readonly string[];
  /** The names of the columns. */
  readonly featureNames?: readonly string[];
  readonly about: About;
}

/** Examples in rows, each with what is to be predicted: features [n, …] and targets [n, …]. */
export interface Regression<
  Features extends Shape = readonly [number, number],
  Targets extends Shape = readonly [Features[0]],
> {
  readonly features: Tensor<Features>;
  readonly targets: Tensor<Targets>;
  readonly about: About;
}
