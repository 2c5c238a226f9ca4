/** @file Attention with several heads: of a sequence to itself, or to another. */
import {
  expandDims,
  logicalAnd,
  permute,
  reshape,
  type Shape,
  scaledDotProductAttention,
  type Tensor,
  TensorError,
  where,
} from "@deltagrad/tensor";
import { glorotUniform } from "../initializers/fans.ts";
import type { Initializer } from "../initializers/initializer.ts";
import type { Context, Layer } from "../layer.ts";
import { ANY } from "../signature.ts";
import { type DenseParams, dense } from "./dense.ts";
import { checkProbability, dropStream } from "./dropout.ts";
import { checkInput, checkSizes, showOptions } from "./options.ts";
import { checkMask } from "./recurrent.ts";

type Projection = DenseParams<number, number, boolean>;

/** Four dense layers: what makes queries, keys and values, and what the heads' results go through. */
export interface AttentionParams {
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
  readonly output: Projection;
}

export interface AttentionLayerOptions {
  /** Whether place i sees the places 0 … i only (false). */
  readonly causal?: boolean;
  /** In training, the probability of dropping a weight (0). */
  readonly dropout?: number;
  /** Whether the dense layers have biases (true). */
  readonly bias?: boolean;
  /** How their weights begin (glorotUniform). */
  readonly initializer?: Initializer;
}

/** What attends to what. */
export interface Attended {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  /** bool [batch, …, keys]: which keys there are. */
  readonly keyMask?: Tensor | undefined;
  /** For each query and key, [queries, keys] or with batch axes: bool, whether it is seen; float, added to the score. */
  readonly mask?: Tensor | undefined;
}

/** A layer that attends to its own input; `attend` takes queries, keys and values of different origin. */
export interface MultiHeadAttention<D extends number>
  extends Layer<AttentionParams, readonly [number, D], readonly [number, D]> {
  attend(params: AttentionParams, what: Attended, context?: Context<unknown>): Tensor;
}

/**
 * softmax(q·kᵀ / √d)·v in several heads, each on its own part of the features, then a dense layer over all of them.
 *
 * Shapes: [batch, …, length, features] → the same; `attend`: query [batch, …, L, features], key and value [batch, …, S,
 * features] → [batch, …, L, features]. The heads divide the features.
 * Parameters: query, key, value, output, each as of a dense layer, weight [features, features], bias [features]. PyTorch's
 * in_proj_weight is the first three transposed, one below the other; its out_proj.weight the last transposed.
 * Masks: what the context's mask has as false is seen by none. (PyTorch's key_padding_mask is the opposite.)
 * At the edges: a query that may see nothing gets the output's bias.
 * Throws: TensorError when heads do not divide features, and when x or a mask has another shape.
 * Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.
 *
 * @example
 * const layer = multiHeadAttention(8, 2, { causal: true });
 * layer.apply(layer.init(rng(7)), zeros([2, 5, 8])).shape;   // => [2, 5, 8]
 */
export function multiHeadAttention<const D extends number>(
  features: D,
  heads: number,
  options?: AttentionLayerOptions,
): MultiHeadAttention<D>;
export function multiHeadAttention(
  features: number,
  heads: number,
  options: AttentionLayerOptions = {},
): MultiHeadAttention<number> {
  const { causal = false, dropout: p = 0, bias = true, initializer = glorotUniform() } = options;
  const name = `multiHeadAttention(${features}, ${heads}${showOptions(options)})`;
  checkSizes("multiHeadAttention", name, [features, heads]);
  checkProbability("multiHeadAttention", p);
  if (features % heads !== 0)
    throw new TensorError(
      "multiHeadAttention",
      `${heads} heads for ${features} features`,
      "give a number that divides them",
    );
  const projection = dense(features, features, { bias, initializer });
  const extents = [ANY, features];
  const split = (x: Tensor): Tensor =>
    swapped(reshape(x, [...x.shape.slice(0, -1), heads, features / heads]) as Tensor);
  const attend = (params: AttentionParams, what: Attended, context: Context<unknown> = {}): Tensor => {
    const { query, key, value } = what;
    for (const x of [query, key, value])
      checkInput("multiHeadAttention", `sequences of ${features} features`, extents, x);
    const project = (part: keyof AttentionParams, x: Tensor): Tensor =>
      projection.apply(params[part] as DenseParams<number, number>, x);
    const stream = dropStream(name, p, context);
    const heard = scaledDotProductAttention(
      split(project("query", query)),
      split(project("key", key)),
      split(project("value", value)),
      { causal, mask: maskOf(name, what), dropout: stream === null ? undefined : { p, rng: stream } },
    );
    const joined = swapped(heard);
    return project("output", reshape(joined, [...joined.shape.slice(0, -2), features]) as Tensor);
  };
  return {
    name,
    input: [ANY, features],
    output: [ANY, features],
    config: { multiHeadAttention: heads, features, ...options },
    init: (rng) => ({
      query: projection.init(rng.stream("query")),
      key: projection.init(rng.stream("key")),
      value: projection.init(rng.stream("value")),
      output: projection.init(rng.stream("output")),
    }),
    attend,
    apply: (params: AttentionParams, x: Tensor, context: Context<null> = {}): Tensor =>
      attend(params, { query: x, key: x, value: x, keyMask: context.mask }, context),
  };
}

/** [batch, …, places, heads, features] as [batch, …, heads, places, features], and back. */
function swapped(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const [a, b] = [x.rank - 3, x.rank - 2];
  return permute(x, [...axes.slice(0, a), b, a, x.rank - 1]) as Tensor;
}

/** Both masks as one for the scores [batch, …, heads, queries, keys]. */
function maskOf(name: string, { query, key, keyMask, mask }: Attended): Tensor | undefined {
  checkMask(name, keyMask, key);
  const forKeys = keyMask === undefined ? undefined : (expandDims(expandDims(keyMask, -2), -2) as Tensor);
  if (mask === undefined) return forKeys;
  const [queries, keys] = [query.shape.at(-2), key.shape.at(-2)];
  const shape: Shape = mask.shape;
  if (shape.at(-2) !== queries || shape.at(-1) !== keys)
    throw new TensorError(
      name,
      `mask [${shape.join(", ")}] for ${queries} queries and ${keys} keys`,
      `give [${queries}, ${keys}], or with batch axes`,
      [mask],
    );
  const forScores = (mask.rank > 2 ? expandDims(mask, -3) : mask) as Tensor;
  if (forKeys === undefined) return forScores;
  if (mask.dtype === "bool") return logicalAnd(forScores, forKeys) as Tensor;
  return where(forKeys, forScores, Number.NEGATIVE_INFINITY) as Tensor;
}
