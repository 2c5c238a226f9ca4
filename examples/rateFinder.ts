/** @file Which learning rate? The loss while the rate grows, as a picture: out/rates.svg. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { batches } from "@deltagrad/datasets";
import { digits } from "@deltagrad/datasets/digits";
import { dense, type FoundRate, findRate, sgd, softmaxCrossEntropy, stack } from "@deltagrad/nn";
import { div, relu, type Tensor } from "@deltagrad/tensor";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";

const [WIDTH, HEIGHT, EDGE] = [640, 320, 40];

/** The curve as SVG, with the suggestion marked. */
function picture({ rates, losses, suggestion }: FoundRate): string {
  const x = scaleLog([rates[0]!, rates.at(-1)!], [EDGE, WIDTH - EDGE]);
  const y = scaleLinear([0, Math.max(...losses)], [HEIGHT - EDGE, EDGE]);
  const path = line<number>(
    (_, i) => x(rates[i]!),
    (loss) => y(loss),
  )([...losses]);
  const heights = y.ticks(5).map((loss) => `<text x="${EDGE - 8}" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`);
  const ticks = x
    .ticks(5)
    .filter((rate) => Number.isInteger(Math.log10(rate)))
    .map((rate) => `<text x="${x(rate)}" y="${HEIGHT - 15}" text-anchor="middle">${rate}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<path d="${path}" fill="none" stroke="#1f6feb" stroke-width="2"/>
<line x1="${x(suggestion)}" x2="${x(suggestion)}" y1="${EDGE}" y2="${HEIGHT - EDGE}" stroke="#d1242f" stroke-dasharray="4"/>
<text x="${x(suggestion)}" y="${EDGE - 8}" text-anchor="middle">${suggestion.toPrecision(2)}</text>
${[...ticks, ...heights].join("\n")}
<text x="${EDGE}" y="20">loss over learning rate</text>
</svg>
`;
}

export default async function rateFinder({
  steps = 150,
  file = fileURLToPath(new URL("../out/rates.svg", import.meta.url)),
  say = console.log,
} = {}) {
  const { features, labels } = digits();
  const data = { x: div(features, 16) as Tensor, y: labels as Tensor };
  const found = await findRate({
    net: stack(dense(64, 32), relu, dense(32, 10)),
    loss: (logits, { y }: typeof data) => softmaxCrossEntropy(logits, y),
    optimizer: (rate) => sgd({ rate }),
    data: batches(data, { size: 32, seed: 1 }),
    from: 1e-3,
    to: 100,
    steps,
  });
  mkdirSync(new URL("../out", import.meta.url), { recursive: true });
  writeFileSync(file, picture(found));
  say(`train with a rate of about ${found.suggestion.toPrecision(2)}; the curve is in ${file}`);
  return found;
}
