/** @file Going over data without learning from it. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import type { Accumulator } from "../metrics/metric.ts";
import type { Results } from "./events.ts";
import { predict, type Task } from "./network.ts";

/** Batches that can be gone through again, or a function that gives them. */
export type Batched<Batch> = Iterable<Batch> | AsyncIterable<Batch>;

export interface Evaluation<Batch> {
  readonly data: Batched<Batch> | (() => Batched<Batch>);
  /** Accumulators by name: `{ accuracy: metrics.accuracy.streaming() }`. */
  readonly metrics?: Readonly<Record<string, Accumulator<number>>> | undefined;
  /** What of a batch the predictions are held against (`batch.y`). */
  readonly actual?: ((batch: Batch) => Tensor) | undefined;
}

/**
 * The mean loss over examples (each batch's, weighted by its rows), and the metrics. Dropout is off.
 *
 * Throws: TensorError when there are no batches, or a metric is called "loss".
 *
 * @example
 * const net = { init: () => tensor(2), apply: (w: Tensor, x: Tensor) => mul(w, x) };
 * const data = [{ x: tensor([1, 2]), y: tensor([2, 6]) }];
 * const judged = { data, metrics: { mae: metrics.mae.streaming() } };
 * await evaluate({ net, loss: (y, batch: (typeof data)[0]) => mse(y, batch.y) }, tensor(2), judged);   // => { loss: 2, mae: 1 }
 */
export async function evaluate<Params, Batch>(
  task: Task<Params, Batch>,
  params: Params,
  { data, metrics = {}, actual }: Evaluation<Batch>,
  state: unknown = task.net.initState?.() ?? null,
): Promise<Results> {
  if ("loss" in metrics) throw new TensorError("evaluate", 'a metric is called "loss"', "give it another name");
  let accumulators = Object.entries(metrics);
  let [total, rows] = [0, 0];
  for await (const batch of typeof data === "function" ? data() : data) {
    const [y] = predict("evaluate", task, params, batch, { training: false, state });
    const count: number = y.shape[0] ?? 1;
    if (count === 0) continue;
    total += task.loss(y, batch).item() * count;
    rows += count;
    if (accumulators.length > 0) {
      const truth = actual === undefined ? (batch as { readonly y: Tensor }).y : actual(batch);
      accumulators = accumulators.map(([name, metric]) => [name, metric.add(y, truth)]);
    }
  }
  if (rows === 0) throw new TensorError("evaluate", "the data has no batches", "give at least one example");
  return { loss: total / rows, ...Object.fromEntries(accumulators.map(([name, metric]) => [name, metric.value()])) };
}
