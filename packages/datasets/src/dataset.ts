/** @file What a data set is: features and labels in rows, and where they come from. */
import type { Shape, Tensor } from "@deltagrad/tensor";

/** Where data come from and under which terms. */
export interface About {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly doi?: string;
  readonly licence: string;
}

/** Examples in rows: features [n, …], and labels [n] as class numbers (int32). */
export interface Dataset<Features extends Shape = readonly [number, number]> {
  readonly features: Tensor<Features>;
  readonly labels: Tensor<readonly [Features[0]]>;
  /** The names of the classes, by class number. */
  readonly classes: readonly string[];
  /** The names of the columns. */
  readonly featureNames?: readonly string[];
  readonly about: About;
}
