/** @file The ledger as its users run it: a process, its output, its exit code, its page; and that its docs are current. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { everyEquation } from "@deltagrad/nn/brawer";
import { afterAll, expect, test } from "vitest";
import { derivationPage } from "./docs.ts";
import type { toJson } from "./ledger.ts";
import { spoken } from "./tables.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ledger-"));
afterAll(() => rmSync(folder, { recursive: true }));

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ["scripts/ledger.mjs", ...args], { cwd: root });

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ["", ""];
  child.stdout!.on("data", (text) => (out += text));
  child.stderr!.on("data", (text) => (err += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

test("as JSON: every equation, proved and within its bound; and the page beside it", async () => {
  const file = join(folder, "ledger.html");
  const { code, out, err } = await ended(start("--networks", "20", "--no-digits", "--json", "--html", file));
  expect([code, err]).toEqual([0, ""]);
  const ledger = JSON.parse(out) as ReturnType<typeof toJson>;
  expect(Object.keys(ledger)).toEqual(["networks", "rows", "errata", "catches"]);
  expect(ledger.networks).toBe(20);
  expect(ledger.rows.map(({ eq, quantity }) => [eq, quantity])).toEqual(
    everyEquation.map(({ number, quantity }) => [number, quantity]),
  );
  for (const row of ledger.rows) {
    expect(Object.keys(row)).toEqual([
      ...["eq", "quantity", "entries", "proved", "trials", "maxDifference", "maxUlps", "boundUsed", "ok"],
    ]);
    expect([row.eq, row.ok, row.proved, row.entries > 0, row.trials > 0]).toEqual([row.eq, true, true, true, true]);
    expect(row.boundUsed).toBeLessThanOrEqual(1);
  }
  expect(ledger.errata.length).toBe(6);
  expect(ledger.catches.every(({ proof, bound, gradient }) => proof || bound || gradient)).toBe(true);
  expect(ledger.catches.some(({ practice }) => !practice)).toBe(true);

  const page = readFileSync(file, "utf8");
  expect(readdirSync(folder)).toEqual(["ledger.html"]);
  expect(page).toContain("Every equation holds.");
  expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  expect(page).toContain("prefers-color-scheme:dark");
  expect(page).toContain("npm run ledger -- --seed 7 --networks 20 --no-digits");
  // Nothing to fetch: fonts are data, links stay on the page.
  expect(page).not.toMatch(/url\((?!data:)/);
  expect(page).not.toMatch(/\s(src|href)="(?!#)/);
  expect(page).not.toMatch(/<script|katex-error/);
  expect(page.match(/class="math"/g)!.length).toBeGreaterThan(everyEquation.length);
  expect(page.match(/class="heat"/g)!.length).toBeGreaterThanOrEqual(5);
}, 120_000);

test("an equation that no network is deep enough for is no pass", async () => {
  const { code, out } = await ended(start("--networks", "1", "--no-digits"));
  expect(code).toBe(1);
  const line = (eq: string) => out.split("\n").find((text) => text.startsWith(`(${eq}) `))!;
  expect(line("36")).toMatch(/ 0 .*needs L ≥ 4/);
  expect(line("17")).toMatch(/needs L ≥ 3/);
  expect(line("44")).toMatch(/ok\s*$/);
  expect(out).toMatch(/\d+ equations had no network to speak of/);
}, 60_000);

test.each([
  ["--networks", "-3"],
  ["--networks", "many"],
  ["--networks", "1e3"],
  ["--networks", "0", "--no-digits"],
  ["--html"],
  ["--html", join(folder, "missing/ledger.html")],
  ["--html", folder],
  ["--frobnicate"],
  ["surplus"],
])(
  "nonsense gets one line and exit code 2: %s %s",
  async (...args) => {
    const { code, out, err } = await ended(start(...args.filter((arg) => arg !== undefined)));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^error: .*\n$/);
  },
  60_000,
);

test("--help tells the options", async () => {
  const { code, out } = await ended(start("--help"));
  expect(code).toBe(0);
  for (const option of ["--seed", "--networks", "--no-digits", "--json", "--html", "--docs"])
    expect(out).toContain(option);
}, 60_000);

test("an interrupt ends it, and leaves nothing behind", async () => {
  const file = join(folder, "interrupted.html");
  const child = start("--networks", "5000", "--no-digits", "--html", file);
  const end = ended(child);
  child.stdout!.once("data", () => child.kill("SIGINT"));
  const { code, err } = await end;
  expect(code).toBe(130);
  expect(err).toContain("interrupted; nothing was written");
  expect(readdirSync(folder).filter((name) => name.startsWith("interrupted"))).toEqual([]);
}, 60_000);

test("docs/derivation.md is current", async () => {
  expect(readFileSync(join(root, "docs/derivation.md"), "utf8")).toBe(await derivationPage());
}, 120_000);

test("formulas in text are readable without LaTeX", () => {
  expect(spoken("$\\frac{1}{m} \\sum_{i=0}^m$: $m + 1$ terms")).toBe("1/m Σ_i=0^m: m + 1 terms");
});
