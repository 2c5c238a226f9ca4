/** @file What a metric is: one definition that judges a whole set at once, or batch by batch. */
import { type Shape, Tensor, TensorError } from "@deltagrad/tensor";

/** What has been seen so far. Adding returns another and changes nothing. */
export interface Accumulator<R> {
  add(predicted: Tensor, actual: Tensor): Accumulator<R>;
  /** The metric of all that was added. */
  value(): R;
}

/** A metric: a function of predictions and truth, and the same for batches. */
export interface Metric<O extends object, R> {
  (predicted: Tensor, actual: Tensor, options?: O): R;
  /** Begins with nothing seen: `metric.streaming().add(p1, a1).add(p2, a2).value()`. */
  streaming(options?: O): Accumulator<R>;
}

interface Definition<O extends object, S, R> {
  /** Nothing seen; the options are checked here. */
  readonly init: (options: O) => S;
  readonly add: (state: S, predicted: Tensor, actual: Tensor, options: O) => S;
  readonly value: (state: S, options: O) => R;
}

/** A metric from its three parts. */
// @__NO_SIDE_EFFECTS__
export function metric<O extends object, S, R>(name: string, { init, add, value }: Definition<O, S, R>): Metric<O, R> {
  const from = (state: S, options: O): Accumulator<R> => ({
    add(predicted, actual) {
      for (const [role, x] of Object.entries({ predicted, actual }))
        if (!(x instanceof Tensor)) throw new TensorError(name, `${role} is no tensor`, "wrap data with tensor(…)");
      return from(add(state, predicted, actual, options), options);
    },
    value: () => value(state, options),
  });
  const streaming = (options: O = {} as O): Accumulator<R> => from(init(options), options);
  return Object.assign(
    (predicted: Tensor, actual: Tensor, options?: O): R => streaming(options).add(predicted, actual).value(),
    { streaming },
  );
}

/** The numbers of a tensor in row-major order. */
export const numbersOf = (x: Tensor): ArrayLike<number> => x.toTypedArray();

/** Throws unless two tensors have one shape. */
export function checkSame(op: string, predicted: Tensor, actual: Tensor): void {
  const [a, b]: Shape[] = [predicted.shape, actual.shape];
  if (a!.join() !== b!.join())
    throw new TensorError(
      op,
      `predicted is [${a!.join(", ")}], actual [${b!.join(", ")}]`,
      "give one prediction for each example",
      [predicted, actual],
    );
}

const isFloat = (x: Tensor): boolean => x.dtype === "float64" || x.dtype === "float32";

/** Scores as rows of one number a class: a vector of probabilities p of class 1 becomes rows [1 − p, p]. */
export interface Rows {
  readonly classes: number;
  readonly values: ArrayLike<number>;
}

/** Scores [..., classes], or [...] of class 1, beside actual classes [...]. */
export function rowsOf(op: string, predicted: Tensor, count: number): Rows {
  const values = numbersOf(predicted);
  const classes = predicted.rank > 1 && (predicted.size !== count || count === 0) ? predicted.shape.at(-1)! : 1;
  if (!isFloat(predicted) || predicted.size !== classes * count)
    throw new TensorError(
      op,
      `predicted is ${predicted.dtype} [${predicted.shape.join(", ")}] for ${count} examples`,
      "give float scores [examples, classes], or [examples] of class 1",
      [predicted],
    );
  if (classes > 1) return { classes, values };
  const both = Float64Array.from({ length: 2 * count }, (_, i) =>
    i % 2 === 0 ? 1 - values[i >> 1]! : values[i >> 1]!,
  );
  return { classes: 2, values: both };
}

const largest = ({ values, classes }: Rows, row: number): number => {
  let best = row * classes;
  for (let i = best + 1; i < (row + 1) * classes; i++) if (values[i]! > values[best]!) best = i;
  return best - row * classes;
};

/** The classes of examples: whole numbers as they are, rows of floats by their largest. */
export function classesOf(op: string, role: string, x: Tensor): Int32Array {
  const fromRows = isFloat(x);
  if (fromRows && x.rank < 1)
    throw new TensorError(op, `${role} is a float scalar`, "give classes as int32, or scores [examples, classes]");
  const classes = fromRows ? x.shape.at(-1)! : 1;
  const values = numbersOf(x);
  const rows: Rows = { classes, values };
  const found = fromRows
    ? Int32Array.from({ length: classes === 0 ? 0 : x.size / classes }, (_, row) => largest(rows, row))
    : Int32Array.from(values);
  const bad = found.findIndex((c) => c < 0);
  if (bad >= 0) throw new TensorError(op, `${role} class ${bad} is ${found[bad]}`, "classes are counted from 0");
  return found;
}

/** Predicted and actual classes, one pair an example. */
export function pairsOf(
  op: string,
  predicted: Tensor,
  actual: Tensor,
  threshold: number,
): { readonly predicted: Int32Array; readonly actual: Int32Array } {
  const truth = classesOf(op, "actual", actual);
  const binary = isFloat(predicted) && predicted.size === truth.length && predicted.rank === actual.rank;
  const guess = binary
    ? Int32Array.from(numbersOf(predicted), (p) => (p > threshold ? 1 : 0))
    : classesOf(op, "predicted", predicted);
  if (guess.length !== truth.length)
    throw new TensorError(
      op,
      `predicted [${predicted.shape.join(", ")}] has ${guess.length} examples, actual [${actual.shape.join(", ")}] ${truth.length}`,
      "give one prediction for each example",
      [predicted, actual],
    );
  return { predicted: guess, actual: truth };
}
