/** @file Our own packages, as they are published; the arguments say in which of their modes. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as dg from "@deltagrad/tensor";
import { useBlas } from "@deltagrad/tensor/blas";
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

if (mode.compile && (mode.relaxed || mode.blas || mode.threads !== "1"))
  absent("compiled functions have their own exact products, on one thread");
else {
  dg.setThreads(Number(mode.threads));
  const blas = mode.blas ? await useBlas({ threads: Number(mode.threads) }) : null;
  if (mode.relaxed) dg.setBackend("wasm", { relaxed: true });
  // Parameters are given back as arguments and not used again: their memory may be.
  const options = { donate: true };
  const compiled = mode.compile ? (f) => dg.compile(f, options) : (f) => f;
  const manifest = new URL("../../node_modules/@deltagrad/tensor/package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  await serve(
    { node: process.versions.node, deltagrad: version, ...(blas && { [blas.library]: blas.version ?? "" }) },
    worksOf(compiled),
  );
}
