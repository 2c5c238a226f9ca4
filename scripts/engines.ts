/**
 * @file What a seed draws, on several engines: versions of Node (by their npm package; those that are named, or four)
 * and Chromium. Prints a line for each engine; ends with 1 when one draws something else than is written down.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { golden } from "../packages/datasets/test/golden.ts";
import { nodeEngine } from "./beside.ts";
import { findChromium, openSite, WITHOUT } from "./browser.ts";

type Hashes = Readonly<Record<string, string>>;

const ENTRY = "packages/datasets/test/golden.ts";
const named = process.argv.slice(2);
const versions = named.length > 0 ? named : ["20", "22", "24", "26"];
const folder = mkdtempSync(join(tmpdir(), "deltagrad-engines-"));

const say = (engine: string, hashes: Hashes | string): void => {
  const other = typeof hashes === "string" ? [] : golden.filter(([name, , hash]) => hashes[name] !== hash);
  const same = typeof hashes !== "string" && other.length === 0;
  if (!same) process.exitCode = 1;
  console.log(
    `${engine.padEnd(24)} ${
      same
        ? `${golden.length} of ${golden.length} the same`
        : typeof hashes === "string"
          ? hashes
          : `others: ${other.map(([name]) => name).join(", ")}`
    }`,
  );
};

try {
  const program = join(folder, "golden.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL(`../${ENTRY}`, import.meta.url))],
    outfile: program,
    bundle: true,
    format: "esm",
    conditions: ["deltagrad-source"],
  });
  const asked = join(folder, "asked.mjs");
  writeFileSync(
    asked,
    'import hashes from "./golden.mjs";\nconsole.log(JSON.stringify([process.version, process.versions.v8, await hashes()]));\n',
  );
  for (const version of versions) {
    try {
      const binary = await nodeEngine(Number(version));
      const [node, v8, hashes] = JSON.parse(execFileSync(binary, [asked], { encoding: "utf8" })) as [
        string,
        string,
        Hashes,
      ];
      say(`Node ${node} (V8 ${v8.split("-")[0]})`, hashes);
    } catch (error) {
      say(`Node ${version}`, `could not be run: ${String(error).split("\n")[0]}`);
    }
  }
  if (findChromium() === null) console.log(WITHOUT);
  else {
    const site = await openSite();
    say(`Chromium ${site.context.browser()?.version()}`, await site.run<Hashes>(ENTRY));
    await site.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
