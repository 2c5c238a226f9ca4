/** @file Transformer blocks: attention and a feed-forward network, each with a way around it and a norm. */
import { add, dropout as drop, gelu, type Rng, relu, type Tensor, TensorError } from "@deltagrad/tensor";
import type { Context, Layer } from "../layer.ts";
import { ANY } from "../signature.ts";
import { type AttentionParams, multiHeadAttention } from "./attention.ts";
import { type DenseParams, dense } from "./dense.ts";
import { checkProbability, dropStream } from "./dropout.ts";
import { layerNorm, type NormParams } from "./normalization.ts";
import { checkInput, checkOneOf, checkSizes, showOptions } from "./options.ts";

export interface TransformerOptions {
  /** Features between the two dense layers (four times as many as outside). */
  readonly hidden?: number;
  /** What stands between them ("relu"). */
  readonly activation?: "relu" | "gelu";
  /** Where the norm stands: after each sum, as in the paper, or before each part, as is easier to train ("post"). */
  readonly norm?: "pre" | "post";
  /** In training, the probability of dropping: of attention weights, hidden features, and what each part adds (0.1). */
  readonly dropout?: number;
  /** Whether place i sees the places 0 … i only (false; in a decoder true). */
  readonly causal?: boolean;
  readonly epsilon?: number;
}

interface FeedForward {
  readonly expand: DenseParams;
  readonly contract: DenseParams;
}

export interface EncoderBlockParams {
  readonly attention: AttentionParams;
  readonly attentionNorm: NormParams;
  readonly feedForward: FeedForward;
  readonly feedForwardNorm: NormParams;
}

export interface DecoderBlockParams extends EncoderBlockParams {
  readonly memory: AttentionParams;
  readonly memoryNorm: NormParams;
}

/** The context of a part: with a stream of its own. */
const within = (context: Context<unknown>, key: string): Context<unknown> =>
  context.rng === undefined ? context : { ...context, rng: context.rng.stream(key) };

/** What both kinds of block are made of. */
function parts(op: string, features: number, heads: number, options: TransformerOptions, causalUnlessTold: boolean) {
  const { hidden = 4 * features, activation = "relu", norm = "post", dropout: p = 0.1 } = options;
  const { causal = causalUnlessTold, epsilon = 1e-5 } = options;
  const name = `${op}(${features}, ${heads}${showOptions(options)})`;
  checkSizes(op, name, [features, heads, hidden]);
  checkOneOf(op, "activation", activation, ["relu", "gelu"]);
  checkOneOf(op, "norm", norm, ["pre", "post"]);
  checkProbability(op, p);
  const attention = multiHeadAttention(features, heads, { causal, dropout: p });
  const across = multiHeadAttention(features, heads, { dropout: p });
  const normalize = layerNorm(features, { epsilon });
  const [expand, contract] = [dense(features, hidden), dense(hidden, features)];
  const f = activation === "relu" ? relu : gelu;
  const dropped = (x: Tensor, context: Context<unknown>): Tensor => {
    const stream = dropStream(name, p, context);
    return stream === null ? x : drop(x, stream, p);
  };
  const extents: readonly [number, number] = [ANY, features];
  return {
    attention,
    across,
    named: { name, input: extents, output: extents },
    check(x: Tensor, context: Context<unknown>): void {
      checkInput(op, `sequences of ${features} features`, extents, x);
      dropStream(name, p, context);
    },
    feedForward: (params: FeedForward, x: Tensor, context: Context<unknown>): Tensor =>
      contract.apply(
        params.contract,
        dropped(f(expand.apply(params.expand, x)) as Tensor, within(context, "hidden")),
      ) as Tensor,
    /** A part with its way around and its norm. */
    around(
      params: NormParams,
      x: Tensor,
      context: Context<unknown>,
      part: (x: Tensor, context: Context<unknown>) => Tensor,
    ): Tensor {
      const scaled = (y: Tensor): Tensor => normalize.apply(params, y) as Tensor;
      const added = (y: Tensor): Tensor => add(x, dropped(y, within(context, "added"))) as Tensor;
      return norm === "pre" ? added(part(scaled(x), context)) : scaled(added(part(x, context)));
    },
    initNorm: normalize.init,
    init: (rng: Rng): EncoderBlockParams => ({
      attention: attention.init(rng.stream("attention")),
      attentionNorm: normalize.init(rng),
      feedForward: {
        expand: expand.init(rng.stream("expand")),
        contract: contract.init(rng.stream("contract")),
      },
      feedForwardNorm: normalize.init(rng),
    }),
  };
}

