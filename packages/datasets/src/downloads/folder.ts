/** @file Downloaded files in a folder, for Node: the file, beside it what has come of it so far, and a lock. */
import { engine, type FileHandle, type FileSystem, fileSystem, homeFolder, reasonOf } from "../files/platform.ts";
import { withLock } from "./lock.ts";
import type { PartialFile, Stop, Store } from "./store.ts";

/** The folder for all downloads: DELTAGRAD_CACHE, or one of that name where the platform keeps such things. */
export async function cacheFolder(): Promise<string> {
  const { env, platform } = engine().process!;
  if (env.DELTAGRAD_CACHE) return env.DELTAGRAD_CACHE;
  const home = await homeFolder();
  if (platform === "win32") return `${env.LOCALAPPDATA || `${home}/AppData/Local`}/deltagrad`;
  if (platform === "darwin") return `${home}/Library/Caches/deltagrad`;
  return `${env.XDG_CACHE_HOME || `${home}/.cache`}/deltagrad`;
}

/** The place of the file of that name, such as "mnist/train-images-idx3-ubyte.gz", within the folder of downloads. */
export async function folderStore(root: string, name: string, stop: Stop): Promise<Store> {
  const fs = await fileSystem();
  const path = `${root}/${name}`;
  const folder = path.slice(0, path.lastIndexOf("/"));
  /** What the system refuses is said in our own words; other errors are none of the folder's. */
  const failed = (error: unknown): never => {
    if (typeof (error as { syscall?: unknown }).syscall !== "string") throw error;
    return stop(
      `${folder} cannot be used (${reasonOf(error)})`,
      "make room, or set DELTAGRAD_CACHE to a folder that can be written to",
    );
  };
  return {
    folder,
    read: () => readIfThere(fs, path).catch(failed),
    async locked(f, waiting) {
      let partial: PartialInFolder | null = null;
      try {
        await fs.mkdir(folder, { recursive: true });
        return await withLock(fs, `${path}.lock`, waiting, async () => {
          partial = await PartialInFolder.open(fs, path);
          return await f(partial);
        });
      } catch (error) {
        return failed(error);
      } finally {
        await (partial as PartialInFolder | null)?.close();
      }
    },
  };
}

const readIfThere = (fs: FileSystem, path: string): Promise<Uint8Array | null> =>
  fs.readFile(path).catch((error: unknown) => {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  });

class PartialInFolder implements PartialFile {
  readonly #fs: FileSystem;
  readonly #path: string;
  readonly #file: FileHandle;
  #open = true;
  size: number;

  private constructor(fs: FileSystem, path: string, file: FileHandle, size: number) {
    this.#fs = fs;
    this.#path = path;
    this.#file = file;
    this.size = size;
  }

  static async open(fs: FileSystem, path: string): Promise<PartialInFolder> {
    const file = await fs.open(`${path}.partial`, "a");
    const { size } = await fs.stat(`${path}.partial`);
    return new PartialInFolder(fs, path, file, size);
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#file.appendFile(chunk);
    this.size += chunk.length;
  }

  async reset(): Promise<void> {
    await this.#file.truncate(0);
    this.size = 0;
  }

  bytes(): Promise<Uint8Array> {
    return this.#fs.readFile(`${this.#path}.partial`);
  }

  async commit(): Promise<void> {
    await this.#file.sync();
    await this.close();
    await this.#fs.rename(`${this.#path}.partial`, this.#path);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#file.close();
    if (this.size === 0) await this.#fs.rm(`${this.#path}.partial`, { force: true });
  }
}
