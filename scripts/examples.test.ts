/** @file Runs every `@example` of the packages' docstrings and the code of the READMEs: each `expression;   // => value` must hold. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as datasets from "@deltagrad/datasets";
import * as breastCancer from "@deltagrad/datasets/breast-cancer";
import * as digits from "@deltagrad/datasets/digits";
import * as downloads from "@deltagrad/datasets/downloads";
import * as files from "@deltagrad/datasets/files";
import * as images from "@deltagrad/datasets/images";
import * as iris from "@deltagrad/datasets/iris";
import * as wine from "@deltagrad/datasets/wine";
import * as workers from "@deltagrad/datasets/workers";
import * as nn from "@deltagrad/nn";
import * as brawer from "@deltagrad/nn/brawer";
import * as onnx from "@deltagrad/nn/onnx";
import * as save from "@deltagrad/nn/save";
import * as tensors from "@deltagrad/tensor";
import * as blas from "@deltagrad/tensor/blas";
import * as check from "@deltagrad/tensor/check";
import * as extend from "@deltagrad/tensor/extend";
import * as npz from "@deltagrad/tensor/npz";
import * as safetensors from "@deltagrad/tensor/safetensors";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const sources = readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
  .filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file) && !file.includes("/data/"))
  .sort();

interface Example {
  readonly place: string;
  readonly code: string;
}

/** The examples of a file: the lines of a comment from `@example` to the next tag or the end. */
function examplesIn(file: string): Example[] {
  const text = readFileSync(join(root, "packages", file), "utf8");
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) =>
    comment
      .replace(/^\s*\/?\*+\/? ?/gm, "")
      .split("@example")
      .slice(1)
      .map((part) => ({
        place: `${file}:${text.slice(0, index).split("\n").length}`,
        code: part.split(/^@/m)[0]!.trim(),
      })),
  );
}

const values = /^(.*?);\s*\/\/ => (.*)$/;

/** `1 + 1;   // => 2` becomes a check; a typed array is written with its name before it. */
const checked = (code: string): string =>
  code.replace(new RegExp(values, "gm"), (_, expression: string, expected: string) => {
    const [, array, list] = /^(\w+Array) (\[.*\])$/.exec(expected) ?? [undefined, undefined, expected];
    return `__expect(${expression}, ${array === undefined ? list : `${array}.from(${list})`});`;
  });

/** The TypeScript of a page; what it imports is in scope already. */
const blocksIn = (file: string): Example[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => ({
    place: file,
    code: code!.replace(/^import .*$/gm, "").trim(),
  }));

const pages = [
  "README.md",
  "docs/layers.md",
  "docs/training.md",
  "docs/from-other-frameworks.md",
  ...["tensor", "nn", "datasets"].map((name) => `packages/${name}/README.md`),
];
const documented = sources.flatMap(examplesIn);
const examples = [...documented, ...pages.flatMap(blocksIn)];
const scope = {
  ...extend,
  ...check,
  ...npz,
  ...safetensors,
  ...blas,
  ...brawer,
  ...save,
  ...onnx,
  readFile,
  temporaryFolder: mkdtempSync(join(tmpdir(), "deltagrad-")),
  ...digits,
  ...iris,
  ...wine,
  ...breastCancer,
  ...images,
  ...files,
  ...downloads,
  ...workers,
  ...datasets,
  ...tensors,
  ...nn,
  initializers: nn.initializers,
};

afterAll(() => rmSync(scope.temporaryFolder, { recursive: true }));
/** Files whose names are public in a namespace of their own. */
const namespaces = { initializers: nn.initializers, schedules: nn.schedules, activations: nn.activations };

test("there are examples, and each states what comes out", () => {
  expect(documented.length).toBeGreaterThan(60);
  for (const { place, code } of documented)
    expect(
      code.split("\n").some((line) => values.test(line)),
      `${place} states nothing`,
    ).toBe(true);
});

/** Examples may wait for what they show. */
const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

test.each(examples.map(({ place, code }) => [place, code]))("%s", async (place, code) => {
  // The stack of layers and the stack of tensors, the split of data and that of tensors share a name: an example means
  // its own package's.
  const own = place.startsWith("tensor/")
    ? { ...scope, ...tensors }
    : /^(packages\/)?datasets\//.test(place)
      ? { ...scope, ...datasets }
      : place.includes("/brawer/")
        ? { ...scope, ...brawer }
        : { ...scope, ...Object.entries(namespaces).find(([part]) => place.includes(part))?.[1] };
  const { outputText } = ts.transpileModule(checked(code), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  // In a block, so that an example may name things as it likes.
  const body = `{${outputText.replace(/^export \{\};$/m, "")}}`;
  await new AsyncFunction(...Object.keys(own), "__expect", body)(
    ...Object.values(own),
    (actual: unknown, expected: unknown) => expect(actual, code).toEqual(expected),
  );
});
