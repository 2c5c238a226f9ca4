/**
 * @file Damaged files of every format: 100,000 in all here, 100,000 of each by `npm run fuzz`; other ones by
 * `FUZZ_SEED=12345 npm run fuzz`.
 */
import { expect, test } from "vitest";
import { formats, fuzz } from "./fuzz.ts";

const inputs = Number(process.env.FUZZ_INPUTS ?? Math.ceil(100_000 / formats.length));
const seed = Number(process.env.FUZZ_SEED ?? 1);

test.each(formats)(`${inputs} damaged files: %s`, { timeout: 20_000 + 20 * inputs }, async (format) => {
  const { read, refused, failures, slowest } = await fuzz(format, inputs, seed);
  expect(failures).toEqual([]);
  // A test that reads all or nothing tests little.
  expect([read > 0, refused > 0]).toEqual([true, true]);
  expect(slowest).toBeLessThan(5000);
  if (process.env.FUZZ_INPUTS !== undefined)
    console.log(`${format}: ${read} read, ${refused} refused, ${slowest.toFixed(0)} ms at most`);
});
