/** @file Files of a data set: local copies where the user points to them, else downloads. */
import { type DType, TensorError } from "@deltagrad/tensor";
import { shown } from "../checks.ts";
import { fileSystem, inNode } from "../files/platform.ts";
import { type FileSource, isBytes, isUrl } from "../files/source.ts";
import { type DownloadOptions, downloadFor, type RemoteFile } from "./download.ts";

export interface SetOptions extends DownloadOptions {
  /** Which part of the set. */
  readonly part?: "train" | "test";
  /** Local copies, which are not fetched, and not compared with what was published: by their names, or their folder. */
  readonly files?: string | Readonly<Record<string, FileSource>>;
  /** The type of the features. */
  readonly dtype?: Exclude<DType, "bool">;
}

/** Throws unless the options are what all sets have. */
export function checkSetOptions(op: string, { part = "train", files, dtype = "float32" }: SetOptions): void {
  if (part !== "train" && part !== "test") throw new TensorError(op, `part is ${shown(part)}`, 'say "train" or "test"');
  if (!["float32", "float64", "int32"].includes(dtype))
    throw new TensorError(op, `dtype is ${shown(dtype)}`, "use float32, float64 or int32");
  const named = typeof files === "object" && files !== null && !Array.isArray(files) && !isBytes(files);
  if (files !== undefined && typeof files !== "string" && !named)
    throw new TensorError(op, `files is ${shown(files)}`, 'give a folder, or copies by name: { "name.gz": path }');
}

/** Where to read a file of a set: the local copy, or the bytes of the published one. */
export async function sourceOf(op: string, file: RemoteFile, options: SetOptions): Promise<FileSource> {
  const { files } = options;
  const short = file.name.slice(file.name.lastIndexOf("/") + 1);
  if (files === undefined)
    return downloadFor(op, file, options, `, or point to a copy: files: { ${JSON.stringify(short)}: … }`);
  if (typeof files === "string") return copyIn(files.replace(/[/\\]$/, ""), short);
  if (Object.hasOwn(files, short)) return files[short]!;
  const names = Object.keys(files).map(shown).join(", ");
  throw new TensorError(
    op,
    `files has no ${shown(short)}${names === "" ? "" : `, but ${names}`}`,
    "name files as they are published",
  );
}

/** The copy in a folder; it may have been decompressed. */
async function copyIn(folder: string, name: string): Promise<string> {
  const [path, plain] = [`${folder}/${name}`, `${folder}/${name.replace(/\.gz$/, "")}`];
  if (isUrl(folder) || !inNode()) return path;
  const fs = await fileSystem();
  const isThere = (file: string): Promise<boolean> =>
    fs.stat(file).then(
      () => true,
      () => false,
    );
  return !(await isThere(path)) && (await isThere(plain)) ? plain : path;
}
