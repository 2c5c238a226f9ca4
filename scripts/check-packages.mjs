/** @file Installs the built packages as a user would, and uses every entry from ESM, CommonJS, types and a bundle. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build as bundle } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "vite";
import { pnpm, root, shell } from "./install.mjs";

/** What the consumer imports from each entry, as in an import statement. */
const entries = {
  "@deltagrad/tensor": ["tensor", "grad", "sum", "mul", "Tensor"],
  "@deltagrad/tensor/extend": ["apply", "Trace", "Tensor as ExtendTensor"],
  "@deltagrad/tensor/check": ["ulps", "roundingBound"],
  "@deltagrad/tensor/npz": ["decodeNpz", "encodeNpz"],
  "@deltagrad/tensor/safetensors": ["decodeSafetensors", "encodeSafetensors"],
  "@deltagrad/tensor/blas": ["useBlas", "blas"],
  "@deltagrad/nn": ["stack", "dense"],
  "@deltagrad/nn/brawer": ["compare"],
  "@deltagrad/nn/save": ["saveCheckpoint", "loadPyTorch"],
  "@deltagrad/nn/onnx": ["toOnnx"],
  "@deltagrad/datasets": ["xor", "batches", "Dataset"],
  "@deltagrad/datasets/digits": ["digits"],
  "@deltagrad/datasets/iris": ["iris"],
  "@deltagrad/datasets/wine": ["wine"],
  "@deltagrad/datasets/breast-cancer": ["breastCancer"],
  "@deltagrad/datasets/workers": ["workers", "serve"],
  "@deltagrad/datasets/images": ["grid"],
  "@deltagrad/datasets/files": ["readCsv", "readPng"],
  "@deltagrad/datasets/downloads": ["mnist"],
};

const imports = Object.entries(entries).map(([entry, names]) => `import { ${names.join(", ")} } from "${entry}";`);
const values = Object.values(entries).flatMap((names) => names.map((name) => name.replace(/.* as /, "")));

/** A program that is valid as an ES module and as a CommonJS module of TypeScript. */
const consumer = `${imports.join("\n")}

const expect = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(\`not so: \${what}\`);
};
for (const [name, value] of Object.entries({ ${values.join(", ")} })) expect(value !== undefined, \`\${name} is exported\`);
expect(Tensor === ExtendTensor, "the entries share one Tensor class");

const x = tensor([1, 2, 3]);
expect(x instanceof ExtendTensor, "a tensor is a Tensor of every entry");
const byFunctions = grad((x: Tensor) => sum(mul(x, x)))(x).toArray();
const byMethods = grad((x: Tensor) => x.mul(x).sum())(x).toArray();
expect(String(byFunctions) === "2,4,6", "the gradient of a sum of squares");
expect(String(byMethods) === "2,4,6", "the same gradient by methods");
expect(decodeNpz(encodeNpz({ x }, { compress: true })).x instanceof Tensor, "a tensor read is a Tensor of every entry");
expect(String(decodeSafetensors(encodeSafetensors({ x })).tensors.x?.toArray()) === "1,2,3", "what was written is read");
readCsv(Uint8Array.of(97, 10, 49)).then((table) => expect(table.tensor("a").toArray()[0] === 1, "CSV is read"));
const withoutKoffi = useBlas().then(String, (error: Error) => error.message);
withoutKoffi.then((said) => expect(/^useBlas: koffi does not load: .*; npm install koffi$/.test(said), said));
`;

/** A program of which a bundler may drop the methods if it takes their installation for dead code. */
const bundled =
  'import { tensor } from "@deltagrad/tensor";\nif (tensor([1, 2]).sum().item() !== 3) throw new Error("no sum");\n';

/** A page. What it imports works without Node: the bundler is to find nothing of it. */
const page =
  'import { readCsv, readPng } from "@deltagrad/datasets/files";\nimport { mnist } from "@deltagrad/datasets/downloads";\nconsole.log(readCsv, readPng, mnist);\n';

/** The smallest program that differentiates, and how much it may weigh in bytes, gzip. */
const small = 'export { add, grad } from "@deltagrad/tensor";\n';
const SMALL = 6000;

