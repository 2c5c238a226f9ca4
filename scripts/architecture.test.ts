/** @file The rules on who may import whom, and on how long a file may be. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findCycle, reachable, readModule, readModules } from "./modules.ts";

const folderOf = (name: string) => fileURLToPath(new URL(`../packages/${name}`, import.meta.url));

const packages = {
  tensor: readModules(`${folderOf("tensor")}/src`),
  nn: readModules(`${folderOf("nn")}/src`),
  datasets: readModules(`${folderOf("datasets")}/src`),
};

/** The folders of tensor's sources, each with those it may import; the files beside them may import all. */
const layers: Record<string, readonly string[]> = {
  core: ["core"],
  io: ["core", "io"],
  wasm: ["core", "wasm"],
  ops: ["core", "wasm", "ops"],
  transforms: ["core", "ops", "graph", "transforms"],
  graph: ["core", "ops", "graph"],
  blas: ["core", "blas"],
  check: ["core", "ops", "transforms", "graph", "check"],
};

const engineFunctions =
  /\bMath\.(?:exp|expm1|log|log1p|log2|log10|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|pow|cbrt|hypot)\b/g;
/** What stands before ** where it is not 2. */
const otherPowers = /(?<![\w$.)\]!])(?!2 )[\w$.]+ \*\* |[)\]!] \*\* /g;
const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");

const layerOf = (file: string) => (file.includes("/") ? file.slice(0, file.indexOf("/")) : "");

