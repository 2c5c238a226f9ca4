/** @file All type-level shape machinery. A shape that is not known to the compiler is legal everywhere. */
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;

/** S as an array even where it is unknown; a mapped type, so that Tensor stays covariant in S. */
export type Extents<S extends Shape> = { readonly [K in keyof S]: S[K] };

/** Whether the rank is known to the compiler (extents may still be `number`). */
type IsKnown<S> = IsAny<S> extends true ? false : S extends Shape ? (number extends S["length"] ? false : true) : false;

/** The result of shape arithmetic, or an unknown shape if an operand's is. */
// biome-ignore lint/suspicious/noExplicitAny: an unknown shape must be assignable to every known one
export type Unknown = any;

/** The shape if its rank is known, else the unknown shape. */
export type Known<S extends Shape> = IsKnown<S> extends true ? S : Unknown;

/** What an argument must also be, when its shape cannot fit: it never is, and the message names the mismatch. */
export interface ShapeError<Message extends string> {
  readonly shapeError: Message;
}

/** What may stand where a tensor is expected: a plain number or boolean is a scalar that takes the other's dtype. */
export type Operand = Tensor | number | boolean;
export type ShapeOf<T> = T extends Tensor<infer S> ? S : readonly [];

type BothKnown<A, B> = IsKnown<A> extends true ? IsKnown<B> : false;
type AsShape<T> = T extends Shape ? T : Unknown;
type ErrorIn<T> = T extends readonly unknown[]
  ? Extract<T[number], ShapeError<string>>
  : Extract<T, ShapeError<string>>;
/** `unknown` (no demand) for a good result, else the error. */
type Demand<T> = [ErrorIn<T>] extends [never] ? unknown : ErrorIn<T>;

/** The extent that both stretch to. */
type Stretch<A extends number, B extends number> = A extends 1
  ? B
  : B extends 1
    ? A
    : number extends A
      ? B
      : number extends B
        ? A
        : A extends B
          ? A
          : ShapeError<`shapes do not broadcast: ${A} ≠ ${B}`>;

type Zip<A extends Shape, B extends Shape, Done extends readonly unknown[] = readonly []> = A extends readonly [
  ...infer A0 extends Shape,
  infer a extends number,
]
  ? B extends readonly [...infer B0 extends Shape, infer b extends number]
    ? Zip<A0, B0, readonly [Stretch<a, b>, ...Done]>
    : readonly [...A, ...Done]
  : readonly [...B, ...Done];

export type Broadcast<A extends Shape, B extends Shape> = BothKnown<A, B> extends true ? AsShape<Zip<A, B>> : Unknown;
export type Broadcastable<A extends Shape, B extends Shape> =
  BothKnown<A, B> extends true ? Demand<Zip<A, B>> : unknown;

type Inner<A extends number, B extends number, R> = number extends A | B
  ? R
  : [A] extends [B]
    ? R
    : ShapeError<`matmul: inner dimensions differ: ${A} ≠ ${B}`>;

type Product<A extends Shape, B extends Shape> = A extends readonly [infer k extends number]
  ? B extends readonly [infer k2 extends number]
    ? Inner<k, k2, readonly []>
    : B extends readonly [...infer Batch extends Shape, infer k2 extends number, infer n extends number]
      ? Inner<k, k2, readonly [...Batch, n]>
      : ShapeError<"matmul: a scalar has no matrix product">
  : A extends readonly [...infer BatchA extends Shape, infer m extends number, infer k extends number]
    ? B extends readonly [infer k2 extends number]
      ? Inner<k, k2, readonly [...BatchA, m]>
      : B extends readonly [...infer BatchB extends Shape, infer k2 extends number, infer n extends number]
        ? Inner<
            k,
            k2,
            Zip<BatchA, BatchB> extends infer Batch extends Shape ? readonly [...Batch, m, n] : Zip<BatchA, BatchB>
          >
        : ShapeError<"matmul: a scalar has no matrix product">
    : ShapeError<"matmul: a scalar has no matrix product">;

export type MatMul<A extends Shape, B extends Shape> = BothKnown<A, B> extends true ? AsShape<Product<A, B>> : Unknown;
export type Multipliable<A extends Shape, B extends Shape> =
  BothKnown<A, B> extends true ? Demand<Product<A, B>> : unknown;

/** A shape asked for, with −1 as an extent that is worked out. */
export type Resolved<S extends Shape> = { readonly [K in keyof S]: S[K] extends -1 ? number : S[K] };

type Reverse<S extends Shape> = S extends readonly [infer first extends number, ...infer rest extends Shape]
  ? readonly [...Reverse<rest>, first]
  : readonly [];
