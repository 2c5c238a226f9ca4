/** @file `npm run ulps`: how far each elementary function is from exact, at worst, and what it costs. */
import { parseArgs } from "node:util";
import { questions } from "./arguments.ts";
import { limitOf, singles, speedOf, worstOf } from "./measure.ts";

const usage = `usage: npm run ulps -- [--count N] [--json] [FUNCTION…]

Compares each elementary function, and the one of float32 if it has its own, with exact values, over random, hard and special arguments, and with the engine's
own in time. Exits with 1 if one is further off than it may be.
  --count N   random arguments for each function (20000)
  --json      { "rows": [{ "name", "ulps", "float32", "limit", "arguments", "value", "count", "nanoseconds", "engine", "ratio" }] }
  FUNCTION    names; all, if none is given
`;

function options() {
  try {
    const found = parseArgs({
      allowPositionals: true,
      options: { count: { type: "string", default: "20000" }, json: { type: "boolean" }, help: { type: "boolean" } },
    });
    const unknown = found.positionals.find((name) => !(name in questions));
    if (unknown !== undefined)
      throw new Error(`no function ${unknown}; there are ${Object.keys(questions).join(", ")}`);
    if (!(Number(found.values.count) >= 0)) throw new Error(`--count ${found.values.count} is not a number`);
    return found;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

const { values, positionals } = options();
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const print = (cells: readonly string[]): void => {
  if (!values.json)
    console.log(
      cells.map((cell, i) => (i === 0 || i === 7 ? cell.padEnd(9) : cell.padStart(i === 1 ? 7 : 9))).join(" "),
    );
};

print(["", "ulps", "float32", "limit", "ns", "engine", "ratio", " worst at"]);
const rows = (positionals.length > 0 ? positionals : Object.keys(questions)).map((name) => {
  const { ulps, arguments: at, value, count } = worstOf(name, Math.round(Number(values.count)));
  const float32 = name in singles ? worstOf(name, Math.round(Number(values.count)), true).ulps : null;
  const speed = speedOf(name);
  const ratio = speed && speed.own / speed.engine;
  const cost = speed && ratio ? [speed.own.toFixed(1), speed.engine.toFixed(1), ratio.toFixed(2)] : ["", "", ""];
  print([
    name,
    ulps.toFixed(3),
    float32?.toFixed(3) ?? "",
    String(limitOf(name)),
    ...cost,
    ` ${name}(${at.join(", ")}) = ${value}`,
  ]);
  const [nanoseconds, engine] = [speed?.own ?? null, speed?.engine ?? null];
  return { name, ulps, float32, limit: limitOf(name), arguments: at, value, count, nanoseconds, engine, ratio };
});
if (values.json) console.log(JSON.stringify({ rows }, null, 2));
process.exitCode = rows.every(({ ulps, float32, limit }) => ulps <= limit && (float32 ?? 0) <= limit) ? 0 : 1;
