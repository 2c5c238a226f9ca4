/** @file `npm run oracle`: every operation beside PyTorch's values, as a table or as data. */
import { parseArgs } from "node:util";
import { present, torchNames } from "./fixtures.ts";
import { outcomeOf, type Row, reasonToAccept, refusalsOf, rows } from "./report.ts";

const usage = `usage: npm run oracle -- [--json] [--verbose] [OPERATION…]

Replays PyTorch's samples (../shared/oracle beside the repository): values, gradients, second gradients, forward mode.
  --json      the same as data
  --verbose   each difference, and each message of a refused call
  OPERATION   PyTorch's names; all, if none is given
`;

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { json: { type: "boolean" }, verbose: { type: "boolean" }, help: { type: "boolean" } },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${usage}`);
  }
}

const { values, positionals } = options();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
if (!present) fail("oracle: ../shared/oracle is not beside the repository, there is nothing to compare with");
const unknown = positionals.filter((name) => !torchNames().includes(name));
if (unknown.length > 0) fail(`oracle: it has no operation ${unknown.join(", ")}`);

const names = positionals.length > 0 ? positionals : torchNames();
const table = rows(names);
const refused = refusalsOf(names).map((refusal) => ({
  id: refusal.id,
  op: refusal.op,
  torch: refusal.error_message,
  ...outcomeOf(refusal),
  reason: reasonToAccept(refusal.id),
}));

const total = (count: (row: Row) => number): number => table.reduce((sum, row) => sum + count(row), 0);
const summary = {
  operations: table.length,
  samples: total((row) => row.samples),
  passed: total((row) => row.passed),
  failed: total((row) => row.failed.length),
  missing: total((row) => row.missing),
  refusals: refused.length,
  refused: refused.filter(({ outcome }) => outcome === "refused").length,
};

if (values.json) console.log(JSON.stringify({ summary, rows: table, refusals: refused }));
else print();

function print(): void {
  const width = Math.max(9, ...table.map(({ op }) => op.length));
  const cells = (op: string, ...rest: (string | number)[]): string =>
    op.padEnd(width) + rest.map((cell) => String(cell).padStart(11)).join("");
  console.log(cells("operation", "passed", "failed", "not there", "rel. error"));
  for (const row of table) {
    const error = row.failed.length === 0 ? "" : row.largestError.toExponential(1);
    console.log(cells(row.op, row.passed, row.failed.length, row.missing, error));
    const finer = row.finer.map((sample) => ({ ...sample, id: `${sample.id} (passed but for its smallest numbers)` }));
    for (const { id, differences, reasons } of [...row.failed, ...finer]) {
      console.log(`    ${id}: ${reasons.join("; ")}`);
      if (values.verbose) for (const text of differences.slice(0, 20)) console.log(`      ${text}`);
    }
  }
  for (const { id, op, outcome, message, torch, reason } of refused) {
    if (outcome !== "refused") console.log(`${id} ${op} ${outcome}: ${reason ?? message} (PyTorch: ${torch})`);
    else if (values.verbose) console.log(`${id} ${message}`);
  }
  const share = ((100 * summary.passed) / Math.max(1, summary.samples)).toFixed(2);
  console.log(
    `\n${summary.operations} operations, ${summary.samples} samples: ${summary.passed} passed (${share} %), ` +
      `${summary.failed} failed, ${summary.missing} not there; ${summary.refused} of ${summary.refusals} bad calls refused by name`,
  );
}
