/** @file Columns of CSV: what type a column has, and what its texts become. */
import { TensorError } from "@deltagrad/tensor";
import { shown } from "../checks.ts";

/** A column of names from a fixed list: names become their numbers in it. */
export interface CategoryColumn {
  readonly categories: readonly string[];
  /** Whether a name that is not in the list is taken for a missing one; otherwise it is refused. */
  readonly unknown?: "missing";
}

/**
 * What is in a column. "number": float64, NaN where it is missing. "integer" and "boolean": none may be missing.
 * "text": as it is, null where it is missing. "category": as CategoryColumn, of the names that the file has, in
 * ascending order.
 */
export type ColumnType = "number" | "integer" | "boolean" | "text" | "category" | CategoryColumn;

/** The types of columns by their names: plain data, to be kept beside a model. */
export type Schema = Readonly<Record<string, ColumnType>>;

/** What a text becomes. Numbers stand for categories, −1 for a missing one. */
export type Cell = number | boolean | string | null;

/** Throws, with the place of the cell. */
type RefuseCell = (problem: string, advice: string) => never;
export type ReadCell = (text: string, refuse: RefuseCell) => Cell;

const TYPES = ["number", "integer", "boolean", "text", "category"];

/** Throws unless it is a column's type. */
export function checkType(op: string, name: string, type: unknown): asserts type is ColumnType {
  if (typeof type === "string" && TYPES.includes(type)) return;
  const { categories, unknown } = (type ?? {}) as Partial<CategoryColumn>;
  if (!Array.isArray(categories))
    throw new TensorError(
      op,
      `column ${shown(name)} has type ${shown(type)}`,
      `use ${TYPES.join(", ")}, or { categories: ["…"] }`,
    );
  const bad = categories.find((category, i) => typeof category !== "string" || categories.indexOf(category) < i);
  if (bad !== undefined)
    throw new TensorError(op, `column ${shown(name)} has category ${shown(bad)}`, "categories are texts, each once");
  if (unknown !== undefined && unknown !== "missing")
    throw new TensorError(
      op,
      `unknown is ${shown(unknown)} in column ${shown(name)}`,
      'say "missing", or leave it out',
    );
}

const TRUTHS: ReadonlyMap<string, boolean> = /* @__PURE__ */ new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
]);

/** The number that a text says in decimal notation, else NaN. */
function numberOf(text: string): number {
  // JavaScript reads "" as 0, and takes 0x, 0o and 0b for numbers.
  const first = text.charCodeAt(0);
  const plain = first <= 32 || text.charCodeAt(text.length - 1) <= 32 ? text.trim() : text;
  if (plain === "" || (plain.charCodeAt(0) === 48 && plain.charCodeAt(1) > 57)) return exponentOrNaN(plain);
  const value = Number(plain);
  return Number.isNaN(value) ? infinityOf(plain) : value;
}

const exponentOrNaN = (text: string): number => (/^0e[+-]?\d+$/i.test(text) ? 0 : Number.NaN);

function infinityOf(text: string): number {
  const [, sign] = /^([+-]?)inf(?:inity)?$/i.exec(text) ?? [];
  if (sign === undefined) return Number.NaN;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** How the texts of a column of that type are read. What is in `missing` is none. */
export function cellReader(type: ColumnType, missing: ReadonlySet<string>): ReadCell {
  const there = (read: ReadCell, absent: number | null): ReadCell => {
    return (text, refuse) => (missing.has(text) ? absent : read(text, refuse));
  };
  if (type === "text" || type === "category") return there((text) => text, null);
  if (type === "number")
    return there((text, refuse) => {
      const value = numberOf(text);
      if (Number.isNaN(value)) refuse(`${shown(text)} is no number`, 'mend it, list it in missing, or say "text"');
      return value;
    }, Number.NaN);
  if (type === "integer")
    return (text, refuse) => {
      const value = missing.has(text) ? Number.NaN : numberOf(text);
      if (value === (value | 0)) return value;
      return refuse(
        missing.has(text) ? `nothing is there (${shown(text)})` : `${shown(text)} is no whole number of 32 bits`,
        'say "number"',
      );
    };
  if (type === "boolean")
    return (text, refuse) =>
      TRUTHS.get(text.trim().toLowerCase()) ??
      refuse(`${shown(text)} is not true or false`, 'mend it, or say "category"');
  return categoryReader(type, missing);
}

function categoryReader({ categories, unknown }: CategoryColumn, missing: ReadonlySet<string>): ReadCell {
  const numbers = new Map(categories.map((category, i) => [category, i]));
  return (text, refuse) => {
    const number = numbers.get(text);
    if (number !== undefined) return number;
    if (missing.has(text) || unknown === "missing") return -1;
    const few = categories.slice(0, 3).map((category) => JSON.stringify(category));
    return refuse(
      `${shown(text)} is none of its ${categories.length} categories (${few.join(", ")}${categories.length > 3 ? ", …" : ""})`,
      'add it to them, or say unknown: "missing"',
    );
  };
}

/** The type of a column that begins with these texts: number if it can be, or boolean, or else text. */
export function inferType(texts: Iterable<string>, missing: ReadonlySet<string>): "number" | "boolean" | "text" {
  let [numbers, booleans] = [true, true];
  for (const text of texts) {
    if (missing.has(text)) {
      booleans = false;
      continue;
    }
    numbers &&= !Number.isNaN(numberOf(text));
    booleans &&= text.length > 1 && TRUTHS.has(text.toLowerCase());
    if (!numbers && !booleans) return "text";
  }
  return numbers ? "number" : "boolean";
}
