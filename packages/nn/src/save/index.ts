/** @file Entry "@deltagrad/nn/save": trainings and parameters in files, which are whole or not there. */
import type { TrainEvent } from "../training/events.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { about, type FileOptions, readWhole, writeWhole } from "./files.ts";
import { decodeParams, encodeParams, type FileNames } from "./params.ts";

export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export type { FileHandle, FileOptions, FileSystem } from "./files.ts";
export { decodeParams, encodeParams, type FileNames, loadPyTorch, torchNames } from "./params.ts";

/**
 * Saves a tree of tensors and plain data, such as an event's snapshot, as `encodeCheckpoint` has it. A kill or a full
 * disk at any moment leaves the earlier file or the new one.
 *
 * Throws: TensorError when it cannot be written; the earlier file is then as it was.
 *
 * @example
 * const path = `${temporaryFolder}/run.safetensors`;
 * await saveCheckpoint(path, { params: tensor([1, 2]), step: 7 });
 * (await loadCheckpoint<{ step: number }>(path)).step;   // => 7
 */
export async function saveCheckpoint(path: string, value: unknown, options: FileOptions = {}): Promise<void> {
  await writeWhole("saveCheckpoint", path, encodeCheckpoint(value), options);
}

/** Options of loading: what parts are expected to be like. */
export interface LoadOptions<T> extends FileOptions {
  readonly like?: Partial<T>;
}

/**
 * What was saved as a checkpoint; with `optional`, undefined where there is no file.
 *
 * Throws: TensorError for a file that is damaged or of a later version, and when a part is not `like` what is expected,
 * with all that is wrong.
 *
 * @example
 * await loadCheckpoint(`${temporaryFolder}/nothing.safetensors`, { optional: true });   // => undefined
 */
export async function loadCheckpoint<T>(
  path: string,
  options: LoadOptions<T> & { readonly optional: true },
): Promise<T | undefined>;
export async function loadCheckpoint<T>(path: string, options?: LoadOptions<T>): Promise<T>;
export async function loadCheckpoint<T>(
  path: string,
  { like, ...options }: LoadOptions<T> & { readonly optional?: boolean } = {},
): Promise<T | undefined> {
  const bytes = await readWhole("loadCheckpoint", path, options);
  if (bytes === undefined) return undefined;
  return about("loadCheckpoint", path, () => decodeCheckpoint<T>(bytes, like, "loadCheckpoint"));
}

/**
 * Saves parameters alone, as `encodeParams` has them: for use, and for other frameworks.
 *
 * Throws: TensorError when they cannot be written; an earlier file is then as it was.
 *
 * @example
 * const path = `${temporaryFolder}/model.safetensors`;
 * await saveParams(path, { w: tensor([1, 2]) });
 * (await loadParams(path, { w: zeros([2]) })).w.toArray();   // => [1, 2]
 */
export async function saveParams(path: string, params: unknown, options: FileOptions & FileNames = {}): Promise<void> {
  await writeWhole("saveParams", path, encodeParams(params, options), options);
}

/**
 * Parameters from a file of `saveParams`, in a tree like the one given (what `net.init` returns).
 *
 * Throws: TensorError for a damaged file, and with all names, shapes and dtypes that do not fit.
 *
 * @example
 * const path = `${temporaryFolder}/other.safetensors`;
 * await saveParams(path, [ones([1])]);
 * (await loadParams(path, [zeros([1])]))[0].toArray();   // => [1]
 */
export async function loadParams<T>(path: string, like: T, options: FileOptions & FileNames = {}): Promise<T> {
  const bytes = await readWhole("loadParams", path, options);
  return about("loadParams", path, () => decodeParams(bytes!, like, options, "loadParams"));
}

/**
 * A callback for `train` that saves its snapshot after each epoch, after every `steps` steps if told, and at the end:
 * also the end that an aborted signal makes. To go on: `resume: await loadCheckpoint(path, { optional: true })`.
 *
 * Throws: TensorError when it cannot be written, which ends the training.
 *
 * @example
 * const path = `${temporaryFolder}/auto.safetensors`;
 * const net = { init: () => tensor(0), apply: (w: Tensor, x: Tensor) => mul(w, x) };
 * const data = [{ x: tensor([1]), y: tensor([3]) }];
 * const loss = (y: Tensor, batch: (typeof data)[0]) => mse(y, batch.y);
 * await fit({ net, loss, data, optimizer: sgd({ rate: 0.5 }), epochs: 2, callbacks: [autosave(path)] });
 * (await loadCheckpoint<Snapshot<Tensor, unknown>>(path)).params.item();   // => 3
 */
export function autosave(path: string, { steps, ...options }: FileOptions & { readonly steps?: number } = {}) {
  return async (event: TrainEvent<unknown, unknown>): Promise<void> => {
    const due =
      event.type === "epoch" ||
      event.type === "end" ||
      (event.type === "step" && steps !== undefined && (event.step + 1) % steps === 0);
    if (due) await saveCheckpoint(path, event.snapshot, options);
  };
}
