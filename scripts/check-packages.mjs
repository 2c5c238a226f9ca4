/** @file Packs the built packages and uses them as a stranger's project would, from ES modules and from CommonJS. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm, root, shell } from "./install.mjs";

/**
 * Runs a command, with its output on stderr, and throws when it fails.
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
function run(cwd, command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    shell: shell && command !== process.execPath,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")}: ${error?.message ?? `exit code ${status}`}`);
}

const project = mkdtempSync(join(tmpdir(), "deltagrad-consumer-"));
try {
  const tarballs = join(project, "tarballs");
  mkdirSync(tarballs);
  const { command, args } = pnpm();
  run(root, command, [...args, "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", tarballs]);

  const consumer = join(root, "scripts/consumer");
  for (const file of readdirSync(consumer)) cpSync(join(consumer, file), join(project, file));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const files = readdirSync(tarballs).map((file) => `./tarballs/${file}`);
  run(project, "npm", ["install", "--loglevel=error", "--prefer-offline", "--no-audit", "--no-fund", ...files]);

  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const strict = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022", "--types", ""];
  run(project, process.execPath, [tsc, ...strict, "--module", "node16", "consumer.mts", "consumer.cts"]);
  run(project, process.execPath, [tsc, ...strict, "--module", "esnext", "--moduleResolution", "bundler", "consumer.mts"]);
  run(project, process.execPath, ["consumer.mjs"]);
  run(project, process.execPath, ["consumer.cjs"]);
} finally {
  rmSync(project, { recursive: true, force: true });
}
