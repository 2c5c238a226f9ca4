/**
 * @file Damaged files of every format: 3,000 of each here, 100,000 by `npm run fuzz`; other ones by
 * `FUZZ_SEED=12345 npm run fuzz`.
 */
import { expect, test } from "vitest";
import { formats, fuzz } from "./fuzz.ts";

const inputs = Number(process.env.FUZZ_INPUTS ?? 3000);
const seed = Number(process.env.FUZZ_SEED ?? 1);

test.each(formats)(`${inputs} damaged files: %s`, { timeout: 20_000 + 20 * inputs }, async (format) => {
  const { read, refused, failures, slowest } = await fuzz(format, inputs, seed);
  expect(failures).toEqual([]);
  // A test that reads all or nothing tests little.
  expect([read > 0, refused > 0]).toEqual([true, true]);
  expect(slowest).toBeLessThan(5000);
  if (inputs > 3000) console.log(`${format}: ${read} read, ${refused} refused, ${slowest.toFixed(0)} ms at most`);
});
