/** @file Columns that grow as rows come, and the table that they make. */
import { type DType, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { allocate } from "@deltagrad/tensor/extend";
import { shown } from "../checks.ts";
import type { Cell, ColumnType, Schema } from "./columns.ts";

/** A column that is complete: numbers, or texts. */
export interface Finished {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: Tensor<readonly [number]> | readonly (string | null)[];
}

/** Takes the cells of a column one by one. */
export class ColumnBuilder {
  readonly #name: string;
  readonly #type: ColumnType;
  readonly #given: boolean;
  readonly #texts: (string | null)[] = [];
  /** The categories that have come, by their text, numbered as they came. */
  readonly #seen = new Map<string, number>();
  #numbers = new Float64Array(4);
  #length = 0;
  #whole = true;

  constructor(name: string, type: ColumnType, given: boolean) {
    this.#name = name;
    this.#type = type;
    this.#given = given;
  }

  add(cell: Cell): void {
    if (this.#type === "text") {
      this.#texts.push(cell as string | null);
      return;
    }
    const value = this.#type === "category" ? this.#categoryOf(cell as string | null) : Number(cell);
    if (this.#length === this.#numbers.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = value;
    this.#whole &&= Object.is(value, value | 0);
  }

  #categoryOf(text: string | null): number {
    if (text === null) return -1;
    let number = this.#seen.get(text);
    if (number === undefined) {
      number = this.#seen.size;
      this.#seen.set(text, number);
    }
    return number;
  }

  finish(): Finished {
    const name = this.#name;
    const type = this.#type;
    if (type === "text") return { name, type, values: this.#texts };
    if (type === "category") {
      const categories = [...this.#seen.keys()].sort();
      const places = new Map(categories.map((category, i) => [category, i]));
      const order = Int32Array.from(this.#seen.keys(), (text) => places.get(text)!);
      return { name, type: { categories }, values: this.#tensor("int32", (number) => order[number] ?? -1) };
    }
    if (type === "boolean") return { name, type, values: this.#tensor("bool") };
    if (type !== "number") return { name, type, values: this.#tensor("int32") };
    const whole = this.#whole && !this.#given && this.#length > 0;
    return { name, type: whole ? "integer" : "number", values: this.#tensor(whole ? "int32" : "float64") };
  }

  #tensor(dtype: DType, of: (value: number) => number = (value) => value): Tensor<readonly [number]> {
    const out = allocate(dtype, this.#length, "readCsv");
    for (let i = 0; i < out.length; i++) out[i] = of(this.#numbers[i]!);
    return tensor(out, { shape: [out.length], dtype, copy: false });
  }
}

/** Columns of the same length, by their names. Made by `readCsv`, never by `new`. */
export class Table {
  /** How many rows there are. */
  readonly length: number;
  /** The names of the columns. */
  readonly names: readonly string[];
  /** The types of the columns; `readCsv` and `streamCsv` take it as `columns`. */
  readonly schema: Schema;
  readonly #columns: ReadonlyMap<string, Finished>;

  /** @internal */
  constructor(length: number, columns: readonly Finished[]) {
    this.length = length;
    this.names = columns.map(({ name }) => name);
    this.schema = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
    this.#columns = new Map(columns.map((column) => [column.name, column]));
  }

  /**
   * A column of numbers, booleans or categories.
   *
   * Shapes: [length].
   * Throws: TensorError when there is no such column, or it holds text.
   */
  tensor(name: string): Tensor<readonly [number]> {
    const { values } = this.#column("tensor", name);
    if (!Array.isArray(values)) return values as Tensor<readonly [number]>;
    throw new TensorError("tensor", `column ${shown(name)} holds text`, 'read it as a "category", or take text(name)');
  }

  /**
   * A column of text, with null for what is missing.
   *
   * Throws: TensorError when there is no such column, or it does not hold text.
   */
  text(name: string): readonly (string | null)[] {
    const { values } = this.#column("text", name);
    if (Array.isArray(values)) return values;
    throw new TensorError("text", `column ${shown(name)} holds numbers`, 'read it as "text", or take tensor(name)');
  }

  /**
   * The names that the numbers of a column stand for.
   *
   * Throws: TensorError when there is no such column, or it has no categories.
   */
  categories(name: string): readonly string[] {
    const { type } = this.#column("categories", name);
    if (typeof type === "object") return type.categories;
    throw new TensorError("categories", `column ${shown(name)} is ${shown(type)}`, 'read it as a "category"');
  }

  /**
   * Columns side by side, in the order of the names; without names, all that are numbers.
   *
   * Shapes: [length, columns]. Dtype: float64.
   * Throws: TensorError when there is no such column, or it holds text.
   */
  matrix(names?: readonly string[]): Tensor<readonly [number, number]> {
    const numeric = ({ type }: Finished): boolean => type === "number" || type === "integer";
    const chosen = names ?? this.names.filter((name) => numeric(this.#columns.get(name)!));
    if (!Array.isArray(chosen)) throw new TensorError("matrix", `names is ${shown(chosen)}`, 'list them: ["x", "y"]');
    const columns = chosen.map((name) => this.#numbers(name));
    const out = allocate("float64", this.length * columns.length, "matrix");
    columns.forEach((values, k) => {
      for (let i = 0; i < this.length; i++) out[i * columns.length + k] = values[i]!;
    });
    return tensor(out, { shape: [this.length, columns.length], dtype: "float64", copy: false });
  }

  /** For `String(…)` and templates: a word, and how much there is. */
  toString(): string {
    return `Table of ${this.length} × ${this.names.length}`;
  }

  #numbers(name: string): ArrayLike<number> {
    const { values } = this.#column("matrix", name);
    if (!Array.isArray(values)) return (values as Tensor).toTypedArray();
    throw new TensorError("matrix", `column ${shown(name)} holds text`, "leave it out, or read it as a category");
  }

  #column(op: string, name: string): Finished {
    const column = this.#columns.get(name);
    if (column !== undefined) return column;
    const few = this.names.slice(0, 5).map(shown).join(", ");
    throw new TensorError(
      op,
      `there is no column ${shown(name)}`,
      `there is ${few}${this.names.length > 5 ? ", …" : ""}`,
    );
  }
}
