/** @file Packs the built packages and uses them as a stranger's project would, from ES modules and from CommonJS. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm, root, shell } from "./install.mjs";

/**
 * Runs a command, showing what it prints only when it fails, which also ends this program.
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
function run(cwd, command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    shell: shell && command !== process.execPath,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error([`${command} ${args.join(" ")}`, error?.message, stdout, stderr].join("\n"));
}

const project = mkdtempSync(join(tmpdir(), "deltagrad-consumer-"));
try {
  const tarballs = join(project, "tarballs");
  mkdirSync(tarballs);
  const { command, args } = pnpm();
  run(root, command, [...args, "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", tarballs]);

  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const files = readdirSync(tarballs).map((file) => `./tarballs/${file}`);
  run(project, "npm", ["install", "--loglevel=error", "--prefer-offline", "--no-audit", "--no-fund", ...files]);

  for (const name of ["consumer.mts", "consumer.cts"]) cpSync(join(root, "scripts/consumer.ts"), join(project, name));
  const tsc = [join(root, "node_modules/typescript/bin/tsc"), "--strict", "--target", "es2022", "--lib", "es2022"];
  const bundler = ["--module", "esnext", "--moduleResolution", "bundler", "--noEmit"];
  run(project, process.execPath, [...tsc, ...bundler, "consumer.mts"]);
  run(project, process.execPath, [...tsc, "--module", "node16", "consumer.mts", "consumer.cts"]);
  run(project, process.execPath, ["consumer.mjs"]);
  run(project, process.execPath, ["consumer.cjs"]);
  console.log(`${files.length} packages work from ES modules, from CommonJS and for TypeScript`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}
