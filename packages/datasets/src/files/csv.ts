/** @file CSV and TSV: rows as they come, or columns as tensors. */
import { TensorError } from "@deltagrad/tensor";
import { shown } from "../checks.ts";
import type { Stream } from "../pipeline/stream.ts";
import { type Cell, type ColumnType, cellReader, checkType, inferType, type ReadCell, type Schema } from "./columns.ts";
import { fileStream, type TextOptions, textOf } from "./lines.ts";
import { type Records, recordsOf } from "./records.ts";
import { type FileSource, openFile, type Refuse } from "./source.ts";
import { ColumnBuilder, Table } from "./table.ts";

export interface CsvOptions<C extends Schema = Schema> extends TextOptions {
  /** Between fields: a comma; a tab for a file whose name ends in .tsv or .tab. */
  readonly delimiter?: string;
  /** Whether the first record has the names of the columns; or the names. Without, they are "0", "1", … */
  readonly header?: boolean | readonly string[];
  /** The types of columns, such as the schema of another table; the others are inferred. */
  readonly columns?: C;
  /** The columns to read; the others are passed over. */
  readonly only?: readonly string[];
  /** The texts that stand for nothing: "", "NA", "N/A", "NaN", "nan", "null", "?". */
  readonly missing?: readonly string[];
  /** What lines begin with that are passed over. */
  readonly comment?: string;
  /** From how many rows types are inferred: 1,000. */
  readonly inferFrom?: number;
}

type CellOf<T extends ColumnType> = T extends "text" ? string | null : T extends "boolean" ? boolean : number;

/** A row by the names of the columns; what is known of the types of cells, the compiler knows. */
export type CsvRow<C extends Schema = Schema> = { readonly [K in keyof C]: CellOf<C[K]> } & Readonly<
  Record<string, Cell>
>;

const MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "?"];

/**
 * The rows of a CSV file, one after the other, in little memory however large the file is.
 *
 * Units: numbers, booleans, text, null for missing text, NaN for a missing number; categories by their number, −1 for
 * a missing one.
 * At the edges: types that are not given are inferred from the first rows, and hold for all: number, boolean or text.
 * Blank lines are passed over; a column without a name is called by its number; quotes are as RFC 4180 has them.
 * Throws: TensorError in the pass, with the line and the column: for a row that has not as many fields as there are
 * columns, a text that has not the type of its column, an unknown category, a quote that is left open.
 *
 * @example
 * const file = new TextEncoder().encode("age,city\n31,Bergen\n,Oslo\n");
 * const rows = streamCsv(file, { columns: { city: { categories: ["Bergen", "Oslo"] } } });
 * await rows.toArray();   // => [{ age: 31, city: 0 }, { age: Number.NaN, city: 1 }]
 */
export function streamCsv<const C extends Schema = Readonly<Record<never, never>>>(
  source: FileSource,
  options: CsvOptions<C> = {},
): Stream<CsvRow<C>> {
  const op = "streamCsv";
  const open = async function* (): AsyncGenerator<CsvRow<C>, void, void> {
    for await (const { columns, rows } of rowsOf(op, source, options))
      for (const cells of rows) {
        const row: Record<string, Cell> = {};
        for (let k = 0; k < columns.length; k++) row[columns[k]!.name] = cells[k]!;
        yield row as CsvRow<C>;
      }
  };
  const vague = Object.entries(options.columns ?? {}).find(([, type]) => type === "category");
  if (vague !== undefined)
    throw new TensorError(
      op,
      `the categories of column ${shown(vague[0])} are known when all has been read`,
      "list them: { categories: […] }, or take the schema of readCsv",
    );
  return fileStream(op, source, open);
}

