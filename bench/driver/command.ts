/** @file How each subject is started: where its program is, in which engine, and what has to be installed first. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installIn, nodeEngine } from "../../scripts/beside.ts";
import type { Subject } from "../subjects.ts";
import type { Command } from "./runner.ts";

const peers = fileURLToPath(new URL("../peers", import.meta.url));

/** The Node all JavaScript is measured in: the newest that is long supported; this one where it cannot be had. */
const NODE = 24;

/** The folder of a subject, with what it needs installed. */
async function folderOf({ folder }: Subject): Promise<string> {
  const path = join(peers, folder);
  if (existsSync(join(path, "package.json"))) await installIn(path);
  return path;
}

/** Resolves the commands of subjects; what they share is looked for once. */
export function commands() {
  let node: Promise<string> | undefined;
  let python: string | undefined;

  const findNode = () => {
    node ??= nodeEngine(NODE).catch((error: Error) => {
      console.error(`Node ${NODE}: ${error.message}; measuring in Node ${process.versions.node}`);
      return process.execPath;
    });
    return node;
  };
  const findPython = () => {
    const imports = (file: string) => spawnSync(file, ["-c", "import torch"]).status === 0;
    python ??= ["python3", "/usr/bin/python3"].find(imports) ?? "";
    if (python === "") throw new Error('python3 -c "import torch" fails here');
    return python;
  };

  return {
    node: findNode,
    /** Starts a program of a subject: "runner" or "start", and its arguments. */
    async of(subject: Subject, program: "runner" | "start", args = subject.args): Promise<Command> {
      const folder = await folderOf(subject);
      const { engine = "node", env } = subject;
      if (engine === "python") return { file: findPython(), args: [join(folder, `${program}.py`), ...args], env };
      if (engine === "node") return { file: await findNode(), args: [join(folder, `${program}.mjs`), ...args], env };
      const loader = ["--conditions=deltagrad-source", "--import", import.meta.resolve("tsx")];
      return { file: await findNode(), args: [...loader, join(folder, `${program}.ts`), ...args], env };
    },
    /** A process of the same engine that does nothing. */
    async idle({ engine }: Subject): Promise<Command> {
      return engine === "python"
        ? { file: findPython(), args: ["-c", ""] }
        : { file: await findNode(), args: [join(peers, "idle.mjs")] };
    },
    modules: ({ folder }: Subject) => join(peers, folder, "node_modules"),
  };
}

export type Commands = ReturnType<typeof commands>;
