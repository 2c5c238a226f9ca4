/** @file Entry "@deltagrad/datasets/workers": maps that are done in worker threads, of Node or of a browser. */
import { TensorError } from "@deltagrad/tensor";
import { checkFunction, checkNumber, checkWhole, shown } from "../checks.ts";
import type { Mapper, MapSession } from "./concurrent.ts";
import { type NodeWorker, portOf, type Thread, threadOf, type WebWorker } from "./thread.ts";
import { pack, unpack } from "./wire.ts";

declare const setTimeout: (f: () => void, milliseconds: number) => { unref?(): void } | number;
declare const clearTimeout: (timer: unknown) => void;

export type { Mapper, MapSession } from "./concurrent.ts";

export interface WorkerOptions {
  /** How many threads there are at most. */
  readonly count?: number;
  /** After so many milliseconds without work they end; the next work starts new ones. */
  readonly idle?: number;
}

/** A piece of work, and its answer: the result, or the error that was thrown. */
interface Request {
  readonly id: number;
  readonly index: number;
  readonly example: unknown;
}
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}
type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: Failure };

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Worker threads that map the examples of a stream: `stream.map(workers(() => new Worker(…)))`. The script of the
 * worker calls `serve(f)`. Threads start when there is work, and end when a pass is over or has had nothing for them
 * to do for a while. What f throws is thrown in the pass. Tensors, typed arrays and plain data go to and fro.
 *
 * Throws: TensorError in the pass, when a thread fails to start, ends by itself, or is sent what cannot be sent.
 *
 * @example
 * workers(() => { throw new Error("no thread was needed"); }, { count: 2 }).concurrency;   // => 4
 */
export function workers<In, Out>(
  start: () => NodeWorker | WebWorker,
  { count = 2, idle = 5000 }: WorkerOptions = {},
): Mapper<In, Out> {
  if (typeof start !== "function")
    throw new TensorError("workers", `start is ${shown(start)}`, "give a function: () => new Worker(…)");
  checkWhole("workers", "count", count, 1);
  checkNumber("workers", "idle", idle, 0, 2 ** 31 - 1);
  const pool = new Pool(start, count, idle);
  // Two for each thread: the next example is there when a result goes out.
  return { concurrency: 2 * count, open: () => pool.open() as MapSession<In, Out> };
}

class Pool {
  readonly #start: () => NodeWorker | WebWorker;
  readonly #count: number;
  readonly #idle: number;
  readonly #threads = new Set<Busy>();
  #sessions = 0;
  #timer: unknown = null;

  constructor(start: () => NodeWorker | WebWorker, count: number, idle: number) {
    this.#start = start;
    this.#count = count;
    this.#idle = idle;
  }

  open(): MapSession<unknown, unknown> {
    this.#sessions++;
    let open = true;
    return {
      run: (example, index) => this.#run(example, index),
      close: () => {
        if (open && --this.#sessions === 0) this.#end();
        open = false;
      },
    };
  }

  async #run(example: unknown, index: number): Promise<unknown> {
    clearTimeout(this.#timer);
    try {
      return await this.#thread().run(example, index);
    } finally {
      if (this.#threads.size > 0 && [...this.#threads].every(({ load }) => load === 0)) this.#rest();
    }
  }

  /** The thread with the least to do: a new one, if all have some and there may be more. */
  #thread(): Busy {
    const [least] = [...this.#threads].sort((a, b) => a.load - b.load);
    if (least !== undefined && (least.load === 0 || this.#threads.size >= this.#count)) return least;
    const thread: Busy = new Busy(this.#start, () => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }

  #rest(): void {
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#end(), this.#idle);
    if (typeof timer === "object") timer.unref?.();
    this.#timer = timer;
  }

  #end(): void {
    clearTimeout(this.#timer);
    for (const thread of this.#threads) thread.end();
    this.#threads.clear();
  }
}

/** A thread with the work that it has been given. */
class Busy {
  readonly #pending = new Map<number, Pending>();
  readonly #thread: Thread;
  #id = 0;
  #problem: string | null = null;

  constructor(start: () => NodeWorker | WebWorker, gone: () => void) {
    this.#thread = threadOf(started(start), {
      message: (message) => this.#answer(message as Reply),
      failed: (problem) => {
        this.#problem ??= problem;
        gone();
        this.#thread.end();
        for (const { reject } of this.#pending.values()) reject(threadError(this.#problem));
        this.#pending.clear();
      },
    });
  }

  get load(): number {
    return this.#pending.size;
  }

  run(example: unknown, index: number): Promise<unknown> {
    const id = this.#id++;
    const { packed, buffers } = pack(example);
    return new Promise((resolve, reject) => {
      const request: Request = { id, index, example: packed };
      try {
        this.#thread.post(request, buffers);
      } catch (error) {
        const problem = `example ${index} cannot be sent to a thread: ${(error as Error).message}`;
        reject(new TensorError("workers", problem, "send tensors, typed arrays and plain data"));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#thread.hold(true);
    });
  }

  end(): void {
    this.#problem = "it was ended, since the pass was over";
    this.#thread.end();
  }

  #answer(reply: Reply): void {
    const waiting = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.load === 0) this.#thread.hold(false);
    if ("error" in reply) waiting?.reject(revived(reply.error));
    else waiting?.resolve(unpack(reply.result));
  }
}

function started(start: () => NodeWorker | WebWorker): NodeWorker | WebWorker {
  const worker: Partial<NodeWorker & WebWorker> | null | undefined = start();
  if (typeof worker?.postMessage !== "function" || !("on" in worker || "addEventListener" in worker))
    throw new TensorError("workers", `start returned ${shown(worker)}`, "return a worker: () => new Worker(…)");
  return worker as NodeWorker | WebWorker;
}

const threadError = (problem: string): TensorError =>
  new TensorError("workers", `a thread has failed: ${problem}`, "see that its script loads, and calls serve(f)");

/** The error that was thrown in the thread, with its name and the stack from there. */
function revived({ name, message, stack }: Failure): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

/**
 * For the script of a worker: answers each example with f(example, number), or with the error that f throws.
 * `port` is Node's `parentPort`; it need only be given in Node before 20.16.
 *
 * Throws: TensorError when it is not called in a worker.
 *
 * @example
 * const port = { on: (_event, listen) => listen({ id: 0, index: 0, example: 3 }), postMessage: () => {} };
 * serve((x) => 2 * x, port);   // => undefined
 */
export function serve<In, Out>(f: (example: In, index: number) => Out | Promise<Out>, port?: unknown): void {
  checkFunction("serve", "f", f);
  const parent = portOf(port);
  if (parent === null)
    throw new TensorError("serve", "this is not a worker", "call it in the script that new Worker(…) is given");
  parent.listen(async (message) => {
    const { id, index, example } = message as Request;
    try {
      const { packed, buffers } = pack(await f(unpack(example) as In, index));
      parent.send({ id, result: packed } satisfies Reply, buffers);
    } catch (thrown) {
      const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
      parent.send({ id, error: { name, message, stack } } satisfies Reply, []);
    }
  });
}
