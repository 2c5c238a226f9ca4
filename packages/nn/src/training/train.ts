/** @file The training loop: an iterator of events that one can listen to, stop, save and go on with. */
import { rng, TensorError } from "@deltagrad/tensor";
import { checkAlike, named } from "../like.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { type Batched, type Evaluation, evaluate } from "./evaluate.ts";
import type { EndEvent, Position, Results, Snapshot, TrainEvent } from "./events.ts";
import { explain, gradientIsFinite } from "./fault.ts";
import { gradientStep, type StepContext, type Task } from "./network.ts";
import { bestAfter, checkStopping, type EarlyStopping } from "./stopping.ts";

export interface Training<Params, Batch, State> extends Task<Params, Batch> {
  readonly optimizer: Optimizer<State>;
  /**
   * The batches of an epoch, counted from 0; or batches that can be gone through again. `resume` is where a snapshot
   * says that they stood: hand it to `batches`. Where it is not taken up, the batches done are passed over.
   */
  readonly data: Batched<Batch> | ((epoch: number, resume?: Position) => Batched<Batch>);
  readonly epochs: number;
  /** What parameters and streams are drawn from (0). */
  readonly seed?: string | number;
  /** Where to begin, in place of what `net.init` draws. */
  readonly params?: Params;
  /** What is looked at after each epoch, or every so many. */
  readonly validation?: Evaluation<Batch> & { readonly every?: number };
  /** Ends the training when there was no better epoch for a while, and returns the best parameters. */
  readonly earlyStopping?: EarlyStopping;
  /** Are called with each event before it is yielded, and waited for. */
  readonly callbacks?: readonly ((event: TrainEvent<Params, State>) => void | Promise<void>)[];
  /** Once it is aborted, the training ends before the next step. */
  readonly signal?: { readonly aborted: boolean };
  /**
   * Whether loss and gradient are compiled, once for each shape of batch (false): the same bits, faster. The network
   * and the loss may then not read values, and what they use besides parameters and batch is taken as it was first.
   */
  readonly compile?: boolean;
  /** Goes on from an earlier training's snapshot: parameters, seed and all. */
  readonly resume?: Snapshot<Params, State> | undefined;
}

/** Batches that know where they stand. */
interface Standing {
  readonly length?: number;
  state?(batches: number): Position;
}

/** Lets what waits outside (a page, Ctrl-C) have its turn. */
const breathe = (): Promise<void> => {
  const { setTimeout } = globalThis as unknown as { setTimeout(f: () => void, ms: number): unknown };
  return new Promise((done) => setTimeout(done, 0));
};
/** Milliseconds between two turns: a page stays smooth. */
const TURN = 30;

function check<Params, Batch, State>({
  net,
  loss,
  optimizer,
  data,
  epochs,
  seed = 0,
  validation,
  earlyStopping,
  callbacks = [],
  compile,
}: Training<Params, Batch, State>) {
  const refuse = (problem: string, advice: string): never => {
    throw new TensorError("train", problem, advice);
  };
  if (typeof net?.apply !== "function" || typeof net.init !== "function")
    refuse("net is no layer", "give a stack, or { init, apply }");
  if (typeof loss !== "function") refuse("loss is no function", "give (y, batch) => a scalar");
  if (typeof optimizer?.update !== "function") refuse("optimizer is none", "give sgd({ rate: 0.1 }), adam(), …");
  if (typeof data !== "function" && typeof (data as object | null) !== "object")
    refuse("data has no batches", "give a list of batches, or a function of the epoch");
  if (compile !== undefined && typeof compile !== "boolean")
    refuse(`compile is ${String(compile)}`, "use true or false");
  if (!Number.isInteger(epochs) || epochs < 0) refuse(`there are no ${epochs} epochs`, "use a whole number ≥ 0");
  if (epochs > 1 && isUsedUp(data))
    refuse(
      "data is an iterator, which has the batches of one epoch",
      "give a list of batches, or () => a new iterator",
    );
  if (typeof seed !== "string" && !Number.isFinite(seed))
    refuse(`seed is ${String(seed)}`, "use a string or a finite number");
  if (!Array.isArray(callbacks) || callbacks.some((callback) => typeof callback !== "function"))
    refuse("callbacks is no list of functions", "give callbacks: [(event) => …]");
  const every = validation?.every ?? 1;
  if (!Number.isInteger(every) || every < 1) refuse(`validation every ${every} epochs`, "use a whole number ≥ 1");
  if (earlyStopping !== undefined) checkStopping(earlyStopping);
}

