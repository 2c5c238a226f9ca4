/**
 * @file What a layer is, and how layers are applied with what a pure function of parameters and input does not have:
 * the mode, randomness, running state, masks. All of these are values in a context, handed down by layers of layers.
 */
import { type Rng, type Shape, type Tensor, TensorError, type Unknown } from "@deltagrad/tensor";
import type { Batched } from "./signature-types.ts";

/**
 * What an application knows besides parameters and input. The same context gives the same result, masks of dropout
 * included: a stream in it is read from its beginning by each layer, under the layer's place. So give each step a
 * stream of its own: `{ training: true, rng: streams.stream(String(step)) }`.
 */
export interface Context<State = unknown> {
  /** Whether dropout drops and batch norms take the batch's statistics (false). */
  readonly training?: boolean;
  /** Where dropout draws from. Each layer draws from the stream under its own place, whatever others draw. */
  readonly rng?: Rng;
  /** What `initState` or an earlier `applyWithState` returned: running statistics. */
  readonly state?: State;
  /** bool [batch, …, length]: which places of sequences count; for recurrent and attention layers. */
  readonly mask?: Tensor;
  /** What decoder blocks attend to, [batch, …, length, features], and which of its places count. */
  readonly memory?: Tensor;
  readonly memoryMask?: Tensor;
  /** Called with what each part of the network returned: its path in the parameters, the part, the result. */
  readonly observe?: (path: string, layer: LayerLike, y: Tensor) => void;
}

/** A layer as data: its kind, or that with its main argument and the others by name: `{ dense: 10, inputs: 64 }`. */
export type LayerConfig = string | Readonly<Record<string, unknown>>;

/**
 * A layer: values in, values out. It holds no parameters: `init` draws them, `apply` is given them.
 *
 * In and Out are the extents of the trailing axes that the layer minds, in one example; leading axes are batches and
 * pass through. So dense has [inputs] → [outputs], a 2-d pooling [height, width] → [height, width] for any channels,
 * and an activation [] → []. An extent that is not known is `number` in the types, −1 in the values.
 *
 * State is what changes by being applied in training and is not learned by descent, as running statistics. It goes in
 * by the context and comes out of `applyWithState`; nothing is written to. Layers without one leave both out.
 */
export interface Layer<Params, out In extends Shape = Unknown, out Out extends Shape = Unknown, State = null> {
  /** As it was written, for errors and summaries: `dense(64, 32)`. */
  readonly name: string;
  /** undefined: it may take, or return, any shape. */
  readonly input: In;
  readonly output: Out;
  /** How it was made; without it, `toConfig` cannot describe it. Layers within stand here as they are. */
  readonly config?: LayerConfig;
  init(rng: Rng): Params;
  apply<Batch extends Shape>(
    params: Params,
    x: Tensor<readonly [...Batch, ...In]>,
    context?: Context<State>,
  ): Tensor<Batched<Batch, Out>>;
  initState?(): State;
  /** As `apply`, with the state after it: in evaluation the one before. */
  applyWithState?<Batch extends Shape>(
    params: Params,
    x: Tensor<readonly [...Batch, ...In]>,
    context: Context<State>,
  ): [y: Tensor<Batched<Batch, Out>>, state: State];
}

/** A layer made of others: it always has a state, if only of nothing. */
export interface Composite<Params, out In extends Shape = Unknown, out Out extends Shape = Unknown, State = Unknown>
  extends Layer<Params, In, Out, State> {
  initState(): State;
  applyWithState<Batch extends Shape>(
    params: Params,
    x: Tensor<readonly [...Batch, ...In]>,
    context: Context<State>,
  ): [y: Tensor<Batched<Batch, Out>>, state: State];
}

/** Any layer, where it does not matter which. */
export interface AnyLayer {
  readonly name: string;
  readonly input: Unknown;
  readonly output: Unknown;
  readonly config?: LayerConfig;
  init(rng: Rng): Unknown;
  apply(params: Unknown, x: Unknown, context?: Context<Unknown>): Tensor;
  initState?(): Unknown;
  applyWithState?(params: Unknown, x: Unknown, context: Context<Unknown>): [y: Tensor, state: Unknown];
}

