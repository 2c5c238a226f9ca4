/** @file A worker thread, of Node or of a browser, behind one small interface. */

/** What a `Worker` of "node:worker_threads" has. */
export interface NodeWorker {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}

/** What a browser's `Worker` has. */
export interface WebWorker {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: unknown) => void): void;
  terminate(): void;
}

export interface Thread {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  /** Whether it should keep the program running. */
  hold(busy: boolean): void;
  end(): void;
}

export interface ThreadEvents {
  message(message: unknown): void;
  /** It has failed, and will not answer any more. */
  failed(problem: string): void;
}

/** The thread of a worker, whose events go to the listener. */
export function threadOf(worker: NodeWorker | WebWorker, { message, failed }: ThreadEvents): Thread {
  const base = {
    post: (value: unknown, transfer: ArrayBuffer[]) => worker.postMessage(value, transfer),
    end: () => void worker.terminate(),
  };
  if ("on" in worker) {
    worker.on("message", message);
    worker.on("error", (error) => failed(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => failed(`it ended with exit code ${code}`));
    return { ...base, hold: (busy) => (busy ? worker.ref() : worker.unref()) };
  }
  worker.addEventListener("message", (event) => message((event as { data: unknown }).data));
  worker.addEventListener("error", (event) =>
    failed((event as { message?: string }).message ?? "its script did not load"),
  );
  worker.addEventListener("messageerror", () => failed("a message could not be read"));
  return { ...base, hold: () => {} };
}

/** The other end: what a worker's own script sees of the program that started it. */
export interface Port {
  send(message: unknown, transfer: ArrayBuffer[]): void;
  listen(listener: (message: unknown) => void): void;
}

interface NodePort {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

interface Scope {
  postMessage?(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener?(type: "message", listener: (event: { data: unknown }) => void): void;
  process?: { getBuiltinModule?(name: string): { parentPort: NodePort | null } | undefined };
}

/** The port of the worker that this runs in, or null outside of one; in Node before 20.16 it has to be given. */
export function portOf(given: unknown): Port | null {
  const scope = globalThis as Scope;
  const parent = (given ?? scope.process?.getBuiltinModule?.("node:worker_threads")?.parentPort) as NodePort | null;
  if (typeof parent?.on === "function")
    return {
      send: (value, transfer) => parent.postMessage(value, transfer),
      listen: (f) => void parent.on("message", f),
    };
  if (scope.process !== undefined || scope.addEventListener === undefined || scope.postMessage === undefined)
    return null;
  return {
    send: (value, transfer) => scope.postMessage!(value, transfer),
    listen: (f) => scope.addEventListener!("message", ({ data }) => f(data)),
  };
}
