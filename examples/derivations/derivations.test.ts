/** @file Each example is proved as it stands, and its wrong variant is pinned to the term. */
import { describe, expect, test } from "vitest";
import * as batchNorm from "./batchNorm.ts";
import * as gru from "./gru.ts";
import * as softmax from "./softmax.ts";
import * as tanh from "./tanh.ts";

describe.each([
  ["softmax with cross-entropy", softmax, "δ z"],
  ["tanh with squared error", tanh, "δ z"],
  ["batch normalization", batchNorm, "∂J/∂x"],
  ["a GRU cell", gru, "δ past"],
] as const)("%s", (_name, { right, wrong }, term) => {
  test("is proved in every term", () => {
    const report = right();
    expect(report.ok, String(report)).toBe(true);
    expect(report.rows.map(({ verdict }) => verdict)).toEqual(report.rows.map(() => "proved"));
    expect(report.gradient.ok).toBe(true);
  });

  test("wrong in one term, it is pinned to it", () => {
    const report = wrong();
    expect([report.ok, report.firstWrong?.quantity, report.firstWrong?.verdict]).toEqual([false, term, "different"]);
    expect(String(report)).toContain(`first wrong: ${term}`);
  });
});
