/** @file `npm run hash`: whether training has the same bits here, in other engines and in browsers. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { nodeEngine } from "../beside.ts";
import { bundle } from "./bundle.ts";
import { chromium, type Engine, type Found, firefox, node } from "./engines.ts";

const VERSIONS = [20, 22, 24, 26];

const USAGE = `npm run hash: trains in this Node and in Chromium, and compares the hashes with those that are written down
  -- --engines   in every version of Node and in Firefox as well
  -- --write     writes down what plain loops find here, after a change of what an operation's value is`;
const { values: options } = parseArgs({
  options: {
    engines: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(USAGE);
  process.exit();
}

const here = node(process.execPath);
const path = await bundle();
const file = new URL("golden.json", import.meta.url);
if (options.write) {
  const [plain] = await here(path);
  writeFileSync(file, `${JSON.stringify(plain?.hashes, null, 2)}\n`);
}
const golden: Readonly<Record<string, string>> = JSON.parse(readFileSync(file, "utf8"));

/** The engines to run in, each with how to get it; undefined: it is not installed. */
const engines: [name: string, engine: () => Promise<Engine | undefined>][] = [
  [`Node ${process.versions.node}`, async () => here],
  ["Chromium", async () => chromium()],
];
if (options.engines) {
  for (const version of VERSIONS) engines.push([`Node ${version}`, async () => node(await nodeEngine(version))]);
  engines.push(["Firefox", async () => firefox()]);
}

const names = Object.keys(golden);
const width = 22;
const line = (cells: readonly string[]) => console.log(cells.map((cell) => cell.padEnd(width)).join("  "));
line(["", "", ...names]);

/** A hash as the table shows it: what the others have as well, or not. */
const shown = (name: string, hash: string | undefined): string =>
  hash === golden[name] ? hash!.slice(0, 12) : `${hash?.slice(0, 12) ?? "none"} DIFFERS`;

let [same, absent] = [true, 0];
line(["golden", "", ...names.map((name) => golden[name]!.slice(0, 12))]);
for (const [name, get] of engines) {
  let found: Found[] = [];
  try {
    const engine = await get();
    if (engine === undefined) line([name, "not installed"]);
    else found = await engine(path);
  } catch (error) {
    absent++;
    line([name, `failed: ${(error as Error).message}`]);
  }
  for (const { mode, hashes } of found) {
    line([name, mode, ...names.map((each) => shown(each, hashes[each]))]);
    same &&= names.every((each) => hashes[each] === golden[each]);
  }
}
console.log(same ? "all hashes are equal" : "HASHES DIFFER");
process.exitCode = same && absent === 0 ? 0 : 1;
