/** @file Runs a child process as if it were this one: same streams, same signals, same exit code. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

/** @type {NodeJS.Signals[]} */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs node with the arguments and resolves to its exit code, which a shell would give as 128 + n after signal n.
 *
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function runNode(args, options) {
  const child = spawn(process.execPath, args, { stdio: "inherit", ...options });
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the child as well; without one, the signal came to this process alone.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  // A SIGTERM to npm ends npm and its shell, which does not hand it on: the parent is then another process.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && child.kill(), 500);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, killer) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
      resolve(code ?? 128 + (killer ? constants.signals[killer] : 0));
    });
  });
}

/**
 * Runs a program of this repository straight from the sources, with the arguments of this process, after installing.
 *
 * @param {string} program its path from the root
 */
export async function runSource(program) {
  ensureInstalled();
  const sources = ["--conditions=deltagrad-source", "--import", import.meta.resolve("tsx")];
  process.exitCode = await runNode([...sources, join(root, program), ...process.argv.slice(2)]);
}