/** Whether the data is its own iterator, as a generator is: it can be gone through once. */
const isUsedUp = (data: object): boolean => typeof (data as Partial<Iterator<unknown>>).next === "function";

/** Where a training begins. */
function beginning<Params, Batch, State>(setup: Training<Params, Batch, State>): Snapshot<Params, State> {
  const { net, optimizer, resume, seed = 0 } = setup;
  const params = setup.params ?? net.init(rng(seed).stream("parameters"));
  const state = net.initState?.() ?? null;
  if (resume !== undefined) {
    const expected = named("train", { params, optimizer: optimizer.init(params), state });
    const found = named("train", { params: resume.params, optimizer: resume.optimizer, state: resume.state });
    checkAlike("train", expected, found, "resume with the network and the optimizer that the snapshot is of");
    return resume;
  }
  const none = { step: 0, epoch: 0, batch: 0, total: 0, position: null, best: null };
  return { params, optimizer: optimizer.init(params), state, ...none, seed };
}

/** The batches of the epoch under way, and how many of them are to be passed over. */
function batchesOf<Batch>(
  data: Training<unknown, Batch, unknown>["data"],
  { epoch, batch, position }: Snapshot<unknown, unknown>,
): { batches: Batched<Batch> & Standing; passed: number; standing: boolean } {
  const batches: Batched<Batch> & Standing = typeof data === "function" ? data(epoch, position ?? undefined) : data;
  const standing = position !== null && JSON.stringify(batches.state?.(0)) === JSON.stringify(position);
  return { batches, passed: standing ? 0 : batch, standing };
}

/**
 * Trains, and yields an event at the start, after each step, validation and epoch, and at the end. Nothing else holds
 * the training: leaving the loop stops it. Each event has a snapshot from which `resume` goes on, bit for bit.
 *
 * By hand it is `[loss, gradient] = valueAndGrad(…)(params, batch)` and `[params, state] = optimizer.update(params,
 * gradient, state)`, for each batch. Dropout draws in step n from the stream `steps/n` of the seed.
 *
 * Throws: TensorError when an epoch has no batches; when a loss or gradient is NaN or infinite, before the parameters
 * take it in, with the operation that made it; when a snapshot is of another network or optimizer.
 *
 * @example
 * const run = train({
 *   net: { init: () => tensor(0), apply: (w: Tensor, x: Tensor) => mul(w, x) },
 *   loss: (y, { target }: { x: Tensor; target: number }) => sub(y, target).square() as Scalar,
 *   optimizer: sgd({ rate: 0.25 }),
 *   data: [{ x: tensor(1), target: 4 }, { x: tensor(1), target: 4 }],
 *   epochs: 2,
 * });
 * const losses: number[] = [];
 * for await (const event of run) if (event.type === "epoch") losses.push(event.loss);
 * losses;   // => [10, 0.625]
 */
