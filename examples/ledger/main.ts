/** @file `npm run ledger`: every equation of the derivation, proved and bounded, on random networks and a trained one. */
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../digits/report.ts";
import { derivationPage } from "./docs.ts";
import { judgeAll, type Ledger, toJson } from "./ledger.ts";
import { type Options, parseOptions } from "./options.ts";
import { ledgerPage } from "./page.ts";
import { progressOn } from "./progress.ts";
import { catchTable, errataText, ledgerTable } from "./tables.ts";

const docsFile = fileURLToPath(new URL("../../docs/derivation.md", import.meta.url));

async function main(options: Options): Promise<number> {
  const { json, html, docs } = options;
  if (docs) {
    writeWhole(docsFile, await derivationPage());
    console.log("docs/derivation.md is written");
    return 0;
  }
  let interrupted = false;
  process.on("SIGINT", () => {
    interrupted = true;
  });
  const progress = progressOn(json ? process.stderr : process.stdout, json);
  const begin = performance.now();
  const judging = judgeAll(options);
  let next = await judging.next();
  for (; !next.done; next = await judging.next()) {
    progress.step(next.value);
    await setImmediate();
    if (interrupted) {
      progress.stop();
      console.error("\ninterrupted; nothing was written");
      return 130;
    }
  }
  progress.stop();
  const ledger = next.value;
  if (html !== undefined) writeWhole(html, ledgerPage(ledger));
  if (json) console.log(JSON.stringify(toJson(ledger)));
  else print(ledger, (performance.now() - begin) / 1000, html);
  return ledger.ok ? 0 : 1;
}

function print(ledger: Ledger, seconds: number, html: string | undefined): void {
  const { networks, seed, lines, trained, ok } = ledger;
  console.log(`\n${ledgerTable(ledger)}\n`);
  for (const { eq, layer, quantity, needs } of trained?.absent ?? [])
    console.log(`Left out of the trained network: (${eq}) ${quantity} on layer ${layer} takes ${needs}.`);
  console.log(`\nErrata, as the numbers show them:\n${errataText(ledger)}\n`);
  console.log(`Mistakes planted in three networks, and who notices:\n\n${catchTable(ledger)}\n`);
  const unjudged = lines.filter((line) => line.networks === 0).length;
  const broken = lines.filter((line) => line.broken !== null).length;
  const verdict =
    broken > 0
      ? `${broken} equations do not hold`
      : unjudged > 0
        ? `${unjudged} equations had no network to speak of`
        : ok
          ? "every equation holds"
          : "a planted mistake was missed";
  console.log(`${networks} networks in ${seconds.toFixed(1)} s, seed ${seed}: ${verdict}.`);
  if (html !== undefined) console.log(`The page is in ${html}`);
}

const options = parseOptions(process.argv.slice(2));
process.exitCode = typeof options === "number" ? options : await main(options);
