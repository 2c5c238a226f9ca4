/** @file Einstein's notation read, and the order in which several operands are best multiplied: no values, no tensors. */
import * as elementary from "./elementary.ts";
import { formatShape, TensorError } from "./errors.ts";
import type { Shape } from "./shape.ts";

/** What names an axis: a letter, or "…0", "…1" for those of an ellipsis, counted from the last. */
export type Label = string;

export interface Contraction {
  /** The labels of each operand's axes. */
  readonly inputs: readonly (readonly Label[])[];
  readonly output: readonly Label[];
  /** How long the axes of a label are; those of extent 1 stretch. */
  readonly extents: ReadonlyMap<Label, number>;
}

const refuse = (problem: string, advice: string): never => {
  throw new TensorError("einsum", problem, advice);
};

const ellipsis = (count: number): Label[] => Array.from({ length: count }, (_, i) => `…${count - 1 - i}`);

/** The letters before and after the ellipsis of a term, if it has one. */
function lettersOf(term: string): readonly string[][] {
  const parts = term.split("...");
  const bad = /[^A-Za-z]/.exec(parts.join(""))?.[0];
  if (bad !== undefined) refuse(`"${bad}" in "${term}" is no subscript`, 'use letters, "...", "," and one "->"');
  if (parts.length > 2) refuse(`"${term}" has more than one ellipsis`, "use one for all axes without a name");
  return parts.map((part) => [...part]);
}

function labelsOf(term: string, shape: Shape, operand: number): Label[] {
  const [before, after] = lettersOf(term) as [string[], string[]?];
  const unnamed = shape.length - before.length - (after?.length ?? 0);
  if (unnamed < 0 || (unnamed > 0 && after === undefined))
    refuse(
      `"${term}" names ${shape.length - unnamed} axes, operand ${operand} ${formatShape(shape)} has ${shape.length}`,
      unnamed < 0 ? "name each axis once" : 'name each axis, or write "..." for the others',
    );
  return after === undefined ? before : [...before, ...ellipsis(unnamed), ...after];
}

function extentsOf(inputs: readonly (readonly Label[])[], shapes: readonly Shape[]): Map<Label, number> {
  const extents = new Map<Label, number>();
  const from = new Map<Label, number>();
  inputs.forEach((labels, operand) => {
    labels.forEach((label, axis) => {
      const extent = shapes[operand]![axis]!;
      const known = extents.get(label) ?? 1;
      if (known !== 1 && extent !== 1 && extent !== known) {
        const named = label.startsWith("…") ? `axis ${-1 - Number(label.slice(1))} of "..."` : `"${label}"`;
        const at = (i: number): string => `operand ${i} ${formatShape(shapes[i]!)}`;
        refuse(
          `${named} has extent ${known} in ${at(from.get(label)!)} and ${extent} in ${at(operand)}`,
          "axes of one name must be equal or 1",
        );
      }
      if (known === 1) {
        extents.set(label, extent);
        from.set(label, operand);
      }
    });
  });
  return extents;
}

/** Reads NumPy's notation for operands of given shapes. */
export function readEinsum(subscripts: string, shapes: readonly Shape[]): Contraction {
  if (typeof subscripts !== "string")
    refuse(`the subscripts are ${String(subscripts)}`, 'give them as a string, e.g. "ij,jk->ik"');
  const [left, right, ...more] = subscripts.replace(/\s/g, "").split("->") as [string, string?, ...string[]];
  if (more.length > 0) refuse(`"${subscripts}" has more than one "->"`, "write the result once");
  const terms = left.split(",");
  if (terms.length !== shapes.length)
    refuse(`"${subscripts}" is for ${terms.length} operands, got ${shapes.length}`, "give one for each term");
  const inputs = terms.map((term, operand) => labelsOf(term, shapes[operand]!, operand));
  const extents = extentsOf(inputs, shapes);
  const unnamed = ellipsis([...extents.keys()].filter((label) => label.startsWith("…")).length);
  if (right === undefined) {
    const letters = left.replace(/[.,]/g, "");
    const once = [...letters].filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
    return { inputs, output: [...unnamed, ...once.sort()], extents };
  }
  const [before, after] = lettersOf(right) as [string[], string[]?];
  const named = [...before, ...(after ?? [])];
  for (const letter of named) {
    if (!extents.has(letter)) refuse(`the result's "${letter}" is in no operand`, "name axes that there are");
    if (named.indexOf(letter) !== named.lastIndexOf(letter))
      refuse(`"${letter}" is twice in the result "${right}"`, "name each axis once; diagEmbed makes diagonals");
  }
  if (after === undefined && unnamed.length > 0)
    refuse(`the result "${right}" has no place for the axes of "..."`, 'write "..." there, or sum them by name');
  return { inputs, output: after === undefined ? before : [...before, ...unnamed, ...after], extents };
}

