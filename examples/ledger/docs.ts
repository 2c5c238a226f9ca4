/** @file docs/derivation.md: what of the ledger is the same on every machine. */
import { type General, printDerivation } from "@deltagrad/nn/brawer";
import { besideWhat } from "./beside.ts";
import { type Item, inOrder } from "./items.ts";
import { judgeAll, type Ledger } from "./ledger.ts";
import { randomNetwork } from "./networks.ts";
import { byMistake, judges, missedBy } from "./tables.ts";

const PLAN = { seed: "7", networks: 20, digits: false };

/** The page in Markdown, from a ledger of a few networks: no number in it depends on rounding. */
export async function derivationPage(): Promise<string> {
  const judging = judgeAll(PLAN);
  let next = await judging.next();
  while (!next.done) next = await judging.next();
  return pageOf(next.value);
}

const pageOf = (ledger: Ledger): string => `# The derivation, equation by equation

S. Brawer, _Derivation of Back Propagation Equations_ (2017), as \`@deltagrad/nn/brawer\` has it. Each equation is evaluated as it is written and held beside automatic differentiation: by a proof over the field of the integers modulo 2⁶¹ − 1, and entry by entry by the rounding bounds of both sides. (This page is written by \`npm run ledger -- --docs\`, from ${ledger.networks} random networks, seed ${ledger.seed}; a test holds that it is current. \`npm run ledger\` judges 200 networks and a trained one, with differences and bounds in numbers; \`-- --html ledger.html\` makes a page of it.)

A network has layers 1 … L with S_l nodes, of m samples; θˡ is S_{l+1} × (S_l + 1), column 0 for the bias node; z is the value of a node before its activation h, Ψ = h′, and δˡ = m ∂J/∂zˡ without the bias node. Numbers 4 and 38 are not used in the text.

${section(inOrder(ledger.lines).text)}

## The vectorized forms

${section(inOrder(ledger.lines).vectorized)}

## Errata

${ledger.errata.map(({ eq, printed, correct, shown }) => `- **(${eq})** Printed: ${inText(printed)}. Correct: ${inText(correct)}. Shown: ${inText(shown)}.`).join("\n")}

## Who notices a mistake

Each mistake is planted by itself in three small networks: ${[...new Set(ledger.catches.map(({ network }) => network))].join("; ")}. The usual practice compares every ∂J/∂θ with a centred difference of step 10⁻⁶ at rtol 10⁻³ and atol 10⁻⁵.

| mistake | ${judges.map(({ name }) => name).join(" | ")} |
| --- | ${judges.map(() => "---").join(" | ")} |
${byMistake(ledger.catches)
  .map(
    ({ mistake, on }) =>
      `| ${mistake} | ${judges
        .map(({ key }) => {
          const missed = missedBy(on, key);
          if (missed.length === 0) return "caught";
          return missed.length === on.length ? "**misses it**" : `**misses it** ${missed.join(", ")}`;
        })
        .join(" | ")} |`,
  )
  .join("\n")}

## The derivation, printed

From the graph that autograd records, forwards and back, each value written in those before it and simplified, without a template (\`printDerivation\`). A row is a sample, and θ_{·,1:} is θ without its column 0.

${printedSection(ledger.seed)}
`;

const block = (latex: string): string => `\`\`\`math\n${latex}\n\`\`\``;

const inText = (text: string): string => text.replace(/\$([^$]*)\$/g, (_, latex: string) => `$\`${latex}\`$`);

const section = (items: readonly Item[]): string => items.map(entry).join("\n\n");

function entry(item: Item): string {
  if ("definition" in item) {
    const { number, latex, usedIn } = item.definition;
    return `**(${number})** a definition, used in ${usedIn.map((n) => `(${n})`).join(", ")}\n\n${block(latex)}`;
  }
  const { equation, networks, entries, proved, ok, needs } = item.line;
  const { number, quantity, latex, ranges } = equation;
  const where = ranges === "" ? "" : `$\`${ranges}\`$. `;
  const verdict = `${proved ? "Proved" : "Not proved"} and ${ok ? "within its bound" : "NOT within its bound"} on ${networks} networks, ${entries} entries`;
  const absent = [...needs.keys()].map((reason) => `; elsewhere it needs ${reason}`).join("");
  return `**(${number})** ${quantity}, beside ${besideWhat(quantity)}\n\n${block(latex)}\n\n${where}${verdict}${absent}.`;
}

function printedSection(seed: string): string {
  const deep = [4, 9].map((number) => randomNetwork(seed, number));
  return deep
    .map(({ name, network }) => {
      const { general } = printDerivation(network);
      return `**${name}**\n\n${general.map(printed).join("\n\n")}`;
    })
    .join("\n\n");
}

const printed = ({ latex, layers }: General): string =>
  block(layers.length > 1 ? `${latex} \\qquad l = ${layers.join(", ")}` : latex);
