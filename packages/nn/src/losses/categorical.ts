/** @file Losses of distributions over classes. */
import {
  add,
  broadcastTo,
  equal,
  exp,
  expandDims,
  gather,
  log,
  logSoftmax,
  mul,
  onesLike,
  reshape,
  squeeze,
  sub,
  sum,
  type Tensor,
  TensorError,
  where,
} from "@deltagrad/tensor";
import {
  checkAlike,
  checkReduction,
  checkTensors,
  numbers,
  probabilities,
  type Reduced,
  type Reduction,
  type ReductionOption,
  reduce,
  within,
} from "./reduction.ts";

export interface ClassOptions<R extends Reduction> extends ReductionOption<R> {
  /** What each class counts for: [classes] (1). */
  readonly weight?: Tensor | undefined;
  /** A target that counts for nothing. */
  readonly ignoreIndex?: number | undefined;
}

export interface SoftmaxCrossEntropyOptions<R extends Reduction> extends ClassOptions<R> {
  /** How much of the target is spread evenly over all classes, 0 to 1 (0). */
  readonly labelSmoothing?: number;
}

/** The classes: second axis of a batch, first of a single example. */
const classAxis = (x: Tensor): number => Math.min(1, x.rank - 1);

/** −Σ factor·log p over the classes, where a factor of 0 makes 0 also of p = 0. */
function crossed(factors: Tensor, logs: Tensor, axis: number): Tensor {
  const absent = mul(equal(factors, 0), equal(logs, Number.NEGATIVE_INFINITY)) as Tensor;
  return sub(0, sum(mul(factors, where(absent, 0, logs)), axis)) as Tensor;
}

/** The weight of each class in the shape in which it broadcasts to x, or none. */
function weightsFor(op: string, x: Tensor, weight: Tensor | undefined): Tensor | undefined {
  if (weight === undefined) return undefined;
  checkTensors(op, weight);
  const axis = classAxis(x);
  const classes = x.shape[axis]!;
  if (weight.rank !== 1 || weight.size !== classes)
    throw new TensorError(op, `weight [${weight.shape.join(", ")}] for ${classes} classes`, `give [${classes}]`, [
      weight,
    ]);
  return broadcastTo(reshape(weight, [classes, ...x.shape.slice(axis + 1).map(() => 1)]), x.shape);
}

/** Losses for targets that name a class each. */
function named<R extends Reduction>(
  op: string,
  logs: Tensor,
  targets: Tensor,
  reduction: R,
  { weight, ignoreIndex, labelSmoothing = 0 }: SoftmaxCrossEntropyOptions<R>,
): Reduced<R> {
  const axis = classAxis(logs);
  const classes = logs.shape[axis]!;
  const places = logs.shape.filter((_, i) => i !== axis);
  if (targets.shape.join() !== places.join())
    throw new TensorError(
      op,
      `outputs [${logs.shape.join(", ")}] and targets [${targets.shape.join(", ")}]`,
      `give the number of a class for each place, [${places.join(", ")}]`,
      [logs, targets],
    );
  const ignored = ignoreIndex === undefined ? undefined : (equal(targets, ignoreIndex) as Tensor);
  const counted = <T extends Tensor>(x: T): T => (ignored === undefined ? x : (where(ignored, 0, x) as T));
  const advice = `classes are 0 to ${classes - 1}${ignoreIndex === undefined ? "" : `, or ${ignoreIndex} to be ignored`}`;
  const numbersOf = within(counted(targets), { op, name: "target", low: 0, high: classes - 1, advice });
  const index = expandDims(numbersOf, axis);
  const read = (x: Tensor): Tensor => squeeze(gather(x, index, axis), axis);
  const weights = weightsFor(op, logs, weight);
  const each = weights === undefined ? (onesLike(read(logs)) as Tensor) : read(weights);
  const hard = sub(0, mul(each, read(logs))) as Tensor;
  const losses =
    labelSmoothing === 0
      ? hard
      : add(
          mul(1 - labelSmoothing, hard),
          mul(labelSmoothing / classes, crossed(weights ?? (onesLike(logs) as Tensor), logs, axis)),
        );
  return reduce(counted(losses as Tensor), reduction, sum(counted(each)) as Tensor);
}

/** Losses for targets that are distributions. */
function distributed<R extends Reduction>(
  op: string,
  logs: Tensor,
  targets: Tensor,
  reduction: R,
  { weight, ignoreIndex, labelSmoothing = 0 }: SoftmaxCrossEntropyOptions<R>,
): Reduced<R> {
  checkAlike(op, logs, targets);
  if (ignoreIndex !== undefined)
    throw new TensorError(op, "ignoreIndex beside targets that are distributions", "give zeros, or whole numbers");
  const axis = classAxis(logs);
  const given = probabilities(op, targets);
  const smooth = labelSmoothing === 0 ? given : add(mul(1 - labelSmoothing, given), labelSmoothing / logs.shape[axis]!);
  const weights = weightsFor(op, logs, weight);
  const factors = weights === undefined ? smooth : mul(smooth, weights);
  return reduce(crossed(factors as Tensor, logs, axis), reduction);
}

