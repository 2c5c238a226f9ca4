/** @file The one class of Papa Parse that we use: its parser of text that comes in pieces. */
declare module "papaparse" {
  interface ParserOptions {
    readonly delimiter: string;
    readonly newline: string;
    readonly comments: string | false;
    /** Ends after so many records. */
    readonly preview?: number;
    readonly fastMode?: boolean;
  }
  interface Parsed {
    readonly data: string[][];
    readonly errors: readonly { readonly code: string; readonly row: number }[];
    /** Where in the text the last record ends. */
    readonly meta: { readonly cursor: number };
  }
  const papa: {
    readonly Parser: new (
      options: ParserOptions,
    ) => { parse(text: string, base: number, ignoreLastRecord: boolean): Parsed };
  };
  export default papa;
}
