/** @file A file of the network, by its content: from the cache, or else from the first mirror that has it. */
import { TensorError } from "@deltagrad/tensor";
import { checkNumber, checkWhole, shown } from "../checks.ts";
import { engine, inNode, pause, type Signal } from "../files/platform.ts";
import { cacheStore } from "./cache.ts";
import { cacheFolder, folderStore } from "./folder.ts";
import type { PartialFile, Stop, Store } from "./store.ts";
import { Failure, transfer } from "./transfer.ts";

/** A file that is known by its content. */
export interface RemoteFile {
  /** What it is called in the cache: "mnist/train-images-idx3-ubyte.gz". */
  readonly name: string;
  /** Where it is, in the order of preference. */
  readonly urls: readonly string[];
  /** How many bytes it has. */
  readonly bytes: number;
  /** The SHA-256 of its content, in hexadecimal digits. */
  readonly sha256: string;
}

/** What happens in a download. */
export interface DownloadEvent {
  /**
   * cached: it is in the cache. waiting: for another process that fetches it. connecting: to a mirror. receiving: bytes
   * came. failed: a mirror did, for now. done: it has come, and is what it should be.
   */
  readonly kind: "cached" | "waiting" | "connecting" | "receiving" | "failed" | "done";
  /** The name of the file. */
  readonly file: string;
  /** The mirror. */
  readonly url?: string;
  /** Bytes that are there, of how many. */
  readonly received: number;
  readonly total: number;
  /** What went wrong. */
  readonly problem?: string;
}

export interface DownloadOptions {
  /** The folder for all downloads: DELTAGRAD_CACHE, or where the platform keeps such things. In browsers: no matter. */
  readonly cache?: string;
  /** Addresses of folders that have the file, in place of those that are known. */
  readonly mirrors?: readonly string[];
  /** Is told what happens. */
  readonly onProgress?: (event: DownloadEvent) => void;
  /** After so many milliseconds without a byte a mirror is given up for now: 30 s. */
  readonly timeout?: number;
  /** How often each mirror is tried: 3 times. */
  readonly attempts?: number;
  /** The pause before a mirror is tried again, in milliseconds, doubled each time: 500. */
  readonly delay?: number;
  /** Ends the download; what has come is kept. */
  readonly signal?: Signal;
}

/**
 * The bytes of a file of the network: from the cache if they are there, and are the right ones; else from the first
 * mirror that has them. What comes is kept as it comes, so that a download that broke off goes on where it was, in this
 * process or a later one; the file takes its place at once, when all of it is known to be right. Processes that want the
 * same file wait for the one that fetches it.
 *
 * Throws: TensorError when no mirror has it, with what each of them did, what to fetch and where to put it; when the
 * folder cannot be written to; when the signal comes.
 *
 * @example
 * const file = { name: "my/notes.txt", urls: ["https://example.org/notes.txt"], bytes: 5, sha256: "2cf24dba" };
 * await download(file).catch((error) => error.message);   // => 'download: sha256 is "2cf24dba"; give 64 hexadecimal digits'
 */
export const download = (file: RemoteFile, options: DownloadOptions = {}): Promise<Uint8Array> =>
  downloadFor("download", file, options);

/** `download` in the name of the operation that was called, which may know of another way to get the file. */
export async function downloadFor(
  op: string,
  file: RemoteFile,
  options: DownloadOptions,
  otherwise = "",
): Promise<Uint8Array> {
  checkFile(op, file);
  checkOptions(op, options);
  const { name, bytes: total } = file;
  const stop: Stop = (problem, advice) => {
    throw new TensorError(op, problem, advice);
  };
  const tell: Job["tell"] = (kind, received, more = {}) =>
    options.onProgress?.({ kind, file: name, received, total, ...more });
  const store = inNode() ? await folderStore(options.cache ?? (await cacheFolder()), name, stop) : cacheStore(name);
  const stopped = (): never => stop(`the download of ${name} was stopped`, "call it again: it goes on where it was");
  const problems: string[] = [];
  const inCache = async (): Promise<Uint8Array | null> => {
    const found = await store.read();
    if (found === null) return null;
    if ((await sha256(found, stop)) !== file.sha256.toLowerCase()) {
      problems.splice(0, 1, "what is in the cache has another content");
      return null;
    }
    tell("cached", total);
    return found;
  };
  const fetched = async (partial: PartialFile): Promise<Uint8Array> => {
    const bytes = await fetchFirst({ file, options, store, partial, problems, otherwise, tell, stop, stopped });
    await partial.commit(bytes);
    tell("done", total);
    return bytes;
  };
  const waiting = { signal: options.signal, waits: () => tell("waiting", 0), stopped };
  return (await inCache()) ?? store.locked(async (partial) => (await inCache()) ?? fetched(partial), waiting);
}