/**
 * A CSV file as a table of columns. Its schema, given as `columns`, reads another file in the same way: categories keep
 * their numbers, and what is unknown is refused.
 *
 * Dtype: float64 for numbers, int32 for whole ones of which none is missing and for categories, bool for booleans.
 * At the edges, Throws: as streamCsv.
 *
 * @example
 * const file = new TextEncoder().encode("width,height,kind\n1,2.5,b\n3,4.5,a\n");
 * const table = await readCsv(file, { columns: { kind: "category" } });
 * table.matrix(["width", "height"]).toArray();   // => [[1, 2.5], [3, 4.5]]
 * table.tensor("kind").toArray();                // => [1, 0]
 * table.schema;                                  // => { width: "integer", height: "number", kind: { categories: ["a", "b"] } }
 */
export async function readCsv(source: FileSource, options: CsvOptions = {}): Promise<Table> {
  let builders: readonly ColumnBuilder[] = [];
  let length = 0;
  for await (const { columns, rows } of rowsOf("readCsv", source, options)) {
    if (builders.length === 0) builders = columns.map(({ name, type, given }) => new ColumnBuilder(name, type, given));
    for (const cells of rows) for (let k = 0; k < cells.length; k++) builders[k]!.add(cells[k]!);
    length += rows.length;
  }
  return new Table(
    length,
    builders.map((builder) => builder.finish()),
  );
}

interface Column {
  readonly name: string;
  /** Its place in a record. */
  readonly index: number;
  readonly type: ColumnType;
  /** Whether the type was given, not inferred. */
  readonly given: boolean;
  readonly read: ReadCell;
}

interface Settings {
  readonly delimiter: string;
  readonly comment: string | undefined;
  readonly header: boolean | readonly string[];
  readonly columns: Schema;
  readonly only: readonly string[] | undefined;
  readonly missing: ReadonlySet<string>;
  readonly inferFrom: number;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === "string");

