// The build that all packages share: each one names only its entries.
import { readFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";
import ts from "typescript";

/** What bundlers see to be free of side effects by themselves. */
const isPlain = (node: ts.Expression): boolean =>
  ts.isArrowFunction(node) ||
  ts.isFunctionExpression(node) ||
  ts.isIdentifier(node) ||
  ts.isLiteralExpression(node) ||
  node.kind === ts.SyntaxKind.NullKeyword ||
  node.kind === ts.SyntaxKind.FalseKeyword;

/**
 * Marks the making of every constant of a module as free of side effects, as importing our modules is. Bundlers do not
 * see it of calls across files (esbuild heeds `@__NO_SIDE_EFFECTS__` only within one), nor of spreads and powers, and
 * would keep operations that nobody uses.
 */
const pureConstants: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "pure-constants",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
      const initializers = source.statements
        .filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) => declarationList.declarations)
        .flatMap(({ initializer }) => (initializer === undefined || isPlain(initializer) ? [] : [initializer]));
      const contents = initializers.reduceRight((code, node) => {
        const [from, to] = [node.getStart(source), node.getEnd()];
        return `${code.slice(0, from)}/* @__PURE__ */ (() => (${code.slice(from, to)}))()${code.slice(to)}`;
      }, text);
      return { contents, loader: "ts" };
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
