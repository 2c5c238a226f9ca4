/**
 * @file How the compiler follows shapes from layer to layer. A layer minds some trailing axes and lets all before them
 * pass, so layers compose as words of a concatenative language do: what the first leaves below the second's
 * reach passes under it, and what the second reaches for beyond the first's becomes input of both.
 */
import type { Shape, ShapeError, Unknown } from "@deltagrad/tensor";
import type { LayerLike } from "./layer.ts";

/** Leading axes with trailing ones; unknown where the leading are. */
export type Batched<Batch extends Shape, Out extends Shape> = number extends Batch["length"]
  ? Unknown
  : readonly [...Batch, ...Out];

/** What a layer, or layers in a row, take and return. */
export interface Signature<In extends Shape, Out extends Shape> {
  readonly input: In;
  readonly output: Out;
}

type IsKnown<S> = 0 extends 1 & S ? false : S extends Shape ? (number extends S["length"] ? false : true) : false;

/** Whether two extents may be equal. */
type Agree<A extends number, B extends number> = number extends A | B ? true : [A] extends [B] ? true : false;

interface Leads<Over extends Shape, Missing extends Shape> {
  readonly over: Over;
  readonly missing: Missing;
}

/** Of two shapes that agree from the back, what one has in front of the other; null if they do not agree. */
type Match<A extends Shape, B extends Shape> = A extends readonly [...infer A0 extends Shape, infer a extends number]
  ? B extends readonly [...infer B0 extends Shape, infer b extends number]
    ? Agree<a, b> extends true
      ? Match<A0, B0>
      : null
    : Leads<A, readonly []>
  : Leads<readonly [], B>;

/** The signature of [In → Out] followed by [I → O]; null if they do not fit. */
type Compose<In extends Shape, Out extends Shape, I extends Shape, O extends Shape> =
  IsKnown<I> extends true
    ? IsKnown<Out> extends true
      ? Match<Out, I> extends Leads<infer Over, infer Missing>
        ? Signature<IsKnown<In> extends true ? readonly [...Missing, ...In] : In, Placed<Over, O>>
        : null
      : Signature<In, O>
    : Signature<In extends readonly [] ? Unknown : In, O>;

type Placed<Over extends Shape, O extends Shape> = IsKnown<O> extends true ? readonly [...Over, ...O] : Unknown;

/** The signature of layers in a row; of a list of any length, unknown. */
export type SignatureOf<
  L extends readonly LayerLike[],
  In extends Shape = readonly [],
  Out extends Shape = readonly [],
> = number extends L["length"]
  ? Signature<Unknown, Unknown>
  : L extends readonly [infer First, ...infer Rest extends readonly LayerLike[]]
    ? First extends Signature<infer I, infer O>
      ? Compose<In, Out, I, O> extends Signature<infer In2, infer Out2>
        ? SignatureOf<Rest, In2, Out2>
        : Signature<Unknown, Unknown>
      : SignatureOf<Rest, In, Out>
    : Signature<In, Out>;

export type InputOf<L extends readonly LayerLike[]> = SignatureOf<L>["input"];
export type OutputOf<L extends readonly LayerLike[]> = SignatureOf<L>["output"];

type Show<S extends Shape, Text extends string = ""> = S extends readonly [
  infer First extends number,
  ...infer Rest extends Shape,
]
  ? Show<Rest, Text extends "" ? `${First}` : `${Text}, ${First}`>
  : Text;

/** The layers, or in place of one that does not fit the ones before it, what is wrong. */
export type Chained<
  L extends readonly LayerLike[],
  In extends Shape = readonly [],
  Out extends Shape = readonly [],
> = number extends L["length"]
  ? L
  : L extends readonly [infer First extends LayerLike, ...infer Rest extends readonly LayerLike[]]
    ? First extends Signature<infer I, infer O>
      ? Compose<In, Out, I, O> extends Signature<infer In2, infer Out2>
        ? readonly [First, ...Chained<Rest, In2, Out2>]
        : readonly [ShapeError<`stack: [${Show<Out>}] goes into a layer that expects [${Show<I>}]`>, ...Rest]
      : readonly [First, ...Chained<Rest, In, Out>]
    : L;
