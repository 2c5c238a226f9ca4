/** @file Runs in a page: downloads a file, and tells what happened, and what is in the cache then. */
import {
  type DownloadEvent,
  type DownloadOptions,
  download,
  mnist,
  type RemoteFile,
} from "@deltagrad/datasets/downloads";

declare const caches: { open(name: string): Promise<{ keys(): Promise<readonly { readonly url: string }[]> }> };

export interface Input {
  /** The file; null is MNIST's test part. */
  readonly file: RemoteFile | null;
  readonly options: DownloadOptions;
  /** A signal comes when so many bytes have. */
  readonly stopAt?: number;
}

export interface Output {
  /** The SHA-256 of the file, in hexadecimal digits, or the numbers of images of each class. */
  readonly result: string | readonly number[] | null;
  readonly error: string | null;
  readonly events: readonly DownloadEvent["kind"][];
  readonly cached: readonly string[];
}

export default async function fetchFile({ file, options, stopAt = Infinity }: Input): Promise<Output> {
  const events: DownloadEvent["kind"][] = [];
  const controller = new AbortController();
  const listening: DownloadOptions = {
    ...options,
    signal: controller.signal,
    onProgress({ kind, received }) {
      if (kind !== events.at(-1)) events.push(kind);
      if (kind === "receiving" && received >= stopAt) controller.abort();
    },
  };
  const doing = file === null ? countsOf(listening) : hashOf(file, listening);
  const [result, error] = await doing.then(
    (value) => [value, null] as const,
    (error: Error) => [null, `${error.name}: ${error.message}`] as const,
  );
  const keys = await (await caches.open("deltagrad")).keys();
  return { result, error, events, cached: keys.map(({ url }) => new URL(url).pathname) };
}

async function hashOf(file: RemoteFile, options: DownloadOptions): Promise<string> {
  const bytes = Uint8Array.from(await download(file, options));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function countsOf(options: DownloadOptions): Promise<number[]> {
  const { features, labels } = await mnist({ part: "test", ...options });
  const counts = new Array<number>(10).fill(0);
  if (features.shape[0] === 10_000) for (const label of labels.toTypedArray()) counts[label]!++;
  return counts;
}