export type Transpose<S extends Shape> = IsKnown<S> extends true ? Reverse<S> : Unknown;

/** The extents at the places that a literal list of axes names. */
export type Permute<S extends Shape, Axes extends Shape> =
  BothKnown<S, Axes> extends true ? (At<S, Axes> extends infer R extends Shape ? R : Unknown) : Unknown;
type At<S extends Shape, Axes extends Shape> = { readonly [K in keyof Axes]: S[Index<S, Axes[K]>] };

/** A literal axis as the key of its extent; negative axes count from the end. */
type Index<S extends Shape, A extends number> = `${A}` extends `-${infer n extends number}` ? FromEnd<S, n> : A;
type FromEnd<S extends Shape, N extends number, Tail extends readonly unknown[] = readonly []> = S extends readonly [
  ...infer Rest extends Shape,
  number,
]
  ? [...Tail, unknown]["length"] extends N
    ? Rest["length"]
    : FromEnd<Rest, N, readonly [...Tail, unknown]>
  : never;

type Without<
  S extends Shape,
  Axes,
  Keep extends boolean,
  Done extends Shape = readonly [],
  Place extends readonly unknown[] = readonly [],
> = S extends readonly [infer first extends number, ...infer rest extends Shape]
  ? `${Place["length"]}` extends `${Axes & number}`
    ? Without<rest, Axes, Keep, Keep extends true ? readonly [...Done, 1] : Done, readonly [...Place, unknown]>
    : Without<rest, Axes, Keep, readonly [...Done, first], readonly [...Place, unknown]>
  : Done;

type AxesOf<S extends Shape, A> = A extends number
  ? Index<S, A>
  : A extends Shape
    ? { readonly [K in keyof A]: Index<S, A[K] & number> }[number]
    : never;

/** The shape after reducing over `Axis`: one axis, several, or all (undefined). */
export type Reduce<S extends Shape, Axis, Keep extends boolean> =
  IsKnown<S> extends true
    ? boolean extends Keep
      ? Unknown
      : [Axis] extends [undefined]
        ? Keep extends true
          ? { readonly [K in keyof S]: 1 }
          : readonly []
        : IsLiteral<Axis> extends true
          ? Without<S, AxesOf<S, Axis>, Keep>
          : Unknown
    : Unknown;
type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;
type IsLiteral<A> =
  IsAny<A> extends true
    ? false
    : [A] extends [number]
      ? number extends A
        ? false
        : true extends IsUnion<A>
          ? false
          : true
      : A extends Shape
        ? number extends A["length"]
          ? false
          : number extends A[number]
            ? A extends readonly []
              ? true
              : false
            : true
        : false;

/** The shape of nested arrays as far as the compiler knows it. */
export type NestedShape<T> = T extends readonly (infer E)[] ? readonly [T["length"], ...NestedShape<E>] : readonly [];

/** Nested plain arrays by rank. A table rather than a condition, so that Tensor stays covariant in S. */
interface NestedByRank {
  readonly 0: number;
  readonly 1: number[];
  readonly 2: number[][];
  readonly 3: number[][][];
  readonly 4: number[][][][];
  readonly [rank: number]: NestedNumbers;
}
/** Nested plain arrays of the rank of S. */
export type Nested<S extends Shape> = NestedByRank[S["length"]];
export type NestedNumbers = number | NestedNumbers[];
/** Nested numbers as JSON has them. */
export type JSONData = number | boolean | "NaN" | "Infinity" | "-Infinity" | readonly JSONData[];

/** Leading axes joined with trailing ones; unknown when the leading are. */
export type Join<Batch extends Shape, Rest extends Shape> =
  BothKnown<Batch, Rest> extends true ? readonly [...Batch, ...Rest] : Unknown;

/** A tree with tensors of any shape in place of those of known ones. */
export type Unshaped<T> = T extends Tensor
  ? Tensor
  : T extends readonly unknown[] | Readonly<Record<string, unknown>>
    ? { [K in keyof T]: Unshaped<T[K]> }
    : T;

/** For each tensor of P, the derivatives of a tensor of shape S with respect to it. */
type BlockOf<S extends Shape, P> =
  P extends Tensor<infer T> ? Tensor<Join<S, T>> : { [K in keyof P]: BlockOf<S, P[K]> };

/** The tree of a result, with the tree of the parameters in place of each tensor. */
export type JacobianOf<Y, P> = Y extends Tensor<infer S> ? BlockOf<S, P> : { [K in keyof Y]: JacobianOf<Y[K], P> };
