/** @file Setting examples aside for testing: once, or each in its turn. */
import { Tensor, TensorError } from "@deltagrad/tensor";
import { checkWhole, type Seed, shown, streamOf } from "../checks.ts";
import { countRows, type Rows, rowReader } from "../rows.ts";
import { Dataset } from "./dataset.ts";

/** The class of each example: a tensor of rank 1, or a list. */
export type Labels = Tensor | ArrayLike<number> | readonly string[];

export interface Parts<T> {
  readonly train: T;
  readonly test: T;
}

export interface SplitOptions {
  /** The share that is set aside. */
  readonly test?: number;
  readonly seed: Seed;
  /** Keeps the shares of these classes in both parts. */
  readonly stratify?: Labels | undefined;
}

export interface KFoldOptions {
  /** How many parts: each is tested on once. */
  readonly k: number;
  readonly seed: Seed;
  /** Keeps the shares of these classes in all parts. */
  readonly stratify?: Labels | undefined;
}

/** How many examples there are, and how some are chosen by their numbers. */
function chooser<T>(op: string, data: object): { count: number; choose(rows: Int32Array): T } {
  if (data instanceof Dataset) return { count: data.length, choose: (rows) => data.select(rows) as T };
  return { count: countRows(op, data), choose: rowReader(op, data) as (rows: Int32Array) => T };
}

/**
 * The examples in two parts, drawn by a seed: every one is in just one of them. With `stratify`, each class has its
 * share in both, and at least one example. Takes a dataset, or any tensors in plain objects and arrays.
 *
 * Shapes: each tensor [n, …] → train [n − k, …], test [k, …] with k = round(n · test); what is no tensor is kept.
 * Throws: TensorError when a part would be empty, a class has but one example, or tensors differ in their number of
 * rows.
 *
 * @example
 * const parts = split(iris(), { test: 0.2, seed: 7 });
 * [parts.train.features.shape, parts.test.features.shape];   // => [[120, 4], [30, 4]]
 * const even = split(iris(), { test: 0.02, seed: 7, stratify: iris().labels });
 * even.test.labels.toArray().sort();   // => [0, 1, 2]
 */
export function split<T>(data: Dataset<T>, options: SplitOptions): Parts<Dataset<T>>;
export function split<T extends object>(data: T, options: SplitOptions): { train: Rows<T>; test: Rows<T> };
export function split(data: object, { test = 0.2, seed, stratify }: SplitOptions): Parts<unknown> {
  const { count, choose } = chooser("split", data);
  const aside = Math.round(count * test);
  if (!(aside > 0 && aside < count))
    throw new TensorError(
      "split",
      `a test part of ${test} of ${count} examples has ${aside}`,
      "both parts need at least one; choose a fraction between 0 and 1",
    );
  const order = streamOf("split", seed).permutation(count).toTypedArray() as Int32Array;
  if (stratify === undefined) return { train: choose(order.subarray(aside)), test: choose(order.subarray(0, aside)) };
  const classes = classesOf("split", stratify, order);
  const shares = shareOut(classes, aside, count);
  const inTest = new Set(classes.flatMap(({ members }, i) => members.slice(0, shares[i])));
  return { train: choose(order.filter((i) => !inTest.has(i))), test: choose(order.filter((i) => inTest.has(i))) };
}

/**
 * k ways to train on most examples and test on the others, drawn by a seed: each example is tested on just once. With
 * `stratify`, the counts of a class in any two parts differ by at most one.
 *
 * Throws: TensorError when k is no whole number from 2 to the number of examples, or more than a class has.
 *
 * @example
 * kFold({ x: arange(10) }, { k: 5, seed: 7 }).map(({ test }) => test.x.size);   // => [2, 2, 2, 2, 2]
 * const folds = kFold(iris(), { k: 50, seed: 7, stratify: iris().labels });
 * folds[0].test.labels.toArray().sort();   // => [0, 1, 2]
 */
