/** @file One subject's process, and the questions it is asked: a line of JSON each way. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Spec } from "../works.ts";

/** What can be asked of a subject; the driver knows no more of it, and a test can play one. */
export interface Asked {
  prepare(spec: Spec): Promise<Prepared>;
  /** Seconds that one run takes, measured over so many milliseconds. */
  measure(ms: number): Promise<number>;
}

/** The check of the work and the seconds of a step of it, or why it cannot be done; `null`: it has no means for it. */
export type Prepared = { readonly check: number; readonly seconds: number } | { readonly error: string | null };

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const running = new Set<ChildProcess>();

/** Starts a process that ends with this one, whichever way this one ends: alone in its group, with all it starts. */
export function start({ file, args, env }: Command, options: { readonly cwd?: string } = {}) {
  const child = spawn(file, args, {
    ...options,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  running.add(child);
  child.on("close", () => running.delete(child));
  child.on("error", () => running.delete(child));
  child.stdin.on("error", () => {});
  return child;
}

function kill(child: ChildProcess): void {
  try {
    if (process.platform === "win32") child.kill();
    else if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Ends all processes that are still running. */
export const stopAll = (): void => running.forEach(kill);

/** How long a subject may think about a question before it counts as hung. */
const PATIENCE = 180_000;

interface Answer {
  readonly ready?: Readonly<Record<string, string>>;
  readonly absent?: string;
  readonly error?: string;
  readonly cannot?: boolean;
  readonly check?: number;
  readonly seconds?: number;
  readonly bytes?: number;
  readonly runs?: number;
}

/** A subject's process. */
export class Runner implements Asked {
  readonly versions: Readonly<Record<string, string>>;
  readonly #child: ReturnType<typeof start>;
  readonly #next: (what: string) => Promise<Answer>;

  private constructor(child: ReturnType<typeof start>, next: (what: string) => Promise<Answer>, versions = {}) {
    this.#child = child;
    this.#next = next;
    this.versions = versions;
  }

  /** The running subject, or in a sentence why it cannot run here. */
  static async start(command: Command): Promise<Runner | string> {
    const child = start(command);
    const next = answersOf(child);
    const first = await next("its start");
    if (first.ready) return new Runner(child, next, first.ready);
    kill(child);
    return first.absent ?? first.error ?? "it does not speak the protocol";
  }

  async #ask(request: { readonly ask: string } & Readonly<Record<string, unknown>>): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#next(request.ask);
  }

  async prepare(spec: Spec): Promise<Prepared> {
    const { check, seconds, cannot, error } = await this.#ask({ ask: "prepare", spec });
    if (check === undefined || seconds === undefined) return { error: cannot ? null : (error ?? "no answer") };
    return { check, seconds };
  }

  async measure(ms: number): Promise<number> {
    const { seconds, error } = await this.#ask({ ask: "measure", ms });
    if (seconds === undefined) throw new Error(error ?? "no answer");
    return seconds;
  }

  /** The most memory the process has held after so many steps, or as many as it does in a number of seconds. */
  async memory(steps: number, budget: number): Promise<{ readonly bytes: number; readonly runs: number }> {
    const { bytes, runs, error } = await this.#ask({ ask: "steps", steps, budget });
    if (bytes === undefined || runs === undefined) throw new Error(error ?? "no answer");
    return { bytes, runs };
  }

  stop(): void {
    kill(this.#child);
  }
}

/** The lines of a process as answers, one at a time; when it ends or hangs, an answer that says so. */
function answersOf(child: ReturnType<typeof start>): (what: string) => Promise<Answer> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000);
  });
  const notStarted = new Promise<Answer>((resolve) => {
    child.on("error", ({ message }) => resolve({ error: message }));
  });

  async function next(): Promise<Answer> {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) return { error: reasonIn(complaint) || "its process ended" };
      // Some libraries greet on stdout.
      if (value.startsWith("{")) return JSON.parse(value) as Answer;
    }
  }
  return async (what) => {
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => {
        kill(child);
        resolve({ error: `no answer to ${what} in ${PATIENCE / 1000} s` });
      }, PATIENCE);
    });
    try {
      return await Promise.race([next(), notStarted, hung]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The line of a stack trace that says what went wrong. */
const reasonIn = (text: string): string | undefined =>
  text.split("\n").find((line) => /^\w*(Error|Exception)\b/.test(line.trim())) ?? text.trim().split("\n").at(-1);
