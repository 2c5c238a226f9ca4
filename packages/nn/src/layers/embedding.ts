/** @file Layers that say what stands where: vectors for numbers of words, and for places in a sequence. */
import {
  add,
  arange,
  cast,
  equal,
  expandDims,
  embedding as rowsOf,
  slice,
  type Tensor,
  TensorError,
  tensor,
  where,
} from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import type { Initializer } from "../initializers/initializer.ts";
import { normal } from "../initializers/plain.ts";
import type { Layer } from "../layer.ts";
import { ANY } from "../signature.ts";
import { checkInput, checkNumber, checkParams, checkSizes, showOptions } from "./options.ts";

/** A table of vectors. */
export interface EmbeddingParams<N extends number = number, D extends number = number> {
  readonly table: Tensor<readonly [N, D]>;
}

export interface EmbeddingOptions {
  /** A row that begins at 0 and is not learned, for places that hold nothing; negative: from the end. */
  readonly paddingIndex?: number;
  /** How the table begins (normal, as PyTorch's). */
  readonly initializer?: Initializer;
}

/**
 * For each whole number its row of a table.
 *
 * Shapes: int32 [batch, …] → [batch, …, features]; table [rows, features]: PyTorch's layout of `weight`.
 * Derivative: to the table; none to its padding row.
 * Throws: TensorError when x is not int32, or names no row.
 *
 * @example
 * const layer = embedding(10, 4);
 * layer.apply(layer.init(rng(7)), tensor([[1, 2, 3]], { dtype: "int32" })).shape;   // => [1, 3, 4]
 */
export function embedding<const N extends number, const D extends number>(
  rows: N,
  features: D,
  options: EmbeddingOptions = {},
): Layer<EmbeddingParams<N, D>, readonly [], readonly [D]> {
  const { paddingIndex, initializer = normal() } = options;
  const name = `embedding(${rows}, ${features}${showOptions(options)})`;
  checkSizes("embedding", name, [rows, features]);
  if (paddingIndex !== undefined)
    checkNumber(
      "embedding",
      "paddingIndex",
      paddingIndex,
      Number.isInteger(paddingIndex) && paddingIndex >= -rows && paddingIndex < rows,
      `use ${-rows} to ${rows - 1}`,
    );
  const padding = paddingIndex === undefined ? null : (paddingIndex + rows) % rows;
  return {
    name,
    input: [],
    output: [features],
    config: { embedding: features, rows, ...options },
    init(rng) {
      const table = initializer([rows, features], rng.stream("table")) as Tensor;
      if (padding === null) return { table };
      const isPadding = expandDims(equal(arange(rows), padding), 1) as Tensor;
      return { table: where(isPadding, 0, table) as Tensor };
    },
    apply(params: EmbeddingParams, x: Tensor): Tensor {
      checkParams(name, params, { table: [rows, features] });
      return rowsOf(x, params.table, { paddingIndex });
    },
  } as Layer<EmbeddingParams<N, D>, readonly [], readonly [D]>;
}

interface SinusoidalOptions {
  /** The longest wavelength is this times 2π (10,000). */
  readonly base?: number;
}

/** The encodings of places 0 … length − 1. */
function waves(length: number, features: number, base: number): Tensor {
  const values = new Float64Array(length * features);
  for (let place = 0; place < length; place++) {
    for (let i = 0; i < features; i++) {
      const angle = place / elementary.pow(base, (2 * Math.floor(i / 2)) / features);
      values[place * features + i] = i % 2 === 0 ? elementary.sin(angle) : elementary.cos(angle);
    }
  }
  return tensor(values, { shape: [length, features] }) as Tensor;
}

/**
 * x plus waves that tell places apart: sin(place / base^(i / features)) for even features i, cos(place / base^((i − 1) /
 * features)) for odd ones.
 *
 * Shapes: [batch, …, length, features] → the same, for any length.
 * Dtype: as x.
 * Throws: TensorError when x has other features, or base is no number > 0.
 * Source: Vaswani et al., Attention Is All You Need (2017), section 3.5.
 *
 * @example
 * sinusoidalPositions(2).apply(null, zeros([1, 2])).toArray();   // => [[0, 1]]
 */
export function sinusoidalPositions<const D extends number>(
  features: D,
  options: SinusoidalOptions = {},
): Layer<null, readonly [number, D], readonly [number, D]> {
  const { base = 10_000 } = options;
  const name = `sinusoidalPositions(${features}${showOptions(options)})`;
  checkSizes("sinusoidalPositions", name, [features]);
  checkNumber("sinusoidalPositions", "base", base, Number.isFinite(base) && base > 0, "give a finite number > 0");
  return {
    name,
    input: [ANY, features],
    output: [ANY, features],
    config: { sinusoidalPositions: features, ...options },
    init: () => null,
    apply(_params: null, x: Tensor): Tensor {
      checkInput("sinusoidalPositions", `sequences of ${features} features`, [ANY, features], x);
      return add(x, cast(waves(x.shape.at(-2)!, features, base), x.dtype)) as Tensor;
    },
  };
}

/**
 * x plus a learned vector for each place.
 *
 * Shapes: [batch, …, length, features] → the same, up to the `length` asked for; table [length, features].
 * Throws: TensorError when x is longer, or has other features.
 *
 * @example
 * const layer = learnedPositions(8, 2);
 * layer.apply(layer.init(rng(7)), zeros([5, 6, 2])).shape;   // => [5, 6, 2]
 */
export function learnedPositions<const D extends number>(
  length: number,
  features: D,
  options: { readonly initializer?: Initializer } = {},
): Layer<EmbeddingParams<number, D>, readonly [number, D], readonly [number, D]> {
  const { initializer = normal({ std: 0.02 }) } = options;
  const name = `learnedPositions(${length}, ${features})`;
  checkSizes("learnedPositions", name, [length, features]);
  return {
    name,
    input: [ANY, features],
    output: [ANY, features],
    config: { learnedPositions: features, length, ...options },
    init: (rng) => ({ table: initializer([length, features], rng.stream("table")) }),
    apply({ table }: EmbeddingParams, x: Tensor): Tensor {
      checkInput("learnedPositions", `sequences of ${features} features`, [ANY, features], x);
      checkParams(name, { table }, { table: [length, features] });
      const places = x.shape.at(-2)!;
      if (places > length)
        throw new TensorError(name, `x [${x.shape.join(", ")}] has ${places} places`, `give ${length} at most`, [x]);
      return add(x, slice(table as Tensor, [0, places])) as Tensor;
    },
  } as Layer<EmbeddingParams<number, D>, readonly [number, D], readonly [number, D]>;
}
