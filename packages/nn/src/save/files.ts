/** @file Files that are the old one or the new one, whatever happens in between. */
import { TensorError } from "@deltagrad/tensor";

/** An open file. */
export interface FileHandle {
  writeFile(bytes: Uint8Array): Promise<unknown>;
  sync(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** What is needed of a file system: node's "node:fs/promises" is one. */
export interface FileSystem {
  open(path: string, flags: string): Promise<FileHandle>;
  rename(from: string, to: string): Promise<unknown>;
  unlink(path: string): Promise<unknown>;
  readFile(path: string): Promise<Uint8Array>;
}

export interface FileOptions {
  /** Where files are (node's). */
  readonly files?: FileSystem;
}

/** Node's file system, by a name that no bundler follows into a page. */
async function fileSystem(op: string, { files }: FileOptions): Promise<FileSystem> {
  if (files !== undefined) return files;
  const module = "node:fs/promises";
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ module)) as FileSystem;
  } catch {
    throw new TensorError(op, "there is no file system here", "encode to bytes, and keep those; or give { files }");
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Writes a file so that a kill at any moment leaves the old one or the new one: into a temporary file beside it
 * (`path.tmp`), flushed to the disk, then renamed. One at a time for each path.
 */
export async function writeWhole(op: string, path: string, bytes: Uint8Array, options: FileOptions): Promise<void> {
  const files = await fileSystem(op, options);
  const temporary = `${path}.tmp`;
  try {
    const file = await files.open(temporary, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, path);
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined);
    throw new TensorError(op, `${path} was not written: ${reason(error)}`, "an earlier file of that name is as it was");
  }
  // The new name is a change of the folder. Some systems cannot flush one; the file itself is whole all the same.
  try {
    const folder = await files.open(path.replace(/[^/\\]*$/, "") || ".", "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {}
}

/** The bytes of a file; undefined: there is none, if that is allowed. */
export async function readWhole(
  op: string,
  path: string,
  { optional = false, ...options }: FileOptions & { readonly optional?: boolean },
): Promise<Uint8Array | undefined> {
  const files = await fileSystem(op, options);
  try {
    return await files.readFile(path);
  } catch (error) {
    if (optional && (error as { readonly code?: string }).code === "ENOENT") return undefined;
    throw new TensorError(op, `${path} was not read: ${reason(error)}`, "give the path of a file that was saved");
  }
}

/** What f makes, with the file's path in what it refuses. */
export function about<T>(op: string, path: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    throw new TensorError(op, `${path}: ${error.problem}`, error.advice);
  }
}