// The real path: a link in it (as in macOS's /tmp) would make two modules of one file.
const folder = realpathSync(mkdtempSync(join(tmpdir(), "deltagrad-")));
try {
  await check();
} catch (error) {
  console.error(`packages: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function check() {
  const { command, args } = pnpm();
  const pack = [...args, "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder];
  run("packing", command, pack, { cwd: root, shell });
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  for (const name of tarballs) await judge(name);

  write("package.json", JSON.stringify({ private: true, type: "module" }));
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  run("installing", "npm", [...install, ...tarballs.map((name) => `./${name}`)], { shell });
  checkManifests();
  console.log(`packed and installed: ${tarballs.join(", ")}`);

  write("consumer.mts", consumer);
  write("consumer.cts", consumer);
  const tsc = [join(root, "node_modules/typescript/bin/tsc"), "--strict", "--target", "es2022", "--lib", "es2022"];
  const bundler = ["--module", "esnext", "--moduleResolution", "bundler", "--noEmit"];
  node("types under bundler resolution", [...tsc, ...bundler, "consumer.mts"]);
  node("types under node16 resolution", [...tsc, "--module", "node16", "consumer.mts", "consumer.cts"]);
  node("ES modules", ["consumer.mjs"]);
  node("CommonJS", ["consumer.cjs"]);

  write("bundled.mjs", bundled);
  await build({
    configFile: false,
    root: folder,
    logLevel: "error",
    ssr: { noExternal: true },
    build: { ssr: "bundled.mjs", outDir: "bundle" },
  });
  node("methods in a bundle", ["bundle/bundled.js"]);

  write("small.mjs", small);
  const { outputFiles } = await bundle({
    entryPoints: [join(folder, "small.mjs")],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const bytes = gzipSync(outputFiles[0]?.contents ?? "").length;
  if (bytes > SMALL) throw new Error(`add and grad alone take ${bytes} bytes gzip, more than ${SMALL}`);
  console.log(`add and grad alone: ${bytes} bytes gzip`);

  write("page.mjs", page);
  const onwarn = (/** @type {{ message: string }} */ { message }) => {
    throw new Error(`bundling for a browser: ${message}`);
  };
  await build({
    configFile: false,
    root: folder,
    logLevel: "error",
    build: { rollupOptions: { input: join(folder, "page.mjs"), onwarn }, outDir: "page" },
  });
  console.log("files and downloads in a browser's bundle: ok");
}

/**
 * Has publint and arethetypeswrong look at a tarball.
 *
 * @param {string} name
 */
async function judge(name) {
  const tarball = readFileSync(join(folder, name)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, level: "suggestion", strict: true });
  if (messages.length > 0)
    throw new Error([`publint of ${name}:`, ...messages.map((message) => formatMessage(message, pkg))].join("\n"));
  // Node 10 knows no entries beside the main one; engines say Node 20.
  const types = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  const problems = types.types
    ? types.problems.filter((problem) => !("resolutionKind" in problem) || problem.resolutionKind !== "node10")
    : ["no types"];
  if (problems.length > 0) throw new Error(`the types of ${name} are wrong: ${JSON.stringify(problems, null, 2)}`);
  console.log(`publint and arethetypeswrong, ${name}: ok`);
}

/** Makes sure that nothing of the workspace is left in the installed manifests. */
function checkManifests() {
  for (const name of readdirSync(join(root, "packages"))) {
    const manifest = readFileSync(join(folder, "node_modules/@deltagrad", name, "package.json"), "utf8");
    for (const word of ["workspace:", "deltagrad-source"])
      if (manifest.includes(word)) throw new Error(`the manifest of ${name} still says "${word}"`);
  }
}

/** @type {(name: string, text: string) => void} */
function write(name, text) {
  writeFileSync(join(folder, name), text);
}

/** @type {(what: string, args: string[]) => void} */
function node(what, args) {
  run(what, process.execPath, args);
  console.log(`${what}: ok`);
}

/**
 * Runs a command quietly in the scratch project, and throws with all its output when it fails.
 *
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
function run(what, command, args, options) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: folder, ...options, encoding: "utf8" });
  if (status !== 0) throw new Error(`${what} failed: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`);
}