function checkClasses(op: string, x: Tensor, targets: Tensor, reduction: Reduction): void {
  checkTensors(op, x, targets);
  if (x.rank === 0 || x.shape[classAxis(x)] === 0)
    throw new TensorError(
      op,
      `outputs [${x.shape.join(", ")}] have no classes`,
      "give [examples, classes, …] or [classes]",
      [x],
    );
  checkReduction(op, reduction, x);
  if (reduction === "batchMean" && x.rank === 1)
    throw new TensorError(op, "batchMean of a single example", "give [examples, classes, …]", [x]);
}

/**
 * Cross-entropy of outputs of which one is true, from logits: −Σ_c y_c · log softmax(z)_c. By default the mean over all
 * targets, divided by the weights of those that count (so by their number, if there are no weights).
 *
 * Shapes: z [m, classes], [m, classes, …] or [classes]; targets int32 [m, …], the class of each, or floats like z, a
 * distribution each → [], or with "none" [m, …].
 * Units: nats per target.
 * Derivative: softmax(z) − y, weighted and divided as the loss is; to distributions and weights too.
 * At the edges: without overflow; a probability of 0 costs ∞ unless its target is 0. "mean" of distributions divides
 * by how many there are, whatever the weights; "batchMean" always by m; if all targets are ignored a mean is NaN.
 * Throws: TensorError for a class that is not there, a probability outside [0, 1], or shapes that do not fit.
 *
 * @example
 * const z = tensor([[0, 0], [1000, 0]]);
 * softmaxCrossEntropy(z, tensor([1, 0], { dtype: "int32" }), { reduction: "none" }).toArray();   // => [0.6931471805599453, 0]
 * softmaxCrossEntropy(z, tensor([[0.5, 0.5], [1, 0]])).item();                                   // => 0.34657359027997264
 */
export function softmaxCrossEntropy<const R extends Reduction = "mean">(
  z: Tensor,
  targets: Tensor,
  options: SoftmaxCrossEntropyOptions<R> = {},
): Reduced<R> {
  const op = "softmaxCrossEntropy";
  const { reduction = "mean" as R, labelSmoothing = 0 } = options;
  checkClasses(op, z, targets, reduction);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new TensorError(op, `labelSmoothing is ${labelSmoothing}`, "give a number from 0 to 1");
  const logs = logSoftmax(z, classAxis(z));
  return (targets.dtype === "int32" ? named : distributed)(op, logs, targets, reduction, options);
}

/**
 * −log p of the class that is true, from logarithms of probabilities. By default the mean over all targets, divided by
 * the weights of those that count (so by their number, if there are no weights).
 *
 * Shapes: logs [m, classes], [m, classes, …] or [classes], targets int32 [m, …] → [], or with "none" [m, …].
 * Units: nats per target.
 * Throws: TensorError for a class that is not there, targets that are not int32, or shapes that do not fit.
 *
 * @example
 * nll(log(tensor([[0.25, 0.75]])), tensor([0], { dtype: "int32" })).item();   // => 1.3862943611198906
 */
export function nll<const R extends Reduction = "mean">(
  logs: Tensor,
  targets: Tensor,
  options: ClassOptions<R> = {},
): Reduced<R> {
  const { reduction = "mean" as R } = options;
  checkClasses("nll", logs, targets, reduction);
  if (targets.dtype !== "int32")
    throw new TensorError("nll", `the targets are ${targets.dtype}`, 'classes are int32: cast(targets, "int32")', [
      targets,
    ]);
  return named("nll", logs, targets, reduction, options);
}

/**
 * The Kullback–Leibler divergence of each element, y·(log y − log p), from log p and y; with logTarget from log p and
 * log y. By default summed, and divided by the number of examples (reduction "batchMean"): that of distributions.
 *
 * Shapes: logs and targets of one shape, [m, …] → [], or with "none" as they are.
 * Units: nats.
 * At the edges: where y = 0 it is 0, whatever p is.
 * Throws: TensorError when the shapes differ, or a target is no probability (with logTarget: is NaN).
 *
 * @example
 * klDivergence(log(tensor([[0.5, 0.5]])), tensor([[1, 0]])).item();   // => 0.6931471805599453
 */
export function klDivergence<const R extends Reduction = "batchMean">(
  logs: Tensor,
  targets: Tensor,
  { reduction = "batchMean" as R, logTarget = false }: ReductionOption<R> & { readonly logTarget?: boolean } = {},
): Reduced<R> {
  checkAlike("klDivergence", logs, targets);
  checkReduction("klDivergence", reduction, logs);
  const given = logTarget ? numbers("klDivergence", targets) : probabilities("klDivergence", targets);
  const absent = equal(given, logTarget ? Number.NEGATIVE_INFINITY : 0) as Tensor;
  const logY = logTarget ? where(absent, 0, given) : log(where(absent, 1, given) as Tensor);
  const y = logTarget ? exp(given) : given;
  const losses = mul(y, sub(logY, where(absent, 0, logs))) as Tensor;
  return reduce(losses, reduction);
}
