/**
 * @file Downloaded files in a browser's cache; in memory only, where a page has none (it has one by https), or has no
 * room.
 */

import { engine, type ResponseCache } from "../files/platform.ts";
import { joined } from "../files/source.ts";
import type { PartialFile, Store } from "./store.ts";

/** What has come of a file is kept whenever it is so much more: who closes the page loses no more than that. */
const PIECE = 1 << 20;

/** The place of the file of that name. */
export function cacheStore(name: string): Store {
  const url = addressOf(name);
  return {
    folder: null,
    read: async () => bytesAt(await openCache(), url),
    async locked(f, { signal, waits, stopped }) {
      const cache = await openCache();
      const run = async () => {
        const partial = await PartialInCache.open(cache, url);
        try {
          return await f(partial);
        } finally {
          await partial.close();
        }
      };
      // Without a cache there is nothing that another page could write to.
      const locks = engine().navigator?.locks;
      if (cache === null || locks === undefined) return run();
      const free = await locks.request(url, { ifAvailable: true }, async (lock) =>
        lock === null ? null : { result: await run() },
      );
      if (free !== null) return free.result;
      let begun = false;
      const mine = (): ReturnType<typeof run> => {
        begun = true;
        return run();
      };
      waits();
      return locks.request(url, signal === undefined ? {} : { signal }, mine).catch((error: unknown) => {
        if (!begun && signal?.aborted) return stopped();
        throw error;
      });
    },
  };
}

/** An address that no server has: the cache knows its entries by addresses. */
const addressOf = (name: string): string => `https://deltagrad.invalid/${name}`;

/** A page that may store nothing, as in a frame without an origin, may have the property all the same, but not open it. */
async function openCache(): Promise<ResponseCache | null> {
  try {
    return (await engine().caches?.open("deltagrad")) ?? null;
  } catch {
    return null;
  }
}

async function bytesAt(cache: ResponseCache | null, url: string): Promise<Uint8Array | null> {
  const response = await cache?.match(url);
  return response === undefined ? null : new Uint8Array(await response.arrayBuffer());
}

class PartialInCache implements PartialFile {
  #cache: ResponseCache | null;
  readonly #url: string;
  #pieces: Uint8Array[] = [];
  /** How many entries of the cache have its beginning, and how many bytes they have. */
  #entries = 0;
  #kept = 0;
  size = 0;

  private constructor(cache: ResponseCache | null, url: string) {
    this.#cache = cache;
    this.#url = url;
  }

  static async open(cache: ResponseCache | null, url: string): Promise<PartialInCache> {
    const partial = new PartialInCache(cache, url);
    for (;;) {
      const piece = await bytesAt(cache, partial.#entry(partial.#entries));
      if (piece === null) return partial;
      partial.#pieces.push(piece);
      partial.#entries++;
      partial.#kept = partial.size += piece.length;
    }
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#pieces.push(chunk);
    this.size += chunk.length;
    if (this.size - this.#kept >= PIECE) await this.#keep();
  }

  async reset(): Promise<void> {
    this.#pieces = [];
    this.#kept = this.size = 0;
    // The last ones first: an end without its beginning would be taken for the end of another beginning.
    for (; this.#entries > 0; this.#entries--) await this.#cache?.delete(this.#entry(this.#entries - 1));
  }

  async bytes(): Promise<Uint8Array> {
    this.#pieces = [joined(this.#pieces)];
    return this.#pieces[0]!;
  }

  async commit(bytes: Uint8Array): Promise<void> {
    await this.#put(this.#url, bytes);
    await this.reset();
  }

  /** Keeps what has come for the next time. */
  async close(): Promise<void> {
    if (this.size > this.#kept) await this.#keep();
  }

  async #keep(): Promise<void> {
    await this.#put(this.#entry(this.#entries++), (await this.bytes()).subarray(this.#kept));
    this.#kept = this.size;
  }

  /** Where there is no room, nothing more is kept: the download itself can do without. */
  async #put(url: string, bytes: Uint8Array): Promise<void> {
    await this.#cache?.put(url, new (engine().Response)(bytes)).catch(() => {
      this.#cache = null;
    });
  }

  #entry(index: number): string {
    return `${this.#url}.partial.${index}`;
  }
}
