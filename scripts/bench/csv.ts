/**
 * @file Streams a CSV file of 1 GB (or as many MB as the argument says), made in the temporary folder, and says how
 * fast that was and how much memory it took at most. A process of its own does the reading.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { streamCsv } from "@deltagrad/datasets/files";

const LIMIT = 200;
const KINDS = ["red", "green", "blue"];
const [, , first = "1000", path] = process.argv;

if (path === undefined) await measure(Number(first));
else await read(path, Number(first));

/** Makes the file, and has it read by this program in another process. */
async function measure(megabytes: number): Promise<void> {
  if (!(megabytes > 0)) throw new Error(`${first} is no number of megabytes`);
  const file = join(tmpdir(), `deltagrad-${process.pid}.csv`);
  try {
    const rows = await generate(file, megabytes);
    const { status } = spawnSync(
      process.execPath,
      [...process.execArgv, fileURLToPath(import.meta.url), String(rows), file],
      {
        stdio: "inherit",
      },
    );
    process.exitCode = status ?? 1;
  } finally {
    rmSync(file, { force: true });
  }
}

/** Reads the file, and says what that took. */
async function read(file: string, rows: number): Promise<void> {
  const size = statSync(file).size / 1e6;
  const before = process.memoryUsage.rss() / 1e6;
  const begin = performance.now();
  let [count, sum] = [0, 0];
  for await (const { value, kind } of streamCsv(file, { columns: { value: "number", kind: { categories: KINDS } } })) {
    count++;
    sum += value + kind;
  }
  const seconds = (performance.now() - begin) / 1000;
  const peak = process.resourceUsage().maxRSS / 1000;
  if (count !== rows || !Number.isFinite(sum)) throw new Error(`${count} rows were read of ${rows}`);
  const perRow = (1e9 * seconds) / rows;
  console.log(`${size.toFixed(0)} MB, ${rows} rows of five columns: numbers, quoted text, a category, a boolean`);
  console.log(`${seconds.toFixed(1)} s, ${(size / seconds).toFixed(1)} MB/s, ${perRow.toFixed(0)} ns for a row`);
  console.log(`memory: ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most (limit: ${LIMIT} MB)`);
  if (peak > LIMIT) process.exitCode = 1;
}

/** Writes the file, and says how many rows it has. */
async function generate(file: string, megabytes: number): Promise<number> {
  const out = createWriteStream(file);
  out.write("id,value,kind,note,flag\n");
  let [rows, written] = [0, 0];
  while (written < megabytes * 1e6) {
    let text = "";
    for (let i = 0; i < 1000; i++, rows++) {
      const value = ((rows * 7919) % 100_003) / 97;
      text += `${rows},${value},${KINDS[rows % 3]},"said ""${rows % 1000}"", then left",${rows % 2 === 0}\n`;
    }
    written += text.length;
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  return rows;
}
