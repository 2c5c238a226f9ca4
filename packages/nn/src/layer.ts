/** @file What a layer is, and how the compiler follows shapes from one to the next. */
import type { Rng, Shape, ShapeError, Tensor, Unknown } from "@deltagrad/tensor";

/**
 * A layer: values in, values out. It holds no parameters: `init` draws them, `apply` is given them.
 * In and Out are the extents of the trailing axes, for one example; leading axes are batches and pass through.
 */
export interface Layer<Params, out In extends Shape = Unknown, out Out extends Shape = Unknown> {
  /** As it was written, for errors and summaries: `dense(64, 32)`. */
  readonly name: string;
  readonly input: In;
  readonly output: Out;
  init(rng: Rng): Params;
  apply<Batch extends Shape>(params: Params, x: Tensor<readonly [...Batch, ...In]>): Tensor<Batched<Batch, Out>>;
}

/** Leading axes with trailing ones; unknown where the leading are. */
export type Batched<Batch extends Shape, Out extends Shape> = number extends Batch["length"]
  ? Unknown
  : readonly [...Batch, ...Out];

/** A layer, or a function of a tensor, which is a layer without parameters that keeps the shape. */
export type LayerLike = Layer<Unknown> | ((x: Tensor) => Tensor);

export type ParamsOf<L> = L extends Layer<infer Params> ? Params : null;

/** The parameters of layers in a row: one tree for each, null for a function. */
export type ParamsOfAll<L extends readonly LayerLike[]> = { readonly [K in keyof L]: ParamsOf<L[K]> };

/** What the first layer that minds expects. */
export type InputOf<L extends readonly LayerLike[]> = L extends readonly [
  infer First,
  ...infer Rest extends readonly LayerLike[],
]
  ? First extends Layer<Unknown, infer In>
    ? In
    : InputOf<Rest>
  : Unknown;

/** What the last layer that minds returns. */
export type OutputOf<L extends readonly LayerLike[]> = L extends readonly [
  ...infer Rest extends readonly LayerLike[],
  infer Last,
]
  ? Last extends Layer<Unknown, infer _In, infer Out>
    ? Out
    : OutputOf<Rest>
  : Unknown;

type IsKnown<S> = 0 extends 1 & S ? false : S extends Shape ? (number extends S["length"] ? false : true) : false;

type Fits<Out extends Shape, In extends Shape> =
  IsKnown<Out> extends true
    ? IsKnown<In> extends true
      ? [Out] extends [In]
        ? true
        : number extends Out[number] | In[number]
          ? true
          : false
      : true
    : true;

type Show<S extends Shape> = S extends readonly [infer One extends number] ? `${One}` : "another shape";

/** The layers, or in place of one that does not fit the one before it, what is wrong. */
export type Chained<L extends readonly LayerLike[], Before extends Shape = Unknown> = L extends readonly [
  infer First extends LayerLike,
  ...infer Rest extends readonly LayerLike[],
]
  ? First extends Layer<Unknown, infer In, infer Out>
    ? Fits<Before, In> extends true
      ? readonly [First, ...Chained<Rest, Out>]
      : readonly [ShapeError<`stack: ${Show<Before>} features go into a layer that expects ${Show<In>}`>, ...Rest]
    : readonly [First, ...Chained<Rest, Before>]
  : L;
