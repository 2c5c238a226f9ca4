/** @file What a training says of itself while it runs. */

/** The best that early stopping has seen. */
export interface Best<Params> {
  readonly value: number;
  readonly epoch: number;
  readonly params: Params;
  readonly state: unknown;
}

/** Where a pass over data stands: what `state` of the datasets' batches returns. */
export interface Position {
  readonly examples: number;
  readonly epoch: number;
  readonly order?: { readonly seed: string | number; readonly shuffle: boolean; readonly length: number };
}

/**
 * Where a training stands between two steps: all that is needed to go on with the same numbers. A tree of tensors and
 * plain data, so that `saveCheckpoint` can keep it.
 */
export interface Snapshot<Params, State> {
  readonly params: Params;
  /** The optimizer's state. */
  readonly optimizer: State;
  /** The network's, such as running statistics; null where it has none. */
  readonly state: unknown;
  /** Steps done in all, epochs done, and batches done of the epoch under way. */
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  /** The sum of the losses of those batches. */
  readonly total: number;
  /** Where the data stands in that epoch, by its own word. */
  readonly position: Position | null;
  /** What the streams of the steps come from. */
  readonly seed: string | number;
  readonly best: Best<Params> | null;
}

/** Losses and metrics by name. */
export type Results = Readonly<Record<string, number>>;

interface Common<Params, State> {
  readonly snapshot: Snapshot<Params, State>;
  /** How many epochs there are to be. */
  readonly epochs: number;
}

export interface StartEvent<Params, State> extends Common<Params, State> {
  readonly type: "start";
}

/** After each step. */
export interface StepEvent<Params, State> extends Common<Params, State> {
  readonly type: "step";
  readonly epoch: number;
  /** The batch in the epoch, and the step in all, counted from 0. */
  readonly batch: number;
  readonly step: number;
  /** Before the step. */
  readonly loss: number;
  /** How many batches the epoch has, where the data says so. */
  readonly batches: number | undefined;
}

/** After the validation at the end of an epoch. */
export interface ValidationEvent<Params, State> extends Common<Params, State> {
  readonly type: "validation";
  readonly epoch: number;
  readonly results: Results;
}

/** After each epoch. */
export interface EpochEvent<Params, State> extends Common<Params, State> {
  readonly type: "epoch";
  /** Counted from 0. */
  readonly epoch: number;
  /** The mean of the loss over the epoch's batches, each before its step. */
  readonly loss: number;
  /** Of the validation; null in epochs without one. */
  readonly validation: Results | null;
}

/** Once, at the end. */
export interface EndEvent<Params, State> extends Common<Params, State> {
  readonly type: "end";
  /** Whether all epochs are done, early stopping had enough, or the signal was aborted. */
  readonly reason: "done" | "stopped" | "aborted";
  /** The result: with early stopping the best ones. */
  readonly params: Params;
  readonly state: unknown;
}

/** `for await (const event of train(…)) if (event.type === "epoch") …` */
export type TrainEvent<Params, State> =
  | StartEvent<Params, State>
  | StepEvent<Params, State>
  | ValidationEvent<Params, State>
  | EpochEvent<Params, State>
  | EndEvent<Params, State>;
