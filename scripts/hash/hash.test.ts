/** @file A training has the same bits here as in a page, and as when its hash was written down. */
import { useBlas } from "@deltagrad/tensor/blas";
import { beforeAll, describe, expect, test } from "vitest";
import { WITHOUT } from "../browser.ts";
import { bundle } from "./bundle.ts";
import { chromium, type Engine, node } from "./engines.ts";
import golden from "./golden.json" with { type: "json" };
import { hashes } from "./networks.ts";

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
    if (engine === undefined) skip(WITHOUT);
    else await expectGolden(engine);
  });
});

test("a BLAS in charge of the products is refused", async ({ skip }) => {
  const about = await useBlas().catch((error: Error) => error);
  if (about instanceof Error) return skip(about.message);
  try {
    await expect(hashes()).rejects.toThrow(
      `hash: products are computed by ${about.library}, with bits of its own; call useBlas(null) first`,
    );
  } finally {
    await useBlas(null);
  }
});

test("an engine that fails says so", async () => {
  await expect(node(process.execPath)("/nowhere.mjs")).rejects.toThrow("Cannot find module '/nowhere.mjs'");
});
