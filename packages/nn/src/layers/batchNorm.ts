/** @file Batch normalization: the layer whose state is a value, in by the context and out of `applyWithState`. */
import {
  add,
  batchStatistics,
  mul,
  ones,
  batchNorm as overBatch,
  type Statistics,
  stopGradient,
  type Tensor,
  TensorError,
  zeros,
} from "@deltagrad/tensor";
import type { Composite, Context } from "../layer.ts";
import {
  channelExtents,
  checkEpsilon,
  type Image,
  type NormLayerOptions,
  type NormParams,
  scales,
} from "./normalization.ts";
import { checkInput, checkNumber, checkParams, checkSizes, inOneBatch, oneBatch, showOptions } from "./options.ts";

/** Running statistics of each channel, [channels]. */
export type BatchNormState = Statistics;

export interface BatchNormLayerOptions extends NormLayerOptions {
  /** How much of each batch's statistics goes into the running ones, as PyTorch counts it (0.1). */
  readonly momentum?: number;
  /** How many axes stand behind the channels: 1 for sequences, 2 for images (0). */
  readonly spatial?: number;
}

/** A batch norm: in training by the batch's statistics, in evaluation by the running ones. */
export type BatchNorm<C extends number, O> = Composite<NormParams, BatchImage<C, O>, BatchImage<C, O>, BatchNormState>;

type BatchImage<C extends number, O> = O extends { readonly spatial: number } ? Image<C, O> : readonly [C];

/**
 * Each channel less its mean, divided by its deviation, then scaled and shifted. In training these are the batch's, and
 * `applyWithState` returns running ones: (1 − momentum)·running + momentum·batch's, the variance counted with n − 1.
 * In evaluation they are the running ones, which the context must give.
 *
 * The running statistics are a state of their own rather than parameters, so gradients, optimizers and weight decay
 * never see them, and a step is a pure function: `[y, state] = applyWithState(params, x, { training: true, state })`.
 * (As in Haiku; Flax has collections that `apply` may change, PyTorch writes into the module.) They do not vary with x
 * for derivatives. Let the loss return them beside its value and `valueAndGrad` hands them on.
 *
 * Shapes: [batch, …, channels, …spatial] → the same; all axes but the channels' are averaged over. weight and bias
 * [channels], which begin at 1 and 0; state mean and variance [channels], which begin at 0 and 1: PyTorch's layout.
 * At the edges: a batch with one value for a channel has no deviation and is refused in training.
 * Throws: TensorError when x has other channels, or in evaluation there are no running statistics.
 * Source: Ioffe, Szegedy, Batch Normalization (2015), algorithms 1 and 2.
 *
 * @example
 * const layer = batchNorm(1, { momentum: 0.5, epsilon: 0 });
 * const params = layer.init(rng(7));
 * const context = { training: true, state: layer.initState() };
 * const [y, state] = layer.applyWithState(params, tensor([[1], [3]]), context);
 * y.toArray();                                                    // => [[-1], [1]]
 * [state.mean.item(), state.variance.item()];                     // => [1, 1.5]
 * layer.apply(params, tensor([[1]]), { state }).toArray();        // => [[0]]
 */
export function batchNorm<const C extends number, const O extends BatchNormLayerOptions = Record<never, never>>(
  channels: C,
  options?: O,
): BatchNorm<C, O>;
export function batchNorm(channels: number, options: BatchNormLayerOptions = {}): Composite<NormParams> {
  const { epsilon = 1e-5, affine = true, momentum = 0.1, spatial = 0 } = options;
  const name = `batchNorm(${channels}${showOptions(options)})`;
  checkSizes("batchNorm", name, [channels]);
  checkEpsilon("batchNorm", epsilon);
  checkNumber("batchNorm", "momentum", momentum, momentum >= 0 && momentum <= 1, "give a number from 0 to 1");
  const extents = channelExtents("batchNorm", channels, spatial, 0);
  const check = (params: NormParams, x: Tensor): void => {
    checkInput("batchNorm", `${channels} channels on axis −${spatial + 1}`, extents, x);
    checkParams(name, params, { weight: affine ? [channels] : null, bias: affine ? [channels] : null });
  };
  const normalize = (params: NormParams, x: Tensor, statistics?: Statistics): Tensor =>
    inOneBatch(x, spatial + 1, (batch) => overBatch(batch, { ...statistics, ...scales(params), epsilon }));
  const running = (state: BatchNormState | undefined): BatchNormState => {
    if (state === undefined)
      throw new TensorError(
        name,
        "there are no running statistics to evaluate by",
        "give { state }: what initState or applyWithState returned; or { training: true } for the batch's own",
      );
    checkParams(name, state, { mean: [channels], variance: [channels] }, "initState");
    return state;
  };
  const apply = (params: NormParams, x: Tensor, context: Context<BatchNormState> = {}): Tensor => {
    check(params, x);
    return context.training ? normalize(params, x) : normalize(params, x, running(context.state));
  };
  return {
    name,
    input: extents,
    output: extents,
    config: { batchNorm: channels, ...options },
    init: () => ({
      weight: affine ? (ones([channels]) as Tensor) : null,
      bias: affine ? (zeros([channels]) as Tensor) : null,
    }),
    initState: (): BatchNormState => ({ mean: zeros([channels]) as Tensor, variance: ones([channels]) as Tensor }),
    apply,
    applyWithState(params: NormParams, x: Tensor, context: Context<BatchNormState>): [Tensor, BatchNormState] {
      const y = apply(params, x, context);
      const before = running(context.state);
      return [y, context.training ? blended(before, stopGradient(x), spatial, momentum) : before];
    },
  };
}

/** The running statistics after a batch; after an empty one, those before. */
function blended(before: Statistics, x: Tensor, spatial: number, momentum: number): Statistics {
  const count = x.size / x.shape[x.rank - spatial - 1]!;
  if (count === 0) return before;
  const { mean, variance } = batchStatistics(oneBatch(x, spatial + 1));
  const unbiased = mul(variance, count / (count - 1)) as Tensor;
  const blend = (old: Tensor, now: Tensor): Tensor => add(mul(old, 1 - momentum), mul(now, momentum)) as Tensor;
  return { mean: blend(before.mean, mean), variance: blend(before.variance, unbiased) };
}
