/** @file `npm start`: a sigmoid network learns handwritten digits; then its gradients stand beside the derivation. */
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fromStack, withoutBias } from "@deltagrad/nn/brawer";
import { accuracyOf, COMPARED, confusion, hashOf, judge, loadDigits, network, training } from "./digits.ts";
import { type Options, parseOptions } from "./options.ts";
import { progressOn } from "./progress.ts";
import { page, writeWhole } from "./report.ts";
import { confusionTable, equationTable } from "./tables.ts";

const reportFile = fileURLToPath(new URL("../../out/report.html", import.meta.url));

async function main({ seed, epochs, hidden, json }: Options): Promise<number> {
  const data = loadDigits(seed);
  const net = network(hidden);
  const say = json ? () => undefined : console.log;
  const shape = [64, ...hidden, 10].join("-");
  say(`${shape} on ${data.train.x.shape[0]} handwritten digits, ${data.test.x.shape[0]} set aside; seed ${seed}\n`);

  let interrupted = false;
  process.on("SIGINT", () => {
    interrupted = true;
  });
  const progress = progressOn(json ? process.stderr : process.stdout, epochs, json);
  const begin = performance.now();
  const losses: number[] = [];
  let result: ReturnType<typeof net.init> | undefined;
  for (const epoch of training(net, data.train, { seed, epochs })) {
    result = epoch.params;
    losses.push(epoch.loss);
    progress.epoch(epoch.epoch + 1, epoch.loss, accuracyOf(confusion(net, result, data.test, data.classes.length)));
    await setImmediate();
    if (interrupted) {
      progress.stop();
      console.error(`\ninterrupted after epoch ${epoch.epoch + 1}; nothing was written`);
      return 130;
    }
  }
  progress.stop();
  const seconds = (performance.now() - begin) / 1000;

  const trained = result!;
  const counts = confusion(net, trained, data.test, data.classes.length);
  const accuracy = accuracyOf(counts);
  const comparison = judge(net, trained, data.test);
  const hash = hashOf(trained);
  const summary = `Test accuracy ${accuracy.toFixed(4)} after ${epochs} epochs in ${seconds.toFixed(1)} s; parameters ${hash.slice(0, 16)}…`;
  const images = withoutBias(fromStack(net, trained).theta[0]!).toArray() as number[][];
  writeWhole(reportFile, page({ title: `Digits: ${shape}`, summary, losses, images, comparison }));

  if (json) {
    const equations = comparison.rows.map(({ eq, layer, quantity, entries, maxDifference, maxUlps, bound, ok }) => ({
      eq,
      layer,
      quantity,
      entries,
      maxDifference,
      maxUlps,
      bound,
      ok,
    }));
    console.log(JSON.stringify({ accuracy, epochs, seconds, hash, equations }));
  } else {
    say(`\n${summary}\n\n${confusionTable(counts, data.classes)}\n`);
    say(`Autograd beside the derivation, on ${COMPARED} test samples:\n\n${equationTable(comparison)}\n`);
    say(comparison.ok ? "Every entry is within its bound." : "Some entries break their bound.");
    say("The report is in out/report.html");
  }
  return comparison.ok ? 0 : 1;
}

const options = parseOptions(process.argv.slice(2));
process.exitCode = typeof options === "number" ? options : await main(options);
