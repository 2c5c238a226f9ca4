/** @file A worker thread, of Node or of a browser: how it is started, and the few lines that it runs. */

/** How many threads there may be. */
export const MOST_THREADS = 256;

/** The numbers by which threads agree, each at its place in an Int32Array; those that are waited for, in cache lines of their own. */
export const control = {
  /** Odd while there is work to take; it changes whenever there is something to look at. */
  turn: 0,
  /** How many wait in their sleep. */
  asleep: 1,
  /** How many messages were sent to each. */
  messages: 2,
  /** How many threads have taken the work up, and not yet left it. */
  active: 16,
  /** Whether the first thread sleeps until they have. */
  awaited: 17,
  /** What the work is: so many pieces of a task of a program. */
  count: 32,
  program: 33,
  task: 34,
  /** The task's arguments after the number of the piece. */
  args: 35,
  /** How many pieces were done by other threads than the first, since they were started. */
  helped: 48,
  /** How many pieces were begun in vain, and which: at most one by each thread. */
  refused: 64,
  /** Of each thread's stretch of the pieces, the next that nobody has taken; so far apart are they. */
  next: 336,
  stretch: 16,
} as const;

/** How many arguments a task may have. */
export const ARGUMENTS = 12;

/** How often a thread looks for work before it sleeps: some 0.5 ms; waking it costs 0.1 to 0.3. */
const SPINS = 50_000;

/** What is sent to a worker, in this order: the first, then each program. */
export type Message = { readonly control: SharedArrayBuffer; readonly memory: object } | { readonly module: object };

// In any engine, as a script: a worker has no modules of ours. It leaves its loop only to be given a message, which its
// programs and their memory come in. A function of the host's that a program imports is not there: the piece that needs
// one is refused. Each begins with its own stretch of the pieces, whose neighbours it did the last time, too: what it
// reads and writes is mostly in its own cache. Then it helps the others. Whoever is counted as active finds the work unchanged: it is closed
// (turn becomes even) before it is changed, and then waited for until nobody is active.
const source = `
const { add, load, notify, sub, wait } = Atomics;
const port = globalThis.process?.getBuiltinModule?.("node:worker_threads")?.parentPort ?? globalThis;
const programs = [];
let state, memory, thread, threads, received = 0;
function work() {
  const task = programs[state[${control.program}]][state[${control.task}]];
  const count = state[${control.count}];
  const a = state.slice(${control.args}, ${control.args + ARGUMENTS});
  let done = 0;
  let i = 0;
  try {
    for (let s = 0; s < threads; s++) {
      const stretch = (thread + s) % threads;
      const next = ${control.next} + ${control.stretch} * stretch;
      const end = Math.floor(((stretch + 1) * count) / threads);
      for (i = add(state, next, 1); i < end; i = add(state, next, 1), done++)
        task(i, ${Array.from({ length: ARGUMENTS }, (_, i) => `a[${i}]`).join(", ")});
    }
  } catch {
    state[${control.refused + 1} + add(state, ${control.refused}, 1)] = i;
  }
  add(state, ${control.helped}, done);
}
function serve() {
  for (;;) {
    let seen = load(state, ${control.turn});
    if (load(state, ${control.messages}) !== received) return;
    if (seen & 1) {
      add(state, ${control.active}, 1);
      seen = load(state, ${control.turn});
      if (seen & 1) work();
      sub(state, ${control.active}, 1);
      if (load(state, ${control.awaited})) notify(state, ${control.active});
    }
    let left = ${SPINS};
    while (load(state, ${control.turn}) === seen && left > 0) left--;
    if (left > 0) continue;
    add(state, ${control.asleep}, 1);
    wait(state, ${control.turn}, seen);
    sub(state, ${control.asleep}, 1);
  }
}
const absent = (name) => () => {
  throw new Error(name);
};
port.onmessage = ({ data }) => {
  if (data.control) {
    ({ memory, thread, threads } = data);
    state = new Int32Array(data.control);
  }
  else {
    const env = new Proxy({ memory }, { get: (known, name) => known[name] ?? absent(name) });
    programs.push(Object.values(new WebAssembly.Instance(data.module, { env }).exports));
  }
  received++;
  serve();
};
`;

/** What a `Worker` of "node:worker_threads" and a browser's have in common. */
interface Worker {
  postMessage(message: Message): void;
  terminate(): unknown;
  unref?(): void;
  on?(event: string, listener: () => void): unknown;
  addEventListener?(event: string, listener: () => void): unknown;
}

interface Scope {
  readonly process?: {
    getBuiltinModule?(name: "node:worker_threads"): {
      readonly Worker: new (source: string, options: object) => Worker;
      readonly isMainThread: boolean;
    };
    getBuiltinModule?(name: "node:os"): { availableParallelism(): number };
  };
  readonly Worker?: new (url: string) => Worker;
  readonly Blob?: new (parts: string[], options: object) => object;
  readonly URL?: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
  readonly crossOriginIsolated?: boolean;
  readonly document?: unknown;
  readonly SharedArrayBuffer?: unknown;
}

const scope = (): Scope => globalThis as unknown as Scope;

/** Whether threads may share memory here: a page has to be isolated for it. */
export const canShare = (): boolean => {
  const engine = scope();
  const workers = engine.process?.getBuiltinModule !== undefined || engine.Worker !== undefined;
  return workers && engine.SharedArrayBuffer !== undefined && engine.crossOriginIsolated !== false;
};

/** Whether this thread may sleep until it is woken: not in a page, which would stand still. */
export const maySleep = (): boolean => scope().document === undefined;

/** The machine's cores on Node's main thread; one in a browser, and in a thread that somebody else has started. */
export function cores(): number {
  const { process } = scope();
  if (!process?.getBuiltinModule?.("node:worker_threads")?.isMainThread) return 1;
  return process.getBuiltinModule("node:os").availableParallelism();
}

/** A thread at the other end of which `source` runs. */
export interface Thread {
  post(message: Message): void;
  end(): void;
}

/** Starts a thread, which does not keep the process running; throws where it is refused. `failed` hears of its end. */
export function startThread(failed: () => void): Thread {
  const { process, Worker, Blob, URL } = scope();
  const node = process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) {
    // Of its own: what the program was started with (loaders, an environment) is not for these few lines.
    const worker = new node.Worker(source, { eval: true, execArgv: [], env: {}, name: "deltagrad" });
    worker.unref!();
    for (const event of ["error", "exit"]) worker.on!(event, failed);
    return threadOf(worker);
  }
  const url = URL!.createObjectURL(new Blob!([source], { type: "text/javascript" }));
  const worker = new Worker!(url);
  URL!.revokeObjectURL(url);
  worker.addEventListener!("error", failed);
  return threadOf(worker);
}

const threadOf = (worker: Worker): Thread => ({
  post: (message) => worker.postMessage(message),
  end: () => void worker.terminate(),
});
