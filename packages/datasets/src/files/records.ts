/** @file Records of CSV: text in pieces to lists of fields, by Papa Parse, with the lines that errors name. */
import type { Refuse } from "./source.ts";

export interface RecordOptions {
  readonly delimiter: string;
  /** What lines begin with that are passed over. */
  readonly comment: string | undefined;
}

/** Some records that come one after the other. Blank lines are records of one empty field. */
export interface Records {
  readonly rows: readonly (readonly string[])[];
  /** The line, from 1, on which a record begins. */
  line(row: number): number;
}

/** Text is parsed in pieces of at least this many characters. */
const PIECE = 1 << 16;
/** A record of more is taken for a quote that was left open. */
const LONGEST = 1 << 24;

type Parser = Awaited<ReturnType<typeof load>>;
const load = async () => (await import("papaparse")).default.Parser;

/** The records in a text, as they come. */
export async function* recordsOf(
  pieces: AsyncIterable<string>,
  options: RecordOptions,
  refuse: Refuse,
): AsyncGenerator<Records, void, void> {
  const Parser = await load();
  const parse = new Parsing(Parser, options, refuse);
  let text = "";
  let wanted = PIECE;
  for await (const piece of pieces) {
    text += piece;
    if (text.length < wanted) continue;
    const { records, length } = parse.next(text, false);
    text = text.slice(length);
    if (records.rows.length > 0) yield records;
    // Twice as much when not even one record ended: so that all the work is in proportion to the text.
    wanted = length === 0 ? 2 * text.length : Math.max(PIECE, text.length + 1);
    if (text.length > LONGEST) parse.refuseLongest();
  }
  if (text !== "") yield parse.next(text, true).records;
}

class Parsing {
  readonly #Parser: Parser;
  readonly #options: RecordOptions;
  readonly #refuse: Refuse;
  #newline = "";
  #line = 1;

  constructor(Parser: Parser, options: RecordOptions, refuse: Refuse) {
    this.#Parser = Parser;
    this.#options = options;
    this.#refuse = refuse;
  }

  /** The records that end in the text, or all if it is the last; and how much of the text they are. */
  next(text: string, last: boolean): { readonly records: Records; readonly length: number } {
    // Lines end with \n, with or without \r before it; in files without any \n, with \r.
    if (this.#newline === "") this.#newline = !text.includes("\n") && text.includes("\r") ? "\r" : "\n";
    const { data, errors, meta } = this.#parser().parse(text, 0, !last);
    const length = last ? text.length : meta.cursor;
    const done = text.slice(0, length);
    const first = this.#line;
    const line = (row: number): number => first + this.#linesBefore(done, row);
    const error = errors.find(({ row }) => last || row < data.length);
    if (error !== undefined)
      this.#refuse(
        `line ${line(error.row)}: ${error.code === "MissingQuotes" ? "a quote is left open" : "a quoted field goes on after its closing quote"}`,
        'close it, and write a quote within quotes twice: "6"" pipe"',
      );
    if (this.#newline === "\n") for (const row of data) withoutReturn(row);
    this.#line = first + count(done, this.#newline);
    return { records: { rows: data, line }, length };
  }

  refuseLongest(): never {
    return this.#refuse(`line ${this.#line}: a record has more than ${LONGEST} characters`, "is a quote left open?");
  }

  #parser(more: { readonly preview?: number; readonly fastMode?: boolean } = {}) {
    const { delimiter, comment = false } = this.#options;
    return new this.#Parser({ delimiter, newline: this.#newline, comments: comment, ...more });
  }

  /** How many lines a text has before that record, which is found by parsing again: only errors ask. */
  #linesBefore(text: string, row: number): number {
    const before = { preview: row, fastMode: false };
    let at = row === 0 ? 0 : this.#parser(before).parse(text, 0, false).meta.cursor;
    const { comment } = this.#options;
    while (comment !== undefined && text.startsWith(comment, at)) at = text.indexOf(this.#newline, at) + 1;
    return count(text.slice(0, at), this.#newline);
  }
}

/** Takes the \r of \r\n from the end of a record. */
function withoutReturn(row: string[]): void {
  const end = row.length - 1;
  const field = row[end]!;
  if (field.charCodeAt(field.length - 1) === 13) row[end] = field.slice(0, -1);
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found++;
  return found;
}
