/** @file Prints the hashes that this engine finds, a mode a line; the argument is the bundle. */
import { pathToFileURL } from "node:url";

const { inEachMode } = await import(pathToFileURL(process.argv[2] ?? "").href);
await inEachMode((/** @type {string} */ mode, /** @type {Record<string, string>} */ hashes) =>
  console.log(JSON.stringify({ mode, hashes })),
);
