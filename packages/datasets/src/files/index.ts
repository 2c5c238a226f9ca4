/**
 * @file Entry "@deltagrad/datasets/files": data from files of many formats, wherever they are. What reads CSV and PNG
 * is loaded with the first such file.
 */
export type { FileSource, ReadOptions } from "./source.ts";
export type { BlobLike, ByteStream, UrlLike } from "./platform.ts";

export { readCsv, streamCsv } from "./csv.ts";
export type { CsvOptions, CsvRow } from "./csv.ts";
export { Table } from "./table.ts";
export type { CategoryColumn, Cell, ColumnType, Schema } from "./columns.ts";
export { readJsonLines, streamJsonLines } from "./lines.ts";
export type { JsonLinesOptions, TextOptions } from "./lines.ts";

export { readIdx } from "./idx.ts";
export type { IdxOptions } from "./idx.ts";
export { readNpy, readNpz, readSafetensors } from "./arrays.ts";
export { readPng } from "./png.ts";
export type { PngOptions } from "./png.ts";
