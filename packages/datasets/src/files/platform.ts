/**
 * @file What engines have, though the language does not: streams of bytes, the network, files. Node's modules are asked
 * for when they are needed, under names that no bundler looks for.
 */

/** What a web `ReadableStream` of bytes has. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
}

/** What a `Blob` or a `File` has. */
export interface BlobLike {
  readonly size: number;
  stream(): ByteStream;
}

/** What a `URL` has. */
export interface UrlLike {
  readonly href: string;
}

interface Headers {
  get(name: string): string | null;
}

export interface Response {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly body: ByteStream | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What an open cache of the browser's Cache API has. */
export interface ResponseCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  delete(url: string): Promise<boolean>;
}

/** What an `AbortSignal` has. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

interface Engine {
  readonly process?: {
    readonly pid: number;
    readonly platform: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly versions?: { readonly node?: string };
    kill(pid: number, signal: 0): unknown;
  };
  readonly fetch: (
    url: string,
    options?: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly signal?: Signal;
      readonly cache?: "no-store";
    },
  ) => Promise<Response>;
  readonly DecompressionStream?: new (
    format: "gzip" | "deflate",
  ) => {
    readonly readable: ByteStream;
    readonly writable: {
      getWriter(): {
        readonly closed: Promise<unknown>;
        readonly ready: Promise<unknown>;
        write(chunk: Uint8Array): Promise<void>;
        close(): Promise<void>;
        abort(reason: unknown): Promise<void>;
      };
    };
  };
  readonly TextDecoder: new (
    label: string,
    options: { readonly fatal: boolean },
  ) => { decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string };
  readonly AbortController: new () => { readonly signal: Signal; abort(reason?: unknown): void };
  readonly Response: new (bytes: Uint8Array) => Response;
  readonly caches?: { open(name: string): Promise<ResponseCache> };
  readonly navigator?: {
    readonly locks?: {
      request<T>(
        name: string,
        options: { readonly signal?: Signal; readonly ifAvailable?: true },
        f: (lock: object | null) => Promise<T>,
      ): Promise<T>;
    };
  };
  readonly crypto: {
    readonly subtle?: { digest(name: "SHA-256", bytes: Uint8Array): Promise<ArrayBuffer> };
    getRandomValues(bytes: Uint8Array): Uint8Array;
  };
  readonly setTimeout: (f: () => void, milliseconds: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
  readonly setInterval: (f: () => void, milliseconds: number) => unknown;
  readonly clearInterval: (timer: unknown) => void;
}

/** The engine's globals, looked up whenever they are used. */
export const engine = (): Engine => globalThis as unknown as Engine;

export const inNode = (): boolean => typeof engine().process?.versions?.node === "string";

export interface FileHandle {
  read(into: Uint8Array, offset: number, length: number): Promise<{ readonly bytesRead: number }>;
  appendFile(bytes: Uint8Array): Promise<void>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What is used of "node:fs/promises". */
export interface FileSystem {
  open(path: string, flags: string): Promise<FileHandle>;
  stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: true }): Promise<void>;
  link(from: string, to: string): Promise<void>;
  readFile(path: string): Promise<Uint8Array>;
  readFile(path: string, encoding: "utf8"): Promise<string>;
  writeFile(path: string, text: string, options: { readonly flag: string }): Promise<void>;
  utimes(path: string, access: Date, change: Date): Promise<void>;
}

const load = <T>(name: string): Promise<T> => import(/* @vite-ignore */ /* webpackIgnore: true */ name);

export const fileSystem = (): Promise<FileSystem> => load("node:fs/promises");

/** The path of a `file:` URL. */
export const pathOf = async (url: string): Promise<string> =>
  (await load<{ fileURLToPath(url: string): string }>("node:url")).fileURLToPath(url);

export const hostName = async (): Promise<string> => (await load<{ hostname(): string }>("node:os")).hostname();
export const homeFolder = async (): Promise<string> => (await load<{ homedir(): string }>("node:os")).homedir();

/** A pause, which ends early when the signal says so. */
export function pause(milliseconds: number, signal?: Signal): Promise<void> {
  const { setTimeout, clearTimeout } = engine();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}

/** What went wrong, in a few words: for the network's errors, the reason below "fetch failed". */
export function reasonOf(error: unknown): string {
  const { message, code, cause } = (error ?? {}) as { message?: string; code?: string; cause?: unknown };
  if (cause !== undefined && cause !== null && cause !== error) return reasonOf(cause);
  return message || code || String(error);
}
