/** @file The trainings as one file of JavaScript, the same for every engine and page. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "../install.mjs";

/** Bundles the trainings with the packages, built or (under the condition) from their sources, and returns the path. */
export async function bundle(conditions: string[] = []): Promise<string> {
  const outfile = join(root, `out/hash/${["modes", ...conditions].join("-")}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL("modes.ts", import.meta.url))],
    outfile,
    bundle: true,
    conditions,
    external: ["koffi"],
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  return outfile;
}
