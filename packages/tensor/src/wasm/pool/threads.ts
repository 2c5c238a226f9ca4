/** @file How many threads large work is split over, and the splitting: the same bits as on one. */
import { checkWhole } from "../../core/checks.ts";
import { engine } from "../engine.ts";
import { type Program, SCRATCH_LIMIT, supports, useMemory } from "../machine.ts";
import { Team } from "./team.ts";
import { canShare, cores, MOST_THREADS } from "./worker.ts";

/** Work that takes one thread less than this is not worth sharing, in nanoseconds. */
const LEAST_NS = 10_000;
/** Work that takes one thread less than this is not worth waking anybody. */
const WAKING_NS = 50_000;
/** The threads are started when so much work has come that they could have shared. */
const STARTING_NS = 5_000_000;

const PAGE = 65_536;
/** Scratch memory, and what may be before it and after. */
const MOST_PAGES = (SCRATCH_LIMIT + 2 ** 20) / PAGE;

const state = {
  chosen: null as number | null,
  team: null as Team | null,
  /** Work that has come before there was a team, in nanoseconds. */
  missed: 0,
};

/**
 * How many threads large products are split over: what `setThreads` chose, or the machine's cores on Node's main thread
 * (from 20.16 on), and one elsewhere. One where there is no memory that threads can share, or where they have failed.
 *
 * @example
 * setThreads(1);
 * threads();   // => 1
 */
export function threads(): number {
  state.chosen ??= cores();
  return state.chosen > 1 && (state.team?.lost ?? !(canShare() && supports("threads"))) ? 1 : state.chosen;
}

/**
 * Splits large products over n threads from now on; 1 ends those that there are. They are started when there is enough
 * to do, sleep when there is nothing, and never keep a process running. The results are the same bits for any n.
 *
 * In a browser they need a page that is cross-origin isolated; in another, all is done by one.
 * Throws: TensorError unless n is a whole number from 1 to 256.
 *
 * @example
 * setThreads(2);
 * matmul(tensor([1, 2]), tensor([3, 4])).item();   // => 11
 */
export function setThreads(n: number): void {
  checkWhole("setThreads", "n", n, 1, MOST_THREADS);
  if (n === state.chosen && !state.team?.lost) return;
  state.team?.end();
  state.team = null;
  state.chosen = n;
  state.missed = 0;
}

/**
 * How many threads will share work that takes one about so many nanoseconds. To be asked before a program's functions
 * and scratch memory are: these may move to a memory that can be shared.
 */
export function helpers(nanoseconds: number): number {
  if (nanoseconds < LEAST_NS || threads() === 1) return 1;
  if (state.team === null) {
    state.missed += nanoseconds;
    if (state.missed < STARTING_NS) return 1;
    start();
  }
  // At once: they come while the work is prepared.
  if (nanoseconds >= WAKING_NS) state.team?.wake();
  return threads();
}

function start(): void {
  const limits = { initial: 2, maximum: MOST_PAGES, shared: true };
  try {
    const memory = new (engine()!.Memory)(limits);
    state.team = new Team(threads() - 1, memory);
    useMemory(memory, limits);
  } catch {
    // Workers are refused here (by a policy, or for want of memory): one thread does it all.
    state.chosen = 1;
  }
}

/**
 * Does the pieces 0 … count − 1 of a task on the threads that `helpers` promised: a function of a program that takes the
 * number of the piece and the arguments, and writes what no piece reads, and no other writes. False: a thread failed, and
 * the caller has to begin anew, in other memory.
 */
export function share<F>(
  program: Program<F>,
  task: keyof F & string,
  count: number,
  args: readonly number[],
  nanoseconds: number,
): boolean {
  const exports = program.exports()!;
  const { team } = state;
  if (team === null || team.lost || nanoseconds < LEAST_NS) {
    const each = exports[task] as (...args: number[]) => void;
    for (let piece = 0; piece < count; piece++) each(piece, ...args);
    return true;
  }
  if (team.run(program.compiled()!, exports, task, count, args, nanoseconds >= WAKING_NS)) return true;
  abandon();
  return false;
}

/** Leaves the memory to a thread that may still write to it. */
function abandon(): void {
  const limits = { initial: 2 };
  useMemory(new (engine()!.Memory)(limits), limits);
}

/** For tests and benchmarks: how many pieces were done by other threads than this one. */
export const helped = (): number => state.team?.helped ?? 0;
