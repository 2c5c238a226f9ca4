/** @file The life of a subject's process: it says what it is, then answers one request after another, a JSON line each. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * One piece of work, ready: `run` does it so many times and returns when it is done; `check` does it from the
 * beginning and returns a number that all subjects must agree on.
 *
 * @typedef {object} Work
 * @property {(times: number) => void | Promise<void>} run
 * @property {() => number | Promise<number>} check
 */

/**
 * What a subject can do, by kind of work; a kind that is missing, or a null, is work it has no means for.
 *
 * @typedef {Record<string, (spec: any) => Work | null | Promise<Work | null>>} Works
 */

/** The most memory this process ever held, in bytes. */
function peakMemory() {
  try {
    // Not resourceUsage(): its maxRSS counts what the parent held before exec.
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/** What f gives, and the seconds that took. @template T @param {() => T | Promise<T>} f */
async function timed(f) {
  const begin = performance.now();
  const value = await f();
  return { value, seconds: (performance.now() - begin) / 1000 };
}

/**
 * Seconds for one run, the mean over about that many milliseconds, in a few calls so that an engine may replace the
 * code between them.
 *
 * @param {Work} work @param {number} ms @param {number} guess seconds a run took before
 */
async function measure(work, ms, guess) {
  let [total, runs, mean] = [0, 0, guess];
  while (runs === 0 || total < ms / 1000) {
    const times = Math.max(1, Math.min(Math.round(ms / 4000 / mean), Math.ceil((ms / 1000 - total) / mean)));
    total += (await timed(() => work.run(times))).seconds;
    runs += times;
    mean = Math.max(total / runs, 1e-9);
  }
  return total / runs;
}

/**
 * Answers `prepare` (a piece of work, checked), `measure` (milliseconds to spend on it) and `steps` (how often, within
 * a budget of seconds, for the memory it takes) until the driver is gone.
 *
 * @param {Record<string, string>} versions @param {Works} works
 */
export async function serve(versions, works) {
  /** @param {unknown} answer */
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  /** @type {Work | null} */
  let work = null;
  let seconds = 0;

  /** @type {Record<string, (request: any) => Promise<unknown>>} */
  const answers = {
    async prepare({ spec }) {
      work = (await works[spec.kind]?.(spec)) ?? null;
      if (work === null) return { cannot: true };
      const checked = await timed(work.check);
      seconds = checked.seconds / (spec.steps ?? 1);
      return { check: checked.value, seconds };
    },
    async measure({ ms }) {
      if (work) seconds = await measure(work, ms, seconds);
      return { seconds };
    },
    async steps({ steps, budget }) {
      const begin = performance.now();
      let runs = 0;
      for (; runs < steps && performance.now() - begin < budget * 1000; runs++) await work?.run(1);
      return { bytes: peakMemory(), runs };
    },
  };

  say({ ready: versions });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      say(await answers[request.ask]?.(request));
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  process.exit();
}

/** Says why this subject cannot run here, and ends. @param {string} reason */
export function absent(reason) {
  process.stdout.write(`${JSON.stringify({ absent: reason })}\n`, () => process.exit());
}