export function kFold<T>(data: Dataset<T>, options: KFoldOptions): Parts<Dataset<T>>[];
export function kFold<T extends object>(data: T, options: KFoldOptions): { train: Rows<T>; test: Rows<T> }[];
export function kFold(data: object, { k, seed, stratify }: KFoldOptions): Parts<unknown>[] {
  const { count, choose } = chooser("kFold", data);
  checkWhole("kFold", "k", k, 2);
  if (k > count)
    throw new TensorError("kFold", `${k} parts of ${count} examples`, "each part needs an example: use a smaller k");
  const order = streamOf("kFold", seed).permutation(count).toTypedArray() as Int32Array;
  const classes = stratify === undefined ? null : classesOf("kFold", stratify, order);
  const small = classes?.find(({ members }) => members.length < k);
  if (small !== undefined)
    throw new TensorError(
      "kFold",
      `class ${shown(small.label)} has ${small.members.length} examples for ${k} parts`,
      "use a smaller k, or leave that class out",
    );
  // Dealt like cards, class after class: so that all parts differ by at most one, in each class and on the whole.
  const dealt = classes === null ? order : Int32Array.from(classes.flatMap(({ members }) => members));
  const partOf = new Int32Array(count);
  dealt.forEach((i, place) => {
    partOf[i] = place % k;
  });
  return Array.from({ length: k }, (_, part) => ({
    train: choose(order.filter((i) => partOf[i] !== part)),
    test: choose(order.filter((i) => partOf[i] === part)),
  }));
}

interface Class {
  readonly label: number | string;
  /** The numbers of its examples, in random order. */
  readonly members: number[];
}

/** The classes in the order in which the labels come, each with its examples in the given order. */
function classesOf(op: string, labels: Labels, order: Int32Array): Class[] {
  if (labels instanceof Tensor && labels.rank !== 1)
    throw new TensorError(op, `the labels have ${labels.rank} axes`, "give one class for each example, [n]", [labels]);
  const list: ArrayLike<number | string> = labels instanceof Tensor ? labels.toTypedArray() : labels;
  if (list?.length !== order.length)
    throw new TensorError(
      op,
      `there are ${list?.length ?? "no"} labels for ${order.length} examples`,
      "give one class for each example, [n]",
    );
  const classes = new Map<number | string, number[]>();
  for (let i = 0; i < list.length; i++) {
    if (Number.isNaN(list[i]))
      throw new TensorError(op, `the label of example ${i} is NaN`, "drop such examples, or give them a class");
    classes.set(list[i]!, []);
  }
  for (const i of order) classes.get(list[i]!)!.push(i);
  return [...classes].map(([label, members]) => ({ label, members }));
}

/** How many of each class are set aside: its share of all, rounded so that the whole is met and no part lacks it. */
function shareOut(classes: readonly Class[], aside: number, count: number): number[] {
  const single = classes.find(({ members }) => members.length < 2);
  if (single !== undefined)
    throw new TensorError(
      "split",
      `class ${shown(single.label)} has but one example`,
      "both parts need one of each class: leave that class out, or do not stratify",
    );
  if (aside < classes.length || count - aside < classes.length)
    throw new TensorError(
      "split",
      `parts of ${count - aside} and ${aside} examples cannot have all ${classes.length} classes`,
      "choose a fraction nearer to a half, or do not stratify",
    );
  const wanted = classes.map(({ members }) => (members.length * aside) / count);
  const most = classes.map(({ members }) => members.length - 1);
  const shares = wanted.map((share, i) => Math.min(Math.max(1, Math.floor(share)), most[i]!));
  const total = (): number => shares.reduce((sum, share) => sum + share, 0);
  // One by one where it lacks or exceeds most; there are fewer steps than classes, and room by the checks above.
  for (let missing = aside - total(); missing !== 0; missing -= Math.sign(missing)) {
    const step = Math.sign(missing);
    const open = shares.map((share, i) => (step > 0 ? share < most[i]! : share > 1));
    let best = -1;
    for (let i = 0; i < shares.length; i++) {
      const need = (at: number): number => step * (wanted[at]! - shares[at]!);
      if (open[i] && (best < 0 || need(i) > need(best))) best = i;
    }
    shares[best]! += step;
  }
  return shares;
}
