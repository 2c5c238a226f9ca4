/** @file A training has the same bits here as in a page, and as when its hash was written down. */
import { beforeAll, describe, expect, test } from "vitest";
import { bundle } from "./bundle.ts";
import { chromium, type Engine, node } from "./engines.ts";
import golden from "./golden.json" with { type: "json" };

let path: string;
beforeAll(async () => {
  path = await bundle(["deltagrad-source"]);
});

const expectGolden = async (engine: Engine) => {
  const found = await engine(path);
  expect(found.map(({ mode }) => mode)).toContain("plain loops");
  expect(found.map(({ mode }) => mode)).toContain("WebAssembly");
  for (const { hashes } of found) expect(hashes).toEqual(golden);
};

describe("parameters and losses have the hash that was written down", () => {
  test("in this Node", () => expectGolden(node(process.execPath)));

  test("in Chromium", async ({ skip }) => {
    const engine = chromium();
    if (engine === undefined) skip("Chromium is not installed");
    else await expectGolden(engine);
  });
});

test("an engine that fails says so", async () => {
  await expect(node(process.execPath)("/nowhere.mjs")).rejects.toThrow("it ended with exit code 1");
});