/** A download that is under way. */
interface Job {
  readonly file: RemoteFile;
  readonly options: DownloadOptions;
  readonly store: Store;
  readonly partial: PartialFile;
  /** What went wrong so far. */
  readonly problems: string[];
  readonly otherwise: string;
  tell(kind: DownloadEvent["kind"], received: number, more?: Partial<DownloadEvent>): void;
  stop(problem: string, advice: string): never;
  stopped(): never;
}

/** The bytes, from the first mirror that has them. */
async function fetchFirst(job: Job): Promise<Uint8Array> {
  const { file, options, store, problems } = job;
  const short = file.name.slice(file.name.lastIndexOf("/") + 1);
  const urls = options.mirrors?.map((mirror) => `${mirror.replace(/\/$/, "")}/${short}`) ?? file.urls;
  for (const url of urls) {
    const result = await fetchFrom(job, url);
    if (typeof result !== "string") return result;
    problems.push(`${hostOf(url)}: ${result}`);
  }
  const size = file.bytes < 1e5 ? `${file.bytes} bytes` : `${(file.bytes / 1e6).toFixed(1)} MB`;
  const place = store.folder === null ? "" : ` and put it into ${store.folder}`;
  return job.stop(
    `${file.name} cannot be fetched (${problems.join(", ") || "there are no mirrors"})`,
    `fetch ${urls[0] ?? short} (${size}) by other means${place}${job.otherwise}`,
  );
}

/** The bytes, or what went wrong with the mirror, which is tried several times if that can help. */
async function fetchFrom(job: Job, url: string): Promise<Uint8Array | string> {
  const { attempts = 3, delay = 500, signal } = job.options;
  let problem = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await pause(delay * 2 ** (attempt - 1), signal);
    if (signal?.aborted) job.stopped();
    try {
      return await attemptOf(job, url);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (signal?.aborted) job.stopped();
      problem = error.message;
      job.tell("failed", job.partial.size, { url, problem });
      if (!error.again) break;
    }
  }
  return problem;
}

/** The bytes, if one request gives what is missing of them. */
async function attemptOf({ file, options, partial, tell, stop }: Job, url: string): Promise<Uint8Array> {
  const { timeout = 30_000, signal } = options;
  const { bytes: total, sha256: wanted } = file;
  if (partial.size > total) await partial.reset();
  const begun = partial.size;
  tell("connecting", begun, { url });
  const received = (): void => tell("receiving", partial.size, { url });
  if (begun < total) await transfer(url, partial, { total, timeout, signal, received });
  const bytes = await partial.bytes();
  const found = await sha256(bytes, stop);
  if (found === wanted.toLowerCase()) return bytes;
  await partial.reset();
  // What was there before may be to blame: then the mirror gets another chance.
  throw new Failure(`its SHA-256 is ${found.slice(0, 8)}…, not ${wanted.slice(0, 8)}…`, begun > 0);
}

const hostOf = (url: string): string => /^\w+:\/\/([^/]+)/.exec(url)?.[1] ?? url;

async function sha256(bytes: Uint8Array, stop: Stop): Promise<string> {
  const { subtle } = engine().crypto;
  if (subtle === undefined)
    return stop("this page has no crypto.subtle to check what is fetched", "serve it by https or from localhost");
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function checkFile(op: string, file: RemoteFile): void {
  const { name, urls, bytes, sha256 } = (file ?? {}) as Partial<RemoteFile>;
  if (
    typeof name !== "string" ||
    !/^[\w.-]+(\/[\w.-]+)*$/.test(name) ||
    name.split("/").some((part) => /^\.+$/.test(part))
  )
    throw new TensorError(op, `the file is called ${shown(name)}`, 'give a name such as "my/data.csv"');
  if (!Array.isArray(urls) || !urls.every((url) => typeof url === "string"))
    throw new TensorError(op, `urls is ${shown(urls)}`, "list the addresses of the file");
  checkWhole(op, "bytes", bytes, 1);
  if (typeof sha256 !== "string" || !/^[\da-f]{64}$/i.test(sha256))
    throw new TensorError(op, `sha256 is ${shown(sha256)}`, "give 64 hexadecimal digits");
}

function checkOptions(op: string, options: DownloadOptions): void {
  const { cache, mirrors, onProgress, timeout = 1, attempts = 1, delay = 0 } = options;
  if (cache !== undefined && (typeof cache !== "string" || cache === ""))
    throw new TensorError(op, `cache is ${shown(cache)}`, "give the path of a folder");
  if (mirrors !== undefined && !(Array.isArray(mirrors) && mirrors.every((mirror) => typeof mirror === "string")))
    throw new TensorError(op, `mirrors is ${shown(mirrors)}`, "list the addresses of folders");
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw new TensorError(op, `onProgress is ${shown(onProgress)}`, "give a function of an event");
  checkNumber(op, "timeout", timeout, 1, 2 ** 31 - 1);
  checkWhole(op, "attempts", attempts, 1);
  checkNumber(op, "delay", delay, 0, 2 ** 31 - 1);
}
