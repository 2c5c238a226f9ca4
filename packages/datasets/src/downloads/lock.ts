/**
 * @file A lock between processes: a file that only one of them can make. Its owner touches it while it works; one that
 * is not touched any more, or whose owner is gone, is taken away.
 */
import { engine, type FileSystem, hostName, pause } from "../files/platform.ts";
import type { Waiting } from "./store.ts";

/** The owner touches the file so often, … */
const TOUCH = 2_000;
/** … and has given up if it did not for so long. */
const STALE = 30_000;
/** Who waits looks so often. */
const LOOK = 50;

interface Owner {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

/** f, while the lock is held. */
export async function withLock<T>(
  fs: FileSystem,
  path: string,
  { signal, waits, stopped }: Waiting,
  f: () => Promise<T>,
): Promise<T> {
  const mine = JSON.stringify(await self());
  for (let first = true; !(await taken(fs, path, mine)); first = false) {
    if (signal?.aborted) stopped();
    if (first) waits();
    await pause(LOOK, signal);
  }
  const timer = engine().setInterval(() => {
    const now = new Date();
    fs.utimes(path, now, now).catch(() => {});
  }, TOUCH);
  try {
    return await f();
  } finally {
    engine().clearInterval(timer);
    // It may be another's by now, if this process was asleep for long.
    if ((await contentOf(fs, path)) === mine) await fs.rm(path, { force: true });
  }
}

async function self(): Promise<Owner> {
  const id = Array.from(engine().crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16)).join("");
  return { id, pid: engine().process!.pid, host: await hostName() };
}

const contentOf = (fs: FileSystem, path: string): Promise<string | null> => fs.readFile(path, "utf8").catch(() => null);

/** Whether the lock could be taken: it was free, or its owner had left it. */
async function taken(fs: FileSystem, path: string, mine: string): Promise<boolean> {
  const made = await make(fs, path, mine);
  if (made) return true;
  const seen = await contentOf(fs, path);
  if (seen === null || !(await isLeft(fs, path, seen))) return false;
  // Of several that find it left only one can move it. If what was moved is a new lock after all, it goes back.
  const aside = `${path}.${(JSON.parse(mine) as Owner).id}`;
  try {
    await fs.rename(path, aside);
  } catch {
    return false;
  }
  if ((await contentOf(fs, aside)) !== seen) await fs.link(aside, path).catch(() => {});
  await fs.rm(aside, { force: true });
  return make(fs, path, mine);
}

async function make(fs: FileSystem, path: string, mine: string): Promise<boolean> {
  try {
    await fs.writeFile(path, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function isLeft(fs: FileSystem, path: string, content: string): Promise<boolean> {
  const age = await fs.stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > STALE) return true;
  const { pid, host } = parsed(content);
  return host === (await hostName()) && typeof pid === "number" && !isAlive(pid);
}

/** A lock that is just being made is empty as yet. */
function parsed(content: string): Partial<Owner> {
  try {
    return (JSON.parse(content) ?? {}) as Partial<Owner>;
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    engine().process!.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}
