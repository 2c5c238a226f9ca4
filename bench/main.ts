/** @file `npm run bench`: measures the packages and their peers on the same work, and writes down what came out. */
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { root } from "../scripts/install.mjs";
import { run } from "./driver/run.ts";
import { stopAll } from "./driver/runner.ts";
import { goalGrids, remarkLines, writePage } from "./report/page.ts";
import { grids, terminalTable } from "./report/tables.ts";
import { subjects } from "./subjects.ts";
import { works } from "./works.ts";

const program = new Command("npm run bench --")
  .description("measures training steps, products, passes, start-up, memory and size, ours beside the peers'")
  .argument("[names...]", "only work whose name contains one of these")
  .option("--quick", "a part of the work in shorter rounds, in under 3 minutes")
  .option(
    "--minutes <n>",
    "begin no more work after so many minutes, and leave out what takes a subject over 5 s",
    Number,
  )
  .option("--json", "print the rows as JSON instead of tables")
  .option("--subjects <names...>", "only subjects whose name contains one of these")
  .parse();
const { quick = false, json = false, minutes, subjects: chosen } = program.opts();
const names: string[] = program.args;
if (minutes !== undefined && !(minutes > 0)) program.error(`--minutes is ${minutes}; give a number above 0`);

const among = (name: string, parts: readonly string[] | undefined): boolean =>
  !parts?.length || parts.some((part) => name.toLowerCase().includes(part.toLowerCase()));
const planned = works.filter(({ name, long }) => among(name, names) && !(quick && long));
const asked = subjects.filter(({ name }) => among(name, chosen));
if (planned.length === 0 || asked.length === 0)
  program.error(`nothing is called ${[...names, ...(chosen ?? [])].join(", ")}`);

process.on("exit", stopAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

const whole = names.length === 0 && chosen === undefined;
const say = (text: string) => console.error(`  ${text}`);
const results = await run(
  {
    works: planned,
    subjects: asked,
    ...(quick
      ? { rounds: 3, ms: 40, limit: 0.3, time: 130 }
      : { rounds: 5, ms: 100, limit: minutes === undefined ? 20 : 5, time: 60 * (minutes ?? 60) }),
    starts: whole ? (quick ? 2 : 9) : 0,
    memoryBudget: quick ? 4 : minutes === undefined ? 60 : 25,
    command: ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
    date: new Date().toISOString().slice(0, 10),
  },
  say,
);

// The page in the repository is a whole run's; any other has its page among what is not kept.
const page =
  whole && !quick ? fileURLToPath(new URL("RESULTS.md", import.meta.url)) : join(root, "out/bench/RESULTS.md");
writePage(page, results);
if (json) console.log(JSON.stringify({ rows: results.rows }));
else {
  const tables = [...grids(results.rows), ...(whole ? goalGrids(results.rows) : [])];
  for (const table of tables) console.log(`\n${terminalTable(table)}`);
  console.log(["", ...remarkLines(results), `written to ${relative(process.cwd(), page)}`].join("\n"));
}
process.exitCode = results.remarks.some(({ wrong }) => wrong) ? 1 : 0;
