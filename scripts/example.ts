/** @file Runs the example of a name, or says which there are. */
import { readdirSync } from "node:fs";

const folder = new URL("../examples/", import.meta.url);
const names = readdirSync(folder).flatMap((file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? []);
const [name] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(
    `${name === undefined ? "no example was named" : `there is no example ${name}`}; give one of ${names.join(", ")}`,
  );
  process.exitCode = 2;
} else await (await import(new URL(`${name}.ts`, folder).href)).default();