function settingsOf(op: string, fileName: string, options: CsvOptions): Settings {
  const { header = true, columns = {}, only, missing = MISSING, comment, inferFrom = 1000 } = options;
  const delimiter = options.delimiter ?? (/\.(tsv|tab)(\.gz)?$/i.test(fileName) ? "\t" : ",");
  const wrong = (name: string, value: unknown, advice: string): never => {
    throw new TensorError(op, `${name} is ${shown(value)}`, advice);
  };
  if (typeof delimiter !== "string" || delimiter === "" || /[\r\n"\ufeff]/.test(delimiter))
    wrong("delimiter", delimiter, 'use a text such as "," ";" or "\\t"');
  if (comment !== undefined && (typeof comment !== "string" || comment === "" || /[\r\n"]/.test(comment)))
    wrong("comment", comment, 'use what such lines begin with: "#"');
  if (comment === delimiter) wrong("comment", comment, "it cannot be the delimiter too");
  if (typeof header !== "boolean" && !isTexts(header)) wrong("header", header, "say true, false, or the names");
  if (!isTexts(missing)) wrong("missing", missing, 'list texts: ["", "NA"]');
  if (only !== undefined && !isTexts(only)) wrong("only", only, 'list the names of columns: ["x"]');
  if (!(inferFrom >= 1)) wrong("inferFrom", inferFrom, "use a number of rows ≥ 1");
  if (typeof columns !== "object" || columns === null || Array.isArray(columns))
    wrong("columns", columns, 'give types by name: { age: "number" }');
  for (const [name, type] of Object.entries(columns)) checkType(op, name, type);
  return { delimiter, comment, header, columns, only, missing: new Set(missing), inferFrom };
}

interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The rows of a file, some at a time, with what its columns are. */
async function* rowsOf(op: string, source: FileSource, options: CsvOptions): AsyncGenerator<Rows, void, void> {
  const file = openFile(op, source, options);
  const { refuse } = file;
  const settings = settingsOf(op, file.name, options);
  const pieces = textOf(file, options.encoding ?? "utf-8");
  let names: readonly string[] | null = null;
  let columns: readonly Column[] | null = null;
  let held: Records[] = [];
  let count = 0;
  for await (const some of recordsOf(pieces, settings, refuse)) {
    let records = some;
    if (names === null) {
      const first = records.rows.findIndex((row) => !isBlank(row));
      if (first < 0) continue;
      names = namesOf(records.rows[first]!, settings, records.line(first), refuse);
      records = after(records, settings.header === true ? first + 1 : first);
    }
    if (columns === null) {
      held.push(records);
      count += records.rows.length;
      if (count < settings.inferFrom) continue;
      columns = columnsOf(names, held, settings, refuse);
      for (const earlier of held) yield { columns, rows: cellsOf(earlier, names.length, columns, refuse) };
      held = [];
    } else yield { columns, rows: cellsOf(records, names.length, columns, refuse) };
  }
  if (names === null) return refuse("it is empty", "its first record has the names of the columns");
  if (columns !== null) return;
  columns = columnsOf(names, held, settings, refuse);
  for (const earlier of held) yield { columns, rows: cellsOf(earlier, names.length, columns, refuse) };
}

const isBlank = (row: readonly string[]): boolean => row.length === 1 && row[0] === "";

const after = ({ rows, line }: Records, count: number): Records => ({
  rows: rows.slice(count),
  line: (row) => line(row + count),
});

/** The names of the columns, from the first record or the options. */
function namesOf(first: readonly string[], { header }: Settings, line: number, refuse: Refuse): readonly string[] {
  const names = header === true ? first : header === false ? first.map(() => "") : header;
  const full = names.map((name, index) => (name === "" ? String(index) : name));
  const seen = new Map<string, number>();
  full.forEach((name, index) => {
    if (seen.has(name))
      refuse(
        `line ${line}: columns ${seen.get(name)} and ${index} are both called ${shown(name)}`,
        "give names of your own: header: […]",
      );
    if (name === "__proto__")
      refuse(`line ${line}: a column is called "__proto__"`, "give names of your own: header: […]");
    seen.set(name, index);
  });
  return full;
}

function columnsOf(
  names: readonly string[],
  held: readonly Records[],
  settings: Settings,
  refuse: Refuse,
): readonly Column[] {
  const { columns, only, missing, inferFrom } = settings;
  const places = new Map(names.map((name, index) => [name, index]));
  const few = names.slice(0, 5).map(shown).join(", ");
  for (const name of [...(only ?? []), ...(only === undefined ? Object.keys(columns) : [])])
    if (!places.has(name)) refuse(`there is no column ${shown(name)}`, `it has ${few}${names.length > 5 ? ", …" : ""}`);
  const textsAt = function* (index: number): Generator<string, void, void> {
    let left = inferFrom;
    for (const { rows } of held)
      for (const row of rows) if (!isBlank(row) && row.length > index && left-- > 0) yield row[index]!;
  };
  return (only ?? names).map((name) => {
    const index = places.get(name)!;
    const given = Object.hasOwn(columns, name);
    const type = given ? columns[name]! : inferType(textsAt(index), missing);
    return { name, index, type, given, read: cellReader(type, missing) };
  });
}

/** What the texts of records become. */
function cellsOf({ rows, line }: Records, width: number, columns: readonly Column[], refuse: Refuse): Cell[][] {
  let [row, column] = [0, 0];
  const refuseCell = (problem: string, advice: string): never =>
    refuse(`line ${line(row)}, column ${shown(columns[column]!.name)}: ${problem}`, advice);
  const out: Cell[][] = [];
  for (row = 0; row < rows.length; row++) {
    const texts = rows[row]!;
    if (isBlank(texts)) continue;
    if (texts.length !== width)
      refuse(
        `line ${line(row)}: there are ${texts.length} fields for ${width} columns`,
        "is a delimiter missing, or a field not quoted?",
      );
    const cells = new Array<Cell>(columns.length);
    for (column = 0; column < columns.length; column++) {
      const { read, index } = columns[column]!;
      cells[column] = read(texts[index]!, refuseCell);
    }
    out.push(cells);
  }
  return out;
}
