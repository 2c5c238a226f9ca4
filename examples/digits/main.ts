/** @file `npm start`: a sigmoid network learns handwritten digits; then its gradients stand beside the derivation. */
import { fileURLToPath } from "node:url";
import { progress } from "@deltagrad/nn";
import { fromStack, withoutBias } from "@deltagrad/nn/brawer";
import { rng } from "@deltagrad/tensor";
import { COMPARED, confusion, hashOf, judge, loadDigits, network, training } from "./digits.ts";
import { type Options, parseOptions } from "./options.ts";
import { page, writeWhole } from "./report.ts";
import { confusionTable, equationTable } from "./tables.ts";

const reportFile = fileURLToPath(new URL("../../out/report.html", import.meta.url));

async function main({ seed, epochs, hidden, json }: Options): Promise<number> {
  const data = loadDigits(seed);
  const net = network(hidden);
  const say = json ? () => undefined : console.log;
  const shape = [64, ...hidden, 10].join("-");
  say(`${shape} on ${data.train.x.shape[0]} handwritten digits, ${data.test.x.shape[0]} set aside; seed ${seed}\n`);

  const stop = new AbortController();
  process.on("SIGINT", () => stop.abort());
  const callbacks = [progress(json ? process.stderr : process.stdout, { quiet: json && !process.stderr.isTTY })];
  const begin = performance.now();
  const losses: number[] = [];
  let [trained, accuracy] = [net.init(rng(seed)), 0];
  for await (const event of training(net, data, { seed, epochs, callbacks, signal: stop.signal })) {
    if (event.type === "epoch") {
      losses.push(event.loss);
      accuracy = event.validation!.accuracy!;
    } else if (event.type === "end") {
      trained = event.params;
      if (event.reason === "aborted") {
        console.error(`\ninterrupted after epoch ${event.snapshot.epoch}; nothing was written`);
        return 130;
      }
    }
  }
  const seconds = (performance.now() - begin) / 1000;

  const counts = confusion(net, trained, data.test, data.classes.length);
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
