// The build that all packages share: each one names only its entries.
import { readFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";
import ts from "typescript";

/**
 * Marks every call that makes a constant of a module as free of side effects, as importing our modules is: esbuild
 * heeds `@__NO_SIDE_EFFECTS__` only within the file of the function, and could drop no operation of a chunk otherwise.
 */
const pureConstants: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "pure-constants",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
      const places = source.statements
        .filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) => declarationList.declarations)
        .flatMap(({ initializer }) => (initializer && ts.isCallExpression(initializer) ? [initializer.getStart(source)] : []));
      const annotated = places.reduceRight((code, at) => `${code.slice(0, at)}/* @__PURE__ */ ${code.slice(at)}`, text);
      return { contents: annotated, loader: "ts" };
    });
  },
};

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
    esbuildPlugins: [pureConstants],
  });
