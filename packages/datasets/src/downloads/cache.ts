/** @file Downloaded files in a browser's cache; in memory only, where a page has none (it has one by https). */

import { engine, type ResponseCache } from "../files/platform.ts";
import { joined } from "../files/source.ts";
import type { PartialFile, Store } from "./store.ts";

/** The place of the file of that name. */
export function cacheStore(name: string): Store {
  const url = addressOf(name);
  return {
    folder: null,
    read: async () => bytesAt(await openCache(), url),
    locked(f, { signal, waits, stopped }) {
      const run = async () => {
        const cache = await openCache();
        const partial = new PartialInCache(cache, url, await bytesAt(cache, `${url}.partial`));
        try {
          return await f(partial);
        } finally {
          await partial.close();
        }
      };
      const locks = engine().navigator?.locks;
      if (locks === undefined) return run();
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

const openCache = async (): Promise<ResponseCache | null> => (await engine().caches?.open("deltagrad")) ?? null;

async function bytesAt(cache: ResponseCache | null, url: string): Promise<Uint8Array | null> {
  const response = await cache?.match(url);
  return response === undefined ? null : new Uint8Array(await response.arrayBuffer());
}

class PartialInCache implements PartialFile {
  readonly #cache: ResponseCache | null;
  readonly #url: string;
  #pieces: Uint8Array[];
  size: number;

  constructor(cache: ResponseCache | null, url: string, kept: Uint8Array | null) {
    this.#cache = cache;
    this.#url = url;
    this.#pieces = kept === null ? [] : [kept];
    this.size = kept?.length ?? 0;
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#pieces.push(chunk);
    this.size += chunk.length;
  }

  async reset(): Promise<void> {
    this.#pieces = [];
    this.size = 0;
  }

  async bytes(): Promise<Uint8Array> {
    this.#pieces = [joined(this.#pieces)];
    return this.#pieces[0]!;
  }

  async commit(bytes: Uint8Array): Promise<void> {
    await this.#cache?.put(this.#url, new (engine().Response)(bytes));
    await this.reset();
  }

  /** Keeps what has come for the next time. */
  async close(): Promise<void> {
    const url = `${this.#url}.partial`;
    if (this.size === 0) await this.#cache?.delete(url);
    else await this.#cache?.put(url, new (engine().Response)(await this.bytes()));
  }
}
