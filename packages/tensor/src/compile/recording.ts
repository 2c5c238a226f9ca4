/** @file Recording a function for one signature: the graph of what it does, and the structure of what it returns. */
import { callSite } from "../core/callSite.ts";
import { kindOf } from "../core/checks.ts";
import { TensorError } from "../core/errors.ts";
import { type Rng, whileRecording } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import { leaves } from "../core/tree.ts";
import type { Graph } from "../graph/graph.ts";
import { Recorder } from "../graph/recorder.ts";
import { Found, type Pattern, patternOf, rebuild } from "./signature.ts";
import { Draws } from "./streams.ts";

/** What a function does with arguments of one signature. */
export interface Recorded {
  /** Its inputs: the tensors of the arguments, then what is drawn from the streams among them. */
  readonly graph: Graph;
  readonly draws: Draws;
  readonly result: Pattern;
}

/** What f does with arguments of that structure. */
export function recorded(f: (...args: never[]) => unknown, args: Pattern): Recorded {
  const recorder = new Recorder();
  const draws = new Draws((spec) => recorder.input(spec));
  const abstract = rebuild(args, abstractTensors(args, recorder), abstractStreams(draws)) as never[];
  const y = whileRecording(() => told(() => f(...abstract)));
  if (typeof (y as PromiseLike<unknown> | null)?.then === "function")
    throw new TensorError("compile", "f returned a Promise", "await data first, then compile what is done with it");
  // Refuses what is no tree of tensors, with its path.
  const results = leaves(y, "compile").map(({ tensor }) => tensor);
  if (results.length === 0)
    throw new TensorError("compile", `f returned no tensor but ${kindOf(y)}`, "return what is to be computed");
  return { graph: recorder.finish(results), draws, result: patternOf(y, new Found()) };
}

function* abstractTensors(pattern: Pattern, recorder: Recorder): Generator<Tensor> {
  if (pattern.kind === "tensor") yield recorder.input({ shape: pattern.shape, dtype: pattern.dtype });
  else if ("items" in pattern) for (const item of pattern.items) yield* abstractTensors(item, recorder);
}

function* abstractStreams(draws: Draws): Generator<Rng> {
  for (;;) yield draws.argument();
}

/** A value that is read where there is none is no fault of the operation: the line that reads it is told. */
function told<T>(f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof TensorError && error.message.includes("has no value of its own"))) throw error;
    const place = callSite(error);
    throw new TensorError(
      "compile",
      `${error.op} reads a value${place === null ? "" : ` at ${place}`}, but f is recorded without values`,
      "use tensor operations (where, maximum, …) in place of values, or leave compile off",
    );
  }
}

/** Whether something that f uses besides its arguments is watched by a transform: the graph would not be the same again. */
export const capturesWatched = (graph: Graph): boolean =>
  graph.nodes.some((node) => node.kind === "constant" && node.value.watched !== null);
