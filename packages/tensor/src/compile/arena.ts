/** @file Where each value lies: one piece of memory for all, in which what is never alive at once may share a place. */
import type { DType } from "../core/dtype.ts";
import { rowMajor, sameShape, sizeOf } from "../core/shape.ts";
import type { Graph } from "../graph/graph.ts";
import { type Operand, Seats, type Step } from "./steps.ts";

/** A stretch of bytes. */
interface Region {
  readonly start: number;
  readonly bytes: number;
}

/** The layout of the memory of a program. */
export interface Arena {
  /** Where the elements of a node begin, for all that lie in memory. */
  readonly starts: ReadonlyMap<number, number>;
  /** The results: they stay until the next call. Those that take the place of an argument come first. */
  readonly results: Region;
  readonly inputs: Region;
  readonly constants: Region;
  /** What is needed within a call alone. */
  readonly temporaries: Region;
  /** The least that the temporaries could take: those that are alive at once. */
  readonly least: number;
  readonly bytes: number;
}

export const WIDTH: Readonly<Record<DType, number>> = { float64: 8, float32: 4, int32: 4, bool: 1 };

/** Every value has room for a multiple of this many bytes: four elements of any dtype, the last of which may be none. */
export const ALIGNED = 32;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNED) * ALIGNED;

/** Something that needs room from its first step to its last. */
interface Stay {
  readonly node: number;
  readonly bytes: number;
  readonly first: number;
  last: number;
}

const operandsOf = (step: Step): readonly Operand[] =>
  step.kind === "loop" ? step.operands : step.kind === "call" ? step.inputs : [step.input];

const resultsOf = (step: Step): readonly number[] =>
  step.kind === "loop" ? step.results.map(({ node }) => node) : step.kind === "call" ? [step.node] : [];

/** Puts every value in its place. */
export function arenaOf(graph: Graph, steps: readonly Step[]): Arena {
  const seats = new Seats(graph);
  const outputs = new Set(graph.outputs.map((id) => seats.of(id).node));
  const bytesOf = (id: number): number => {
    const node = graph.nodes[id]!;
    const elements = node.kind === "constant" ? node.value.storage!.length : sizeOf(node.spec.shape);
    return aligned(Math.max(1, elements) * WIDTH[node.spec.dtype]);
  };
  const lastUse = new Map<number, number>();
  steps.forEach((step, at) => {
    for (const { node } of operandsOf(step)) lastUse.set(node, at);
  });

  /** Which value each takes the place of. */
  const heirs = heirsOf(graph, steps, lastUse, outputs);
  const starts = new Map<number, number>();
  let end = 0;
  const region = (ids: Iterable<number>): Region => {
    const start = end;
    for (const id of ids) {
      starts.set(id, end);
      end += bytesOf(id);
    }
    return { start, bytes: end - start };
  };
  const isInput = (id: number | undefined): boolean => id !== undefined && graph.nodes[id]!.kind === "input";
  const computed = [...outputs].filter((id) => graph.nodes[id]!.kind === "operation");
  const donated = computed.filter((id) => isInput(heirs.get(id)));
  const results = region([...donated, ...computed.filter((id) => !donated.includes(id))]);
  for (const id of donated) starts.set(heirs.get(id)!, starts.get(id)!);
  const inputs = region(graph.inputs.filter((id) => !starts.has(id)));
  const constants = region(graph.nodes.flatMap(({ kind, id }) => (kind === "constant" && lastUse.has(id) ? [id] : [])));
  const stays: Stay[] = [];
  const stayOf = new Map<number, Stay>();
  steps.forEach((step, at) => {
    for (const node of resultsOf(step)) {
      if (starts.has(node)) continue;
      const inherited = heirs.get(node);
      const before = inherited === undefined ? undefined : stayOf.get(inherited);
      const stay = before ?? { node, bytes: bytesOf(node), first: at, last: at };
      stay.last = Math.max(stay.last, lastUse.get(node) ?? at);
      if (before === undefined) stays.push(stay);
      stayOf.set(node, stay);
    }
  });
  const placed = new Map<Stay, number>();
  const bytes = place(stays, placed);
  for (const [node, stay] of stayOf) starts.set(node, end + placed.get(stay)!);
  const temporaries = { start: end, bytes };
  return { starts, results, inputs, constants, temporaries, least: peakOf(stays, steps.length), bytes: end + bytes };
}

/**
 * For each value made in a loop the operand that it may be written over: read at the same element alone, for the last
 * time. An argument is written over by a result alone, and where nothing that comes later may still refuse.
 */
function heirsOf(
  graph: Graph,
  steps: readonly Step[],
  lastUse: ReadonlyMap<number, number>,
  outputs: ReadonlySet<number>,
): Map<number, number> {
  const heirs = new Map<number, number>();
  const taken = new Set<number>();
  const refusing = steps.findLastIndex(({ kind }) => kind !== "loop");
  steps.forEach((step, at) => {
    if (step.kind !== "loop") return;
    const row = rowMajor(step.shape);
    for (const { node } of step.results) {
      const { dtype } = graph.nodes[node]!.spec;
      const fits = (operand: Operand): boolean => {
        const { kind, spec } = graph.nodes[operand.node]!;
        const everywhere = step.operands.every(
          (other) => other.node !== operand.node || (other.offset === 0 && sameShape(other.strides, row)),
        );
        const free = lastUse.get(operand.node) === at && !taken.has(operand.node) && !outputs.has(operand.node);
        const allowed =
          kind === "operation" ? !outputs.has(node) : kind === "input" && outputs.has(node) && at > refusing;
        return free && allowed && everywhere && spec.dtype === dtype && sameShape(spec.shape, step.shape);
      };
      const operand = step.operands.find(fits);
      if (operand === undefined) continue;
      heirs.set(node, operand.node);
      taken.add(operand.node);
    }
  });
  return heirs;
}

/** Lays stretches side by side, the largest first, each as low as those allow that are alive with it; the bytes in all. */
function place(stays: readonly Stay[], placed: Map<Stay, number>): number {
  let total = 0;
  for (const stay of [...stays].sort((a, b) => b.bytes - a.bytes)) {
    const near = [...placed]
      .filter(([other]) => other.first <= stay.last && stay.first <= other.last)
      .sort(([, a], [, b]) => a - b);
    let start = 0;
    for (const [other, at] of near) {
      if (at - start >= stay.bytes) break;
      start = Math.max(start, at + other.bytes);
    }
    placed.set(stay, start);
    total = Math.max(total, start + stay.bytes);
  }
  return total;
}

/** The most bytes that are alive at once. */
function peakOf(stays: readonly Stay[], steps: number): number {
  const alive = new Array<number>(steps).fill(0);
  for (const { bytes, first, last } of stays) for (let at = first; at <= last; at++) alive[at]! += bytes;
  return Math.max(0, ...alive);
}
