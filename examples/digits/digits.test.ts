/** @file The main job as its users run it: a process, its output, its exit code, its file. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { judge, loadDigits, network, training } from "./digits.ts";
import { page } from "./report.ts";
import { equationTable } from "./tables.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const report = `${root}out/report.html`;

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ["scripts/start.mjs", ...args], { cwd: root });

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

interface Result {
  readonly accuracy: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly hash: string;
  readonly equations: {
    readonly eq: string;
    readonly layer: number;
    readonly entries: number;
    readonly ok: boolean;
    readonly bound: number;
    readonly maxDifference: number;
  }[];
}

test("the default run reads digits, repeats bit for bit, and every equation holds", async () => {
  const runs = await Promise.all([ended(start("--json")), ended(start("--json"))]);
  const [a, b] = runs.map(({ code, out, err }) => {
    expect([code, err]).toEqual([0, ""]);
    return JSON.parse(out) as Result;
  }) as [Result, Result];
  expect(a.accuracy).toBeGreaterThanOrEqual(0.95);
  expect(a.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(b.hash).toBe(a.hash);
  expect(new Set(a.equations.map(({ eq }) => eq))).toEqual(
    new Set(["5", "18", "42", "43", "44", "45", "46", "47", "48"]),
  );
  for (const { ok, maxDifference, bound } of a.equations) {
    expect(ok).toBe(true);
    expect(maxDifference).toBeLessThanOrEqual(bound);
  }
}, 120_000);

test("seed, epochs and hidden layers change the run", async () => {
  const [a, b, c] = await Promise.all(
    [
      ["--epochs", "1"],
      ["--epochs", "1", "--seed", "other"],
      ["--epochs", "2", "--hidden", "12,8"],
    ].map((args) => ended(start("--json", ...args))),
  );
  const [first, seeded, deep] = [a, b, c].map((run) => JSON.parse(run!.out) as Result) as [Result, Result, Result];
  expect(seeded.hash).not.toBe(first.hash);
  expect([first.epochs, deep.epochs]).toEqual([1, 2]);
  expect(deep.equations.filter(({ eq }) => eq === "43").map(({ layer }) => layer)).toEqual([2, 3]);
}, 120_000);

test("without a terminal it prints plain lines, a confusion matrix, the table, and leaves one page", async () => {
  rmSync(report, { force: true });
  const { code, out } = await ended(start("--epochs", "2"));
  expect(code).toBe(0);
  expect(out).toContain("64-32-10 on 1438 handwritten digits, 359 set aside; seed 7");
  expect(out).toMatch(/epoch 2\/2 {2}loss \d\.\d{4} {2}validation loss \d\.\d{4} {2}accuracy 0\.\d{4}/);
  expect(out).toContain("actual \\ read as");
  expect(out).toMatch(/\(44\) +1 +∂J\/∂θ +2080 /);
  expect(out).not.toContain("\u001b");
  expect(readFileSync(report, "utf8")).toContain("</html>");
  expect(readdirSync(`${root}out`).filter((name) => name.endsWith(".tmp"))).toEqual([]);
}, 120_000);

async function trained(net: ReturnType<typeof network>) {
  const data = loadDigits("7");
  for await (const event of training(net, data, { seed: "7", epochs: 1 }))
    if (event.type === "end") return judge(net, event.params, data.test);
  throw new Error("a training has an end");
}

test("the README shows the table that the default run prints", async () => {
  const printed = equationTable(await trained(network([32])));
  const shown = /```text\n([\s\S]*?)\n```/.exec(readFileSync(`${root}README.md`, "utf8"))![1]!;
  // All but the measured digits: this run is one epoch, not sixty.
  const rows = (text: string): string[] =>
    text.split("\n").map((line) => line.trim().split(/ {2,}/).slice(0, 4).join(" | "));
  expect(rows(shown)).toEqual(rows(printed));
  expect(shown).not.toContain("BROKEN");
});

test.each([
  [["--hidden", "0"], "error: option '--hidden <sizes>' argument '0' is invalid. Use a whole number from 1 to 1024.\n"],
  [
    ["--hidden", "32,,8"],
    "error: option '--hidden <sizes>' argument '32,,8' is invalid. Use a whole number from 1 to 1024.\n",
  ],
  [["--epochs", "-1"], "error: option '--epochs <n>' argument '-1' is invalid. Use a whole number from 1 to 10000.\n"],
  [
    ["--epochs", "1.5"],
    "error: option '--epochs <n>' argument '1.5' is invalid. Use a whole number from 1 to 10000.\n",
  ],
  [["--bogus"], "error: unknown option '--bogus'\n"],
  [["extra"], "error: too many arguments. Expected 0 arguments but got 1.\n"],
])(
  "nonsense gets one line and exit code 2: %s",
  async (args, line) => {
    expect(await ended(start(...args))).toEqual({ code: 2, out: "", err: line });
  },
  60_000,
);

test("interrupted, it says so and leaves no file", async () => {
  rmSync(report, { force: true });
  const child = start("--epochs", "5000");
  const result = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill("SIGINT");
  const { code, err } = await result;
  expect(code).toBe(130);
  expect(err).toMatch(/interrupted after epoch \d+; nothing was written/);
  expect(existsSync(report)).toBe(false);
}, 60_000);

test("a broken row is red in the table and on the page", async () => {
  const { rows, absent } = await trained(network([4]));
  const comparison = { rows: rows.map((row, i) => (i === 3 ? { ...row, ok: false } : row)), absent, ok: false };
  expect(equationTable(comparison)).toContain("BROKEN");
  const html = page({ title: "<t>", summary: "", losses: [2, 1], images: [[1, -1]], comparison });
  expect(html).toContain('<tr class="broken">');
  expect(html).toContain("<h1>&#60;t&#62;</h1>");
});
