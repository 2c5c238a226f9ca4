/** @file What a subject costs besides its time: to start, to hold in memory, to install. */
import { once } from "node:events";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/install.mjs";
import { OURS, type Subject } from "../subjects.ts";
import { largest } from "../works.ts";
import type { Commands } from "./command.ts";
import { median } from "./rounds.ts";
import { type Command, Runner, start } from "./runner.ts";

/** Milliseconds from starting a process to its end. */
async function lifetime(command: Command): Promise<number> {
  const begin = performance.now();
  const child = start(command);
  child.stdin.end();
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`its start-up ended with exit code ${code}`);
  return performance.now() - begin;
}

/**
 * Milliseconds that whole processes take to their first gradient, and those that do nothing, in turns: the medians, by
 * name of the subject or "bare Node".
 */
export async function startUps(subjects: readonly Subject[], commands: Commands, rounds: number) {
  const candidates: (readonly [name: string, command: Command])[] = [];
  const failures = new Map<string, string>();
  for (const subject of subjects)
    try {
      candidates.push([subject.name, await commands.of(subject, "start")]);
    } catch (error) {
      failures.set(subject.name, (error as Error).message);
    }
  candidates.push([BARE, await commands.idle({ name: BARE, folder: "", args: [] })]);

  const times = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++)
    for (const [name, command] of candidates)
      try {
        const ms = await lifetime(command);
        // The first round reads files into the machine's cache.
        if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
      } catch (error) {
        failures.set(name, (error as Error).message);
      }
  return { medians: new Map([...times].map(([name, list]) => [name, median(list)])), failures };
}

/** The name under which a process that does nothing is listed. */
export const BARE = "bare Node";

/** The most memory, in bytes, that a subject's process holds over so many steps of the largest network. */
export async function peakMemory(command: Command, steps: number, budget: number) {
  const runner = await Runner.start(command);
  if (typeof runner === "string") throw new Error(runner);
  try {
    const prepared = await runner.prepare(largest.spec);
    if ("error" in prepared) throw new Error(prepared.error ?? "it cannot do this work");
    return await runner.memory(steps, budget);
  } finally {
    runner.stop();
  }
}

const sizeOf = (path: string): number =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((total, name) => total + sizeOf(join(path, name)), 0)
    : statSync(path).size;

/** Bytes that installing a subject puts on the disk: for our packages what they publish and depend on. */
export function installedSize(subject: Subject, commands: Commands): number {
  if (subject.name !== OURS) return sizeOf(commands.modules(subject));
  return ["tensor", "nn"].reduce((total, name) => {
    const folder = join(root, "packages", name);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const foreign = Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith("@deltagrad/"));
    const published = ["package.json", ...(manifest.files as string[])].map((file) => join(folder, file));
    const needed = foreign.map((dependency) => realpathSync(join(folder, "node_modules", dependency)));
    return [...published, ...needed].reduce((sum, path) => sum + sizeOf(path), total);
  }, 0);
}
