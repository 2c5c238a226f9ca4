/** @file docs/compile.md says what is so now. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compilePage } from "./page.ts";

test("docs/compile.md is current", () => {
  expect(readFileSync(new URL("../../docs/compile.md", import.meta.url), "utf8")).toBe(compilePage());
});
