/** @file The threads that share work, and how a piece of work is handed out and waited for. */
import type { Memory } from "../engine.ts";
import { ARGUMENTS, control, type Message, maySleep, startThread, type Thread } from "./worker.ts";

const add = Atomics.add;
const load = Atomics.load;
const notify = Atomics.notify;
const store = Atomics.store;
const wait = Atomics.wait;

/** How long the others may take for what they have begun, when nothing else is left to do: then they are given up. */
const PATIENCE_MS = 5000;

/** How often it is looked whether they are done, some 0.1 ms, before the clock is, and before a sleep. */
const LOOKS = 20_000;

/** A function of a program as tasks are: the number of the piece, then the arguments. */
type Task = (piece: number, ...args: number[]) => void;

/** Threads on a shared memory, beside the one that starts them and takes part in all they do. */
export class Team {
  readonly #threads: Thread[] = [];
  readonly #state: Int32Array;
  readonly #programs = new Map<object, number>();
  readonly #patience: number;
  #lost = false;

  /** So many threads beside this one; throws where they are refused. */
  constructor(size: number, memory: Memory, patience = PATIENCE_MS) {
    this.#patience = patience;
    const shared = new SharedArrayBuffer(4 * (control.next + control.stretch * (size + 1)));
    this.#state = new Int32Array(shared);
    try {
      while (this.#threads.length < size) this.#threads.push(startThread(() => this.#lose()));
    } catch (error) {
      this.end();
      throw error;
    }
    this.#post((thread) => ({ control: shared, memory, thread, threads: size + 1 }));
  }

  /** Whether a thread has died, or has not come back: nothing can be shared any more. */
  get lost(): boolean {
    return this.#lost;
  }

  /** How many pieces were done by others. */
  get helped(): number {
    return load(this.#state, control.helped);
  }

  /** Has all threads look for work, for a while. */
  wake(): void {
    if (load(this.#state, control.asleep) === 0) return;
    add(this.#state, control.turn, 2);
    notify(this.#state, control.turn);
  }

  /**
   * Does the pieces 0 … count − 1 in any order, on all threads that are awake, with `wake` on all; a piece that one of
   * them could not finish, once more here. False: a thread did not come back; what was done is of no use, and it may
   * still write to the memory.
   */
  run(module: object, exports: object, name: string, count: number, args: readonly number[], wake: boolean): boolean {
    const state = this.#state;
    state[control.program] = this.#programs.get(module) ?? this.#introduce(module);
    state[control.task] = Object.keys(exports).indexOf(name);
    state[control.count] = count;
    for (let i = 0; i < ARGUMENTS; i++) state[control.args + i] = args[i] ?? 0;
    state[control.refused] = 0;
    const stretches = this.#threads.length + 1;
    const begin = (stretch: number): number => Math.floor((stretch * count) / stretches);
    for (let s = 0; s < stretches; s++) state[control.next + control.stretch * s] = begin(s);
    add(state, control.turn, 1);

    if (wake && load(state, control.asleep) > 0) notify(state, control.turn);

    const task = (exports as Readonly<Record<string, Task>>)[name]!;
    try {
      for (let s = 0; s < stretches; s++) {
        const [next, end] = [control.next + control.stretch * s, begin(s + 1)];
        for (let piece = add(state, next, 1); piece < end; piece = add(state, next, 1)) task(piece, ...args);
      }
    } finally {
      add(state, control.turn, 1);
    }
    if (!this.#allLeft()) this.#lose();
    // What others could not do, for want of a function of the host's, is done here.
    for (let i = load(state, control.refused); i > 0; i--) task(state[control.refused + i]!, ...args);
    return !this.#lost;
  }

  /** Ends the threads, and with them the team. */
  end(): void {
    this.#lost = true;
    for (const thread of this.#threads) thread.end();
  }

  /**
   * Waits for those who have taken up the work: awake, for they are nearly done; and then, if that is allowed, asleep, for
   * they may be waiting for this processor.
   */
  #allLeft(): boolean {
    const state = this.#state;
    let deadline = 0;
    for (let looks = 1; load(state, control.active) !== 0; looks++) {
      if (looks % LOOKS !== 0) continue;
      const now = Date.now();
      if (deadline === 0) deadline = now + this.#patience;
      else if (now > deadline) return false;
      if (maySleep()) this.#sleep();
    }
    return true;
  }

  /** Sleeps until a thread leaves the work, or for a millisecond. */
  #sleep(): void {
    const state = this.#state;
    store(state, control.awaited, 1);
    const active = load(state, control.active);
    if (active !== 0) wait(state, control.active, active, 1);
    store(state, control.awaited, 0);
  }

  /** Gives the threads a program, and says which number it has. */
  #introduce(module: object): number {
    const number = this.#programs.size;
    this.#programs.set(module, number);
    this.#post(() => ({ module }));
    return number;
  }

  /** Sends each thread what is made for its number. */
  #post(message: (thread: number) => Message): void {
    for (const [i, thread] of this.#threads.entries()) thread.post(message(i + 1));
    add(this.#state, control.messages, 1);
    add(this.#state, control.turn, 2);
    notify(this.#state, control.turn);
  }

  #lose(): void {
    if (!this.#lost) this.end();
  }
}
