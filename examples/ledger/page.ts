/** @file The ledger as one page: readable on a phone and in the dark, with nothing to fetch. */
import { type Definition, type General, printDerivation, witness } from "@deltagrad/nn/brawer";
import { besideWhat } from "./beside.ts";
import { heatMap } from "./heat.ts";
import { type Item, inOrder } from "./items.ts";
import type { Ledger, Line } from "./ledger.ts";
import { randomNetwork, type Subject } from "./networks.ts";
import { style } from "./style.ts";
import { byMistake, judges, needsOf, percent, proofOf, small, verdictOf } from "./tables.ts";
import { display, escaped, inline, katexStyle, prose } from "./typeset.ts";

/** The page of a ledger. */
export function ledgerPage(ledger: Ledger): string {
  const { networks, seed, ok, lines } = ledger;
  const title = "The ledger of back propagation";
  const command = `npm run ledger -- --seed ${/^[\w.-]+$/.test(seed) ? seed : JSON.stringify(seed)} --networks ${networks - Number(ledger.trained !== null)}${ledger.trained === null ? " --no-digits" : ""}`;
  const { text, vectorized } = inOrder(lines);
  const entries = lines.reduce((sum, line) => sum + line.entries, 0);
  const proofs = lines.reduce((sum, line) => sum + line.trials, 0);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${katexStyle()}${style}</style></head>
<body><main>
<h1>${title}</h1>
<p class="lead">Every numbered equation of S. Brawer, <i>Derivation of Back Propagation Equations</i> (2017), evaluated as it is written, beside automatic differentiation: on ${networks} networks, entry by entry.</p>
<p class="sum ${ok ? "good" : "bad"}"><b>${ok ? "Every equation holds." : "Not every equation holds."}</b> ${entries.toLocaleString("en")} pairs of numbers within their rounding bounds, ${proofs.toLocaleString("en")} proofs over a prime field.</p>
<nav aria-label="equations">${lines.map(chip).join("")}</nav>
<h2 id="equations">The equations</h2>
${cards(text, ledger)}
<h2 id="vectorized">The vectorized forms</h2>
${cards(vectorized, ledger)}
<h2 id="errata">Errata</h2>
${ledger.errata.map(({ eq, printed, correct, shown }) => `<section class="card"><h3>(${escaped(eq)})</h3><p><span class="tag">printed</span> ${prose(printed)}</p><p><span class="tag">correct</span> ${prose(correct)}</p><p><span class="tag">shown</span> ${prose(shown)}</p></section>`).join("\n")}
<h2 id="catches">Who notices a mistake</h2>
${catchSection(ledger)}
<h2 id="printed">The derivation, printed</h2>
${printedSection(ledger)}
<h2 id="judges">How it is judged</h2>
<p><b>Proof.</b> Both sides are recorded and done again over the field of the integers modulo 2<sup>61</sup> − 1, at random points, each transcendental value a free element under the relations that are known of it (Ψ = h(1 − h)). Two rational functions that agree at a random point are one, except with a probability of degree / 2<sup>61</sup>. That proves the algebra, not the rounding.</p>
<p><b>Bound.</b> Beside every sum runs a bound on what rounding can have done to it, for any order of summation; the two sides may differ by the sum of both bounds, and by nothing more. “Bound used” is the largest part of it that a difference takes up.</p>
<p><b>Arbiter.</b> On every tenth random network the value is computed in 32 digits as well: it says how often either side is nearer where the two differ most. “Difference” is the largest.</p>
<h2 id="replay">To see it again</h2>
<p>The same numbers, from the same seeds:</p><pre><code>${escaped(command)}</code></pre>
<p>Random network <i>n</i> is drawn from the stream “${escaped(seed)} network <i>n</i>”, its proof from “${escaped(seed)} proof <i>n</i>”; the errata from “${escaped(seed)} errata”, the networks of the catch table from “${escaped(seed)} catches”. ${ledger.trained === null ? "" : `The trained network: ${escaped(ledger.trained.subject.name)}, seed ${escaped(seed)}.`}</p>
</main></body></html>
`;
}

const anchor = ({ equation: { number, quantity } }: Line): string => `eq-${number}-${quantity.replace(/\W+/g, "-")}`;

const state = (line: Line): "good" | "bad" | "open" => (line.networks === 0 ? "open" : line.ok ? "good" : "bad");

const mark = { good: "✓", bad: "✗", open: "–" } as const;

const chip = (line: Line): string =>
  `<a class="chip ${state(line)}" href="#${anchor(line)}" title="${escaped(`${line.equation.quantity}: ${verdictOf(line)}`)}">(${line.equation.number}) ${mark[state(line)]}</a>`;

const cards = (items: readonly Item[], ledger: Ledger): string =>
  items.map((item) => ("line" in item ? card(item.line, ledger) : definition(item.definition))).join("\n");

const definition = ({ number, latex, usedIn }: Definition): string =>
  `<section class="card"><h3>(${number}) <small>definition</small></h3><div class="math">${display(latex)}</div><p class="facts">used in ${usedIn.map((n) => `(${n})`).join(", ")}</p></section>`;

function card(line: Line, ledger: Ledger): string {
  const { number, quantity, latex, ranges } = line.equation;
  const facts: [string, string][] = [
    ["proof", proofOf(line)],
    ["networks", String(line.networks)],
    ["entries", line.entries.toLocaleString("en")],
    ["difference", small(line.maxDifference)],
    ["ulps", line.maxUlps.toLocaleString("en")],
    ["bound used", percent(line.boundUsed)],
    ...arbiter(line),
  ];
  const list = facts
    .map(
      ([name, value]) =>
        `<div${value.length > 14 ? ' class="long"' : ""}><dt>${name}</dt><dd>${escaped(value)}</dd></div>`,
    )
    .join("");
  const spared =
    line.needs.size === 0 || line.networks === 0 ? "" : `<p class="facts">Elsewhere it ${escaped(needsOf(line))}.</p>`;
  const left = (ledger.trained?.absent ?? [])
    .filter((absent) => absent.eq === number && absent.quantity === quantity)
    .map(
      ({ layer, needs }) =>
        `<p class="facts">Left out of the trained network on layer ${layer}: ${escaped(needs)}.</p>`,
    );
  return `<section class="card" id="${anchor(line)}"><h3>(${number}) <small>${escaped(quantity)}</small><b class="${state(line)}">${mark[state(line)]} ${escaped(verdictOf(line))}</b></h3>
<div class="math">${display(latex)}</div>${ranges === "" ? "" : `<p class="ranges">${inline(ranges)}</p>`}
<p class="facts">beside ${escaped(besideWhat(quantity))}</p>
<dl>${list}</dl>${spared}${left.join("")}${heatMaps(number, quantity, ledger)}</section>`;
}

const arbiter = ({ nearer: { closedForm, autograd } }: Line): [string, string][] =>
  closedForm + autograd === 0 ? [] : [["nearer the truth", `closed form ${closedForm}, autograd ${autograd}`]];

/** Where the general recursion is, what it gives: δ of the last layer, and of those before it. */
function heatMaps(number: string, quantity: string, { seed, trained }: Ledger): string {
  if (quantity !== "δ" || (number !== "42" && number !== "43")) return "";
  const maps = [...(trained === null ? [] : [trained.subject]), deepest(seed)].flatMap((subject) => {
    const { network, x, y, name } = subject;
    const L = network.theta.length + 1;
    const { delta } = witness(network, x, y);
    const shown = number === "42" ? [L] : Array.from({ length: L - 2 }, (_, i) => L - 1 - i);
    const figures = shown.map((l) => heatMap(delta(l), `δ of layer ${l}`)).join("");
    return [`<p class="facts">${escaped(name)}; a row for each sample</p><div class="heats">${figures}</div>`];
  });
  return maps.join("");
}

/** Of the first random networks with six layers, one with much to see: activations, nodes, samples. */
function deepest(seed: string): Subject {
  const worth = ({ network: { theta, hidden }, x }: Subject): number =>
    new Set(hidden).size * x.shape[0]! * Math.min(...theta.map((matrix) => matrix.shape[0]!));
  return Array.from({ length: 20 }, (_, i) => randomNetwork(seed, 5 * i + 4)).reduce((a, b) =>
    worth(b) > worth(a) ? b : a,
  );
}

function catchSection({ catches }: Ledger): string {
  const networks = [...new Set(catches.map(({ network }) => network))];
  const rows = byMistake(catches).map(({ mistake, on }) => {
    const cells = judges.map(({ key, name }) => {
      const marks = on
        .map((one) => `<span class="${one[key] ? "good" : "bad"}">${one[key] ? "✓" : "✗"}</span>`)
        .join("");
      const said = on.map((one) => `${one.network}: ${one[key] ? "caught" : "missed"}`).join(", ");
      return `<td aria-label="${escaped(`${name}, ${said}`)}">${marks}</td>`;
    });
    return `<tr><th scope="row">${escaped(mistake)}</th>${cells.join("")}</tr>`;
  });
  return `<p>Each mistake is planted by itself in three networks: ${networks.map(escaped).join("; ")}. ✓ is caught, ✗ missed, in this order. The usual practice compares every ∂J/∂θ with a centred difference of step 10<sup>−6</sup> at rtol 10<sup>−3</sup>, atol 10<sup>−5</sup>: near a minimum, where gradients are small, it lets everything pass.</p>
<div class="wide"><table><thead><tr><th scope="col">mistake</th>${judges.map(({ name }) => `<th scope="col">${name}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function printedSection({ seed, trained }: Ledger): string {
  const one = (subject: Subject): string => {
    const { general, nodes } = printDerivation(subject.network);
    return `<section class="card"><h3>${escaped(subject.name)}</h3><p class="facts">from a recorded graph of ${nodes} values</p>${general.map(printed).join("")}</section>`;
  };
  return `<p>From the graph that autograd records, forwards and back: each value written in those before it and simplified, without a template. A row is a sample, δ<sup>l</sup> is m ∂J/∂z<sup>l</sup>, and θ<sub>·,1:</sub> is θ without its column 0. What reads the same on several layers is written once, with l for the layer.</p>
${[...(trained === null ? [] : [trained.subject]), deepest(seed)].map(one).join("\n")}`;
}

const printed = ({ latex, layers }: General): string =>
  `<div class="math">${display(latex)}</div>${layers.length > 1 ? `<p class="ranges">${inline(`l = ${layers.join(", ")}`)}</p>` : ""}`;
