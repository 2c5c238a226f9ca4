/** @file What is in a data set: shapes, types, ranges, classes, what is missing. */
import { Tensor, TensorError } from "@deltagrad/tensor";
import { contiguous } from "@deltagrad/tensor/extend";
import { formatShape, shown } from "../checks.ts";
import { Dataset } from "../pipeline/dataset.ts";
import { childPath, countRows, isPlainObject, tensorsIn } from "../rows.ts";

/** More different values than these are no classes. */
const MOST_CLASSES = 100;

/** What is at one place of every example. */
export interface Field {
  /** Where it is: `features`, `inputs[0].image`; empty, if the example itself. */
  readonly path: string;
  /** A dtype, "text", or what else it is. */
  readonly type: string;
  /** The shape in one example; where examples differ, "varied". */
  readonly shape: readonly number[] | "varied";
  /** Numbers, or texts. */
  readonly count: number;
  /** NaN, null and undefined among them. */
  readonly missing: number;
  /** Of the numbers that are not missing; null: there are none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Of the whole set (divided by n). */
  readonly std: number | null;
  /** How often each value comes, if there is one in each example, and it is a whole number or text; else null. */
  readonly classes: readonly { readonly name: string; readonly count: number }[] | null;
}

export interface Description {
  readonly length: number;
  readonly fields: readonly Field[];
  /** The same as a table, which `console.log(String(…))` shows. */
  toString(): string;
}

/** Goes on adding up what is at one place. */
class Sum {
  readonly #path: string;
  #type: string | null = null;
  #shape: readonly number[] | "varied" | null = null;
  #count = 0;
  #missing = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #mean = 0;
  #squares = 0;
  #classes: Map<number | string, number> | null = new Map();

  constructor(path: string) {
    this.#path = path;
  }

  /** What an example, or each of several, has at that place. */
  add(type: string, shape: readonly number[], values: ArrayLike<unknown>): void {
    if (this.#type === null || this.#type === "missing") this.#type = type;
    else if (this.#type !== type && type !== "missing") this.#type = "mixed";
    const known = this.#shape ?? shape;
    this.#shape = known !== "varied" && formatShape(known) === formatShape(shape) ? known : "varied";
    if (shape.length > 0 || type === "float64" || type === "float32") this.#classes = null;
    for (let i = 0; i < values.length; i++) this.#see(values[i]);
  }

  #see(value: unknown): void {
    this.#count++;
    if (value === null || value === undefined || Number.isNaN(value)) {
      this.#missing++;
      return;
    }
    const plain = typeof value === "string" ? value : Number(value);
    if (this.#classes !== null) {
      this.#classes.set(plain, (this.#classes.get(plain) ?? 0) + 1);
      if (this.#classes.size > MOST_CLASSES) this.#classes = null;
    }
    if (typeof plain === "string") return;
    this.#min = Math.min(this.#min, plain);
    this.#max = Math.max(this.#max, plain);
    // Welford's updates: no large sums that cancel.
    const before = plain - this.#mean;
    this.#mean += before / (this.#count - this.#missing);
    this.#squares += before * (plain - this.#mean);
  }

  field(names: readonly string[] | undefined): Field {
    const present = this.#count - this.#missing;
    const numbers = this.#min <= this.#max;
    const classes = [...(this.#classes ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      path: this.#path,
      type: this.#type ?? "missing",
      shape: this.#shape ?? [],
      count: this.#count,
      missing: this.#missing,
      min: numbers ? this.#min : null,
      max: numbers ? this.#max : null,
      mean: numbers ? this.#mean : null,
      std: numbers ? Math.sqrt(this.#squares / present) : null,
      classes:
        classes.length === 0
          ? null
          : classes.map(([value, count]) => ({ name: names?.[value as number] ?? String(value), count })),
    };
  }
}

/**
 * What is in a record of tensors, or a dataset, whose examples are all gone through: for each field its type, shape,
 * range, mean, what is missing, and how often each class comes (with its name, where the record has `classes`). Data to
 * work with, and a table to print.
 *
 * At the edges: no examples, no ranges; infinite values are in the range.
 * Throws: TensorError when there is nothing to describe, or tensors differ in their number of rows.
 *
 * @example
 * const { length, fields } = describe(iris());
 * [length, fields[0].path, fields[0].shape, fields[0].min, fields[0].max];   // => [150, "features", [4], 0.1, 7.9]
 * fields[1].classes[0];                                                     // => { name: "setosa", count: 50 }
 */
export function describe(data: object): Description {
  const { length, fields } = data instanceof Dataset ? ofDataset(data) : ofRecord(data);
  return { length, fields, toString: () => table(length, fields) };
}

function ofRecord(data: object): { length: number; fields: Field[] } {
  const { classes } = (data ?? {}) as { classes?: unknown };
  const names = Array.isArray(classes) && classes.every((name) => typeof name === "string") ? classes : undefined;
  const fields = tensorsIn(data).map(([x, path]) => {
    const sum = new Sum(path);
    sum.add(x.dtype, x.shape.slice(1), contiguous("describe", x));
    return sum.field(path === "labels" ? names : undefined);
  });
  return { length: countRows("describe", data), fields };
}

function ofDataset(data: Dataset<unknown>): { length: number; fields: Field[] } {
  const sums = new Map<string, Sum>();
  const add = (path: string, type: string, shape: readonly number[], values: ArrayLike<unknown>): void => {
    if (!sums.has(path)) sums.set(path, new Sum(path));
    sums.get(path)!.add(type, shape, values);
  };
  const visit = (value: unknown, path: string): void => {
    if (value instanceof Tensor) add(path, value.dtype, value.shape, contiguous("describe", value));
    else if (ArrayBuffer.isView(value) && "length" in value)
      add(path, value.constructor.name, [value.length as number], value as unknown as ArrayLike<number>);
    else if (Array.isArray(value)) value.forEach((child, i) => visit(child, childPath(path, i)));
    else if (isPlainObject(value)) for (const key of Object.keys(value)) visit(value[key], childPath(path, key));
    else add(path, kindOf(value), [], [value]);
  };
  for (const example of data) visit(example, "");
  return { length: data.length, fields: [...sums.values()].map((sum) => sum.field(undefined)) };
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "missing";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  throw new TensorError(
    "describe",
    `an example has ${shown(value)}`,
    "examples are tensors, numbers, text, and records",
  );
}

const short = (value: number | null): string => (value === null ? "" : String(Number(value.toPrecision(4))));

/** The fields in aligned columns, and below them the classes with their shares. */
function table(length: number, fields: readonly Field[]): string {
  const head = ["field", "type", "shape", "min", "max", "mean", "std", "missing"];
  const rows = fields.map(({ path, type, shape, min, max, mean, std, missing }) => [
    path || "(example)",
    type,
    shape === "varied" ? shape : formatShape(shape),
    ...[min, max, mean, std].map(short),
    String(missing),
  ]);
  const widths = head.map((title, k) => Math.max(title.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, k) => (k < 3 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join("  ")
      .trimEnd();
  const classes = fields.flatMap(({ path, classes, count, missing }) =>
    (classes ?? []).map(({ name, count: of }) => {
      const share = (100 * of) / (count - missing);
      return `${path || "(example)"} = ${name}: ${of} (${share.toFixed(1)} %)`;
    }),
  );
  return [`${length} examples`, line(head), ...rows.map(line), ...classes].join("\n");
}