/** A layer, or a function of a tensor, which is a layer without parameters that keeps the shape. */
export type LayerLike = AnyLayer | ((x: Tensor) => Tensor);

export type ParamsOf<L> = L extends { init(rng: Rng): infer Params } ? Params : null;
export type StateOf<L> = L extends { initState(): infer State } ? State : null;

/** The parameters of layers in a row: one tree for each, null for a function. */
export type ParamsOfAll<L extends readonly LayerLike[]> = { readonly [K in keyof L]: ParamsOf<L[K]> };
export type StatesOfAll<L extends readonly LayerLike[]> = { readonly [K in keyof L]: StateOf<L[K]> };

/** The parameters of any layer; null for a function. */
export const initOf = (layer: LayerLike, rng: Rng): unknown => (typeof layer === "function" ? null : layer.init(rng));

/**
 * The state with which any layer begins; null where it has none.
 *
 * @example
 * initState(dense(2, 3));                                            // => null
 * initState(stack(dense(2, 3), batchNorm(3)))[1].mean.toArray();     // => [0, 0, 0]
 */
export function initState<L extends LayerLike>(layer: L): StateOf<L> {
  return (typeof layer === "function" ? null : (layer.initState?.() ?? null)) as StateOf<L>;
}

type Key = string | number;
type Applied = [y: Tensor, state: unknown];
const pathOf = (key: Key): string => (typeof key === "number" ? `[${key}]` : key);
const joined = (path: string, rest: string): string =>
  rest === "" ? path : `${path}${rest.startsWith("[") ? "" : "."}${rest}`;

/** A layer applied, with its state if the context has one; the whole of a layer that only wraps another. */
export function applyWhole(layer: LayerLike, params: unknown, x: Tensor, context: Context<unknown>): Applied {
  if (typeof layer === "function") return [layer(x), null];
  return layer.applyWithState === undefined || context.state === undefined
    ? [layer.apply(params, x, context), null]
    : layer.applyWithState(params, x, context);
}

/**
 * A part of a layer, applied under its place: with its own stream and its own state. All layers of layers go through
 * here, so they agree on paths, streams and states.
 */
export function applyPart(layer: LayerLike, key: Key, params: unknown, x: Tensor, context: Context<unknown>): Applied {
  const { observe, rng, state, ...rest } = context;
  if (observe === undefined && rng === undefined && state === undefined) return applyWhole(layer, params, x, context);
  const inner: Context<unknown> = {
    ...rest,
    ...(rng === undefined ? {} : { rng: rng.stream(String(key)) }),
    ...(state === undefined ? {} : { state: (state as Record<Key, unknown> | null)?.[key] ?? null }),
    ...(observe === undefined
      ? {}
      : { observe: (path: string, part: LayerLike, y: Tensor) => observe(joined(pathOf(key), path), part, y) }),
  };
  const result = applyWhole(layer, params, x, inner);
  observe?.(pathOf(key), layer, result[0]);
  return result;
}

interface Definition<Params, State> {
  readonly name: string;
  readonly input: Shape | undefined;
  readonly output: Shape | undefined;
  readonly config?: LayerConfig;
  readonly init: (rng: Rng) => Params;
  readonly initState: () => State;
  /** What it returns, and its state after it. */
  readonly run: (params: Params, x: Tensor, context: Context<State>) => [y: Tensor, state: State];
}

/** A layer made of others, from one function that applies them with their states. */
// @__NO_SIDE_EFFECTS__
export function composite<Params, State>({
  run,
  ...definition
}: Definition<Params, State>): Composite<Params, Unknown, Unknown, State> {
  return {
    ...definition,
    apply: (params: Params, x: Tensor, context: Context<State> = {}): Tensor => run(params, x, context)[0],
    applyWithState(params: Params, x: Tensor, context: Context<State>): [Tensor, State] {
      if (context.state === undefined)
        throw new TensorError(
          definition.name,
          "there is no state to go on from",
          "give { state }: what initState or applyWithState returned",
        );
      return run(params, x, context);
    },
  };
}

/** The name of a layer of others: `residual(dense(4, 4), relu)`. */
export const nameOf = (kind: string, layers: readonly LayerLike[], rest = ""): string =>
  `${kind}(${layers.map(({ name }) => name || "function").join(", ")}${rest})`;
