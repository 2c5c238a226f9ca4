/** @file How fast a network can learn, found by trying. */
import { rng, TensorError } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Batched } from "./evaluate.ts";
import { gradientStep, type Task } from "./network.ts";

export interface RateSearch<Params, Batch, State> extends Task<Params, Batch> {
  /** An optimizer with a rate that depends on the step. */
  readonly optimizer: (rate: (step: number) => number) => Optimizer<State>;
  /** Batches, gone through again as often as needed. */
  readonly data: Batched<Batch>;
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  /** How much of the past is in the smoothed loss (0.9). */
  readonly smoothing?: number;
  readonly seed?: string | number;
}

export interface FoundRate {
  /** The rates tried, and the loss before each step, smoothed; until it explodes. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** A tenth of the rate at which the loss was least: still falling fast there. */
  readonly suggestion: number;
}

/**
 * The loss while the rate grows from step to step, by the same factor, from `from` (10⁻⁶) to `to` (1); it ends when the
 * loss is four times the least. Nothing is kept of the parameters.
 *
 * Throws: TensorError unless 0 < from < to and there are 2 steps or more; when the data has no batches, or the loss is
 * not finite before the first step.
 * Source: L. Smith, Cyclical Learning Rates for Training Neural Networks (2017), section 3.3.
 *
 * @example
 * const { rates, suggestion } = await findRate({
 *   net: { init: () => tensor(1), apply: (w: Tensor, x: Tensor) => mul(w, x) },
 *   loss: (y, batch: { x: Tensor; y: Tensor }) => mse(y, batch.y),
 *   optimizer: (rate) => sgd({ rate }),
 *   data: [{ x: tensor([1]), y: tensor([3]) }],
 *   from: 0.001, to: 10, steps: 50,
 * });
 * rates.length < 50 && suggestion > 0.01 && suggestion < 1;   // => true
 */
export async function findRate<Params, Batch, State>({
  optimizer,
  data,
  from = 1e-6,
  to = 1,
  steps = 100,
  smoothing = 0.9,
  seed = 0,
  ...task
}: RateSearch<Params, Batch, State>): Promise<FoundRate> {
  if (!(from > 0 && from < to && Number.isFinite(to)))
    throw new TensorError(
      "findRate",
      `there are no rates from ${from} to ${to}`,
      "use finite numbers with 0 < from < to",
    );
  if (!Number.isInteger(steps) || steps < 2) throw new TensorError("findRate", `steps is ${steps}`, "use 2 or more");
  if (!(smoothing >= 0 && smoothing < 1))
    throw new TensorError("findRate", `smoothing is ${smoothing}`, "use a number ≥ 0 and < 1");
  const rate = (step: number): number => from * elementary.pow(to / from, step / (steps - 1));
  const step = gradientStep("findRate", task);
  const descent = optimizer(rate);
  const streams = rng(seed);
  let params = task.net.init(streams.stream("parameters"));
  let memory = descent.init(params);
  let state: unknown = task.net.initState?.() ?? null;
  const [rates, losses]: [number[], number[]] = [[], []];
  let mean = 0;
  while (rates.length < steps) {
    const before = rates.length;
    for await (const batch of data) {
      const done = rates.length;
      const context = { training: true, rng: streams.stream("steps").stream(String(done)), state };
      const [value, gradient, after] = step(params, batch, context);
      const loss = value.item();
      mean = smoothing * mean + (1 - smoothing) * loss;
      // Begun from 0: what is missing yet is made up for, as in Adam.
      const smoothed = mean / (1 - elementary.pow(smoothing, done + 1));
      const exploded = !(smoothed <= 4 * Math.min(...losses, Number.POSITIVE_INFINITY));
      if (done === 0 && !Number.isFinite(loss))
        throw new TensorError("findRate", `the loss is ${loss} at the beginning`, "look for NaN and ∞ in the data");
      if (!Number.isFinite(loss) || (done > 0 && exploded)) return judged(rates, losses);
      rates.push(rate(done));
      losses.push(smoothed);
      if (rates.length === steps) break;
      state = after;
      [params, memory] = descent.update(params, gradient, memory);
    }
    if (rates.length === before) throw new TensorError("findRate", "the data has no batches", "give at least one");
  }
  return judged(rates, losses);
}

function judged(rates: readonly number[], losses: readonly number[]): FoundRate {
  const least = losses.indexOf(Math.min(...losses));
  return { rates, losses, suggestion: Math.max(rates[0]!, rates[least]! / 10) };
}
