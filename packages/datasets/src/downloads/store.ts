/** @file What a download needs of the place where its file is kept. */
import type { Signal } from "../files/platform.ts";

/** What has come of a file so far. */
export interface PartialFile {
  readonly size: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Forgets all of it. */
  reset(): Promise<void>;
  bytes(): Promise<Uint8Array>;
  /** Makes these bytes, which are all of it, the file, at once. */
  commit(bytes: Uint8Array): Promise<void>;
}

export interface Waiting {
  readonly signal: Signal | undefined;
  /** Is told once, when somebody else is at work. */
  waits(): void;
  /** Throws: the signal came while somebody else was at work. */
  stopped(): never;
}

/** The place of one file. */
export interface Store {
  /** How errors call the folder into which the file can be put by hand; null: there is none. */
  readonly folder: string | null;
  /** The file, if it is there. */
  read(): Promise<Uint8Array | null>;
  /** f, while nobody else writes to the place. What has come of the file is kept, whatever happens. */
  locked<T>(f: (partial: PartialFile) => Promise<T>, waiting: Waiting): Promise<T>;
}

/** Throws in the name of the operation that was called. */
export type Stop = (problem: string, advice: string) => never;
