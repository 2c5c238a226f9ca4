// The build that all packages share: each one names only its entries.
import { defineConfig } from "tsup";

/** Builds the named entries as ESM and CommonJS, with types and source maps. */
export const packageBuild = (entry: Record<string, string>) =>
  defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    dts: true,
    sourcemap: true,
    // One copy of the core for all entries of a package, in CommonJS too: a second copy would have its own Tensor
    // class and its own trace level.
    splitting: true,
    // Lets rollup write the CommonJS files: tsup by itself would also rewrite class fields and `??` into slow helpers.
    treeshake: true,
    clean: true,
    silent: true,
  });
