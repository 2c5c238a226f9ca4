/** @file The training loop: a generator that one can read, stop and go on with. */
import { type Scalar, TensorError, valueAndGrad } from "@deltagrad/tensor";
import type { Optimizer } from "./optimizers/optimizer.ts";

export interface Training<Params, Batch, State> {
  /** Where to begin: what `init` returned, or an earlier epoch's result. */
  readonly params: Params;
  readonly loss: (params: Params, batch: Batch) => Scalar;
  readonly optimizer: Optimizer<State>;
  /** The batches of an epoch, counted from 0. */
  readonly batches: (epoch: number) => Iterable<Batch>;
  readonly epochs: number;
  /** To go on: the state and the number of an earlier epoch + 1. */
  readonly state?: State;
  readonly firstEpoch?: number;
}

/** What an epoch ended with: all that is needed to go on from it. */
export interface Epoch<Params, State> {
  readonly epoch: number;
  /** The mean of the loss over the epoch's batches, each before its step. */
  readonly loss: number;
  readonly params: Params;
  readonly state: State;
}

/**
 * Trains, and yields after each epoch. Leaving the loop stops the training; nothing else holds it.
 *
 * Throws: TensorError when a loss is NaN or infinite, before the parameters take it in; or an epoch has no batches.
 *
 * @example
 * const run = train({
 *   params: tensor(0),
 *   loss: (w: Tensor, target: number) => w.sub(target).square(),
 *   optimizer: sgd({ rate: 0.25 }),
 *   batches: () => [4, 4],
 *   epochs: 2,
 * });
 * [...run].map(({ loss, params }) => [loss, params.item()]);   // => [[10, 3], [0.625, 3.75]]
 */
export function* train<Params, Batch, State>({
  params,
  loss,
  optimizer,
  batches,
  epochs,
  state,
  firstEpoch = 0,
}: Training<Params, Batch, State>): Generator<Epoch<Params, State>, void, void> {
  if (!Number.isInteger(epochs) || epochs < 0)
    throw new TensorError("train", `there are no ${epochs} epochs`, "use a whole number ≥ 0");
  if (!Number.isInteger(firstEpoch) || firstEpoch < 0)
    throw new TensorError("train", `there is no epoch ${firstEpoch}`, "firstEpoch is a whole number ≥ 0");
  const step = valueAndGrad(loss);
  let current = params;
  let memory = state ?? optimizer.init(params);
  for (let epoch = firstEpoch; epoch < epochs; epoch++) {
    let total = 0;
    let count = 0;
    for (const batch of batches(epoch)) {
      const [value, grads] = step(current, batch);
      const cost = value.item();
      if (!Number.isFinite(cost))
        throw new TensorError(
          "train",
          `the loss is ${cost} in epoch ${epoch}, step ${count}`,
          "lower the learning rate, or look for NaN in the data",
        );
      [current, memory] = optimizer.update(current, grads, memory);
      total += cost;
      count++;
    }
    if (count === 0) throw new TensorError("train", `epoch ${epoch} has no batches`, "give at least one");
    yield { epoch, loss: total / count, params: current, state: memory };
  }
}