describe("tensor", () => {
  const edges = [...packages.tensor].flatMap(([file, { imports }]) => imports.map((edge) => ({ file, ...edge })));

  test("every folder is a layer", () => {
    const folders = new Set([...packages.tensor.keys()].map(layerOf).filter((layer) => layer !== ""));
    expect([...folders].filter((folder) => !(folder in layers))).toEqual([]);
  });

  test("layers import only what lies below them", () => {
    const upward = edges.filter(({ file, target, external, typeOnly }) => {
      const allowed = layers[layerOf(file)];
      return allowed && !external && !typeOnly && !allowed.includes(layerOf(target));
    });
    expect(upward.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test("nobody imports what reads and writes files: its entries stand alone", () => {
    const importers = edges.filter(({ file, target }) => layerOf(target) === "io" && layerOf(file) !== "io");
    expect([...new Set(importers.map(({ file }) => file))]).toEqual(["npz.ts", "safetensors.ts"]);
  });

  test("the main entry needs nothing but seedrandom", () => {
    const reached = [...reachable(packages.tensor, "index.ts")].filter((target) => !packages.tensor.has(target));
    expect([...new Set(reached.map((specifier) => specifier.split("/")[0]))]).toEqual(["seedrandom"]);
  });
});

describe.each(["nn", "datasets"] as const)("%s", (name) => {
  test("imports no other package but tensor, by its public entries", () => {
    const { exports } = JSON.parse(readFileSync(`${folderOf("tensor")}/package.json`, "utf8"));
    const entries = Object.keys(exports).map((entry) => entry.replace(".", "@deltagrad/tensor"));
    const foreign = [...packages[name]].flatMap(([file, { imports }]) =>
      imports
        .filter(({ target, external }) => (external ? !entries.includes(target) : target.startsWith("..")))
        .map(({ target }) => `${file} imports ${target}`),
    );
    expect(foreign).toEqual([]);
  });
});

describe("datasets", () => {
  const modules = packages.datasets;

  test("the main entry needs nothing but tensor, and no embedded data", () => {
    const reached = [...reachable(modules, "index.ts")];
    const foreign = reached.filter((target) => !modules.has(target) && !target.startsWith("@deltagrad/tensor"));
    expect(foreign).toEqual([]);
    expect(reached.filter((target) => target.startsWith("data/"))).toEqual([]);
  });

  test("an embedded set carries its own data and no other", () => {
    const entries = [...modules.keys()].filter((file) => file.startsWith("embedded/") && file !== "embedded/decode.ts");
    expect(entries.length).toBeGreaterThan(3);
    for (const entry of entries) {
      const data = [...reachable(modules, entry)].filter((target) => target.startsWith("data/"));
      expect(data).toEqual([entry.replace("embedded/", "data/")]);
    }
  });
});

describe.each(["tensor", "nn", "datasets"] as const)("%s", (name) => {
  const modules = [...packages[name]];

  test("has an entry that no module imports", () => {
    expect(packages[name].has("index.ts")).toBe(true);
    const importers = modules.filter(([, { imports }]) =>
      imports.some(({ target }) => /(^|\/)index\.ts$/.test(target)),
    );
    expect(importers.map(([file]) => file)).toEqual([]);
  });

  test("has no cycle of imports", () => {
    expect(findCycle(packages[name])).toBeUndefined();
  });

  test("relative imports name a file", () => {
    const missing = modules.flatMap(([, { imports }]) =>
      imports.filter(({ target, external }) => !external && !packages[name].has(target)).map(({ target }) => target),
    );
    expect(missing).toEqual([]);
  });

  test("keeps its files under 320 lines", () => {
    const long = modules.filter(
      ([file, { lines }]) => lines >= 320 && !(name === "datasets" && file.startsWith("data/")),
    );
    expect(long.map(([file, { lines }]) => `${file}: ${lines}`)).toEqual([]);
  });
});

describe.each(["tensor", "nn", "datasets"] as const)("%s", (name) => {
  const files = [...packages[name].keys()].filter((file) => !(name === "datasets" && file.startsWith("data/")));
  const codeOf = (file: string) => withoutComments(readFileSync(`${folderOf(name)}/src/${file}`, "utf8"));

  // ECMAScript leaves the last digits of these to the engine; core/elementary.ts has them with one result everywhere.
  test("takes no function from Math that engines round as they like", () => {
    const found = files.flatMap((file) => (codeOf(file).match(engineFunctions) ?? []).map((use) => `${file}: ${use}`));
    expect(found).toEqual([]);
  });

  test("has ** for powers of 2 alone", () => {
    const found = files.flatMap((file) => (codeOf(file).match(otherPowers) ?? []).map((use) => `${file}: ${use}`));
    expect(found).toEqual([]);
  });
});

describe("reading code", () => {
  test.each([
    ["Math.exp(x) // of x", ["Math.exp"]],
    ["/** Math.exp(x) */ Math.expm1(x); Math.log2", ["Math.expm1", "Math.log2"]],
    ["Math.sqrt(x) + Math.abs(x) + Math.PI + Math.LN2", null],
  ])("finds the functions of the engine: %s", (code, found) => {
    expect(withoutComments(code).match(engineFunctions)).toEqual(found);
  });

  test.each([
    ["2 ** -53 + (2 ** n)", null],
    ["x ** 2", ["x ** "]],
    ["12 ** n", ["12 ** "]],
    ["f(x) ** n", [") ** "]],
  ])("finds powers: %s", (code, found) => {
    expect(withoutComments(code).match(otherPowers)).toEqual(found);
  });
});

describe("reading imports", () => {
  const read = (text: string) => readModule("a/b.ts", text).imports;

  test("resolves relative paths and tells packages apart", () => {
    expect(read(`import { x } from "../c.ts"; export * from "./d.ts"; import "seedrandom/lib/alea.js";`)).toEqual([
      { target: "c.ts", external: false, typeOnly: false },
      { target: "a/d.ts", external: false, typeOnly: false },
      { target: "seedrandom/lib/alea.js", external: true, typeOnly: false },
    ]);
  });

  test.each([
    [`import type { A } from "./c.ts";`, true],
    [`import type * as c from "./c.ts";`, true],
    [`import { type A, type B } from "./c.ts";`, true],
    [`export type { A } from "./c.ts";`, true],
    [`import { type A, b } from "./c.ts";`, false],
    [`import d, { type A } from "./c.ts";`, false],
    [`import * as c from "./c.ts";`, false],
    [`export * from "./c.ts";`, false],
    [`import "./c.ts";`, false],
  ])("%s is erased: %s", (text, typeOnly) => {
    expect(read(text)).toEqual([{ target: "a/c.ts", external: false, typeOnly }]);
  });

  test("finds a cycle of values, not of types", () => {
    const graph = (last: string) =>
      new Map(
        Object.entries({ "a.ts": `import "./b.ts";`, "b.ts": `import "./c.ts";`, "c.ts": last }).map(([file, text]) => [
          file,
          readModule(file, text),
        ]),
      );
    expect(findCycle(graph(`import { b } from "./b.ts";`))).toEqual(["b.ts", "c.ts", "b.ts"]);
    expect(findCycle(graph(`import type { b } from "./b.ts";`))).toBeUndefined();
  });
});
