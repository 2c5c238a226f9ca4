/** @file `npm run compile`: writes docs/compile.md. */
import { writeFileSync } from "node:fs";
import { compilePage } from "./page.ts";

writeFileSync(new URL("../../docs/compile.md", import.meta.url), compilePage());
console.log("docs/compile.md is written");