/** An operand, or the product of two trees. */
export type Tree = number | readonly [Tree, Tree];

/** Up to so many operands every order is weighed. */
const WEIGHED = 8;

/**
 * The order of products with the least multiplications, for up to eight operands (dynamic programming over sets of
 * them, 3ⁿ steps); for more, a greedy one: always the pair whose product adds the least memory.
 */
export function bestOrder({ inputs, output, extents }: Contraction): Tree {
  return inputs.length <= WEIGHED ? optimal(inputs, output, extents) : greedy(inputs, output, extents);
}

function optimal(inputs: Contraction["inputs"], output: Contraction["output"], extents: Contraction["extents"]): Tree {
  // Who has a label: bit i for operand i, the bit after the last for the result.
  const owners = [...extents].map(([label, extent]) => ({
    extent,
    mask: [...inputs, output].reduce((mask, labels, i) => (labels.includes(label) ? mask | (1 << i) : mask), 0),
  }));
  /** A product of some operands has the labels that one of them has, and one elsewhere. */
  const has = (set: number, mask: number): boolean => (mask & set) !== 0 && (mask & ~set) !== 0;
  const cost = (a: number, b: number): number =>
    owners.reduce((volume, { mask, extent }) => (has(a, mask) || has(b, mask) ? volume * extent : volume), 1);
  const best: { cost: number; tree: Tree }[] = [];
  for (let set = 1; set < 1 << inputs.length; set++) {
    const lowest = set & -set;
    let found = { cost: set === lowest ? 0 : Number.POSITIVE_INFINITY, tree: elementary.log2(lowest) as Tree };
    for (let a = (set - 1) & set; a > 0; a = (a - 1) & set) {
      if ((a & lowest) === 0) continue;
      const [left, right] = [best[a]!, best[set ^ a]!];
      const total = left.cost + right.cost + cost(a, set ^ a);
      if (total < found.cost) found = { cost: total, tree: [left.tree, right.tree] };
    }
    best[set] = found;
  }
  return best.at(-1)!.tree;
}

function greedy(inputs: Contraction["inputs"], output: Contraction["output"], extents: Contraction["extents"]): Tree {
  const sizeOf = (labels: readonly Label[]): number => labels.reduce((size, label) => size * extents.get(label)!, 1);
  let terms = inputs.map((labels, i) => ({ tree: i as Tree, labels, size: sizeOf(labels) }));
  while (terms.length > 1) {
    const uses = new Map<Label, number>();
    for (const label of [...output, ...terms.flatMap(({ labels }) => labels)])
      uses.set(label, (uses.get(label) ?? 0) + 1);
    let least = {
      added: Number.POSITIVE_INFINITY,
      pair: [0, 1] as readonly [number, number],
      labels: [] as readonly Label[],
    };
    terms.forEach((b, j) => {
      terms.slice(0, j).forEach((a, i) => {
        const both = new Set([...a.labels, ...b.labels]);
        const within = (label: Label): number => Number(a.labels.includes(label)) + Number(b.labels.includes(label));
        const labels = [...both].filter((label) => uses.get(label)! > within(label));
        const added = sizeOf(labels) - a.size - b.size;
        if (added < least.added) least = { added, pair: [i, j], labels };
      });
    });
    const [i, j] = least.pair;
    const product = {
      tree: [terms[i]!.tree, terms[j]!.tree] as Tree,
      labels: least.labels,
      size: sizeOf(least.labels),
    };
    terms = [...terms.filter((_, place) => place !== i && place !== j), product];
  }
  return terms[0]!.tree;
}
