/** @file One request for what is still missing of a file: it is appended as it comes, whatever the server does. */
import { engine, inNode, type Response, reasonOf, type Signal } from "../files/platform.ts";
import type { PartialFile } from "./store.ts";

/** What went wrong with a server. */
export class Failure extends Error {
  /** Whether it may go better the next time. */
  readonly again: boolean;

  constructor(problem: string, again: boolean) {
    super(problem);
    this.again = again;
  }
}

export interface TransferOptions {
  /** How many bytes the whole file has. */
  readonly total: number;
  /** After so many milliseconds without a byte the server is given up. */
  readonly timeout: number;
  readonly signal: Signal | undefined;
  /** Is told whenever something came. */
  received(): void;
}

/**
 * Makes the partial file whole. Throws Failure, with what came until then kept where it can be gone on from.
 *
 * Source: RFC 9110, sections 14 (range requests) and 15 (status codes).
 */
export async function transfer(url: string, partial: PartialFile, options: TransferOptions): Promise<void> {
  const { total, timeout, signal } = options;
  const controller = new (engine().AbortController)();
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stop);
  const inTime = async <T>(doing: Promise<T>): Promise<T> => {
    let late = false;
    const timer = engine().setTimeout(() => {
      late = true;
      controller.abort();
    }, timeout);
    try {
      return await doing;
    } catch (error) {
      throw new Failure(late ? `nothing came for ${timeout / 1000} s` : reasonOf(error), true);
    } finally {
      engine().clearTimeout(timer);
    }
  };
  try {
    const headers: Record<string, string> = {};
    if (partial.size > 0) headers.Range = `bytes=${partial.size}-`;
    // The file is compressed already: what comes must be its own bytes.
    if (inNode()) headers["Accept-Encoding"] = "identity";
    const response = await inTime(engine().fetch(url, { headers, signal: controller.signal, cache: "no-store" }));
    await begin(response, partial, total);
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = reader === undefined ? { done: true } : await inTime(reader.read());
      if (done || value === undefined) break;
      if (partial.size + value.length > total) {
        await partial.reset();
        throw new Failure(`it sends more than ${total} bytes`, false);
      }
      await partial.append(value);
      options.received();
    }
    if (partial.size < total) throw new Failure(`it ended at byte ${partial.size} of ${total}`, true);
  } finally {
    signal?.removeEventListener("abort", stop);
    controller.abort();
  }
}

/** Makes sure that the answer goes on where the partial file ends, which begins anew where the server does so. */
async function begin({ status, headers }: Response, partial: PartialFile, total: number): Promise<void> {
  if (status === 206) {
    // Browsers hide this from a page of another origin, unless the server shows it: then the SHA-256 will tell.
    const range = headers.get("content-range");
    const [, from, , size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range ?? "") ?? [];
    if ((range !== null || inNode()) && (Number(from) !== partial.size || (size !== "*" && Number(size) !== total))) {
      await partial.reset();
      throw new Failure(`it sends another part (${range}) than was asked for`, true);
    }
  } else if (status === 200) {
    if (partial.size > 0) await partial.reset();
  } else {
    if (status === 416) await partial.reset();
    throw new Failure(`it answered ${status}`, status >= 500 || [408, 416, 425, 429].includes(status));
  }
  const announced = headers.get("content-length");
  const missing = total - partial.size;
  if (announced !== null && headers.get("content-encoding") === null && Number(announced) !== missing)
    throw new Failure(`it announces ${announced} bytes in place of ${missing}`, false);
}