/** A block, by its features. */
export type TransformerBlock<Params, D extends number> = Layer<Params, readonly [number, D], readonly [number, D]>;

/**
 * Attention of a sequence to itself, then a feed-forward network at each place, each with a way around it and a layer
 * norm. A decoder alone, as for language models, is this with `causal: true`.
 *
 * Shapes: [batch, …, length, features] → the same.
 * Masks: the context's `mask`, bool [batch, …, length], says which places are seen.
 * Defaults: PyTorch's nn.TransformerEncoderLayer, but hidden (there 2048). After the last of several blocks with
 * norm "pre", put a layerNorm.
 * Throws: TensorError for options that are none, and when x or the mask has another shape.
 * Source: Vaswani et al., Attention Is All You Need (2017), section 3.1; norm "pre": Xiong and others, On Layer
 * Normalization in the Transformer Architecture (2020).
 *
 * @example
 * const block = transformerEncoderBlock(8, 2, { norm: "pre" });
 * block.apply(block.init(rng(7)), zeros([2, 5, 8])).shape;   // => [2, 5, 8]
 */
export function transformerEncoderBlock<const D extends number>(
  features: D,
  heads: number,
  options?: TransformerOptions,
): TransformerBlock<EncoderBlockParams, D>;
export function transformerEncoderBlock(
  features: number,
  heads: number,
  options: TransformerOptions = {},
): TransformerBlock<EncoderBlockParams, number> {
  const { named, attention, around, check, feedForward, init } = parts(
    "transformerEncoderBlock",
    features,
    heads,
    options,
    false,
  );
  return {
    ...named,
    config: { transformerEncoderBlock: heads, features, ...options },
    init,
    apply(params: EncoderBlockParams, x: Tensor, context: Context<null> = {}): Tensor {
      check(x, context);
      const attended = around(params.attentionNorm, x, within(context, "attention"), (query, inner) =>
        attention.attend(params.attention, { query, key: query, value: query, keyMask: context.mask }, inner),
      );
      return around(params.feedForwardNorm, attended, within(context, "feedForward"), (y, inner) =>
        feedForward(params.feedForward, y, inner),
      );
    },
  };
}

/**
 * Attention of a sequence to its own past, then to a memory, then a feed-forward network at each place, each with a way
 * around it and a layer norm.
 *
 * Shapes: [batch, …, length, features], with the context's `memory` [batch, …, places, features] → as x.
 * Masks: the context's `mask`, bool [batch, …, length], and `memoryMask`, bool [batch, …, places]: what is seen.
 * Throws: TensorError when the context has no memory; for options that are none; when x, memory or a mask has another
 * shape.
 * Source: Vaswani et al., Attention Is All You Need (2017), section 3.1.
 *
 * @example
 * const block = transformerDecoderBlock(8, 2);
 * block.apply(block.init(rng(7)), zeros([2, 5, 8]), { memory: zeros([2, 3, 8]) }).shape;   // => [2, 5, 8]
 */
export function transformerDecoderBlock<const D extends number>(
  features: D,
  heads: number,
  options?: TransformerOptions,
): TransformerBlock<DecoderBlockParams, D>;
export function transformerDecoderBlock(
  features: number,
  heads: number,
  options: TransformerOptions = {},
): TransformerBlock<DecoderBlockParams, number> {
  const { named, attention, across, around, check, feedForward, init, initNorm } = parts(
    "transformerDecoderBlock",
    features,
    heads,
    options,
    true,
  );
  return {
    ...named,
    config: { transformerDecoderBlock: heads, features, ...options },
    init: (rng) => ({ ...init(rng), memory: across.init(rng.stream("memory")), memoryNorm: initNorm(rng) }),
    apply(params: DecoderBlockParams, x: Tensor, context: Context<null> = {}): Tensor {
      const { mask, memory, memoryMask } = context;
      check(x, context);
      if (memory === undefined)
        throw new TensorError(
          named.name,
          "there is no memory to attend to",
          "give { memory } in the context, or take transformerEncoderBlock with causal: true",
        );
      const first = around(params.attentionNorm, x, within(context, "attention"), (query, inner) =>
        attention.attend(params.attention, { query, key: query, value: query, keyMask: mask }, inner),
      );
      const second = around(params.memoryNorm, first, within(context, "memory"), (query, inner) =>
        across.attend(params.memory, { query, key: memory, value: memory, keyMask: memoryMask }, inner),
      );
      return around(params.feedForwardNorm, second, within(context, "feedForward"), (y, inner) =>
        feedForward(params.feedForward, y, inner),
      );
    },
  };
}
