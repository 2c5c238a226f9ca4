/** @file What can be trained, what a step is given, and what a step does. */
import { compile, type Rng, type Scalar, type Tensor, valueAndGrad } from "@deltagrad/tensor";

/** What a step tells the network besides its input: see `Context` of the layers. */
export interface StepContext {
  readonly training?: boolean;
  readonly rng?: Rng;
  readonly state?: unknown;
}

/** Any layer or stack; or two functions, for a model that is none. */
export interface Trainable<Params> {
  init(rng: Rng): Params;
  apply(params: Params, x: Tensor, context?: StepContext): Tensor;
  initState?(): unknown;
  applyWithState?(params: Params, x: Tensor, context: StepContext): [y: Tensor, state: unknown];
}

/** What is to be learned: how a batch becomes a prediction, and how wrong that is. */
export interface Task<Params, Batch> {
  readonly net: Trainable<Params>;
  /** How wrong predictions are: a scalar. */
  readonly loss: (y: Tensor, batch: Batch) => Scalar;
  /** What of a batch the network is given (`batch.x`). */
  readonly input?: ((batch: Batch) => Tensor) | undefined;
  /** What else the network is told, such as masks. */
  readonly context?: ((batch: Batch) => object) | undefined;
}

const inputOf = <Batch>({ input }: { readonly input?: ((batch: Batch) => Tensor) | undefined }, batch: Batch) =>
  input === undefined ? (batch as { readonly x: Tensor }).x : input(batch);

/** The prediction for a batch, and the network's state after it. */
export function predict<Params, Batch>(
  task: Task<Params, Batch>,
  params: Params,
  batch: Batch,
  context: StepContext,
): [y: Tensor, state: unknown] {
  const { net } = task;
  const whole = { ...context, ...task.context?.(batch) };
  const x = inputOf(task, batch);
  return net.applyWithState === undefined || context.state === null
    ? [net.apply(params, x, whole), null]
    : net.applyWithState(params, x, whole);
}

/** What a step finds out: the loss, its gradient, and the network's state after it. */
type Found<Params> = [loss: Scalar, gradient: Params, state: unknown];

/** Loss and gradient on one batch: what a user would write by hand; compiled, the same bits faster. */
export function gradientStep<Params, Batch>(task: Task<Params, Batch>, compiled = false) {
  const step = valueAndGrad((params: Params, batch: Batch, context: StepContext): readonly [Scalar, unknown] => {
    const [y, state] = predict(task, params, batch, context);
    return [task.loss(y, batch), state];
  }) as (params: Params, batch: Batch, context: StepContext) => Found<Params>;
  return compiled ? compile(step) : step;
}
