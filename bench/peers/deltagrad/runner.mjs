/** @file Our own packages, as they are published; the arguments say in which of their modes. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as dg from "@deltagrad/tensor";
import { absent, serve } from "../../runners/serve.mjs";
import { worksOf } from "./works.mjs";

const { values: mode } = parseArgs({
  options: {
    compile: { type: "boolean", default: false },
    relaxed: { type: "boolean", default: false },
    blas: { type: "boolean", default: false },
    threads: { type: "string", default: "1" },
  },
});

/** @deltagrad/tensor/blas, if there is one. */
const blas = mode.blas ? await import("@deltagrad/tensor/blas").catch(() => null) : undefined;
/** What of all this the packages do not have. */
const missing = [
  ...(blas === null ? ["an entry for BLAS"] : []),
  ...(mode.compile && !("compile" in dg) ? ["compile"] : []),
  ...(mode.threads !== "1" && !("setThreads" in dg) ? ["setThreads"] : []),
];
if (missing.length > 0) absent(`@deltagrad/tensor does not have ${missing.join(" and ")}`);
else {
  await dg.setThreads?.(Number(mode.threads));
  await blas?.useBlas({ threads: Number(mode.threads) });
  if (mode.relaxed && !mode.compile) dg.setBackend("wasm", { relaxed: true });
  const compiled = mode.compile ? (f) => dg.compile(f, { relaxed: mode.relaxed }) : (f) => f;
  const manifest = new URL("../../node_modules/@deltagrad/tensor/package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  await serve({ node: process.versions.node, deltagrad: version }, worksOf(compiled));
}
