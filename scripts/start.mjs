/** @file Runs the digits example straight from the sources. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();

const program = join(root, "examples/digits/main.ts");
const node = ["--conditions=deltagrad-source", "--import", import.meta.resolve("tsx")];
const child = spawn(process.execPath, [...node, program, ...process.argv.slice(2)], { stdio: "inherit" });

// A terminal sends Ctrl-C to the child as well; without one, the signal came to this process alone.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));

child.on("error", (error) => {
  console.error(`the example did not start: ${error.message}`);
  process.exitCode = 1;
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
