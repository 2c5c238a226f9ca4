/** @file When a training has gone on for long enough. */
import { TensorError } from "@deltagrad/tensor";
import type { Best, Results } from "./events.ts";

export interface EarlyStopping {
  /** How many epochs may pass without a better one. */
  readonly patience: number;
  /** What is looked at: "loss" (of the validation, where there is one), or a metric. */
  readonly monitor?: string;
  /** Whether less is better ("min"). */
  readonly mode?: "min" | "max";
  /** By how much a result has to be better (0). */
  readonly delta?: number;
}

export function checkStopping({ patience, mode = "min", delta = 0 }: EarlyStopping): void {
  if (!Number.isInteger(patience) || patience < 0)
    throw new TensorError("train", `patience is ${patience}`, "use a whole number ≥ 0");
  if (mode !== "min" && mode !== "max") throw new TensorError("train", `mode is ${mode}`, 'use "min" or "max"');
  if (!(Number.isFinite(delta) && delta >= 0)) throw new TensorError("train", `delta is ${delta}`, "use a number ≥ 0");
}

/** The best so far, after an epoch with these results. NaN is never better. */
export function bestAfter<Params>(
  { monitor = "loss", mode = "min", delta = 0 }: EarlyStopping,
  best: Best<Params> | null,
  results: Results,
  candidate: Omit<Best<Params>, "value">,
): Best<Params> | null {
  const value = results[monitor];
  if (value === undefined)
    throw new TensorError(
      "train",
      `there is no result "${monitor}" to stop by`,
      `monitor ${Object.keys(results).join(" or ")}`,
    );
  const gain = best === null ? Number.POSITIVE_INFINITY : mode === "min" ? best.value - value : value - best.value;
  return !Number.isNaN(value) && gain > delta ? { value, ...candidate } : best;
}
