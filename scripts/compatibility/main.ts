/** @file `npm run compatibility`: writes docs/compatibility.md. */
import { writeFileSync } from "node:fs";
import { compatibilityPage } from "./page.ts";

writeFileSync(new URL("../../docs/compatibility.md", import.meta.url), compatibilityPage());
console.log("docs/compatibility.md is written");
