/** @file The trainings as one file of JavaScript, made of the built packages: the same for every engine and page. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "../install.mjs";

/** Writes the bundle and returns its path. */
export async function bundle(): Promise<string> {
  const outfile = join(root, "out/hash/modes.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("modes.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  return outfile;
}