export async function* train<Params, Batch, State>(
  setup: Training<Params, Batch, State>,
): AsyncGenerator<TrainEvent<Params, State>, void, void> {
  check(setup);
  const { optimizer, data, epochs, validation, earlyStopping, callbacks = [], signal } = setup;
  const step = gradientStep("train", setup, setup.compile);
  let now = beginning(setup);
  const streams = rng(now.seed).stream("steps");
  let turn = Date.now();
  async function told<E extends TrainEvent<Params, State>>(event: E): Promise<E> {
    for (const callback of callbacks) await callback(event);
    if (Date.now() - turn > TURN) {
      await breathe();
      turn = Date.now();
    }
    return event;
  }
  function ended(reason: EndEvent<Params, State>["reason"]): EndEvent<Params, State> {
    const { params, state } = now.best ?? now;
    return { type: "end", reason, params, state, snapshot: now, epochs };
  }

  yield told({ type: "start", snapshot: now, epochs });
  while (now.epoch < epochs) {
    if (signal?.aborted) return yield told(ended("aborted"));
    const { epoch } = now;
    const { batches, passed, standing } = batchesOf(data, now);
    const start = standing ? now.batch : 0;
    const length = batches.length === undefined ? undefined : start + batches.length;
    let skip = passed;
    for await (const batch of batches) {
      if (skip-- > 0) continue;
      if (signal?.aborted) return yield told(ended("aborted"));
      const { params, state } = now;
      const context: StepContext = { training: true, rng: streams.stream(String(now.step)), state };
      const [value, gradient, after] = step(params, batch, context);
      const loss = value.item();
      if (!Number.isFinite(loss) || !gradientIsFinite(gradient))
        explain({ epoch, batch: now.batch }, loss, params, batch, (p) => step(p as Params, batch, context).slice(0, 2));
      const [next, memory] = optimizer.update(params, gradient, now.optimizer);
      const done = now.batch + 1;
      now = {
        ...now,
        params: next,
        optimizer: memory,
        state: after,
        step: now.step + 1,
        batch: done,
        total: now.total + loss,
        // After the last batch the data stands at the next epoch's first.
        position: done === length ? null : (batches.state?.(done - start) ?? null),
      };
      yield told({
        type: "step",
        epoch,
        batch: done - 1,
        step: now.step - 1,
        loss,
        batches: length,
        snapshot: now,
        epochs,
      });
    }
    if (now.batch === 0)
      throw new TensorError(
        "train",
        `epoch ${epoch} has no batches`,
        "give at least one; is a batch larger than the data?",
      );
    const loss = now.total / now.batch;
    let results: Results | null = null;
    if (validation !== undefined && (epoch + 1) % (validation.every ?? 1) === 0) {
      results = await evaluate(setup, now.params, validation, now.state);
      yield told({ type: "validation", epoch, results, snapshot: now, epochs });
    }
    now = { ...now, epoch: epoch + 1, batch: 0, total: 0, position: null };
    if (earlyStopping !== undefined && (validation === undefined || results !== null)) {
      const { params, state } = now;
      now = { ...now, best: bestAfter(earlyStopping, now.best, results ?? { loss }, { epoch, params, state }) };
    }
    yield told({ type: "epoch", epoch, loss, validation: results, snapshot: now, epochs });
    if (earlyStopping !== undefined && epoch - (now.best?.epoch ?? -1) > earlyStopping.patience)
      return yield told(ended("stopped"));
  }
  yield told(ended("done"));
}

/**
 * Trains to the end, and returns the last event: the parameters, and why it ended.
 *
 * Throws: as `train`.
 *
 * @example
 * const { params, reason } = await fit({
 *   net: { init: () => tensor(0), apply: (w: Tensor, x: Tensor) => mul(w, x) },
 *   loss: (y, batch: { x: Tensor; y: Tensor }) => mse(y, batch.y),
 *   optimizer: sgd({ rate: 0.5 }),
 *   data: [{ x: tensor([1]), y: tensor([3]) }],
 *   epochs: 1,
 * });
 * [params.item(), reason];   // => [3, "done"]
 */
export async function fit<Params, Batch, State>(
  setup: Training<Params, Batch, State>,
): Promise<EndEvent<Params, State>> {
  let last: TrainEvent<Params, State> | undefined;
  for await (const event of train(setup)) last = event;
  return last as EndEvent<Params, State>;
}
