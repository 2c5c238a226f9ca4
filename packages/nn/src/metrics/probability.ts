/** @file How good probabilities and orders are, beyond the class with the highest. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import { elementary } from "@deltagrad/tensor/extend";
import { checkClasses } from "./classification.ts";
import { classesOf, metric, rowsOf } from "./metric.ts";

interface Scores {
  /** One number for each class, of each example. */
  readonly rows: readonly ArrayLike<number>[];
  readonly actual: readonly number[];
}

function scored(op: string, p: Tensor, a: Tensor): { classes: number; values: ArrayLike<number>; actual: Int32Array } {
  const actual = classesOf(op, "actual", a);
  const rows = rowsOf(op, p, actual.length);
  checkClasses(op, actual, rows.classes);
  return { ...rows, actual };
}

/** The probability that an example of the class has a higher score than another; of equal scores, half. */
function area(scores: readonly number[], positive: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((i, j) => scores[i]! - scores[j]!);
  let [ranks, positives] = [0, 0];
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && scores[order[end]!] === scores[order[i]!]) end++;
    const found = order.slice(i, end).filter((k) => positive[k]).length;
    // Equal scores share the mean of their ranks i + 1 … end.
    ranks += (found * (i + 1 + end)) / 2;
    positives += found;
    i = end;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

/**
 * The area under the curve of true positives over false ones: the probability that an example of class 1 has a higher
 * score than one of class 0. With scores for several classes, the mean of each against the rest.
 *
 * At the edges: NaN unless examples of both kinds are there; classes without any are left out of the mean.
 * Source: Mann and Whitney (1947), by mid-ranks.
 *
 * @example
 * const classes = tensor([0, 0, 1, 1], { dtype: "int32" });
 * metrics.rocAuc(tensor([0.1, 0.4, 0.35, 0.8]), classes);   // => 0.75
 */
export const rocAuc = /* @__PURE__ */ metric<Record<never, never>, Scores, number>("rocAuc", {
  init: () => ({ rows: [], actual: [] }),
  add(state, p, a) {
    const { classes, values, actual } = scored("rocAuc", p, a);
    const list = Array.from(values);
    const bad = list.findIndex((x) => Number.isNaN(x));
    if (bad >= 0) throw new TensorError("rocAuc", `score ${bad} is NaN`, "scores have an order", [p]);
    if (state.rows.length > 0 && state.rows[0]!.length !== classes)
      throw new TensorError("rocAuc", `${classes} classes after ${state.rows[0]!.length}`, "give all batches alike", [
        p,
      ]);
    const rows = Array.from(actual, (_, i) => list.slice(i * classes, (i + 1) * classes));
    return { rows: [...state.rows, ...rows], actual: [...state.actual, ...actual] };
  },
  value({ rows, actual }) {
    const classes = rows[0]?.length ?? 0;
    const against = classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
    const areas = against
      .map((c) =>
        area(
          rows.map((row) => row[c]!),
          actual.map((is) => is === c),
        ),
      )
      .filter((x) => !Number.isNaN(x));
    return areas.reduce((a, b) => a + b, 0) / areas.length;
  },
});

/**
 * The mean of −log p over examples, where p is the probability that was given to the class that it is.
 *
 * Units: nats. At the edges: ∞ where that probability is 0 (nothing is clipped); NaN of no examples.
 *
 * @example
 * metrics.logLoss(tensor([0.5, 1]), tensor([0, 1], { dtype: "int32" }));   // => 0.34657359027997264
 */
export const logLoss = /* @__PURE__ */ metric<Record<never, never>, { sum: number; count: number }, number>("logLoss", {
  init: () => ({ sum: 0, count: 0 }),
  add(state, p, a) {
    const { classes, values, actual } = scored("logLoss", p, a);
    checkProbabilities("logLoss", values);
    return {
      sum: actual.reduce((sum, c, i) => sum - elementary.log(values[i * classes + c]!), state.sum),
      count: state.count + actual.length,
    };
  },
  value: ({ sum, count }) => sum / count,
});

function checkProbabilities(op: string, values: ArrayLike<number>): void {
  const bad = Array.from(values).findIndex((p) => !(p >= 0 && p <= 1));
  if (bad >= 0)
    throw new TensorError(
      op,
      `score ${bad} is ${values[bad]}`,
      "give probabilities from 0 to 1, by softmax or sigmoid",
    );
}

interface Bin {
  readonly count: number;
  readonly confidence: number;
  readonly right: number;
}

/**
 * The expected calibration error: examples are put in bins of equal width by the probability of the class predicted,
 * and the distances between mean probability and share of right ones are averaged over examples.
 *
 * Throws: TensorError unless bins is a whole number ≥ 1 and all scores are probabilities.
 * Source: Guo and others, On Calibration of Modern Neural Networks (2017), eq. 3.
 *
 * @example
 * const classes = tensor([0, 0, 0, 1], { dtype: "int32" });
 * metrics.calibrationError(tensor([[0.75, 0.25], [0.75, 0.25], [0.75, 0.25], [0.75, 0.25]]), classes);   // => 0
 */
export const calibrationError = /* @__PURE__ */ metric<{ readonly bins?: number }, readonly Bin[], number>(
  "calibrationError",
  {
    init({ bins = 10 }) {
      if (!Number.isInteger(bins) || bins < 1)
        throw new TensorError("calibrationError", `bins is ${bins}`, "use a whole number ≥ 1");
      return Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
    },
    add(state, p, a, { bins = 10 }) {
      const { classes, values, actual } = scored("calibrationError", p, a);
      checkProbabilities("calibrationError", values);
      const next = state.map((bin) => ({ ...bin }));
      actual.forEach((c, i) => {
        let best = 0;
        for (let k = 1; k < classes; k++) if (values[i * classes + k]! > values[i * classes + best]!) best = k;
        const confidence = values[i * classes + best]!;
        const bin = next[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
        bin.count++;
        bin.confidence += confidence;
        if (best === c) bin.right++;
      });
      return next;
    },
    value(state) {
      const all = state.reduce((sum, { count }) => sum + count, 0);
      return state.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) / all;
    },
  },
);
