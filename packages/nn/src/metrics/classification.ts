/**
 * @file How well classes are told apart. Predictions are scores [examples, classes], probabilities of class 1
 * [examples], or classes (int32); the truth is classes, or rows with a 1 (float). Leading axes may be several.
 */
import { type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { classesOf, metric, pairsOf, rowsOf } from "./metric.ts";

export interface ThresholdOptions {
  /** Above which a probability alone means class 1 (0.5; for logits 0). */
  readonly threshold?: number;
}

interface Share {
  readonly right: number;
  readonly count: number;
}

const none: Share = { right: 0, count: 0 };
const share = ({ right, count }: Share): number => right / count;

/**
 * The share of examples whose class was predicted; the first of equal scores counts.
 *
 * At the edges: NaN of no examples.
 *
 * @example
 * metrics.accuracy(tensor([[0.9, 0.1], [0.2, 0.8]]), tensor([0, 0], { dtype: "int32" }));   // => 0.5
 */
export const accuracy = /* @__PURE__ */ metric<ThresholdOptions, Share, number>("accuracy", {
  init: () => none,
  add(state, p, a, { threshold = 0.5 }) {
    const { predicted, actual } = pairsOf("accuracy", p, a, threshold);
    return {
      right: state.right + actual.filter((c, i) => c === predicted[i]).length,
      count: state.count + actual.length,
    };
  },
  value: share,
});

/**
 * The share of examples whose class is among the k with the highest scores (5): of equal scores those of lower classes.
 *
 * Throws: TensorError unless k is a whole number ≥ 1 and no more than there are classes.
 *
 * @example
 * metrics.topK(tensor([[0.5, 0.3, 0.2]]), tensor([1], { dtype: "int32" }), { k: 2 });   // => 1
 */
export const topK = /* @__PURE__ */ metric<{ readonly k?: number }, Share, number>("topK", {
  init({ k = 5 }) {
    if (!Number.isInteger(k) || k < 1) throw new TensorError("topK", `k is ${k}`, "use a whole number ≥ 1");
    return none;
  },
  add(state, p, a, { k = 5 }) {
    const actual = classesOf("topK", "actual", a);
    const { values, classes } = rowsOf("topK", p, actual.length);
    if (k > classes) throw new TensorError("topK", `k is ${k} of ${classes} classes`, "use a smaller one", [p]);
    checkClasses("topK", actual, classes);
    const right = actual.filter((c, i) => {
      const own = values[i * classes + c]!;
      let before = 0;
      for (let other = 0; other < classes; other++) {
        const score = values[i * classes + other]!;
        if (score > own || (score === own && other < c)) before++;
      }
      return before < k;
    }).length;
    return { right: state.right + right, count: state.count + actual.length };
  },
  value: share,
});

/** Throws when a class is beyond those that there are. */
export function checkClasses(op: string, actual: Int32Array, classes: number): void {
  const bad = actual.findIndex((c) => c >= classes);
  if (bad >= 0)
    throw new TensorError(
      op,
      `actual class ${bad} is ${actual[bad]}`,
      `there are ${classes} classes, 0 to ${classes - 1}`,
    );
}

type Counts = readonly (readonly number[])[];
interface CountOptions extends ThresholdOptions {
  /** How many classes there are; without it, as many as were met. */
  readonly classes?: number | undefined;
}

const blank = (classes: number): number[][] =>
  Array.from({ length: classes }, () => new Array<number>(classes).fill(0));

function initCounts(op: string, { classes = 0 }: CountOptions): Counts {
  if (!Number.isInteger(classes) || classes < 0)
    throw new TensorError(op, `classes is ${classes}`, "use a whole number ≥ 1");
  return blank(classes);
}

/** counts[actual][predicted], with more classes where more were met. */
function addCounts(
  op: string,
  counts: Counts,
  p: Tensor,
  a: Tensor,
  { classes, threshold = 0.5 }: CountOptions,
): Counts {
  const { predicted, actual } = pairsOf(op, p, a, threshold);
  if (classes !== undefined) for (const list of [predicted, actual]) checkClasses(op, list, classes);
  const most = (list: Int32Array): number => list.reduce((x, y) => Math.max(x, y), -1);
  const table = blank(Math.max(counts.length, most(predicted) + 1, most(actual) + 1));
  counts.forEach((row, i) => row.forEach((count, j) => (table[i]![j] = count)));
  actual.forEach((c, i) => table[c]![predicted[i]!]!++);
  return table;
}

/**
 * How often each class was taken for each: int32 [actual, predicted].
 *
 * @example
 * const classes = (...list: number[]) => tensor(list, { dtype: "int32" });
 * metrics.confusionMatrix(classes(0, 1, 1), classes(0, 1, 0)).toArray();   // => [[1, 1], [0, 1]]
 */
export const confusionMatrix = /* @__PURE__ */ metric<CountOptions, Counts, Tensor>("confusionMatrix", {
  init: (options) => initCounts("confusionMatrix", options),
  add: (state, p, a, options) => addCounts("confusionMatrix", state, p, a, options),
  value: (counts) => tensor(Int32Array.from(counts.flat()), { shape: [counts.length, counts.length] }),
});

/** What is true of each class; of 0 out of 0 it is 0. */
export interface PerClass {
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly f1: readonly number[];
  /** How many examples were of it. */
  readonly support: readonly number[];
}

const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
const total = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

function judged(counts: Counts): PerClass {
  const right = counts.map((row, i) => row[i]!);
  const support = counts.map(total);
  const called = counts.map((_, i) => total(counts.map((row) => row[i]!)));
  return {
    precision: right.map((n, i) => ratio(n, called[i]!)),
    recall: right.map((n, i) => ratio(n, support[i]!)),
    f1: right.map((n, i) => ratio(2 * n, called[i]! + support[i]!)),
    support,
  };
}

/**
 * Precision, recall, F1 and number of examples of each class.
 *
 * @example
 * const classes = (...list: number[]) => tensor(list, { dtype: "int32" });
 * metrics.perClass(classes(0, 1, 1), classes(0, 1, 0)).precision;   // => [1, 0.5]
 */
export const perClass = /* @__PURE__ */ metric<CountOptions, Counts, PerClass>("perClass", {
  init: (options) => initCounts("perClass", options),
  add: (state, p, a, options) => addCounts("perClass", state, p, a, options),
  value: judged,
});

/**
 * macro: the mean over classes; weighted: by how many examples each has; micro: of all decisions together, which is
 * the accuracy; binary: of class `positive` alone.
 */
export type Average = "macro" | "weighted" | "micro" | "binary";
export interface AverageOptions extends CountOptions {
  readonly average?: Average;
  /** Which class "binary" is about (1). */
  readonly positive?: number;
}

// @__NO_SIDE_EFFECTS__
const averaged = (op: "precision" | "recall" | "f1") =>
  metric<AverageOptions, Counts, number>(op, {
    init(options) {
      const { average = "macro" } = options;
      if (!["macro", "weighted", "micro", "binary"].includes(average))
        throw new TensorError(op, `average is ${JSON.stringify(average)}`, "use macro, weighted, micro or binary");
      return initCounts(op, options);
    },
    add: (state, p, a, options) => addCounts(op, state, p, a, options),
    value(counts, { average = "macro", positive = 1 }) {
      const report = judged(counts);
      const [list, { support }] = [report[op], report];
      const all = total(support);
      if (all === 0) return Number.NaN;
      if (average === "binary") return list[positive] ?? 0;
      if (average === "micro") return total(counts.map((row, i) => row[i]!)) / all;
      if (average === "weighted") return total(list.map((x, i) => x * support[i]!)) / all;
      // Classes that were neither there nor called do not count.
      const met = list.filter((_, i) => support[i]! > 0 || counts.some((row) => row[i]! > 0));
      return total(met) / met.length;
    },
  });

/**
 * Of the examples called a class, the share that are of it; averaged over classes.
 *
 * Source: scikit-learn's precision_score, with 0 for 0/0.
 *
 * @example
 * const classes = (...list: number[]) => tensor(list, { dtype: "int32" });
 * metrics.precision(classes(0, 1, 1), classes(0, 1, 0), { average: "binary" });   // => 0.5
 */
export const precision = /* @__PURE__ */ averaged("precision");

/**
 * Of the examples of a class, the share that were called it; averaged over classes.
 *
 * @example
 * const classes = (...list: number[]) => tensor(list, { dtype: "int32" });
 * metrics.recall(classes(0, 1, 1), classes(0, 1, 0));   // => 0.75
 */
export const recall = /* @__PURE__ */ averaged("recall");

/**
 * The harmonic mean of precision and recall, 2·right / (called + there); averaged over classes.
 *
 * @example
 * const classes = (...list: number[]) => tensor(list, { dtype: "int32" });
 * metrics.f1(classes(0, 1, 1), classes(0, 1, 0));   // => 0.6666666666666666
 */
export const f1 = /* @__PURE__ */ averaged("f1");
