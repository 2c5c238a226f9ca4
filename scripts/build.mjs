/** @file Builds all packages side by side. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./install.mjs";

const tsup = join(root, "node_modules/tsup/dist/cli-default.js");

const codes = await Promise.all(
  readdirSync(join(root, "packages")).map(async (name) => {
    const child = spawn(process.execPath, [tsup], { cwd: join(root, "packages", name), stdio: "inherit" });
    const [code] = await once(child, "exit");
    if (code !== 0) console.error(`the build of packages/${name} failed`);
    return code ?? 1;
  }),
);
process.exitCode = Math.max(...codes);
