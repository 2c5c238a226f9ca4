/** @file docs/compatibility.md says what is so now. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compatibilityPage } from "./page.ts";

test("docs/compatibility.md is current", () => {
  expect(readFileSync(new URL("../../docs/compatibility.md", import.meta.url), "utf8")).toBe(compatibilityPage());
});
